"""How a process of the grader's own is started: which command, which environment.

Such a process runs our code only: the workers, and what must not happen in a worker itself, namely
the reference's part of students' calls (`autograder.carrying`) and a look at the teaching solution
that no student's data can influence (`autograder.own_faults`).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import autograder

SINGLE_THREAD = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
}
"""Environment in which NumPy runs on one thread: read when it is imported."""


def command(module: str, *arguments: str) -> list[str]:
    """The command that calls ``main`` of a module, which finds the arguments in ``sys.argv``."""
    return [sys.executable, "-P", "-c", f"from {module} import main; main()", *arguments]


def environment() -> dict[str, str]:
    """This process's environment, in which a checkout of ours need not be installed."""
    checkout = str(Path(autograder.__file__).parents[1])
    path = os.pathsep.join(filter(None, [checkout, os.environ.get("PYTHONPATH")]))
    return {**os.environ, **SINGLE_THREAD, "PYTHONPATH": path}
