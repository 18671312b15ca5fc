"""Targets for attacks: decoy files, listening sockets and a victim process, watched from outside.

Decoys are laid out like a course and readable by everyone, so that only the sandbox protects them.
Real files (the project, the interpreter, /etc) are attacked as well, but only by reading them, or
at levels that must protect them.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import secrets
import select
import shutil
import socket
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

from autograder.errors import SandboxUnavailable
from autograder.files import make_temporary
from autograder.sandbox.host.isolation import Level
from autograder.sandbox.host.limits import Limits
from autograder.sandbox.host.visible_paths import PACKAGE_FOLDER, VisiblePaths

_DECOYS = (
    "solutions/02_im2col/notebook.py",
    "tests/hidden/test_02_im2col.py",
    "source_lib/__init__.py",
    "submitted/another/02_im2col.ipynb",
)

_VICTIM_S = 20.0
"""Seconds that the process which attacks are aimed at may take to answer."""

# A trusted process with a secret in memory, which reports on request what was done to it.
_VICTIM = """
import ctypes, json, os, resource, signal, sys
sys.path[:] = json.loads(sys.argv[1])
from autograder.sandbox.host.protect import protect_host
protect_host()
secret = ctypes.create_string_buffer(b"0123456789abcdef")
seen = []
signal.signal(signal.SIGUSR1, lambda number, frame: seen.append(number))
print(ctypes.addressof(secret), flush=True)
for _ in sys.stdin:
    processors = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    print(json.dumps([len(seen), secret.value.decode(), os.getpriority(os.PRIO_PROCESS, 0),
          resource.getrlimit(resource.RLIMIT_NOFILE), processors]), flush=True)
"""


class Targets:
    """A context manager; on exit everything is removed, including what attacks left behind."""

    def __init__(self, visible: VisiblePaths) -> None:
        self._visible = visible
        self._mark = f"convkit-{secrets.token_hex(6)}"
        self._root = make_temporary("decoys")
        self._root.chmod(0o755)
        for name in _DECOYS:
            path = self._root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"secret = '{self._mark}'\n")
        for directory in (p for p in self._root.rglob("*") if p.is_dir()):
            directory.chmod(0o755)
        self._listeners = self._listen()
        self._victim = subprocess.Popen(
            [sys.executable, "-c", _VICTIM, json.dumps(sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        address = self._line_of_victim()
        if not address:
            self._victim.kill()
            raise SandboxUnavailable(
                "the process that attacks are aimed at does not start",
                "check whether the machine is out of memory",
            )
        self._address = int(address)
        self._victim_before = self._query_victim()
        self._files_before = self._files()

    def __enter__(self) -> Targets:
        """Return self: everything has been set up already."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Remove everything."""
        self._victim.kill()
        self._victim.communicate()
        for listener in self._listeners.values():
            listener.close()
        shutil.rmtree(self._root, ignore_errors=True)

    def _listen(self) -> dict[str, socket.socket]:
        tcp = socket.create_server(("127.0.0.1", 0))
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(("127.0.0.1", 0))
        unix = socket.socket(socket.AF_UNIX)
        unix.bind(str(self._root / "socket"))
        unix.listen()
        datagram = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        datagram.bind(str(self._root / "datagram"))
        for name in ("socket", "datagram"):
            (self._root / name).chmod(0o777)
        found = {"tcp": tcp, "udp": udp, "unix": unix, "unix datagram": datagram}
        if sys.platform == "linux":
            abstract = socket.socket(socket.AF_UNIX)
            abstract.bind("\0" + self._mark)
            abstract.listen()
            found["abstract unix"] = abstract
        for listener in found.values():
            listener.setblocking(False)
        return found

    def describe(self, level: Level, limits: Limits, neighbour: Neighbour) -> str:
        """The ``targets`` of an attack, as JSON.

        Args:
            level: below ``container``, real files are only read, never written.
            limits: limits of the sessions.
            neighbour: another session to attack.
        """
        decoys = [str(self._root / name) for name in _DECOYS]
        fields: dict[str, Any] = {
            "files": [*decoys, *_real_files(self._visible)],
            "directories": sorted({str(Path(d).parent) for d in decoys} | set(_real_directories())),
            "import_from": [str(self._root), *_import_places()],
            "modules": ["source_lib", "autograder", "pytest", "nbformat"],
            "tcp": self._listeners["tcp"].getsockname()[1],
            "udp": self._listeners["udp"].getsockname()[1],
            "unix": str(self._root / "socket"),
            "unix_datagram": str(self._root / "datagram"),
            "abstract": self._mark,
            "victim": self._victim.pid,
            "victim_group": os.getpgid(self._victim.pid),
            "address": self._address,
            "may_signal_all": level > Level.LIMITS,
            "memory_mb": limits.memory_mb,
            "file_mb": limits.file_mb,
            "python": str(self._visible.python),
            "mark": self._mark,
            "write_to": [str(self._root), *(self._real_places() if level > Level.LIMITS else ())],
            "own_directories": [str(self._root), str(self._root / "tests")],
            "own_files": decoys,
            "neighbour_directories": list(neighbour.directories),
            "neighbour_processes": list(neighbour.processes),
        }
        return json.dumps(fields)

    def contacted(self) -> list[str]:
        """Which listeners were contacted since the last call."""
        found = []
        for name, listener in self._listeners.items():
            with contextlib.suppress(BlockingIOError):
                if listener.type == socket.SOCK_STREAM:
                    listener.accept()[0].close()
                else:
                    listener.recv(100)
                found.append(name)
        return found

    def harm(self) -> list[str]:
        """What was done to the victim since the last call."""
        now = self._query_victim()
        if now == self._victim_before:
            return []
        before, self._victim_before = self._victim_before, now
        return [f"the trusted process was changed: {before} → {now}" if now else "it was killed"]

    def changes(self) -> list[str]:
        """What was done to files since the last call."""
        now = self._files()
        found = [
            f"{path}: {self._files_before.get(path, 'not there')} → {now.get(path, 'gone')}"
            for path in sorted(self._files_before.keys() | now.keys())
            if self._files_before.get(path) != now.get(path)
        ]
        self._files_before = now
        for place in self._real_places():
            left = Path(place, self._mark)
            if left.exists():
                found.append(f"wrote {left}")
                left.unlink()
        return found

    def _real_places(self) -> tuple[str, ...]:
        places = [
            "/",
            "/tmp",
            "/var/tmp",
            "/dev/shm",
            "/etc",
            "/dev",
            str(PACKAGE_FOLDER),
            "/convkit/sandbox",
        ]
        places += [str(Path.home()), str(Path.cwd()), *map(str, self._visible.trees)]
        return tuple(places)

    def _query_victim(self) -> list[Any]:
        assert self._victim.stdin is not None
        try:
            self._victim.stdin.write("\n")
            self._victim.stdin.flush()
            answer = json.loads(self._line_of_victim())
        except (OSError, ValueError):
            return []
        return answer if isinstance(answer, list) else []

    def _line_of_victim(self) -> str:
        """What the victim says; "" if it is gone, or an attack has stopped it."""
        assert self._victim.stdout is not None
        says, _, _ = select.select([self._victim.stdout], [], [], _VICTIM_S)
        return self._victim.stdout.readline() if says else ""

    def _files(self) -> dict[str, str]:
        found = {}
        for path in self._root.rglob("*"):
            status = path.lstat()
            content = path.read_text() if path.is_file() else ""
            found[str(path)] = (
                f"{status.st_mode:o} {status.st_uid} {status.st_mtime_ns} {content!r}"
            )
        return found


class Neighbour:
    """Another student's session, as seen by the host."""

    def __init__(self, directories: tuple[str, ...] = (), processes: tuple[int, ...] = ()) -> None:
        self.directories = directories
        self.processes = processes


def _import_places() -> list[str]:
    places = [sysconfig.get_path("purelib")]
    for name in ("source_lib", "autograder"):
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.origin is not None:
            places.append(str(Path(spec.origin).parents[1]))
    return places


def _real_files(visible: VisiblePaths) -> list[str]:
    found = ["/etc/shadow", "/etc/passwd", "/proc/1/environ", "/proc/self/environ", "/dev/mem"]
    for place in _import_places():
        packages = [
            p for p in sorted(Path(place).glob("*/__init__.py")) if p.parent not in visible.trees
        ]
        found += map(str, packages[:3])
        found += [f"{place}/autograder/sandbox/server.py", f"{place}/source_lib/__init__.py"]
    return found


def _real_directories() -> list[str]:
    here = [str(Path.cwd()), str(Path.home()), "/", "/home", "/etc", "/proc", "/tmp", "/sys"]
    projects = [p for p in _import_places() if p != sysconfig.get_path("purelib")]
    inner = [
        f"{p}/{name}" for p in projects for name in ("tests/hidden", "solutions", "source_lib")
    ]
    return [*here, *projects, *inner]
