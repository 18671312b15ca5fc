"""The interpreter's global state, as it would be in a process of the notebook's own.

NumPy's and Python's random streams, how NumPy treats floating-point errors, and which of NumPy's
functions are replaced so that a notebook does the same on every run: a suite and a notebook in one
process would share all of it. A `World` holds the notebook's while the suite runs, and the suite's
while the notebook runs.
"""

from __future__ import annotations

import contextlib
import io
import random
import signal
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from autograder.sandbox.guest import random_sources, reproducible

CLOCKS = frozenset({signal.SIGPROF, signal.SIGALRM, signal.SIGVTALRM})
"""The signals that stop code which takes too long."""

_Functions = tuple[tuple[Any, str, Any], ...]

_REPLACED: _Functions = (*reproducible.filled_memory(), *random_sources.replacements())
_ORIGINAL: _Functions = tuple((owner, name, getattr(owner, name)) for owner, name, _ in _REPLACED)
_SEEDED = np.random.RandomState(0).get_state()
_SEEDED_PYTHON = random.Random(0).getstate()


@dataclass(frozen=True)
class _State:
    numpy_random: Any
    python_random: Any
    float_errors: Any
    functions: _Functions
    main: ModuleType

    @classmethod
    def now(cls) -> _State:
        functions = tuple((owner, name, getattr(owner, name)) for owner, name, _ in _ORIGINAL)
        return cls(
            np.random.get_state(),
            random.getstate(),
            np.geterr(),
            functions,
            sys.modules["__main__"],
        )

    def install(self) -> None:
        np.random.set_state(self.numpy_random)
        random.setstate(self.python_random)
        np.seterr(**self.float_errors)
        for owner, name, function in self.functions:
            setattr(owner, name, function)
        sys.modules["__main__"] = self.main


class World:
    """One notebook's share of the interpreter's state.

    Args:
        main: the notebook as a module, ``__main__``.
    """

    def __init__(self, main: ModuleType) -> None:
        self._main = main
        random_sources.restart_stream()
        errors = {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"}
        self._other = _State(_SEEDED, _SEEDED_PYTHON, errors, _REPLACED, main)

    def begin_criterion(self) -> None:
        """Seed the random streams, and let underflow pass, as a fork for a criterion does."""
        random_sources.restart_stream()
        errors = {**self._other.float_errors, "under": "ignore"}
        self._other = _State(
            _SEEDED, _SEEDED_PYTHON, errors, self._other.functions, self._other.main
        )

    @contextmanager
    def inside(self) -> Iterator[None]:
        """The body runs the notebook's code; what it prints or warns of is not shown."""
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            with self._exchanged():
                yield

    @contextmanager
    def outside(self) -> Iterator[None]:
        """The body runs the suite's code in the middle of the notebook's."""
        with self._exchanged():
            yield

    @contextmanager
    def _exchanged(self) -> Iterator[None]:
        self._exchange()
        try:
            yield
        finally:
            self._exchange()

    def _exchange(self) -> None:
        # A clock that rings in the middle would leave half of one state and half of the other.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, CLOCKS)
        try:
            now = _State.now()
            self._other.install()
            self._other = now
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
