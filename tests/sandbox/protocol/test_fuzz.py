"""A hundred thousand damaged messages: each is refused as such or decoded to plain values.

Messages of every kind are made from a seed and damaged from the same seed, in their bytes or, with
lengths that agree, in the tree itself. What is decoded never takes more memory than came in.
"""

from __future__ import annotations

import copy
import json
import random
import socket
import struct
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.sandbox.protocol import wire

FRAMES = 100_000
BATCHES = 20
_PREFIX = struct.Struct("<4sII")
DTYPES = (
    "<f8",
    "<f4",
    "<i8",
    "|u1",
    "|b1",
    "<c16",
    "<U3",
    "|S5",
    ">f8",
    "|O",
    "|V8",
    "<M8",
    "f",
    "",
)
KINDS = ("nd", "ns", "list", "tuple", "dict", "int", "c", "bytes", "ref", "call", "obj", "set", 7)
ODD = (
    None, True, False, 0, -1, 1, 2**31, 2**63, -(2**70), 1.5, 1e308, "", "x", "0xff", "\ud800",
    [], [0], [[]], [1, 2], {}, {"t": "list", "v": []}, {"t": "nd"}, "nd", "<f8",
)  # fmt: skip


def a_value(chance: random.Random, depth: int = 0) -> Any:
    """A value of any kind that can be sent."""
    scalars: list[Callable[[], Any]] = [
        lambda: None,
        lambda: chance.random() < 0.5,
        lambda: chance.randint(-(2**80), 2**80),
        lambda: chance.gauss(0, 1e9),
        lambda: complex(chance.random(), 1),
        lambda: "".join(chance.choices("aé畳\n\0", k=chance.randrange(6))),
        lambda: chance.randbytes(chance.randrange(9)),
        lambda: np.float32(chance.random()),
        lambda: np.zeros((chance.randrange(4), 2, chance.randrange(3)), chance.choice("fdFbiU")),
        lambda: np.arange(24.0).reshape(4, 6)[:: chance.choice([1, 2, -1]), ::-1],
        lambda: wire.Opaque("Layer"),
    ]
    if depth > 3 or chance.random() < 0.5:
        return chance.choice(scalars)()
    items = [a_value(chance, depth + 1) for _ in range(chance.randrange(4))]
    if chance.random() < 0.4:
        return {chance.choice(["k", n, -n, (n,)]): item for n, item in enumerate(items)}
    return chance.choice([list, tuple])(items)


def a_frame(chance: random.Random) -> bytes:
    """A valid message, as sent."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        message = {"id": 1, "value": a_value(chance), "more": a_value(chance)}
        wire.send(ours, message, keep_strides=chance.random() < 0.5)
        ours.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: theirs.recv(65536), b""))


def with_other_bytes(frame: bytes, chance: random.Random) -> bytes:
    """Some bytes overwritten, cut out, inserted or repeated."""
    damaged = bytearray(frame)
    for _ in range(chance.randint(1, 6)):
        at, length = chance.randrange(len(damaged) + 1), chance.choice([1, 1, 1, 4, 8, 40])
        match chance.randrange(5):
            case 0:
                damaged[at : at + length] = chance.randbytes(length)
            case 1:
                del damaged[at : at + length]
            case 2:
                damaged[at:at] = damaged[at : at + length]
            case 3:
                damaged[at : at + 1] = bytes([chance.choice(b'{}[]",:0-9entfb\\\\\xff')])
            case _:
                at = chance.randrange(0, max(1, min(len(damaged), 60)))  # the lengths in front
                damaged[at : at + length] = chance.choice([b"\0", b"\xff", b"\x7f"]) * length
    return bytes(damaged)


def with_another_tree(frame: bytes, chance: random.Random) -> bytes:
    """Lengths that agree, around a tree in which some fields have other values."""
    _, size, count = _PREFIX.unpack_from(frame)
    start = _PREFIX.size + 8 * count
    lengths = frame[_PREFIX.size : start]
    tree, buffers = json.loads(frame[start : start + size]), frame[start + size :]
    for _ in range(chance.randint(1, 4)):
        node = tree
        while True:
            inner = [v for v in (node.values() if isinstance(node, dict) else node)
                     if isinstance(v, dict | list) and v]  # fmt: skip
            if not inner or chance.random() < 0.25:
                break
            node = chance.choice(inner)
        key = chance.choice(list(node) if isinstance(node, dict) else range(len(node)))
        node[key] = copy.deepcopy(chance.choice([*ODD, *DTYPES, *KINDS, *range(9)]))
        if isinstance(node, dict) and chance.random() < 0.3:
            field = chance.choice("tvkdsbcnm")
            node[field] = copy.deepcopy(chance.choice([*ODD, *KINDS]))
    header = json.dumps(tree).encode("utf-8", "surrogatepass")
    return _PREFIX.pack(wire.MAGIC, len(header), count) + lengths + header + buffers


def noise(_frame: bytes, chance: random.Random) -> bytes:
    """A prefix that is right, and then anything."""
    prefix = _PREFIX.pack(wire.MAGIC, chance.choice([0, 2, 9, 100]), chance.randrange(4))
    return chance.choice([b"", prefix]) + chance.randbytes(chance.randrange(200))


def received(frame: bytes, keep_strides: bool) -> Any:
    """What becomes of a message: the error, or the value."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(5)
        ours.sendall(frame)
        ours.shutdown(socket.SHUT_WR)
        try:
            return wire.receive(theirs, keep_strides=keep_strides, deadline=time.monotonic() + 5)
        except wire.WireError as error:
            return error


def bytes_in(value: Any) -> int:
    """The memory of a plain value's buffers; fails for anything else."""
    match value:
        case dict():
            return sum(map(bytes_in, [*value.keys(), *value.values()]))
        case list() | tuple():
            return sum(map(bytes_in, value))
        case np.ndarray() | np.generic():
            assert value.dtype.kind in "biufcUS"
            return value.nbytes
        case bytes():
            return len(value)
        case None | bool() | int() | float() | complex() | str():
            return 0
        case wire.Reference() | wire.Callback() | wire.Opaque():
            return 0
    raise AssertionError(f"{type(value)} came out of a message")


def survives(seeds: range) -> dict[str, int]:
    """How many messages of these seeds were decoded, and how many refused."""
    count = {"decoded": 0, "refused": 0}
    frame = b""
    for seed in seeds:
        chance = random.Random(seed)
        if seed % 10 == seeds.start % 10:
            frame = a_frame(chance)
        damage = chance.choice([with_other_bytes, with_another_tree, with_another_tree, noise])
        damaged = damage(frame, chance)
        found = received(damaged, keep_strides=seed % 7 == 0)
        if isinstance(found, wire.WireError):
            assert not isinstance(found, wire.TooLate), f"seed {seed} takes too long"
            count["refused"] += 1
        else:
            assert bytes_in(found) <= len(damaged), f"seed {seed} swells"
            count["decoded"] += 1
    return count


def test_some_damaged_messages() -> None:
    count = survives(range(1000))
    assert min(count.values()) > 50


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_hundred_thousand_damaged_messages(batch: int) -> None:
    began = time.process_time()
    size = FRAMES // BATCHES
    count = survives(range(1000 + batch * size, 1000 + (batch + 1) * size))
    assert sum(count.values()) == size
    assert time.process_time() - began < 60
