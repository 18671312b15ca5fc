"""Attacks that leave processes behind or exhaust shared resources."""

from __future__ import annotations

from autograder.sandbox.doctor.attack import Attack

DAEMON = Attack(
    "daemon",
    "leave a process behind",
    """
def away():
    os.setsid()
    if os.fork():
        os._exit(0)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    end = time.monotonic() + 60
    while time.monotonic() < end:  # keep changing the process id, to be hard to kill
        if os.fork():
            os._exit(0)
def asleep():
    os.setsid()
    if os.fork():
        os._exit(0)
    time.sleep(60)
for start in (asleep, away, asleep):
    if os.fork() == 0:
        try:
            start()
        finally:
            os._exit(0)
time.sleep(0.2)
""",
    "nothing_left",
)

FORK_BOMB = Attack(
    "fork bomb",
    "start more processes than allowed",
    """
count = 0
try:
    while count < 2000:
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
        count += 1
except OSError:
    pass
time.sleep(0.6)  # where RLIMIT_NPROC is not exact, the supervisor counts and kills
report["count"] = count
""",
    "few_processes",
)

MEMORY = Attack(
    "memory",
    "allocate 10 GB",
    """
import numpy as np
attempt("ten gigabytes", lambda: np.ones(10 * 2**27).sum())
attempt("mapped", lambda: __import__("mmap").mmap(-1, 10 * 2**30))
""",
)

MEMORY_TOGETHER = Attack(
    "memory together",
    "exhaust the machine's memory with many small processes",
    """
import numpy as np
for number in range(8):
    if os.fork() == 0:
        if number % 2 and os.fork():
            os._exit(0)  # every other one is orphaned
        hoard = np.ones(targets["memory_mb"] * 2**17 // 5)
        time.sleep(60)
        os._exit(0)
time.sleep(5)
report["together"] = "got more than allowed"
""",
    "ended_for_memory",
)

MEMORY_OF_NOBODY = Attack(
    "memory of nobody",
    "allocate memory that is not charged to any process",
    """
import mmap
attempt("shared", lambda: mmap.mmap(-1, 2**20))
def zeros():
    with open("/dev/zero", "rb") as file:
        return mmap.mmap(file.fileno(), 2**20, mmap.MAP_SHARED, mmap.PROT_READ)[0]
attempt("shared zeros", zeros)
attempt("not in a process", call, "shmget", 0, 4096, 0o1600)
""",
)

DISK = Attack(
    "disk",
    "fill the disk, with one file or with many",
    """
def fill(name, megabytes):
    with open(name, "wb", buffering=0) as file:
        for _ in range(megabytes):
            if file.write(bytes(2**20)) < 2**20:
                raise OSError("short write")
attempt("one file", fill, "large", targets["file_mb"] + 1)
kept = []
def hidden():
    for number in range(40):
        fill("f%d" % number, 4)
        kept.append(open("f%d" % number, "rb"))
        try:
            os.unlink("f%d" % number)
        except OSError:
            pass
        time.sleep(0.02)
attempt("many files", hidden)
def nameless():
    for number in range(40):
        file = os.open(".", os.O_TMPFILE | os.O_RDWR)
        if os.write(file, bytes(4 * 2**20)) < 4 * 2**20:
            raise OSError("short write")
attempt("files without a name", nameless)
for name in ("memfd_create", "memfd_secret"):
    attempt(name, call, name, b"x", 0)
""",
    "disk_spared",
)

FILES = Attack(
    "files",
    "create empty files without end",
    """
def empty():
    for number in range(100_000):
        os.close(os.open("f%d" % number, os.O_CREAT | os.O_WRONLY))
attempt("empty files", empty)
time.sleep(1)
""",
    "disk_spared",
)

FOLDERS = Attack(
    "folders",
    "nest directories until cleaning up fails, and keep running",
    """
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(60)
    os._exit(0)
def deeper():
    for _ in range(3000):
        os.mkdir("d", 0o300)
        os.chdir("d")
attempt("folders", deeper)
time.sleep(1)
""",
    "disk_spared",
)

ALL = (DAEMON, FORK_BOMB, MEMORY, MEMORY_TOGETHER, MEMORY_OF_NOBODY, DISK, FILES, FOLDERS)
