"""An attack: source code that runs inside a session, the way a dishonest student's code would.

It reads ``targets`` (what to attack, see `targets.Targets`) and fills ``report``: ``got …`` for
each attempt that worked, ``refused …`` for each that did not. The report alone proves nothing:
wherever possible the host checks from outside (see `trial`).
"""

from __future__ import annotations

from dataclasses import dataclass

_PRELUDE = """
import ctypes, json, os, signal, socket, sys, time
targets = json.loads({targets!r})
libc = ctypes.CDLL(None, use_errno=True)

def attempt(name, function, *args):
    try:
        result = function(*args)
    except BaseException as error:
        report[name] = "refused " + repr(error)[:120]
    else:
        report[name] = "got " + repr(result)[:120]

def call(name, *args):
    ctypes.set_errno(0)
    function = getattr(libc, name)
    long = name in ("syscall", "ptrace", "process_vm_readv", "process_vm_writev")
    function.restype = ctypes.c_long if long else ctypes.c_int
    if function(*args) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))

def others(directories):  # all but our own, which may be mounted over one of the machine's
    return [path for path in directories if os.path.realpath(path) != os.getcwd()]

def in_a_child(function):
    pid = os.fork()
    if pid == 0:
        try:
            function()
            os._exit(0)
        except BaseException:
            os._exit(1)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if code:
        raise OSError("it ended with %d" % code)
"""


@dataclass(frozen=True)
class Attack:
    """One kind of attack.

    Attributes:
        name: short, unique.
        aim: what it tries to achieve, as shown by `autograder doctor`.
        source: Python code, run after the prelude.
        judge: how to judge it from outside; a name in `trial.JUDGES`.
    """

    name: str
    aim: str
    source: str
    judge: str = "nothing_got"

    def code(self, targets: str) -> str:
        """The complete source, with ``targets`` (JSON) filled in."""
        return _PRELUDE.format(targets=targets) + self.source
