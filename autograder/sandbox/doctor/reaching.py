"""Attacks that reach outside the session."""

from __future__ import annotations

from autograder.sandbox.doctor.attack import Attack

READ = Attack(
    "read",
    "read hidden tests, solutions, the reference, another submission, system secrets",
    """
for number, path in enumerate(targets["files"]):
    attempt("open " + path, lambda: len(open(path, "rb").read(64)))
    attempt("link " + path, os.link, path, "mine")
    link = "link%d" % number
    os.symlink(path, link)
    attempt("follow " + path, lambda: len(open(link, "rb").read(64)))
for path in others(targets["directories"]):
    attempt("list " + path, os.listdir, path)
""",
)

IMPORT = Attack(
    "import",
    "import the reference, the grader, or packages installed beside numpy",
    """
import importlib
sys.path[:0] = targets["import_from"]
importlib.invalidate_caches()
for name in targets["modules"]:
    sys.modules.pop(name, None)
    attempt("import " + name, importlib.import_module, name)
""",
)

NETWORK = Attack(
    "network",
    "reach the network or another program's socket",
    """
def tcp(): socket.create_connection(("127.0.0.1", targets["tcp"]), 2).send(b"hello")
def udp(): socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(
    b"hello", ("127.0.0.1", targets["udp"]))
def unix(address):
    s = socket.socket(socket.AF_UNIX); s.settimeout(2); s.connect(address); s.send(b"hello")
def stray():
    a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    a.sendto(b"hello", targets["unix_datagram"])
def serve():
    s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen()
attempt("tcp", tcp)
attempt("udp", udp)
attempt("abstract unix socket", unix, "\\0" + targets["abstract"])
attempt("unix socket", unix, targets["unix"])
attempt("datagram from a socket pair", stray)
attempt("listen", serve)
attempt("raw socket", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))
attempt("packet socket", lambda: socket.socket(17, socket.SOCK_RAW, 3))
attempt("netlink socket", lambda: socket.socket(16, socket.SOCK_RAW, 0))
""",
    "nothing_contacted",
)

TRACE = Attack(
    "trace",
    "trace a trusted process, or read its memory and environment",
    """
pid = targets["victim"]
attempt("attach", call, "ptrace", 16, pid, None, None)
class Piece(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))
room = ctypes.create_string_buffer(16)
mine = Piece(ctypes.addressof(room), 16)
theirs = Piece(targets["address"], 16)
attempt("read memory", call, "process_vm_readv", pid, ctypes.byref(mine), ctypes.c_ulong(1),
        ctypes.byref(theirs), ctypes.c_ulong(1), ctypes.c_ulong(0))
attempt("write memory", call, "process_vm_writev", pid, ctypes.byref(mine), ctypes.c_ulong(1),
        ctypes.byref(theirs), ctypes.c_ulong(1), ctypes.c_ulong(0))
for who in (pid, os.getppid(), "self"):
    for name in ("environ", "mem", "maps", "cmdline"):
        if who != "self":
            attempt("/proc %s %s" % ("victim" if who == pid else "parent", name),
                    lambda: len(open("/proc/%s/%s" % (who, name), "rb").read(1)))
    attempt("/proc %s root" % who, os.listdir, "/proc/%s/root/" % who)
""",
    "victim_unharmed",
)

SIGNAL = Attack(
    "signal",
    "stop, signal or starve a trusted process",
    """
import resource
signal.signal(signal.SIGUSR1, signal.SIG_IGN)
pid = targets["victim"]
attempt("kill", os.kill, pid, signal.SIGUSR1)
attempt("queue", call, "sigqueue", pid, int(signal.SIGUSR1), None)
attempt("pidfd", lambda: signal.pidfd_send_signal(os.pidfd_open(pid), signal.SIGUSR1))
attempt("group", os.killpg, targets["victim_group"], signal.SIGUSR1)
attempt("limits", resource.prlimit, pid, resource.RLIMIT_NOFILE, (3, 3))
attempt("priority", os.setpriority, os.PRIO_PROCESS, pid, 19)
attempt("processors", os.sched_setaffinity, pid, {0})
if os.getppid() > 1:
    attempt("parent", os.kill, os.getppid(), signal.SIGUSR1)
held = not any(what.startswith("got") for what in report.values())
if held and targets["may_signal_all"]:
    for name, number in (("own group", 0), ("everyone", -1)):
        try:
            os.kill(number, signal.SIGUSR1)
        except OSError:
            pass
""",
    "victim_unharmed",
)

EXECUTE = Attack(
    "execute",
    "run another program",
    """
import subprocess
for path in ("/bin/sh", "/usr/bin/env", targets["python"]):
    attempt("exec " + path, in_a_child, lambda: os.execv(path, [path, "-c", ""]))
    attempt("spawn " + path, lambda: subprocess.run([path, "-c", ""], check=True))
    attempt("posix_spawn " + path, lambda: os.posix_spawn(path, [path, "-c", ""], {}))
def own():
    with open("program", "w") as file:
        file.write("#!/bin/sh\\n")
    os.chmod("program", 0o755)
    os.execv("./program", ["program"])
attempt("own program", in_a_child, own)
attempt("system", lambda: 1 / (os.system("exit 0") == 0))
""",
)

ESCAPE = Attack(
    "escape",
    "undo the confinement: mounts, namespaces, users, tracing, other kernel interfaces",
    """
NEWUSER, NEWNS = 0x10000000, 0x20000
attempt("unshare user", in_a_child, lambda: call("unshare", NEWUSER))
attempt("unshare mount", in_a_child, lambda: call("unshare", NEWNS))
attempt("clone", lambda: call("clone", None, None, NEWUSER | 17, None))
def beside():
    if call("syscall", {"x86_64": 56, "aarch64": 220}[os.uname().machine],
            ctypes.c_ulong(0x8000 | 17), None, None, None, None) == 0:
        os._exit(0)
attempt("a child of our parent", beside)
attempt("mount", call, "mount", b"tmpfs", b".", b"tmpfs", 0, None)
attempt("unmount proc", call, "umount2", b"/proc", 2)
attempt("unmount scratch", call, "umount2", os.getcwd().encode(), 2)
attempt("chroot", os.chroot, ".")
for name, call_it in (("root", lambda: os.setuid(0)), ("user", lambda: os.setresuid(1, 1, 1)),
                      ("groups", lambda: os.setgroups([0]))):
    attempt("become " + name, in_a_child, call_it)
attempt("traceable", call, "prctl", 4, 1, 0, 0, 0)
attempt("parent's death", call, "prctl", 1, 0, 0, 0, 0)
attempt("keys", call, "syscall", {"x86_64": 250, "aarch64": 219}[os.uname().machine], 0, -3, 1)
attempt("bpf", call, "syscall", {"x86_64": 321, "aarch64": 280}[os.uname().machine], 0, None, 0)
attempt("io_uring", call, "syscall", 425, 1, None)
attempt("userfaultfd", call, "syscall", {"x86_64": 323, "aarch64": 282}[os.uname().machine], 0)
attempt("old asynchronous files", call, "syscall", {"x86_64": 206, "aarch64": 0}[
    os.uname().machine], 8, ctypes.byref(ctypes.c_ulong()))
attempt("splice", call, "splice", os.pipe()[0], None, os.pipe()[1], None, 1, 2)
attempt("urgent bytes", lambda: socket.socketpair()[0].send(b"x", socket.MSG_OOB))
attempt("shared memory", call, "shmget", 0, 4096, 0o1600)
attempt("personality", call, "personality", 0x0040000)
attempt("watch files", call, "inotify_init1", 0)
attempt("by handle", call, "open_by_handle_at", 0, None, 0)
import resource
attempt("raise limits", resource.setrlimit, resource.RLIMIT_NPROC, (10**6, 10**6))
""",
)

WRITE = Attack(
    "write",
    "write, rename, remove or change files outside the scratch directory",
    """
for directory in others(targets["write_to"]):
    attempt("write " + directory, lambda: open(directory + "/" + targets["mark"], "w"))
for directory in targets["own_directories"]:
    attempt("mkdir " + directory, os.mkdir, directory + "/new")
    attempt("mode " + directory, os.chmod, directory, 0o700)
for path in targets["own_files"]:
    attempt("append " + path, lambda: open(path, "ab"))
    attempt("truncate " + path, os.truncate, path, 0)
    attempt("remove " + path, os.unlink, path)
    attempt("rename " + path, os.rename, path, path + ".away")
    attempt("mode " + path, os.chmod, path, 0)
    attempt("times " + path, os.utime, path, (0, 0))
    attempt("attribute " + path, os.setxattr, path, "user.x", b"x")
""",
    "files_unchanged",
)

NEIGHBOUR = Attack(
    "neighbour",
    "read, signal or fill up another student's session",
    """
for directory in targets["neighbour_directories"]:
    attempt("list " + directory, os.listdir, directory)
    attempt("open " + directory, lambda: open(directory + "/secret").read())
for pid in targets["neighbour_processes"]:
    attempt("signal %d" % pid, os.kill, pid, 0)
    attempt("memory %d" % pid, lambda: open("/proc/%d/mem" % pid, "rb"))
""",
)

CONFIRM = Attack(
    "confirm",
    "read what is hidden, reach the grader, the network or another program",
    """
for path in targets["files"]:
    attempt("open " + path, lambda: len(open(path, "rb").read(64)))
for path in targets["directories"]:
    attempt("list " + path, os.listdir, path)
attempt("tcp", lambda: socket.create_connection(("127.0.0.1", targets["tcp"]), 2))
attempt("unix socket", lambda: socket.socket(socket.AF_UNIX).connect(targets["unix"]))
pid = targets["grader"]
attempt("signal", os.kill, pid, 0)
attempt("memory", lambda: open("/proc/%d/mem" % pid, "rb").close())
attempt("attach", call, "ptrace", 16, pid, None, None)
for path in ("/bin/sh", targets["python"]):
    attempt("exec " + path, in_a_child, lambda: os.execv(path, [path, "-c", ""]))
attempt("mount", call, "mount", b"tmpfs", b".", b"tmpfs", 0, None)
attempt("become root", in_a_child, lambda: os.setuid(0))
""",
)
"""In one go, and harmless where it gets through: the grader itself is among what it aims at."""

ALL = (READ, IMPORT, NEIGHBOUR, WRITE, NETWORK, TRACE, SIGNAL, EXECUTE, ESCAPE)
