"""What the command needs of the shell that started it: files, memory, a folder, UTF-8.

What is missing is named before the work begins: what fails later for want of it would say something
else.
"""

from __future__ import annotations

import contextlib
import os
import resource
import sys
from pathlib import Path

from autograder.errors import CommandError

_WANTED_FILES, _FEWEST_FILES = 4096, 40
_LEAST_MB = 190
"""Address space of Python with NumPy, on one thread."""


def use_utf8() -> None:
    """Start the command again in Python's UTF-8 mode, if the locale says that names are not UTF-8.

    Where they are ASCII or Latin-1, no folder can be named after a student whose name is in another
    script, and those that exist cannot be told from damage. What is printed stays in the
    terminal's own encoding.
    """
    if sys.getfilesystemencoding() == "utf-8" or os.environ.get("PYTHONUTF8") == "1":
        return
    terminal = sys.stdout.encoding if sys.stdout is not None else "utf-8"
    os.environ.setdefault("PYTHONIOENCODING", f"{terminal}:backslashreplace")
    os.environ["PYTHONUTF8"] = "1"  # for workers and the sandbox, too
    if sys.executable:  # unknown to Python that is embedded in another program
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])


def require() -> None:
    """Raise the limit on open files, and see whether there is enough of everything.

    Raises:
        CommandError: there is not.
    """
    files = _allow_many_files()
    if files < _FEWEST_FILES:
        raise CommandError(
            f"this shell allows only {files} open files. Allow more with `ulimit -n 1024`, or ask"
            " whoever runs this machine"
        )
    memory = resource.getrlimit(resource.RLIMIT_AS)[0]
    if memory != resource.RLIM_INFINITY and memory < _LEAST_MB * 2**20:
        raise CommandError(
            f"this shell allows only {memory // 2**20} MB of memory. Allow at least 1000 MB with"
            " `ulimit -v 1000000`, or start a new shell"
        )
    try:
        Path.cwd()
    except FileNotFoundError:
        raise CommandError(
            "the current folder has been removed. Change to one that exists, and run it again"
        ) from None


def is_short_of_memory() -> bool:
    """Whether this shell limits memory, so that what looks like a bug may be caused by that."""
    return resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY


def _allow_many_files() -> int:
    """Raise the soft limit on open files as far as it may be raised: some shells allow 64."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _WANTED_FILES if hard == resource.RLIM_INFINITY else min(_WANTED_FILES, hard)
    if soft == resource.RLIM_INFINITY:
        return _WANTED_FILES
    if soft < wanted:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]
