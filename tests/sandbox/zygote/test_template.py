"""The template is asked for process after process, and any of them may be killed at any moment.

Whoever is killed, the supervisor learns of it at once, and the next process gets what it was sent
and nothing that was meant for another.
"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.paths import ROOT

SCRIPT = """
import os, select, signal, socket, sys, time
from autograder.sandbox.confine import syscalls
from autograder.sandbox.zygote import template

if sys.platform == "linux":
    syscalls.prctl(syscalls.PR_SET_CHILD_SUBREAPER, 1, "subreaper")

def start(descriptors, settings):
    os.write(descriptors[0], settings["text"].encode())
    os._exit(0)

def asked(text):
    "What a new process writes that is told to write a text."
    read, write = os.pipe()
    try:
        made.fork([write], {"text": text})
    finally:
        os.close(write)
    assert select.select([read], [], [], 5)[0], "the pipe is still open"
    with open(read) as stream:
        return stream.read()

"""

NO_SIBLINGS = """
def refused(namespaces):
    raise OSError("as in a container that forbids the system call")

template.Sibling = refused
"""

KILLED_BEFORE_IT_IS_TOLD = """
made = template.Template(start, new_pid_namespace=False, close=())
send = socket.send_fds

def kill_first(sock, data, descriptors):
    pid = int(open(f"/proc/self/task/{os.getpid()}/children").read().split()[-1])
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return send(sock, data, descriptors)

socket.send_fds = kill_first
try:
    print("answer:", repr(asked("first")))
except OSError as error:
    print("answer:", repr(""))
socket.send_fds = send
print("answer:", repr(asked("second")))
"""

KILLED_BEFORE_IT_FORKS = """
fork_again = template._fork_again
reads, writes = os.pipe()
os.write(writes, b"x")
os.close(writes)

def killed_once(*arguments):
    if os.read(reads, 1):
        os.kill(os.getpid(), signal.SIGKILL)
    fork_again(*arguments)

template._fork_again = killed_once
made = template.Template(start, new_pid_namespace=False, close=())
before = time.monotonic()
try:
    asked("first")
except OSError as error:
    print("failed at once:", time.monotonic() - before < 10)
print("answer:", repr(asked("second")))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="children are found in /proc")
@pytest.mark.parametrize(
    ("killed", "said"),
    [
        pytest.param(
            KILLED_BEFORE_IT_IS_TOLD, ["answer: ''", "answer: 'second'"], id="before it is told"
        ),
        pytest.param(
            NO_SIBLINGS + KILLED_BEFORE_IT_IS_TOLD,
            ["answer: ''", "answer: 'second'"],
            id="before it is told, without siblings",
        ),
        pytest.param(
            NO_SIBLINGS + KILLED_BEFORE_IT_FORKS,
            ["failed at once: True", "answer: 'second'"],
            id="before it forks",
        ),
    ],
)
def test_a_process_killed_while_it_is_made_costs_itself_only(killed: str, said: list[str]) -> None:
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT + killed],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert run.stdout.splitlines() == said, run.stderr


SIBLINGS = """
import threading
from autograder.sandbox.zygote.sibling import Sibling
parent = os.getpid()
if os.fork() == 0:
    sibling = Sibling({namespaces})
    for number in range(3):
        if sibling.fork() == 0:
            counted = []
            thread = threading.Thread(target=counted.append, args=[1])
            thread.start()
            thread.join()
            child = os.fork()
            if child == 0:
                os._exit(len(counted))
            os.waitpid(child, 0)
            inner = os.getpid() == 1
            os._exit(10 * number + 2 * inner + (os.getppid() == (0 if inner else parent)))
    os._exit(100)
codes = sorted(os.waitstatus_to_exitcode(os.wait()[1]) for _ in range(4))
print(*codes)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="a system call of Linux")
@pytest.mark.parametrize(
    ("namespaces", "codes"),
    [
        pytest.param("0", "1 11 21 100", id="same namespace"),
        pytest.param(
            "syscalls.CLONE_NEWPID",
            "3 13 23 100",
            id="each the first of its own",
            marks=pytest.mark.skipif(os.geteuid() != 0, reason="needs root"),
        ),
    ],
)
def test_a_sibling_is_a_whole_process_and_its_parents_child(namespaces: str, codes: str) -> None:
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT + SIBLINGS.replace("{namespaces}", namespaces)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert run.stdout.split() == codes.split(), run.stderr


def test_a_process_with_threads_forks_no_siblings() -> None:
    source = """
import threading, time
from autograder.sandbox.zygote.sibling import Sibling
threading.Thread(target=time.sleep, args=[30], daemon=True).start()
try:
    Sibling(0)
except OSError:
    print("refused")
"""
    run = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, check=False, timeout=60
    )
    assert run.stdout == "refused\n", run.stderr
