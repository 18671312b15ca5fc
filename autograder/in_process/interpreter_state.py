"""Give a notebook its own copy of the interpreter's global state.

A suite and a notebook in one process would share NumPy's and Python's random streams, how NumPy
prints arrays and handles floating-point errors, and the functions that are replaced to make
notebooks reproducible. An `InterpreterState` holds the notebook's state while the suite runs, and
the suite's while the notebook runs. They are swapped hundreds of times per notebook, so nothing is
copied: modules with their own streams replace `random` and `numpy.random`.
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
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

import numpy as np

from autograder.sandbox.guest import random_sources, reproducible

CLOCKS = frozenset({signal.SIGPROF, signal.SIGALRM, signal.SIGVTALRM})
"""Signals of the timers that stop code which takes too long."""

_Functions = tuple[tuple[Any, str, Any], ...]

_REPLACED: _Functions = (*reproducible.filled_memory(), *random_sources.replacements())
_ORIGINAL: _Functions = tuple((owner, name, getattr(owner, name)) for owner, name, _ in _REPLACED)
_FLOAT_ERRORS = {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"}
_PRINTING = np.get_printoptions()
_STREAMS = ("random", "numpy.random")
_shared_numpy: Any = np.random.mtrand._rand  # the generator behind np.random's functions


@dataclass(frozen=True)
class _State:
    """The state that is swapped."""

    functions: _Functions
    float_errors: Any
    printing: Any
    modules: dict[str, ModuleType]

    @classmethod
    def now(cls) -> _State:
        functions = tuple((owner, name, getattr(owner, name)) for owner, name, _ in _ORIGINAL)
        modules = {name: sys.modules[name] for name in ("__main__", *_STREAMS)}
        return cls(functions, np.geterr(), np.get_printoptions(), modules)

    def install(self) -> None:
        for owner, name, function in self.functions:
            setattr(owner, name, function)
        np.seterr(**self.float_errors)
        if np.get_printoptions() != self.printing:
            np.set_printoptions(**self.printing)
        sys.modules.update(self.modules)
        np.random = self.modules["numpy.random"]


class InterpreterState:
    """One notebook's copy of the interpreter's state.

    Args:
        main: the notebook as a module, ``__main__``.
    """

    def __init__(self, main: ModuleType) -> None:
        random_sources.restart_stream()
        self._python = random.Random(0)
        self._numpy = np.random.RandomState(0)
        modules = {
            "__main__": main,
            "random": _with_streams(random, getattr(random, "_inst"), self._python),  # noqa: B009 (not in the stubs)
            "numpy.random": _with_streams(np.random, _shared_numpy, self._numpy),
        }
        vars(modules["numpy.random"]).update(
            seed=self._numpy.seed, ranf=self._numpy.random_sample, sample=self._numpy.random_sample
        )
        self._other = _State(_REPLACED, _FLOAT_ERRORS, _PRINTING, modules)

    def begin_criterion(self) -> None:
        """Seed the random streams and ignore underflow, as in a fork for a criterion."""
        random_sources.restart_stream()
        self._python.seed(0)
        self._numpy.seed(0)
        errors = {**self._other.float_errors, "under": "ignore"}
        self._other = replace(self._other, float_errors=errors)

    @contextmanager
    def inside(self) -> Iterator[None]:
        """The body runs the notebook's code; its output and warnings are discarded."""
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            with self._exchanged():
                yield

    @contextmanager
    def outside(self) -> Iterator[None]:
        """The body runs the suite's code, called by the notebook's."""
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
        # A timer that fires in the middle would leave a mixture of both states.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, CLOCKS)
        try:
            now = _State.now()
            self._other.install()
            self._other = now
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _with_streams(module: ModuleType, shared: object, own: object) -> ModuleType:
    """A copy of a module whose functions use ``generator`` instead of the shared generator."""
    copy = ModuleType(module.__name__)
    for name, value in vars(module).items():
        of_generator = getattr(value, "__self__", None) is shared
        setattr(copy, name, getattr(own, name) if of_generator else value)
    return copy
