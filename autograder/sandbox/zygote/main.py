"""The warm server: an interpreter with numpy loaded, from which sessions are forked.

It never runs a student's code. The host starts it by way of `protocol.config.BOOT`, in the
surroundings that the level gives (see `autograder.sandbox.host.command_line`).
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import sys

from ..confine import confine, scratch, syscalls
from ..protocol.config import ServerConfig
from . import preload
from .supervisor import Supervisor


def main() -> None:
    """Get warm, say so, and serve the host until it hangs up. ``sys.argv``: home, config."""
    text = sys.argv[2]
    config = ServerConfig.from_json(text)
    control = socket.socket(fileno=config.control)
    own_processes = None
    try:
        if config.namespaced:
            own_processes = _become_init(config)
        if sys.platform == "linux":
            # Same-user processes could otherwise read and trace the server, whatever its level.
            syscalls.prctl(syscalls.PR_SET_DUMPABLE, 0, "dumpable")
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        preload.warm(config.packages)
        from ..guest import session  # noqa: F401  so that sessions need not find it on a disk

        sys.argv[:] = [""]
        confinement = confine.Confinement(config)
    except BaseException as error:
        control.sendall(json.dumps({"failed": f"{type(error).__name__}: {error}"}).encode() + b"\n")
        raise
    gc.collect()
    gc.freeze()  # here and not in each session, where it would copy every page
    hello = {"pid": os.getpid(), "landlock": confinement.landlock, "python": sys.version.split()[0]}
    control.sendall(json.dumps(hello).encode() + b"\n")
    try:
        Supervisor(confinement, control, own_processes).run()
    finally:
        if config.scratch is not None:  # the host may have been killed, and cannot tidy up
            scratch.remove(config.scratch)


def _become_init(config: ServerConfig) -> int:
    """Become the first process of a namespace of our own, as an ordinary user.

    A session is then forked straight into its own process namespace, and the death of this server
    is the death of everything below it. Returns a descriptor of the namespace.
    """
    if config.uid is not None:
        confine.drop_privileges(config.uid)
    confine.new_user_namespace(syscalls.CLONE_NEWPID)
    pid = os.fork()
    if pid:
        os.close(config.control)
        os._exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) & 0xFF)
    syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL, "parent's death")
    return os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
