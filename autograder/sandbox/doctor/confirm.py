"""Attack the server that is about to grade once more, to check that its level holds right now.

The result of an earlier run may be outdated, and a level given on the command line has never been
tried. So each server is first attacked in the ways that would be most harmful: reading hidden
files, reaching the grader, the network, or another program. This takes about 20 ms.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from autograder.errors import SandboxUnavailable
from autograder.files import make_temporary
from autograder.sandbox.doctor.reaching import CONFIRM
from autograder.sandbox.doctor.strongest import forget
from autograder.sandbox.doctor.trial import observe, successes
from autograder.sandbox.host.isolation import Level
from autograder.sandbox.host.server import Server


def confirm(server: Server, hidden: Iterable[Path]) -> None:
    """Attack a running server and check that its level holds.

    Args:
        server: the server. `Level.LIMITS` promises nothing, so it is not attacked.
        hidden: files on this machine that students must not read.

    Raises:
        SandboxUnavailable: an attack succeeded. The cached findings about this machine are deleted.
    """
    if server.level is Level.LIMITS:
        return
    with _targets(hidden) as (targets, heard):
        seen = observe(server, CONFIRM.code(json.dumps(targets)))
        problems = [*heard(), *successes(seen)]
    if seen.left_over:
        problems.append("a process outlived the session")
    if problems:
        forget()
        raise SandboxUnavailable(
            f"isolation level {server.level} does not hold here: {problems[0][:200]}",
            "run the command again, which finds out again what this machine supports; "
            "`autograder doctor` shows what was tried",
        )


@contextmanager
def _decoys() -> Iterator[Path]:
    folder = make_temporary("decoys")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _targets(hidden: Iterable[Path]) -> Iterator[tuple[dict[str, Any], Any]]:
    """Yield the targets (a world-readable decoy, listeners, this process) and a list of hits."""
    with (
        _decoys() as folder,
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_UNIX) as unix,
    ):
        folder.chmod(0o755)  # so that only the sandbox protects its content
        decoy = Path(folder, "test_hidden.py")
        decoy.write_text("secret = 1\n")
        decoy.chmod(0o644)
        name = f"convkit-{secrets.token_hex(6)}"
        unix.bind(f"\0{name}" if sys.platform == "linux" else str(Path(folder, "socket")))
        unix.listen()
        listeners = {"tcp": tcp, "a unix socket": unix}
        for listener in listeners.values():
            listener.setblocking(False)

        def heard() -> list[str]:
            found = []
            for what, listener in listeners.items():
                with suppress(BlockingIOError):
                    listener.accept()[0].close()
                    found.append(f"{what} heard from it")
            return found

        yield (
            {
                "files": [str(decoy), *map(str, hidden)],
                "directories": [str(folder)],
                "tcp": tcp.getsockname()[1],
                "unix": f"\0{name}" if sys.platform == "linux" else str(Path(folder, "socket")),
                "grader": os.getpid(),
                "python": sys.executable,
            },
            heard,
        )
