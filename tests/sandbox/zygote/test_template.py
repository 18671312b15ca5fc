"""The template is asked for process after process, and any of them may be killed at any moment.

Whoever is killed, the supervisor learns of it at once, and the next process gets what it was sent
and nothing that was meant for another.
"""

from __future__ import annotations

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
            KILLED_BEFORE_IT_FORKS,
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
