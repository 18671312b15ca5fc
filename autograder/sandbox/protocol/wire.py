"""The wire format: plain values in length-prefixed messages. Nothing else crosses the boundary.

A message is a JSON tree plus raw buffers. The tree holds the structure; arrays, bytes and numpy
scalars store their memory in buffers and refer to them by index. Nothing is ever unpickled,
imported or evaluated, and the reader validates everything: lengths, depth, number of nodes, dtype,
and that shape and buffer size agree.

Both sides import this module: the sandbox from its own folder, the host as
``autograder.sandbox.protocol.wire``. It needs only the standard library and numpy.

Layout: ``magic(4) header_bytes(u32) buffers(u32) | buffer lengths (u64 each) | header | buffers``.
"""

from __future__ import annotations

import json
import math
import re
import socket
import struct
import time
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

MAGIC = b"cvk1"
MAX_HEADER = 8 * 2**20
MAX_TOTAL = 64 * 2**20
MAX_BUFFERS = 10_000
MAX_DEPTH = 24
MAX_NODES = 200_000
MAX_KEYS = 1000
"""Most dict keys other than strings per message. Numbers with equal hashes are easy to construct,
and decoding a dict of 100 000 of them would keep the reader busy for minutes."""

MAX_INT_BITS = 4096
TRUSTED_SIZE = 16 * 2**20
"""Bytes allocated just because a length prefix says so. Beyond that the buffer grows only as data
arrives, so that a false length cannot make the reader allocate memory."""

_PREFIX = struct.Struct("<4sII")
# Booleans, integers, floats, complex numbers and text: any bytes are a valid value of these kinds
# (code points are checked), and none of them can refer to anything else.
_DTYPE = re.compile(r"[<|][biufcUS][1-9]\d{0,5}\Z")


class WireError(Exception):
    """The other side sent something that is not a valid message."""


class Closed(WireError):
    """The other side has closed the connection: end of file, or a broken pipe."""


class TooLate(WireError):
    """The other side did not answer in time."""


class Reference:
    """An object that stays on its own side; only its number and its class name are sent."""

    __slots__ = ("class_name", "number")

    def __init__(self, number: int, class_name: str) -> None:
        self.number = number
        self.class_name = class_name


class Callback:
    """A host function, which code inside the sandbox can call by number."""

    __slots__ = ("number",)

    def __init__(self, number: int) -> None:
        self.number = number


class Opaque:
    """A value that cannot be sent; only its class name is."""

    __slots__ = ("class_name",)

    def __init__(self, class_name: str) -> None:
        self.class_name = class_name


class SubclassedArray(np.ndarray[Any, Any]):
    """The raw values of an array whose class does not behave like ``np.ndarray``.

    Attributes:
        class_name: the name of its class on the other side, such as ``matrix``.
        masked: how many elements a mask hides; their values here are meaningless.
    """

    class_name: str
    masked: int

    def __array_finalize__(self, source: object) -> None:
        """Views and copies inherit the attributes of their source."""
        self.class_name = getattr(source, "class_name", "")
        self.masked = getattr(source, "masked", 0)


_OWN_BUSINESS = {
    "__new__", "__init__", "__init_subclass__", "__array_finalize__", "__array_wrap__",
    "__array_priority__", "__repr__", "__str__", "__format__", "__reduce__", "__reduce_ex__",
    "__setstate__", "__del__", "__doc__", "__module__", "__dict__", "__weakref__", "__slots__",
    "__annotations__", "__class_getitem__", "__dir__",
}  # fmt: skip
"""What a subclass of ndarray may define and still behave like an ordinary array."""

_ARRAY_NAMES = {*dir(np.ndarray), "__getattr__", "__getattribute__"}


def _subclass(array: np.ndarray[Any, Any]) -> tuple[str, int] | None:
    """The array's class name and number of masked elements; None if it behaves like ndarray."""
    kind = type(array)
    if kind is np.ndarray or issubclass(kind, (np.memmap, SubclassedArray)):
        return None
    if issubclass(kind, np.ma.MaskedArray):
        masked = int(np.count_nonzero(np.ma.getmaskarray(array)))
        return (kind.__name__[:80], masked) if masked else None
    above = kind.__mro__[: kind.__mro__.index(np.ndarray)]
    changed = {name for base in above for name in vars(base) if name in _ARRAY_NAMES}
    return (kind.__name__[:80], 0) if changed - _OWN_BUSINESS else None


Refer = Callable[[object], "Reference | Callback | Opaque"]
Resolve = Callable[["Reference | Callback | Opaque"], object]


def _itself(thing: Reference | Callback | Opaque) -> object:
    return thing


def _opaque(thing: object) -> Reference | Callback | Opaque:
    return Opaque(type(thing).__name__)


class _Encoder:
    def __init__(self, refer: Refer, keep_strides: bool) -> None:
        self.buffers: list[bytes | memoryview] = []
        self.refer = refer
        self.keep_strides = keep_strides
        self.nodes = 0

    def tree(self, value: Any, depth: int = 0) -> Any:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise WireError("the value has more than 200 000 parts")
        if depth > MAX_DEPTH:
            return {"t": "obj", "c": "deeply nested " + type(value).__name__[:80]}
        kind = type(value)
        if value is None or kind is bool or kind is str or kind is float:
            return value
        if kind is int:
            if -(2**63) <= value < 2**63:
                return value
            if value.bit_length() > MAX_INT_BITS:
                return {"t": "obj", "c": "int of more than 4096 bits"}
            return {"t": "int", "v": hex(value)}
        if isinstance(value, np.ndarray):
            return self._array(value)
        if isinstance(value, np.generic) and not isinstance(value, (str, bytes)):
            return self._array(np.asarray(value), scalar=True)
        if isinstance(value, complex):
            return {"t": "c", "v": [value.real, value.imag]}
        if isinstance(value, (bytes, bytearray)):
            return {"t": "bytes", "b": self._put(bytes(value))}
        if isinstance(value, dict):
            if not all(map(_is_key, value)):
                return {"t": "obj", "c": "dict with unusual keys"}
            return {
                "t": "dict",
                "k": [self.tree(key, depth + 1) for key in value],
                "v": [self.tree(item, depth + 1) for item in value.values()],
            }
        if isinstance(value, (list, tuple)):
            name = "tuple" if isinstance(value, tuple) else "list"
            return {"t": name, "v": [self.tree(item, depth + 1) for item in value]}
        # Subclasses of the plain types (an IntEnum, say) are sent as the plain type.
        for plain in (bool, int, float, str):
            if isinstance(value, plain):
                return self.tree(plain(value), depth + 1)
        if not isinstance(value, (Reference, Callback, Opaque)):
            value = self.refer(value)
        if isinstance(value, Reference):
            return {"t": "ref", "n": value.number, "c": value.class_name[:80]}
        if isinstance(value, Callback):
            return {"t": "call", "n": value.number}
        return {"t": "obj", "c": value.class_name[:80]}

    def _array(self, value: np.ndarray[Any, Any], scalar: bool = False) -> Any:
        array = np.asarray(value)
        native = array.dtype.newbyteorder("<")
        if not _DTYPE.match(native.str):
            return {"t": "obj", "c": f"array of {array.dtype.name}"[:80]}
        array = array.astype(native, copy=False)
        tree: dict[str, Any] = {"t": "ns" if scalar else "nd", "d": native.str}
        if not scalar:
            tree["s"] = list(array.shape)
            if subclass := _subclass(value):
                tree["c"], tree["m"] = subclass
            whole = all(step % array.itemsize == 0 for step in array.strides)
            if self.keep_strides and array.size and whole and not array.flags.c_contiguous:
                tree["st"] = [step // array.itemsize for step in array.strides]
        tree["b"] = self._put(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)
        return tree

    def _put(self, buffer: bytes | memoryview) -> int:
        self.buffers.append(buffer)
        return len(self.buffers) - 1


class _Decoder:
    def __init__(self, buffers: list[bytearray], resolve: Resolve, keep_strides: bool) -> None:
        self.buffers = buffers
        self.resolve = resolve
        self.keep_strides = keep_strides
        self.nodes = 0
        self.keys = 0
        self.used: set[int] = set()

    def value(self, tree: Any, depth: int = 0) -> Any:
        self.nodes += 1
        if depth > 2 * MAX_DEPTH or self.nodes > MAX_NODES:
            raise WireError("a value is nested too deeply or has too many parts")
        if tree is None or isinstance(tree, (bool, float, str)):
            return tree
        if isinstance(tree, int):
            if not -(2**63) <= tree < 2**63:
                raise WireError("a large integer that is not encoded as one")
            return tree
        if not isinstance(tree, dict):
            raise WireError("a bare list instead of a value")
        kind = tree.get("t")
        if kind in ("nd", "ns"):
            return self._array(tree, kind == "ns")
        if kind in ("list", "tuple"):
            items = [self.value(item, depth + 1) for item in _list(tree.get("v"))]
            return tuple(items) if kind == "tuple" else items
        if kind == "dict":
            return self._dict(tree, depth)
        if kind == "int":
            return _long(tree.get("v"))
        if kind == "c":
            parts = _list(tree.get("v"))
            if len(parts) != 2 or not all(isinstance(p, (int, float)) for p in parts):
                raise WireError("a complex number without its two parts")
            return complex(parts[0], parts[1])
        if kind == "bytes":
            return bytes(self._buffer(tree))
        if kind == "ref":
            return self.resolve(Reference(_number(tree.get("n")), _text(tree.get("c"))))
        if kind == "call":
            return self.resolve(Callback(_number(tree.get("n"))))
        if kind == "obj":
            return self.resolve(Opaque(_text(tree.get("c"))))
        raise WireError("a value of unknown kind")

    def _dict(self, tree: dict[str, Any], depth: int) -> dict[Any, Any]:
        keys = [self.value(key, depth + 1) for key in _list(tree.get("k"))]
        items = [self.value(item, depth + 1) for item in _list(tree.get("v"))]
        if len(keys) != len(items):
            raise WireError("a dict with unequal numbers of keys and values")
        if not all(map(_is_key, keys)):
            raise WireError("a dict key that is not a plain value")
        self.keys += sum(1 for key in keys if type(key) is not str)
        if self.keys > MAX_KEYS:
            raise WireError("more than 1000 dict keys that are not strings")
        return dict(zip(keys, items, strict=True))

    def _array(self, tree: dict[str, Any], scalar: bool) -> Any:
        name = tree.get("d")
        if not isinstance(name, str) or not _DTYPE.match(name):
            raise WireError("an array of a dtype that cannot be sent")
        try:
            dtype = np.dtype(name)
        except (TypeError, ValueError) as error:
            raise WireError("an array of an unknown dtype") from error
        shape = [] if scalar else [_number(size) for size in _list(tree.get("s"))]
        raw = self._buffer(tree)
        if not dtype.itemsize or len(shape) > 32:
            raise WireError("an array with an itemsize of 0 or too many axes")
        if math.prod(shape) * dtype.itemsize != len(raw):
            raise WireError("an array whose shape and size disagree")
        if not len(raw):
            return np.zeros(shape, dtype)
        if dtype.kind == "U" and (np.frombuffer(raw, np.uint32) > 0x10FFFF).any():
            raise WireError("text with invalid code points")
        array = np.frombuffer(raw, dtype).reshape(shape)
        if scalar:
            return array[()]
        if "c" in tree:
            subclassed = array.view(SubclassedArray)
            named = self.resolve(Opaque(_text(tree["c"])))
            subclassed.class_name = named.class_name if isinstance(named, Opaque) else ""
            subclassed.masked = min(_number(tree.get("m")), array.size)
            return subclassed
        if self.keep_strides and "st" in tree:
            return _with_strides(array, tree["st"])
        return array

    def _buffer(self, tree: dict[str, Any]) -> bytearray:
        number = tree.get("b")
        if type(number) is not int or not 0 <= number < len(self.buffers):
            raise WireError("a reference to a buffer that does not exist")
        if number in self.used:  # otherwise a small message could decode to a huge value
            raise WireError("a buffer that is used twice")
        self.used.add(number)
        return self.buffers[number]


def _with_strides(array: np.ndarray[Any, Any], steps: list[int]) -> np.ndarray[Any, Any]:
    """Copy ``array`` into memory with the given strides, counted in elements.

    The student's code then receives the same non-contiguous input that the suite made.
    """
    reach = 1 + sum((size - 1) * abs(step) for size, step in zip(array.shape, steps, strict=True))
    base = np.zeros(reach, array.dtype)
    view = np.lib.stride_tricks.as_strided(
        base, array.shape, [abs(step) * array.itemsize for step in steps]
    )
    view = view[tuple(slice(None, None, -1 if step < 0 else 1) for step in steps)]
    view[...] = array
    return view


def _is_key(key: object) -> bool:
    """Whether a dict key can be sent: plain values, and tuples of them."""
    if isinstance(key, tuple):
        return all(not isinstance(part, tuple) and _is_key(part) for part in key)
    if isinstance(key, np.generic) and not isinstance(key, (str, bytes)):
        return _DTYPE.match(key.dtype.newbyteorder("<").str) is not None
    if isinstance(key, int):
        return key.bit_length() <= MAX_INT_BITS
    return key is None or isinstance(key, (str, float))


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise WireError("expected a list")
    return value


def _number(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**62:
        raise WireError("expected a count")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise WireError("expected a name")
    return "".join(c if c.isprintable() else "?" for c in value[:80])


def _long(value: Any) -> int:
    if not isinstance(value, str) or len(value) > MAX_INT_BITS // 4 + 4:
        raise WireError("an integer of too many bits")
    try:
        return int(value, 16)
    except ValueError as error:
        raise WireError("an integer that cannot be parsed") from error


def send(
    sock: socket.socket,
    message: dict[str, Any],
    *,
    refer: Refer = _opaque,
    keep_strides: bool = False,
    deadline: float | None = None,
) -> None:
    """Send one message; its values are encoded.

    Args:
        sock: a connected stream socket.
        message: text keys, any values; values that cannot be sent are passed to ``refer``.
        refer: turns an object into a `Reference`, a `Callback` or an `Opaque`.
        keep_strides: whether to send the strides of non-contiguous arrays (host to sandbox only).
        deadline: ``time.monotonic()`` after which to give up.

    Raises:
        Closed: the other side has closed the connection.
        TooLate: the other side did not read the message in time.
        WireError: the message is too large.
    """
    write(sock, encode(message, refer=refer, keep_strides=keep_strides), deadline)


def encode(
    message: dict[str, Any], *, refer: Refer = _opaque, keep_strides: bool = False
) -> list[bytes | memoryview]:
    """The parts of one message, to be written one after the other.

    Arguments are those of `send`. In the sandbox this runs code of the student's, such as the
    iterator of a list; `write` does not.

    Raises:
        WireError: the message is too large.
    """
    encoder = _Encoder(refer, keep_strides)
    tree = {key: encoder.tree(value) for key, value in message.items()}
    header = _header(tree)
    lengths = _lengths(encoder.buffers, header)
    head = _PREFIX.pack(MAGIC, len(header), len(lengths))
    head += struct.pack(f"<{len(lengths)}Q", *lengths) + header
    if sum(lengths) < 1 << 16:  # one system call for the usual small message
        return [head + b"".join(encoder.buffers)]
    return [head, *encoder.buffers]


def write(
    sock: socket.socket, parts: Iterable[bytes | memoryview], deadline: float | None = None
) -> None:
    """Write an encoded message.

    Args:
        sock: a connected stream socket.
        parts: from `encode`.
        deadline: ``time.monotonic()`` after which to give up.

    Raises:
        Closed: the other side has closed the connection.
        TooLate: the other side did not read the message in time.
    """
    try:
        for part in parts:
            sock.settimeout(_left(deadline))
            sock.sendall(part)
    except TimeoutError as error:
        raise TooLate("the message was not read in time") from error
    except OSError as error:
        raise Closed("the connection was closed") from error


def receive(
    sock: socket.socket,
    *,
    resolve: Resolve = _itself,
    keep_strides: bool = False,
    deadline: float | None = None,
    max_total: int = MAX_TOTAL,
    max_header: int = MAX_HEADER,
) -> dict[str, Any]:
    """Receive one message and decode its values.

    Args:
        sock: a connected stream socket.
        resolve: turns a reference, callback or opaque value into what the reader uses.
        keep_strides: whether to honour strides (inside only: the host trusts no strides).
        deadline: ``time.monotonic()`` after which to give up.
        max_total: bytes that all buffers together may have.
        max_header: bytes that the JSON may have.

    Returns:
        The message: text keys, decoded values. Arrays are writable and own their memory.

    Raises:
        Closed: the other side has closed the connection.
        TooLate: no complete message arrived in time.
        WireError: what arrived is not a valid message.
    """
    magic, header_size, count = _PREFIX.unpack(_exactly(sock, _PREFIX.size, deadline))
    if magic != MAGIC or header_size > max_header or count > MAX_BUFFERS:
        raise WireError("the bytes received are not a message")
    head = _exactly(sock, 8 * count + header_size, deadline)
    lengths = struct.unpack_from(f"<{count}Q", head)
    if sum(lengths) > max_total:
        raise WireError(f"the message is larger than {max_total // 2**20} MB")
    header = head[8 * count :]
    buffers = [_exactly(sock, length, deadline) for length in lengths]
    try:
        tree = json.loads(bytes(header).decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError) as error:
        raise WireError("the header is not readable") from error
    if not isinstance(tree, dict):
        raise WireError("the header is not an object")
    return _decoded(tree, buffers, resolve, keep_strides)


def copied(
    message: dict[str, Any],
    *,
    refer: Refer = _opaque,
    resolve: Resolve = _itself,
    keep_strides: bool = False,
) -> dict[str, Any]:
    """What the other side would receive: `send` and `receive` without a socket.

    Raises:
        WireError: as both would.
    """
    encoder = _Encoder(refer, keep_strides)
    tree = {key: encoder.tree(value) for key, value in message.items()}
    _lengths(encoder.buffers, _header(tree))  # raises if the message is too large
    return _decoded(tree, [bytearray(buffer) for buffer in encoder.buffers], resolve, keep_strides)


_JSON = json.JSONEncoder(separators=(",", ":"))


def _header(tree: dict[str, Any]) -> bytes:
    return _JSON.encode(tree).encode("utf-8", "surrogatepass")


def _lengths(buffers: list[bytes | memoryview], header: bytes) -> list[int]:
    lengths = [len(buffer) for buffer in buffers]
    if len(header) > MAX_HEADER or sum(lengths) > MAX_TOTAL or len(lengths) > MAX_BUFFERS:
        raise WireError("the value is larger than 64 MB, or has more than 10 000 arrays")
    return lengths


def _decoded(
    tree: dict[str, Any], buffers: list[bytearray], resolve: Resolve, keep_strides: bool
) -> dict[str, Any]:
    decoder = _Decoder(buffers, resolve, keep_strides)
    try:
        return {key: decoder.value(value) for key, value in tree.items()}
    except WireError:
        raise
    except Exception as error:
        # Nesting too deep, a number too large for a float, an invalid character: numpy and Python
        # reject fabricated data with all sorts of exceptions. None of them is our fault.
        raise WireError("a value that cannot be decoded") from error


def _exactly(sock: socket.socket, size: int, deadline: float | None) -> bytearray:
    buffer = bytearray(min(size, TRUSTED_SIZE))
    filled = 0
    while filled < size:
        if filled == len(buffer):  # this much has really arrived, so double the buffer
            buffer += bytes(min(filled, size - filled))
        try:
            sock.settimeout(_left(deadline))
            with memoryview(buffer)[filled:] as rest:
                got = sock.recv_into(rest)
        except TimeoutError as error:
            raise TooLate("no answer in time") from error
        except OSError as error:
            raise Closed("the connection was closed") from error
        if not got:
            raise Closed("the connection was closed")
        filled += got
    return buffer


def _left(deadline: float | None) -> float | None:
    if deadline is None:
        return None
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
