"""End a session's processes where no namespace ends them for us."""

from __future__ import annotations

import contextlib
import os
import resource
import signal

from . import confine, processes


def kill_all_of(uid: int) -> None:
    """Kill every process of a session's own user, at once, so that none can fork away.

    A process of that user does it. For one that is still somebody else in part (a real user id of
    root, say) "everyone" would mean everyone on the machine.
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
    """Kill a supervisor's descendants one by one, where nothing stronger is to be had."""
    for process in processes.process_tree(supervisor)[1:]:
        with contextlib.suppress(OSError):
            if hasattr(resource, "prlimit"):  # first make it barren
                resource.prlimit(process.pid, resource.RLIMIT_NPROC, (0, 0))
            os.kill(process.pid, signal.SIGKILL)


def signals_are_scoped() -> bool:
    """Whether this process may not even signal its parent, another process of the same user.

    Only then may it say "kill everyone".
    """
    parent = os.getppid()
    try:
        os.kill(parent, 0)
    except PermissionError:
        return parent != 1 and os.getppid() == parent  # it was alive, so it was a refusal
    except OSError:
        pass
    return False
