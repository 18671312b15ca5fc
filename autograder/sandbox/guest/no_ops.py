"""Placeholders for what is not available: `NoOp` does nothing, `MissingImport` raises.

Plots, progress bars and pretty printers do not matter in grading, so their results can be unpacked,
calculated with and compared. What a missing package would have computed is unknown, but nothing is
an instance of its classes, and its decorators can be left out.
"""

from __future__ import annotations

import dis
import sys
from collections.abc import Iterator
from types import BuiltinFunctionType, FrameType, FunctionType, MethodType
from typing import Any

import numpy as np

# Instructions that take an iterable apart: ``a, b = …`` and ``first, *rest = …``.
_UNPACKS = (dis.opmap["UNPACK_SEQUENCE"], dis.opmap["UNPACK_EX"])


def is_decorated(args: tuple[Any, ...]) -> bool:
    """Whether a call's only positional argument is a function or class, as for a decorator."""
    kinds = (FunctionType, BuiltinFunctionType, MethodType, staticmethod, classmethod)
    return len(args) == 1 and (type(args[0]) in kinds or issubclass(type(args[0]), type))


class _MatchesNothing:
    """Can be used as a class in ``isinstance`` and as a base; nothing is an instance of it."""

    def __instancecheck__(self, _instance: object) -> bool:
        """``isinstance(x, torch.Tensor)``: there are no tensors here."""
        return False

    def __subclasscheck__(self, _kind: type) -> bool:
        """``issubclass(kind, nn.Module)``: there are no such classes either."""
        return False

    def __mro_entries__(self, _bases: tuple[Any, ...]) -> tuple[Any, ...]:
        """``class Net(nn.Module)``: what the class itself defines is still the student's work."""
        return ()

    def __or__(self, other: Any) -> Any:
        """``isinstance(x, torch.Tensor | np.ndarray)``: only the other class remains."""
        return other

    __ror__ = __or__

    def __hash__(self) -> int:
        """By identity."""
        return id(self)


class NoOp(_MatchesNothing):
    """Accepts every attribute, call, item and calculation, and does nothing.

    Args:
        origin: where it comes from, such as ``pandas.DataFrame``.
    """

    def __init__(self, origin: str = "") -> None:
        self.__dict__["_origin"] = origin

    @property
    def origin(self) -> str:
        """Where it comes from."""
        return str(self.__dict__["_origin"])

    def __call__(self, *args: Any, **_kwargs: Any) -> Any:
        """Return a `NoOp`; as a decorator, the function or class itself."""
        return args[0] if is_decorated(args) else NoOp(self.origin)

    def __getattr__(self, name: str) -> Any:
        """Any attribute is a `NoOp` too."""
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return KNOWN.get(name) or NoOp(f"{self.origin}.{name}".strip("."))

    def __setattr__(self, _name: str, _value: Any) -> None:
        """Ignore it."""

    __delattr__ = __delitem__ = __setattr__  # type: ignore[assignment]

    def __getitem__(self, _key: Any) -> NoOp:
        """Any item is a `NoOp` too."""
        return self

    def __setitem__(self, _key: Any, _value: Any) -> None:
        """Ignore it."""

    def __contains__(self, _item: object) -> bool:
        """Contains nothing."""
        return False

    def __iter__(self) -> Iterator[Any]:
        """No items in a loop; when unpacked, as many as needed: ``line, = plt.plot(...)``."""
        return iter([self] * _unpacked(sys._getframe(1)))

    def __len__(self) -> int:
        """Empty."""
        return 0

    def __bool__(self) -> bool:
        """Like an empty container."""
        return False

    def __int__(self) -> int:
        """Zero."""
        return 0

    __index__ = __int__

    def __float__(self) -> float:
        """Zero."""
        return 0.0

    def __complex__(self) -> complex:
        """Zero."""
        return 0j

    def __str__(self) -> str:
        """No text."""
        return ""

    def __format__(self, _spec: str) -> str:
        """An empty string, whatever the format."""
        return ""

    __repr__ = __str__

    def __enter__(self) -> NoOp:
        """Enter without effect."""
        return self

    def __exit__(self, *_error: Any) -> None:
        """Exit without effect."""

    async def __aenter__(self) -> NoOp:
        """Enter without effect."""
        return self

    async def __aexit__(self, *_error: Any) -> None:
        """Exit without effect."""

    def __await__(self) -> Iterator[Any]:
        """``await`` gives None."""
        return iter(())

    def _calculated(self, *_others: Any) -> NoOp:
        """Any calculation returns a `NoOp`."""
        return self

    def _compared(self, _other: object) -> bool:
        """Every comparison is false."""
        return False

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _calculated
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = _calculated
    __pow__ = __rpow__ = __matmul__ = __rmatmul__ = __and__ = __rand__ = _calculated
    __xor__ = __rxor__ = __lshift__ = __rlshift__ = __rshift__ = __rrshift__ = _calculated
    __neg__ = __pos__ = __abs__ = __invert__ = __round__ = __trunc__ = _calculated
    __floor__ = __ceil__ = _calculated
    __lt__ = __le__ = __gt__ = __ge__ = _compared
    # Makes arrays defer to it in calculations.
    __array_ufunc__ = None


class MissingImport(_MatchesNothing):
    """Bound to a name whose import failed; raises when it is called.

    Args:
        name: the name, with its attributes: ``torch.nn.Linear``.
        module: the module from which it was imported.
    """

    def __init__(self, name: str, module: str) -> None:
        self.__dict__.update(_name=name, _module=module)

    def _error(self) -> ModuleNotFoundError:
        name, module = self.__dict__["_name"], self.__dict__["_module"]
        top = name.partition(".")[0]
        return ModuleNotFoundError(
            f"'{top}' was imported from '{module}', "
            "which is not available where notebooks are graded"
        )

    def __call__(self, *args: Any, **_kwargs: Any) -> Any:
        """Raise since the module is missing, unless the call cannot affect a result."""
        last = self.__dict__["_name"].rpartition(".")[2]
        if is_decorated(args) and last not in _TRANSFORMS:
            return args[0]
        if last.startswith("is_") or last == "issparse":
            return False  # ``torch.is_tensor(x)``, ``torch.cuda.is_available()``
        if last in _WITHOUT_RESULT:
            return NoOp(self.__dict__["_name"])
        raise self._error()

    def __getattr__(self, name: str) -> Any:
        """Its attributes are missing, too, except special ones, which it does not have."""
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return MissingImport(f"{self.__dict__['_name']}.{name}", self.__dict__["_module"])

    def _raise(self, *_args: Any) -> Any:
        """Nothing can be computed with it."""
        raise self._error()

    __getitem__ = __iter__ = __len__ = __bool__ = __int__ = __float__ = __index__ = _raise
    __enter__ = __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _raise
    __truediv__ = __rtruediv__ = __matmul__ = __rmatmul__ = __pow__ = __neg__ = _raise
    __lt__ = __le__ = __gt__ = __ge__ = __contains__ = _raise
    __array_ufunc__ = None

    def __exit__(self, *_error: Any) -> None:
        """Never reached: it cannot be entered."""


# Functions that return another function; any other decorator may be left out.
_TRANSFORMS = {
    "grad", "value_and_grad", "elementwise_grad", "jacobian", "hessian", "vmap", "pmap", "jvp",
    "vjp",
}  # fmt: skip
# Calls that only configure the package or switch off gradients.
_WITHOUT_RESULT = {
    "manual_seed", "manual_seed_all", "set_seed", "set_random_seed", "set_printoptions",
    "set_num_threads", "set_default_dtype", "set_verbosity", "no_grad", "inference_mode",
    "enable_grad", "set_grad_enabled", "use_deterministic_algorithms", "set_style", "set_theme",
}  # fmt: skip


class ProgressBar:
    """``tqdm`` without output: iterates over what it is given."""

    def __init__(self, iterable: Any = None, *_args: Any, **kwargs: Any) -> None:
        self.iterable = range(kwargs.get("total") or 0) if iterable is None else iterable

    def __iter__(self) -> Iterator[Any]:
        """The iterable's own items."""
        return iter(self.iterable)

    def __len__(self) -> int:
        """The iterable's own length."""
        return len(self.iterable)

    def __call__(self, *_args: Any, **_kwargs: Any) -> None:
        """One step: ``with alive_bar(3) as bar: bar()``."""

    def __enter__(self) -> ProgressBar:
        """Enter."""
        return self

    def __exit__(self, *_error: Any) -> None:
        """Exit."""

    def __getattr__(self, name: str) -> Any:
        """``set_description``, ``update``, ``close`` and the rest do nothing."""
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return NoOp(name)

    @staticmethod
    def write(*_args: Any, **_kwargs: Any) -> None:
        """``tqdm.write``: nothing to write to."""


def subplots(nrows: Any = 1, ncols: Any = 1, *_args: Any, **kwargs: Any) -> tuple[NoOp, Any]:
    """``plt.subplots``: a figure and an array of axes with the shape that matplotlib would give."""
    axes = np.ndarray((int(nrows), int(ncols)), object)
    for place in np.ndindex(axes.shape):
        axes[place] = NoOp("axes")
    if not kwargs.get("squeeze", True):
        return NoOp("figure"), axes
    return NoOp("figure"), axes.item() if axes.size == 1 else axes.squeeze()


def _unpacked(frame: FrameType) -> int:
    """The number of values that the frame's current instruction unpacks; 0 if it iterates."""
    code, place = frame.f_code.co_code, frame.f_lasti
    return code[place + 1] if 0 <= place < len(code) - 1 and code[place] in _UNPACKS else 0


# Attributes with a definite value on any object.
KNOWN = {
    "subplots": subplots,
    "track": ProgressBar,
    "alive_it": ProgressBar,
    "alive_bar": ProgressBar,
    "progress_bar": ProgressBar,
    "master_bar": ProgressBar,
    "progressbar": ProgressBar,
}
