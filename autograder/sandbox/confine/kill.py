"""Kill a session's processes at levels where no PID namespace does it for us."""

from __future__ import annotations

import contextlib
import os
import resource
import signal

from . import confine, processes


def kill_all_of(uid: int) -> None:
    """Kill every process of a session's own user at once, so that none can escape by forking.

    ``kill(-1)`` signals every process that the sender may signal, so it is sent by a process that
    has fully become that user. From one that has kept root's real user id, say, it would reach
    every process on the machine.
    """
    pid = os.fork()
    if pid == 0:
        try:
            confine.drop_privileges(uid)
            if uid > 0 and os.getresuid() == (uid, uid, uid):
                os.kill(-1, signal.SIGKILL)
        finally:
            os._exit(0)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)


def kill_descendants(supervisor: int) -> None:
    """Kill a supervisor's descendants one by one, where nothing stronger is available."""
    for process in processes.process_tree(supervisor)[1:]:
        with contextlib.suppress(OSError):
            if hasattr(resource, "prlimit"):  # stop it from forking first
                resource.prlimit(process.pid, resource.RLIMIT_NPROC, (0, 0))
            os.kill(process.pid, signal.SIGKILL)


def signals_are_scoped() -> bool:
    """Whether this process is unable to signal its parent, which runs as the same user.

    Only then is it safe for it to use ``kill(-1)``.
    """
    parent = os.getppid()
    try:
        os.kill(parent, 0)
    except PermissionError:
        return parent != 1 and os.getppid() == parent  # still alive, so the refusal was real
    except OSError:
        pass
    return False
