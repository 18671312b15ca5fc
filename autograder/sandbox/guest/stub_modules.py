"""Stubs for modules that a notebook imports but grading does not need, or does not have.

Plotting and progress bars do nothing, without an error: a plot inside ``forward`` is not a mistake.
A name imported from a module that does not exist becomes a `MissingImport`, which raises on use.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np

_NO_OP_PACKAGES = (
    "matplotlib", "mpl_toolkits", "pylab", "seaborn", "plotly", "japanize_matplotlib",
    "IPython", "ipywidgets", "google", "tqdm",
)  # fmt: skip


class MissingImport:
    """Bound to a name whose import failed."""

    def __init__(self, name: str, module: str) -> None:
        self.__dict__.update(_name=name, _module=module)

    def _error(self) -> ModuleNotFoundError:
        name, module = self.__dict__["_name"], self.__dict__["_module"]
        return ModuleNotFoundError(
            f"'{name}' was imported from '{module}', which is not part of the notebook"
        )

    def __call__(self, *_args: Any, **_kwargs: Any) -> Any:
        """Raise: the module does not exist."""
        raise self._error()

    def __getattr__(self, name: str) -> Any:
        """Raise, except where Python looks for its own protocols."""
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        raise self._error()

    def __mro_entries__(self, _bases: tuple[Any, ...]) -> tuple[Any, ...]:
        """``class Net(MissingImport)``: drop this base; the class body is the student's work."""
        return ()


class NoOp:
    """Accepts every attribute, call, item and assignment, and does nothing."""

    def __call__(self, *_args: Any, **_kwargs: Any) -> NoOp:
        """Do nothing."""
        return self

    def __getattr__(self, name: str) -> Any:
        """Any attribute is a no-op as well."""
        if name == "subplots":
            return _subplots
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return self

    def __getitem__(self, _key: Any) -> NoOp:
        """Any item is a no-op as well."""
        return self

    def __setitem__(self, _key: Any, _value: Any) -> None:
        """Ignore the assignment."""

    def __iter__(self) -> Iterator[Any]:
        """No items."""
        return iter(())

    def __enter__(self) -> NoOp:
        """Do nothing."""
        return self

    def __exit__(self, *_error: Any) -> None:
        """Do nothing."""

    def __len__(self) -> int:
        """Always empty."""
        return 0


def _subplots(nrows: Any = 1, ncols: Any = 1, *_args: Any, **kwargs: Any) -> tuple[NoOp, Any]:
    """A figure and as many axes as requested, to be unpacked, indexed and iterated."""
    axes = np.ndarray((int(nrows), int(ncols)), object)
    for place in np.ndindex(axes.shape):
        axes[place] = NoOp()
    if not kwargs.get("squeeze", True):
        return NoOp(), axes
    return NoOp(), axes.item() if axes.size == 1 else axes.squeeze()


class ProgressBar:
    """A progress bar that shows nothing and passes its iterable through."""

    def __init__(self, iterable: Any = None, *_args: Any, **kwargs: Any) -> None:
        self.iterable = range(kwargs.get("total") or 0) if iterable is None else iterable

    def __iter__(self) -> Iterator[Any]:
        """The iterable's own items."""
        return iter(self.iterable)

    def __len__(self) -> int:
        """The iterable's own length."""
        return len(self.iterable)

    def __enter__(self) -> ProgressBar:
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


class _NoOpModule(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return _subplots if name == "subplots" else NoOp()


class _ProgressModule(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        if name == "trange":
            return lambda *args, **kwargs: ProgressBar(range(*args), **kwargs)
        return ProgressBar


def has_stub(name: str) -> bool:
    """Whether there is a stub for a module of that name."""
    return name.split(".")[0] in _NO_OP_PACKAGES


def stub_module(name: str) -> ModuleType:
    """A stub for the module of that name."""
    kind = _ProgressModule if name.split(".")[0] == "tqdm" else _NoOpModule
    module = kind(name)
    module.__path__ = []
    vars(module)["__version__"] = "0"
    return module


class _Loader(importlib.abc.Loader):
    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        return stub_module(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        del module


class _Finder(importlib.abc.MetaPathFinder):
    """Comes last on ``sys.meta_path``, so that a module that is installed takes precedence."""

    def find_spec(self, name: str, _path: Any = None, _target: Any = None) -> Any:
        if has_stub(name):
            return importlib.machinery.ModuleSpec(name, _Loader(), is_package=True)
        return None


def install() -> None:
    """Make the stub modules importable in this process."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.append(_Finder())
