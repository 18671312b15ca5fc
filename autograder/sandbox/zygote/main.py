"""The zygote's entry point: load numpy, then fork sessions until the host hangs up.

The host starts it through `protocol.config.BOOT`, in the environment that the isolation level
provides (see `autograder.sandbox.host.command_line`).
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import signal
import socket
import sys

from ..confine import confine, scratch, syscalls
from ..protocol.config import ServerConfig
from . import preload

_TRIED = "AUTOGRADER_FIXED_ADDRESSES"


def main() -> None:
    """Preload, report ready, and serve the host until it hangs up. ``sys.argv``: home, config."""
    config = ServerConfig.from_json(sys.argv[2])
    if config.namespaced and config.uid is not None and os.geteuid() == 0:
        # First of all: the kernel turns address space randomisation on again in programs that root
        # executes, because they gain capabilities.
        confine.drop_privileges(config.uid)
    _fix_addresses()
    control = socket.socket(fileno=config.control)
    try:
        if config.namespaced:
            _become_init(config)
        if sys.platform == "linux":
            # Otherwise processes of the same user could read and trace the zygote.
            syscalls.prctl(syscalls.PR_SET_DUMPABLE, 0, "dumpable")
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        preload.warm(config.packages, config.names, config.wanted, config.folders)
        # Only now, since it needs numpy; and before any session, which may not read any files.
        from .supervisor import Supervisor

        sys.argv[:] = [""]
        confinement = confine.Confinement(config)
    except BaseException as error:
        control.sendall(json.dumps({"failed": f"{type(error).__name__}: {error}"}).encode() + b"\n")
        raise
    gc.collect()
    # Before the fork, so that the first collection in a session does not write to, and thereby
    # copy, every page that holds a Python object.
    gc.freeze()
    try:
        Supervisor(confinement, control).serve()
    finally:
        if config.scratch is not None:  # the host may have been killed before it could clean up
            scratch.remove(config.scratch)


def _fix_addresses() -> None:
    """Start again without address space randomisation, where the machine allows it.

    Hashes of objects are addresses, and the order of a set follows its hashes: with random
    addresses the same notebook could do different things in two runs. The wall does not rest on
    students' code not knowing addresses, since it can read its own memory anyway.
    """
    # Once at most: where the kernel does not keep the setting, this would never end.
    tried = os.environ.pop(_TRIED, None) is not None
    if sys.platform != "linux" or tried or not syscalls.fix_addresses():
        return
    os.environ[_TRIED] = "1"
    with contextlib.suppress(OSError):  # an interpreter that only root may execute
        os.execv(sys.orig_argv[0], sys.orig_argv)


def _become_init(config: ServerConfig) -> None:
    """Become the init process of a new PID namespace, as an ordinary user.

    Sessions are then forked into PID namespaces nested in this one, so the kernel kills everything
    when the zygote dies.
    """
    confine.new_user_namespace(syscalls.CLONE_NEWPID)
    pid = os.fork()
    if pid:
        os.close(config.control)
        os._exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) & 0xFF)
    syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL, "parent's death")
