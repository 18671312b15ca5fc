"""The paths that a session must be able to see: the interpreter, numpy, the course's packages."""

from __future__ import annotations

import functools
import importlib.util
import json
import os
import re
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import SandboxUnavailable
from autograder.sandbox.host import machine
from autograder.sandbox.host.packages import NO_PACKAGES, Installed, installed
from autograder.sandbox.host.trusted_process import SINGLE_THREAD

PACKAGE_FOLDER = Path(__file__).resolve().parents[1]
"""`autograder.sandbox` on this machine; inside the sandbox it is `protocol.config.PACKAGE`."""

# Queries the dynamic loader for the libraries that it has mapped, by their paths.
_PROBE = """
import sys, json, ctypes
sys.path.insert(0, sys.argv[1])
import sandbox
del sys.path[0]
from sandbox.zygote import preload
preload.warm(sys.argv[2], **json.loads(sys.argv[3]))
class Info(ctypes.Structure):
    _fields_ = (("address", ctypes.c_void_p), ("name", ctypes.c_char_p))
found = []
@ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(Info), ctypes.c_size_t, ctypes.c_void_p)
def note(info, size, data):
    found.append((info.contents.name or b"").decode())
    return 0
walk = getattr(ctypes.CDLL(None), "dl_iterate_phdr", None)
if walk is not None:
    walk(note, None)
print(json.dumps(found))
"""

_KEPT = "libraries"
_LIBRARY = re.compile(r"/.+\.so(\.[\w.-]+)?|/.+\.dylib")

_SYSTEM_FILES = ("/etc/ld.so.cache",)
_OTHER_PACKAGES = ("site-packages", "dist-packages")

ENVIRONMENT = {
    "PATH": "/nonexistent",
    "HOME": "/tmp",
    "TMPDIR": "/tmp",
    "LANG": "C.UTF-8",
    "TZ": "UTC",
    "PYTHONHASHSEED": "0",  # fixes the order of sets and dicts of strings
    "MPLBACKEND": "agg",  # in case the course lets students import matplotlib
    **SINGLE_THREAD,
}
"""The zygote's whole environment. One BLAS thread: more would count against the process limit."""

FLAGS = ("-s", "-P", "-S", "-B")
"""``-I`` without ``-E``, which would ignore PYTHONHASHSEED; the environment is ours anyway."""


@dataclass(frozen=True)
class VisiblePaths:
    """Paths on this machine that sessions may see.

    Attributes:
        python: the interpreter itself, not a virtual environment's link to it.
        trees: visible directories: the standard library, numpy and its libraries, the packages of
            the course.
        hidden: directories within ``trees`` that must stay invisible.
        files: shared libraries, by the paths under which the loader looks for them.
        packages: the directory that contains the numpy package.
        course: the installed packages that the course lets students import.
    """

    python: Path
    trees: tuple[Path, ...]
    hidden: tuple[Path, ...]
    files: tuple[Path, ...]
    packages: Path
    course: Installed = NO_PACKAGES

    def readable(self, *, masked: bool) -> tuple[str, ...]:
        """The visible paths as a list of paths to allow, for Landlock.

        Landlock cannot exclude part of an allowed tree: where ``hidden`` is not masked by mounts,
        its siblings are listed one by one instead.
        """
        paths: list[Path] = []
        for tree in self.trees:
            if masked or not any(hidden.parent == tree for hidden in self.hidden):
                paths.append(tree)
            else:
                paths += [p for p in sorted(tree.iterdir()) if p not in self.hidden]
        return tuple(map(str, (*paths, *self.files)))


@functools.cache
def visible_paths(packages: tuple[str, ...] = ()) -> VisiblePaths:
    """Determine the paths by starting the interpreter once, the way a zygote does.

    Args:
        packages: installed packages that students may import besides numpy.

    Raises:
        SandboxUnavailable: numpy or one of the packages is missing, or the interpreter does not
            start.
    """
    course = installed(packages)
    spec = importlib.util.find_spec("numpy")
    if spec is None or spec.origin is None:
        raise SandboxUnavailable("numpy is not installed", "python -m pip install numpy")
    numpy = Path(spec.origin).parent
    python = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    trees = {
        Path(sysconfig.get_path("stdlib")).resolve(),
        Path(sysconfig.get_path("platstdlib", vars=_base())).resolve(),
    }
    hidden = tuple(
        t / name for t in sorted(trees) for name in _OTHER_PACKAGES if (t / name).is_dir()
    )
    ours = [numpy, *(p for p in (numpy.parent / "numpy.libs",) if p.is_dir())]
    ours += [path for path in course.paths if path.is_dir()]
    everything = tuple(sorted(trees)) + tuple(ours)
    files = _libraries(python, numpy.parent, course, everything)
    files += [path for path in course.paths if not path.is_dir()]
    files += [Path(name) for name in _SYSTEM_FILES if Path(name).exists()]
    seen = tuple(dict.fromkeys(files))
    return VisiblePaths(python, everything, hidden, seen, numpy.parent, course)


def _base() -> dict[str, str]:
    """Variables that make sysconfig give the base interpreter's paths, not a venv's."""
    return {"base": sys.base_prefix, "platbase": sys.base_exec_prefix}


def _libraries(
    python: Path, packages: Path, course: Installed, trees: tuple[Path, ...]
) -> list[Path]:
    """What the loader maps from outside ``trees``; known if an earlier run asked it already."""
    kept = "-".join((_KEPT, *course.wanted))
    known = machine.recall(kept)
    if isinstance(known, list) and all(map(_is_library, known)):
        return [Path(name) for name in known]
    loaded = [Path(os.path.normpath(name)) for name in _loaded(python, packages, course)]
    found = [path for path in loaded if not any(path.is_relative_to(tree) for tree in trees)]
    machine.remember(kept, [str(path) for path in found])
    return found


def _is_library(name: object) -> bool:
    """Whether a session may see it: the content of a cache must not make other files visible."""
    return isinstance(name, str) and bool(_LIBRARY.fullmatch(name)) and Path(name).is_file()


def _loaded(python: Path, packages: Path, course: Installed) -> list[str]:
    fields = {
        "names": course.names, "wanted": course.wanted, "folders": list(map(str, course.folders)),
    }  # fmt: skip
    arguments = [str(PACKAGE_FOLDER.parent), str(packages), json.dumps(fields)]
    command = [str(python), *FLAGS, "-c", _PROBE, *arguments]
    try:
        ran = subprocess.run(
            command, env=ENVIRONMENT, capture_output=True, text=True, timeout=60, check=True
        )
        names = json.loads(ran.stdout.splitlines()[-1])
    except subprocess.CalledProcessError as error:
        last = (error.stderr.strip().splitlines() or ["no message"])[-1]
        raise SandboxUnavailable(
            f"{python} could not load numpy and the course's packages on its own: {last}",
            "install them into the environment that runs the autograder",
        ) from error
    except (OSError, subprocess.TimeoutExpired, ValueError, IndexError) as error:
        raise SandboxUnavailable(
            f"{python} did not start: {error}", "check the installation"
        ) from error
    return [name for name in names if name.startswith("/")]
