"""The wire format: plain values in length-prefixed messages. Nothing else crosses the boundary.

A message is a JSON tree plus raw buffers. The tree holds the structure; arrays, bytes and numpy
scalars store their memory in buffers and refer to them by index. Nothing is ever unpickled,
imported or evaluated, and the reader validates everything: see `encoder` and `decoder`.

Both sides import this module: the sandbox from its own folder, the host as
``autograder.sandbox.protocol.wire``. It needs only the standard library and numpy.

Layout: ``magic(4) header_bytes(u32) buffers(u32) | buffer lengths (u64 each) | header | buffers``.
"""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Callable
from typing import Any, NamedTuple

from .decoder import Decoder, Resolve
from .encoder import TOO_LARGE, Encoder, Refer
from .sockets import exactly, receive_some, write
from .values import (
    MAX_ANSWER_BUFFERS,
    MAX_ANSWER_NODES,
    MAX_BUFFERS,
    MAX_HEADER,
    MAX_NODES,
    MAX_TOTAL,
    TRUSTED_SIZE,
    Callback,
    Closed,
    Opaque,
    Reference,
    Seeded,
    SubclassedArray,
    TooLate,
    WireError,
)

__all__ = [
    "MAGIC",
    "MAX_ANSWER_BUFFERS",
    "MAX_ANSWER_NODES",
    "MAX_HEADER",
    "MAX_TOTAL",
    "TRUSTED_SIZE",
    "Callback",
    "Closed",
    "Opaque",
    "Received",
    "Reference",
    "Seeded",
    "SubclassedArray",
    "TooLate",
    "WireError",
    "assembled",
    "copied",
    "decode",
    "encode",
    "exactly",
    "header_start",
    "receive",
    "receive_encoded",
    "receive_some",
    "send",
    "write",
]

MAGIC = b"cvk1"
_PREFIX = struct.Struct("<4sII")


class Received(NamedTuple):
    """A message that has arrived and is not decoded yet: its JSON, and the buffers."""

    header: bytearray
    buffers: list[bytearray]


def _itself(thing: Reference | Callback | Seeded | Opaque) -> object:
    return thing


def _opaque(thing: object) -> Reference | Callback | Opaque:
    return Opaque(type(thing).__name__)


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
    message: dict[str, Any],
    *,
    refer: Refer = _opaque,
    keep_strides: bool = False,
    max_nodes: int = MAX_NODES,
    max_buffers: int = MAX_BUFFERS,
) -> list[bytes | memoryview]:
    """The parts of one message, to be written one after the other.

    Arguments are those of `send`, and how many parts and how many arrays the values may have. In
    the sandbox this runs code of the student's, such as the iterator of a list; `write` does not.

    Raises:
        WireError: the message is too large.
    """
    encoder = Encoder(refer, keep_strides, max_nodes, max_buffers)
    tree = {key: encoder.tree(value) for key, value in message.items()}
    header = _header(tree)
    lengths = _lengths(encoder.buffers, header)
    head = _PREFIX.pack(MAGIC, len(header), len(lengths))
    head += struct.pack(f"<{len(lengths)}Q", *lengths) + header
    if sum(lengths) < 1 << 16:  # one system call for the usual small message
        return [head + b"".join(encoder.buffers)]
    return [head, *encoder.buffers]


def header_start(encoded: bytes) -> int:
    """Where the header begins in an encoded message, which is in one part."""
    return _PREFIX.size + 8 * int(_PREFIX.unpack_from(encoded)[2])


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
    encoded = receive_encoded(sock, deadline=deadline, max_total=max_total, max_header=max_header)
    return decode(encoded, resolve=resolve, keep_strides=keep_strides)


def receive_encoded(
    sock: socket.socket,
    *,
    deadline: float | None = None,
    max_total: int = MAX_TOTAL,
    max_header: int = MAX_HEADER,
) -> Received:
    """Receive one message as it is. Arguments and exceptions are those of `receive`."""
    return assembled(lambda size: exactly(sock, size, deadline), max_total, max_header)


def assembled(take: Callable[[int], bytearray], max_total: int, max_header: int) -> Received:
    """One message as it is.

    Args:
        take: the next bytes that have been sent: as many as it is told. Called for nothing that
            exceeds a limit.
        max_total, max_header: as for `receive`.

    Raises:
        WireError: what was sent is not a valid message.
    """
    magic, header_size, count = _PREFIX.unpack(take(_PREFIX.size))
    if magic != MAGIC or header_size > max_header or count > MAX_BUFFERS:
        raise WireError("the bytes received are not a message")
    head = take(8 * count + header_size)
    lengths = struct.unpack_from(f"<{count}Q", head)
    if sum(lengths) > max_total:
        raise WireError(f"the message is larger than {max_total // 2**20} MB")
    return Received(head[8 * count :], [take(length) for length in lengths])


def decode(
    encoded: Received, *, resolve: Resolve = _itself, keep_strides: bool = False
) -> dict[str, Any]:
    """Decode the values of a message. Arguments and exceptions are those of `receive`."""
    try:
        tree = json.loads(bytes(encoded.header).decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError) as error:
        raise WireError("the header is not readable") from error
    if not isinstance(tree, dict):
        raise WireError("the header is not an object")
    return _decoded(tree, encoded.buffers, resolve, keep_strides)


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
    encoder = Encoder(refer, keep_strides)
    tree = {key: encoder.tree(value) for key, value in message.items()}
    _lengths(encoder.buffers, _header(tree))  # raises if the message is too large
    return _decoded(tree, [bytearray(buffer) for buffer in encoder.buffers], resolve, keep_strides)


_JSON = json.JSONEncoder(separators=(",", ":"))


def _header(tree: dict[str, Any]) -> bytes:
    return _JSON.encode(tree).encode("utf-8", "surrogatepass")


def _lengths(buffers: list[bytes | memoryview], header: bytes) -> list[int]:
    lengths = [len(buffer) for buffer in buffers]
    if len(header) > MAX_HEADER or sum(lengths) > MAX_TOTAL or len(lengths) > MAX_BUFFERS:
        raise WireError(TOO_LARGE)
    return lengths


def _decoded(
    tree: dict[str, Any], buffers: list[bytearray], resolve: Resolve, keep_strides: bool
) -> dict[str, Any]:
    decoder = Decoder(buffers, resolve, keep_strides)
    try:
        return {key: decoder.value(value) for key, value in tree.items()}
    except WireError:
        raise
    except Exception as error:
        # Nesting too deep, a number too large for a float, an invalid character: numpy and Python
        # reject fabricated data with all sorts of exceptions. None of them is our fault.
        raise WireError("a value that cannot be decoded") from error
