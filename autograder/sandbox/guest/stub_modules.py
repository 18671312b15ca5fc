"""Stubs for modules that a notebook imports but that grading does not need or does not have.

Plots, progress bars and pretty printers silently do nothing, since a plot inside ``forward`` is not
a mistake. Packages with NumPy's interface (cupy, jax.numpy, pylab) are NumPy here, and numba's
decorators return their function. Importing any other module that is not installed gives a
`MissingImport`, which raises when it is used.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import numpy as np

from .classes import is_instance
from .no_ops import KNOWN, MissingImport, NoOp, ProgressBar
from .plot_names import PLOT_NAMES

__all__ = ["MissingImport", "NoOp", "install", "is_stub", "without_substitutes"]

_PLOTTING = (
    "matplotlib", "mpl_toolkits", "pylab", "seaborn", "plotly", "japanize_matplotlib",
    "matplotlib_inline", "IPython", "ipywidgets", "google", "tqdm",
)  # fmt: skip
# Modules that only display, measure, check types or download. If a notebook has a fallback for a
# missing one, the fallback is used; see `without_substitutes`.
_COSMETIC = (
    "rich", "icecream", "loguru", "tabulate", "prettytable", "texttable", "termcolor", "colorama",
    "colored", "pandas", "polars", "PIL", "bokeh", "altair", "plotnine", "holoviews", "graphviz",
    "pydot", "networkx", "ipympl", "ipycanvas", "itables", "alive_progress", "progressbar",
    "fastprogress", "line_profiler", "memory_profiler", "pyinstrument", "viztracer", "psutil",
    "wandb", "tensorboard", "tensorboardX", "mlflow", "comet_ml", "torchinfo", "torchsummary",
    "beartype", "typeguard", "jaxtyping", "nptyping", "overrides", "deprecated", "watermark",
    "nest_asyncio", "ipytest", "pytest", "gdown", "wget", "requests", "kaggle",
)  # fmt: skip
_NUMPY_LIKE = ("cupy", "cupyx", "jax", "autograd", "numba")

_fallback_wanted = False


def is_stub(value: object) -> bool:
    """Whether a value is a placeholder for something that is not available."""
    kinds = (NoOp, MissingImport, ProgressBar, _StubModule)
    return any(value is kind or is_instance(value, kind) for kind in kinds)


def has_stub(name: str) -> bool:
    """Whether there is a stub for a module of that name."""
    root = name.split(".")[0]
    return root in _PLOTTING or (root in (*_COSMETIC, *_NUMPY_LIKE) and not _fallback_wanted)


@contextlib.contextmanager
def without_substitutes(wanted: bool) -> Iterator[None]:
    """Let imports of missing packages fail while the block runs, for a notebook's own fallback.

    ``try: import cupy as np; except ImportError: import numpy as np`` means NumPy here.
    """
    global _fallback_wanted
    before, _fallback_wanted = _fallback_wanted, wanted
    try:
        yield
    finally:
        _fallback_wanted = before


def stub_module(name: str) -> ModuleType:
    """A stub for the module of that name."""
    root = name.split(".")[0]
    module = _StubModule(name)
    module.__path__ = []
    vars(module)["__version__"] = "0"
    vars(module).update(_NAMES[name]() if name in _NAMES else {})
    if root == "tqdm":
        vars(module)["_default"] = ProgressBar
        vars(module)["trange"] = lambda *args, **kwargs: ProgressBar(range(*args), **kwargs)
    elif root in _NUMPY_LIKE:
        vars(module)["_default"] = MissingImport
    return module


class _StubModule(ModuleType):
    _default: type = NoOp

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        # ``from jax import numpy``. Not before it is wanted: pylab's names take 20 ms to look up.
        if f"{self.__name__}.{name}" in _NAMES:
            return importlib.import_module(f"{self.__name__}.{name}")
        if self._default is MissingImport:
            return MissingImport(name, self.__name__)
        if self._default is ProgressBar:
            return ProgressBar
        return KNOWN.get(name) or NoOp(f"{self.__name__}.{name}")


def _numpy_names() -> dict[str, Any]:
    return {name: getattr(np, name) for name in np.__all__}


def _pylab() -> dict[str, Any]:
    """NumPy's and pyplot's names, except those of Python's builtins, as in the real module."""
    names: dict[str, Any] = {name: KNOWN.get(name) or NoOp(name) for name in PLOT_NAMES}
    for module in (np.fft, np.random, np.linalg, np):
        for name in getattr(module, "__all__", ()):
            names[name] = getattr(module, name)
    for name in ("abs", "bool", "bytes", "max", "min", "pow", "round"):
        names.pop(name, None)
    names |= {"np": np, "numpy": np, "plt": NoOp("plt")}
    return names | {"__all__": sorted(names)}


def _pyplot() -> dict[str, Any]:
    names = {name: KNOWN.get(name) or NoOp(f"plt.{name}") for name in PLOT_NAMES}
    return names | {"__all__": sorted(names)}


def _cupy() -> dict[str, Any]:
    own = {
        "asnumpy": np.asarray,
        "get_array_module": lambda *_arrays: np,
        "cuda": NoOp("cupy.cuda"),
        "fuse": NoOp("cupy.fuse"),
        "get_default_memory_pool": NoOp("cupy.get_default_memory_pool"),
        "get_default_pinned_memory_pool": NoOp("cupy.get_default_pinned_memory_pool"),
    }
    return _numpy_names() | own


def _cupyx() -> dict[str, Any]:
    return {"scatter_add": np.add.at, "scatter_max": np.maximum.at, "scatter_min": np.minimum.at}


def _jax() -> dict[str, Any]:
    return {"jit": NoOp("jax.jit"), "config": NoOp("jax.config"), "device_put": _unchanged}


def _numba() -> dict[str, Any]:
    names: dict[str, Any] = dict.fromkeys(("jit", "njit", "generated_jit"), NoOp("numba.jit"))
    types = (
        "types",
        "float32",
        "float64",
        "int32",
        "int64",
        "boolean",
        "void",
        "typeof",
        "objmode",
    )
    names |= {name: NoOp(f"numba.{name}") for name in (*types, "config", "set_num_threads")}
    return names | {"prange": range, "vectorize": _vectorize, "literal_unroll": _unchanged}


def _unchanged(value: Any, *_args: Any, **_kwargs: Any) -> Any:
    return value


def _vectorize(*args: Any, **_kwargs: Any) -> Any:
    """numba's decorator, with or without signatures."""
    return np.vectorize(args[0]) if callable(args[0]) and len(args) == 1 else np.vectorize


def _icecream() -> dict[str, Any]:
    def ic(*args: Any) -> Any:
        return args[0] if len(args) == 1 else args or None

    return {"ic": ic}


_NAMES: dict[str, Callable[[], dict[str, Any]]] = {
    "pylab": _pylab,
    "matplotlib.pylab": _pylab,
    "matplotlib.pyplot": _pyplot,
    "cupy": _cupy,
    "cupyx": _cupyx,
    "jax": _jax,
    "jax.numpy": _numpy_names,
    "autograd.numpy": _numpy_names,
    "numba": _numba,
    "icecream": _icecream,
}


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


def uninstall() -> None:
    """Let imports of missing modules fail again."""
    sys.meta_path[:] = [each for each in sys.meta_path if not isinstance(each, _Finder)]
