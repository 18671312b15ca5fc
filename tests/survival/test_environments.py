"""The grader in odd environments: the usual table, or one line that says what is missing."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from pathlib import Path

import pytest

from tests.survival.conftest import GradedClass

pytestmark = pytest.mark.slow

VARIABLES: dict[str, dict[str, str | None]] = {
    # None: the variable is not set.
    "no HOME": {"HOME": None},
    "HOME that does not exist": {"HOME": "/nonexistent"},
    "HOME that is a file": {"HOME": "/dev/null"},
    "no PATH": {"PATH": None},
    "empty PATH": {"PATH": ""},
    "no LANG": {"LANG": None, "LC_ALL": None},
    "C": {"LC_ALL": "C"},
    "POSIX and UTF-8 mode off": {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "Japanese in EUC": {"LC_ALL": "ja_JP.eucJP"},
    "a locale that does not exist": {"LC_ALL": "tlh_KL.UTF-8"},
    "Turkish": {"LC_ALL": "tr_TR.UTF-8"},
    "ASCII streams": {"PYTHONIOENCODING": "ascii"},
    "strict streams": {"PYTHONIOENCODING": "latin-1:strict"},
    "no TMPDIR": {"TMPDIR": None},
    "TMPDIR that does not exist": {"TMPDIR": "/nonexistent"},
    "TMPDIR that is a file": {"TMPDIR": "/dev/null"},
    "relative TMPDIR": {"TMPDIR": "."},
    "no cache folder": {"XDG_CACHE_HOME": "/nonexistent"},
    "a cache folder that is a file": {"XDG_CACHE_HOME": "/dev/null"},
    "a relative cache folder": {"XDG_CACHE_HOME": "cache"},
    "another hash seed": {"PYTHONHASHSEED": "123"},
    "random hashes": {"PYTHONHASHSEED": "random"},
    "no assertions": {"PYTHONOPTIMIZE": "1"},
    "no docstrings": {"PYTHONOPTIMIZE": "2"},
    "development mode": {"PYTHONDEVMODE": "1"},
    "warnings are errors": {"PYTHONWARNINGS": "error"},
    "memory is traced": {"PYTHONTRACEMALLOC": "1"},
    "debugging allocator": {"PYTHONMALLOC": "debug"},
    "malloc": {"PYTHONMALLOC": "malloc"},
    "malloc that fills memory": {"MALLOC_PERTURB_": "85"},
    "two arenas": {"MALLOC_ARENA_MAX": "2"},
    "fault handler": {"PYTHONFAULTHANDLER": "1"},
    "bytecode elsewhere": {"PYTHONPYCACHEPREFIX": "/nonexistent"},
    "no user site": {"PYTHONNOUSERSITE": "1"},
    "start-up file": {"PYTHONSTARTUP": "/nonexistent"},
    "import times": {"PYTHONPROFILEIMPORTTIME": "1"},
    "safe path": {"PYTHONSAFEPATH": "1"},
    "unbuffered": {"PYTHONUNBUFFERED": "1"},
    "no threads": {"OMP_NUM_THREADS": "0", "OPENBLAS_NUM_THREADS": "0"},
    "many threads": {"OMP_NUM_THREADS": "64", "OPENBLAS_NUM_THREADS": "64"},
    "threads that are not a number": {"OMP_NUM_THREADS": "many"},
    "pytest's options": {"PYTEST_ADDOPTS": "-x --no-such-option"},
    "pytest's plugins": {"PYTEST_PLUGINS": "no_such_plugin"},
    "pytest without plugins": {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    "pytest's debugging": {"PYTEST_DEBUG": "1"},
    "hypothesis' storage": {"HYPOTHESIS_STORAGE_DIRECTORY": "/nonexistent"},
    "coverage": {"COVERAGE_PROCESS_START": "/nonexistent"},
    "another environment": {"VIRTUAL_ENV": "/nonexistent"},
    "a proxy": {"http_proxy": "http://127.0.0.1:1", "https_proxy": "http://127.0.0.1:1"},
    "a library to preload": {"LD_PRELOAD": "/nonexistent.so"},
    "a time zone": {"TZ": "Pacific/Kiritimati"},
    "a time zone that does not exist": {"TZ": "Nowhere/Else"},
    "a narrow terminal": {"COLUMNS": "10", "LINES": "3"},
    "a terminal of no width": {"COLUMNS": "0"},
    "coloured, without a width": {"COLUMNS": "0", "FORCE_COLOR": "1"},
    "columns that are not a number": {"COLUMNS": "wide"},
    "a dumb terminal": {"TERM": "dumb"},
    "an unknown terminal": {"TERM": "no-such-terminal"},
    "colours are forced": {"FORCE_COLOR": "1"},
    "no colours": {"NO_COLOR": "1"},
    "a large environment": {f"V{n}": "x" * 1000 for n in range(100)},
    "names that are not UTF-8": {"ODD": os.fsdecode(b"\xff\xfe")},
    "a display that is not there": {"DISPLAY": ":99", "MPLBACKEND": "TkAgg"},
    "no bytecode": {"PYTHONDONTWRITEBYTECODE": "1"},
}

BEFORE = {
    # What a shell does before it starts the command, by what it concerns.
    "umask": {"umask 077": "umask 077", "umask 0": "umask 0", "umask 0777": "umask 0777"},
    "open files": {
        "60 files": "ulimit -n 60",
        "200 files": "ulimit -n 200",
        "files: soft limit 20": "ulimit -S -n 20",
    },
    "stack": {"a small stack": "ulimit -s 512", "an unlimited stack": "ulimit -s unlimited"},
    "addresses": {
        "200 MB of addresses": "ulimit -v 200000",
        "500 MB of addresses": "ulimit -v 500000",
        "3 GB of addresses": "ulimit -v 3000000",
    },
    "core files": {"no core files": "ulimit -c 0"},
    "size of files": {"files of 1 MB at most": "ulimit -f 1000"},
    "locked memory": {"no locked memory": "ulimit -l 0"},
    "queued signals": {"no queued signals": "ulimit -i 0"},
    "CPU time": {"a minute of CPU time": "ulimit -t 60"},
    "priority": {"low priority": "renice -n 19 -p $$ > /dev/null"},
    "processors": {"one processor": "taskset -p -c 0 $$ > /dev/null 2>&1 || true"},
    "signals": {"ignored signals": "trap '' HUP INT QUIT PIPE TERM CHLD USR1"},
    "input": {"no standard input": "exec 0<&-"},
    "folder": {"a folder one may not read": "mkdir -m 0 closed && cd closed 2> /dev/null || true"},
}
"""Each run has the next one of every kind."""

ERRORS = {
    # Where nobody sees a traceback; alone, because of that.
    "no standard error": "exec 2<&-",
    "a full disk for messages": "exec 2> /dev/full",
}

RUN_TOGETHER = 6
"""The most environments that share a run; they change different variables."""


TERMINAL = {"COLUMNS", "TERM", "FORCE_COLOR", "NO_COLOR"}


def _concern(changes: Mapping[str, str | None]) -> set[str]:
    """What the variables are about: those of a terminal decide together what is shown."""
    return {"terminal" if name in TERMINAL else name for name in changes}


def _together() -> Iterator[tuple[str, ...]]:
    """Names of environments, those together that have nothing to do with each other."""
    left = dict(VARIABLES)
    while left:
        chosen: dict[str, dict[str, str | None]] = {}
        for name, changes in left.items():
            taken = set().union(*map(_concern, chosen.values()))
            if len(chosen) < RUN_TOGETHER and not taken & _concern(changes):
                chosen[name] = changes
        for name in chosen:
            del left[name]
        yield tuple(chosen)


def _one_of_each() -> Iterator[dict[str, str]]:
    """What is done before each run, by name."""
    for run in zip_longest(*(kind.items() for kind in BEFORE.values())):
        yield dict(filter(None, run))


_COLOURS = re.compile(r"\x1b\[[0-9;]*m")

TOO_LITTLE = {
    "25 files": ("ulimit -n 25", "allows only 25 open files. Allow more with `ulimit -n 1024`"),
    "100 MB": ("ulimit -v 100000", "allows only 97 MB of memory. Allow at least 1000 MB"),
    "a folder that is gone": (
        "mkdir gone && cd gone && rmdir ../gone",
        "the current folder has been removed. Change to one that exists",
    ),
}


def check(
    graded_class: GradedClass, folder: Path, before: str, changes: Mapping[str, str | None]
) -> subprocess.CompletedProcess[str]:
    """Check one notebook, from a shell of its own."""
    environment = {
        name: value
        for name, value in (graded_class.environment() | changes).items()
        if value is not None
    }
    command = graded_class.check_command(graded_class.handed_in / "aiko.ipynb")
    return subprocess.run(
        ["/bin/bash", "-c", f'{before}\nexec "$@"', "bash", *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=120,
        check=False,
    )


def _is_the_same(done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == 0, done.stderr
    assert "3.5 of 2.5 points" in _COLOURS.sub("", done.stdout)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("names", [*_together()], ids=" + ".join)
def test_grading_is_the_same_with(
    names: tuple[str, ...], graded_class: GradedClass, tmp_path: Path
) -> None:
    changes = {variable: value for name in names for variable, value in VARIABLES[name].items()}
    _is_the_same(check(graded_class, tmp_path, ":", changes))


@pytest.mark.parametrize(
    "commands",
    [*_one_of_each(), *({name: command} for name, command in ERRORS.items())],
    ids=" + ".join,
)
def test_grading_is_the_same_after(
    commands: dict[str, str], graded_class: GradedClass, tmp_path: Path
) -> None:
    _is_the_same(check(graded_class, tmp_path, "\n".join(commands.values()), {}))


@pytest.mark.parametrize("name", TOO_LITTLE)
def test_what_is_missing_is_named_with_a_remedy(
    name: str, graded_class: GradedClass, tmp_path: Path
) -> None:
    before, said = TOO_LITTLE[name]
    done = check(graded_class, tmp_path, before, {})
    assert done.returncode == 1
    assert said in done.stderr
    assert len([line for line in done.stderr.splitlines() if "autograder:" in line]) == 1
