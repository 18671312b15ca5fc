"""Stand-ins for what a notebook imports and grading has no use for, or does not have.

Plots and progress bars do nothing here, quietly: a plot inside ``forward`` is no mistake. A module
that is simply not there leaves a `Missing` behind, which says so where it is used.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np

_QUIET = (
    "matplotlib", "mpl_toolkits", "pylab", "seaborn", "plotly", "japanize_matplotlib",
    "IPython", "ipywidgets", "google", "tqdm",
)  # fmt: skip


class Missing:
    """Bound to a name whose import failed."""

    def __init__(self, name: str, module: str) -> None:
        self.__dict__.update(_name=name, _module=module)

    def _complain(self) -> ModuleNotFoundError:
        name, module = self.__dict__["_name"], self.__dict__["_module"]
        return ModuleNotFoundError(
            f"'{name}' was imported from '{module}', which is not part of the notebook"
        )

    def __call__(self, *_args: Any, **_kwargs: Any) -> Any:
        """Refuse: the module is not there."""
        raise self._complain()

    def __getattr__(self, name: str) -> Any:
        """Refuse, but let Python ask for its own protocols."""
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        raise self._complain()

    def __mro_entries__(self, _bases: tuple[Any, ...]) -> tuple[Any, ...]:
        """``class Net(Missing)``: what the class says itself is still the student's own work."""
        return ()


class Quiet:
    """Takes every attribute, call, item and assignment, and does nothing."""

    def __call__(self, *_args: Any, **_kwargs: Any) -> Quiet:
        """Do nothing."""
        return self

    def __getattr__(self, name: str) -> Any:
        """Any attribute, quiet too."""
        if name == "subplots":
            return _subplots
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return self

    def __getitem__(self, _key: Any) -> Quiet:
        """Any item, quiet too."""
        return self

    def __setitem__(self, _key: Any, _value: Any) -> None:
        """Forget it."""

    def __iter__(self) -> Iterator[Any]:
        """Nothing to go through."""
        return iter(())

    def __enter__(self) -> Quiet:
        """Enter quietly."""
        return self

    def __exit__(self, *_error: Any) -> None:
        """Leave quietly."""

    def __len__(self) -> int:
        """Nothing in it."""
        return 0


def _subplots(nrows: Any = 1, ncols: Any = 1, *_args: Any, **kwargs: Any) -> tuple[Quiet, Any]:
    """A figure and its axes, as many as asked for: they are unpacked, indexed, gone through."""
    axes = np.ndarray((int(nrows), int(ncols)), object)
    for place in np.ndindex(axes.shape):
        axes[place] = Quiet()
    if not kwargs.get("squeeze", True):
        return Quiet(), axes
    return Quiet(), axes.item() if axes.size == 1 else axes.squeeze()


class Progress:
    """A progress bar without a bar: passes its iterable on."""

    def __init__(self, iterable: Any = None, *_args: Any, **kwargs: Any) -> None:
        self.iterable = range(kwargs.get("total") or 0) if iterable is None else iterable

    def __iter__(self) -> Iterator[Any]:
        """The iterable's own items."""
        return iter(self.iterable)

    def __len__(self) -> int:
        """The iterable's own length."""
        return len(self.iterable)

    def __enter__(self) -> Progress:
        """Enter."""
        return self

    def __exit__(self, *_error: Any) -> None:
        """Leave."""

    def __getattr__(self, name: str) -> Any:
        """``set_description``, ``update``, ``close`` and the rest do nothing."""
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return lambda *_args, **_kwargs: None

    @staticmethod
    def write(*_args: Any, **_kwargs: Any) -> None:
        """``tqdm.write``: nothing to write to."""


class _QuietModule(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return _subplots if name == "subplots" else Quiet()


class _ProgressModule(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        if name == "trange":
            return lambda *args, **kwargs: Progress(range(*args), **kwargs)
        return Progress


class _Loader(importlib.abc.Loader):
    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        kind = _ProgressModule if spec.name.split(".")[0] == "tqdm" else _QuietModule
        module = kind(spec.name)
        module.__path__ = []
        vars(module)["__version__"] = "0"
        return module

    def exec_module(self, module: ModuleType) -> None:
        del module


class _Finder(importlib.abc.MetaPathFinder):
    """Answers last, so that a module that is really there is used."""

    def find_spec(self, name: str, _path: Any = None, _target: Any = None) -> Any:
        if name.split(".")[0] in _QUIET:
            return importlib.machinery.ModuleSpec(name, _Loader(), is_package=True)
        return None


def install() -> None:
    """Let the quiet modules be importable in this process."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.append(_Finder())
