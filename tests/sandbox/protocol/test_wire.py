"""The wire carries plain values unharmed, and nothing that comes over it can harm the reader."""

from __future__ import annotations

import enum
import json
import socket
import struct
import threading
import time
import tracemalloc
from collections import OrderedDict, namedtuple
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.sandbox.protocol import wire
from autograder.sandbox.protocol.encoder import Encoder

Array = np.ndarray[Any, Any]


def through(message: dict[str, Any], **how: Any) -> dict[str, Any]:
    """What arrives of a small message."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        wire.send(ours, message, refer=how.get("refer", wire._opaque), keep_strides=True)
        return wire.receive(theirs, keep_strides=how.get("keep_strides", False), deadline=soon())


def back(value: Any, **how: Any) -> Any:
    return through({"v": value}, **how)["v"]


def soon(seconds: float = 5.0) -> float:
    return time.monotonic() + seconds


def alike(mine: Any, theirs: Any) -> bool:
    """The same value of the same kind, to the last bit."""
    if isinstance(mine, np.str_ | np.bytes_):  # NumPy's scalars of text are Python's too
        return type(theirs) is type(mine.item()) and bool(mine == theirs)
    if isinstance(mine, np.ndarray | np.generic):
        return (
            type(mine) is type(theirs)
            and mine.shape == theirs.shape
            and mine.dtype.newbyteorder("<") == theirs.dtype
            and mine.astype(theirs.dtype).tobytes() == theirs.tobytes()
        )
    if type(mine) is not type(theirs):
        return False
    if isinstance(mine, dict):
        pairs = zip(mine.items(), theirs.items(), strict=True)
        return len(mine) == len(theirs) and all(alike(list(a), list(b)) for a, b in pairs)
    if isinstance(mine, list | tuple):
        return len(mine) == len(theirs) and all(map(alike, mine, theirs))
    if isinstance(mine, float | complex):
        return repr(mine) == repr(theirs)  # NaN is NaN, and zero has a sign
    return bool(mine == theirs)


dtypes = st.one_of(
    hnp.boolean_dtypes(),
    hnp.integer_dtypes(endianness="?"),
    hnp.unsigned_integer_dtypes(endianness="?"),
    hnp.floating_dtypes(endianness="?"),
    hnp.complex_number_dtypes(endianness="?"),
    hnp.unicode_string_dtypes(endianness="<", max_len=4),
    hnp.byte_string_dtypes(max_len=4),
)
shapes = hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)
arrays = hnp.arrays(dtypes, shapes)
keys = st.one_of(
    st.text(st.characters(), max_size=4),
    st.integers(),
    st.booleans(),
    st.none(),
    st.tuples(st.integers(), st.text(max_size=2)),
)
leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(-(2**4000), 2**4000),
    st.floats(),
    st.complex_numbers(),
    st.text(st.characters(), max_size=8),  # lone surrogates too
    st.binary(max_size=20),
    arrays,
    arrays.filter(lambda array: array.size > 0).map(lambda array: array.flat[0]),
)
values = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(keys, inner, max_size=3),
    ),
    max_leaves=12,
)


class TestWhatTravels:
    @settings(max_examples=150, deadline=None, derandomize=True, database=None)
    @given(values)
    @example([np.zeros((0, 3)), np.array(5.0), np.float32("nan"), "\ud800", -0.0, 2**63])
    def test_every_plain_value_arrives_as_it_was(self, value: Any) -> None:
        assert alike(value, back(value))

    @settings(max_examples=100, deadline=None, derandomize=True, database=None)
    @given(
        st.data(),
        hnp.arrays(np.int64, hnp.array_shapes(max_dims=4), elements=st.integers(0, 9)),
    )
    def test_a_view_arrives_with_its_values_and_where_asked_for_with_its_strides(
        self, data: st.DataObject, array: Array
    ) -> None:
        view = array[data.draw(hnp.basic_indices(array.shape, allow_newaxis=True))]
        view = np.asarray(view)
        axes = data.draw(st.permutations(range(view.ndim)))
        view = view.transpose(axes)
        assert alike(view, back(view))
        kept = back(view, keep_strides=True)
        assert alike(view, kept)
        if view.size > 1:
            steps = [(n, s) for n, s in zip(view.shape, view.strides, strict=True) if n > 1]
            same = [(n, s) for n, s in zip(kept.shape, kept.strides, strict=True) if n > 1]
            assert steps == same

    @pytest.mark.parametrize(
        "view",
        [
            np.arange(12.0).reshape(3, 4)[::-1, ::-2],
            np.arange(12.0).reshape(3, 4).T,
            np.broadcast_to(np.arange(4.0), (3, 4)),
            np.lib.stride_tricks.sliding_window_view(np.arange(6.0), 3),
            np.zeros(5, [("a", "<i4"), ("b", "<f8")])["b"],
        ],
        ids=["backwards", "transposed", "broadcast", "windows", "a field of records"],
    )
    def test_odd_views_arrive(self, view: Array) -> None:
        assert alike(view, back(view))
        assert alike(view, back(view, keep_strides=True))

    def test_what_arrives_can_be_written_to(self) -> None:
        sent = np.arange(6.0).reshape(2, 3)
        sent.flags.writeable = False
        for view in (sent, sent.T, sent[:0], np.array(1.0)):
            assert back(view, keep_strides=True).flags.writeable

    def test_two_arrays_are_still_two(self) -> None:
        array = np.zeros(3)
        first, second = back([array, array])
        first[0] = 1
        assert second[0] == 0

    def test_subclasses_arrive_as_what_they_are_a_kind_of(self) -> None:
        pair = namedtuple("pair", "a b")
        colour = enum.IntEnum("colour", "RED")
        assert alike((1, 2), back(pair(1, 2)))
        assert alike(1, back(colour.RED))
        assert alike({"a": 1}, back(OrderedDict(a=1)))
        assert alike(np.array([[1, 2]]), back(np.ma.masked_array([[1, 2]])))

    def test_an_array_whose_class_behaves_otherwise_says_so(self) -> None:
        class Units(np.ndarray):
            def __add__(self, other: object) -> Any:
                return other

        for array, name, masked in (
            (np.ones((1, 2)).view(np.matrix), "matrix", 0),
            (np.ma.array([1.0, 2.0], mask=[True, False]), "MaskedArray", 1),
            (np.ma.masked, "MaskedConstant", 1),
            (np.ones(2).view(np.recarray), "recarray", 0),
            (np.ones(2).view(Units), "Units", 0),
        ):
            got = back(array)
            assert type(got) is wire.SubclassedArray
            assert (got.class_name, got.masked) == (name, masked)

    def test_an_array_of_any_other_class_is_an_array(self, tmp_path: Path) -> None:
        class Named(np.ndarray):
            def __array_finalize__(self, source: object) -> None:
                self.name = getattr(source, "name", "x")

            def double(self) -> Any:
                return 2 * self

        for array in (
            np.ma.array([1.0, 2.0], mask=[False, False]),
            np.ones(2).view(Named),
            np.memmap(tmp_path / "x", np.float64, "w+", shape=2),
        ):
            assert type(back(array)) is np.ndarray

    def test_numpy_numbers_may_be_keys(self) -> None:
        assert back({np.int64(3): "three", np.str_("a"): 1}) == {3: "three", "a": 1}

    def test_large_arrays_arrive(self) -> None:
        array = np.arange(3 * 2**20, dtype=np.float64)
        ours, theirs = socket.socketpair()
        with ours, theirs:
            ours.setblocking(False)
            theirs.settimeout(5)
            sender = threading.Thread(target=wire.send, args=(ours, {"v": array}))
            sender.start()
            got = wire.receive(theirs, deadline=soon(10))["v"]
            sender.join()
        assert alike(array, got)


class TestWhatDoesNotTravel:
    @pytest.mark.parametrize(
        ("value", "name"),
        [
            (np.array([object()]), "array of object"),
            (np.array(["2020-01-01"], "M8[D]"), "array of datetime64[D]"),
            (np.zeros(2, [("a", "i4")]), "array of void32"),
            (np.void(b"abc"), "array of void24"),
            ({object(): 1}, "dict with unusual keys"),
            ({(1, (2, 3)): 1}, "dict with unusual keys"),
            ({b"a": 1}, "dict with unusual keys"),
            (1 << 5000, "int of more than 4096 bits"),
            (len, "builtin_function_or_method"),
            ({1, 2}, "set"),
        ],
    )  # fmt: skip
    def test_it_arrives_as_the_name_of_its_kind(self, value: Any, name: str) -> None:
        got = back(value)
        assert isinstance(got, wire.Opaque)
        assert got.class_name == name

    def test_a_list_that_holds_itself_comes_to_an_end(self) -> None:
        one: list[Any] = []
        one.append(one)
        assert isinstance(back(one), list)
        two: list[Any] = []
        two += [two, two]
        with pytest.raises(wire.WireError, match="parts"):
            back(two)

    def test_too_many_parts_are_refused_before_they_are_sent(self) -> None:
        with pytest.raises(wire.WireError, match="parts"):
            back(list(range(300_000)))

    def test_too_much_is_refused_before_it_is_sent(self) -> None:
        array = np.broadcast_to(np.zeros(1, np.uint8), 2**20)
        with pytest.raises(wire.WireError, match="64 MB"):
            back([array] * 300)

    def test_too_much_text_is_refused_before_all_of_it_is_read(self) -> None:
        encoder = Encoder(lambda _: wire.Opaque(""), keep_strides=False)
        with pytest.raises(wire.WireError, match="larger than 64 MB"):
            encoder.tree(["x" * 2**20] * 1000)
        assert encoder.nodes < 20

    def test_references_and_functions_keep_their_numbers(self) -> None:
        got = back([wire.Reference(3, "Convolution"), wire.Callback(1)])
        assert (got[0].number, got[0].class_name, got[1].number) == (3, "Convolution", 1)

    def test_a_name_from_the_other_side_can_be_printed(self) -> None:
        assert back(wire.Opaque("a\nb\ud800\u202e")).class_name == "a?b??"


class TestCopied:
    """A copy without a socket is what would have arrived through one."""

    @settings(max_examples=150, deadline=None, derandomize=True, database=None)
    @given(values)
    def test_it_is_what_would_arrive(self, value: Any) -> None:
        assert alike(back(value), wire.copied({"v": value})["v"])

    def test_it_keeps_strides_where_asked_for_and_shares_no_memory(self) -> None:
        array = np.arange(12.0).reshape(3, 4)
        copy = wire.copied({"v": array.T}, keep_strides=True)["v"]
        assert copy.strides == array.T.strides
        assert not np.shares_memory(array, copy)
        assert copy.flags.writeable

    def test_what_does_not_travel_is_referred_to_and_resolved(self) -> None:
        thing = object()
        copy = wire.copied(
            {"v": [thing]},
            refer=lambda _: wire.Reference(7, "object"),
            resolve=lambda reference: thing if reference.number == 7 else None,
        )
        assert copy["v"] == [thing]

    def test_what_is_too_large_for_a_message_is_refused(self) -> None:
        with pytest.raises(wire.WireError, match="64 MB"):
            wire.copied({"v": ["x" * 2**20] * 9})
        with pytest.raises(wire.WireError, match="64 MB"):
            wire.copied({"v": [np.broadcast_to(np.zeros(1, np.uint8), 2**20)] * 300})


# --- bytes that nobody of ours would send ---------------------------------------------------------


def bytes_of(
    tree: Any,
    buffers: tuple[bytes, ...] = (),
    *,
    magic: bytes = wire.MAGIC,
    lengths: list[int] | None = None,
    header_size: int | None = None,
    count: int | None = None,
) -> bytes:
    """A message as sent on the wire, with fields replaced by lies."""
    header = tree if isinstance(tree, bytes) else json.dumps(tree).encode()
    sizes = [len(buffer) for buffer in buffers] if lengths is None else lengths
    size = len(header) if header_size is None else header_size
    number = len(sizes) if count is None else count
    prefix = struct.pack("<4sII", magic, size, number) + struct.pack(f"<{len(sizes)}Q", *sizes)
    return prefix + header + b"".join(buffers)


def read(data: bytes, *, hang_up: bool = True, wait: float = 5.0) -> dict[str, Any]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 * 2**20)
        ours.settimeout(5)
        ours.sendall(data)
        if hang_up:
            ours.shutdown(socket.SHUT_WR)
        return wire.receive(theirs, deadline=soon(wait))


def nested(depth: int) -> Any:
    tree: Any = None
    for _ in range(depth):
        tree = {"t": "list", "v": [tree]}
    return {"v": tree}


def array_of(dtype: Any, shape: Any, buffer: Any = 0, **more: Any) -> dict[str, Any]:
    return {"v": {"t": "nd", "d": dtype, "s": shape, "b": buffer, **more}}


EIGHT = (b"\0" * 8,)

HOSTILE = {
    "nothing": b"",
    "half a prefix": b"cvk1\0\0",
    "wrong magic": bytes_of({}, magic=b"cvk2"),
    "text": b"HTTP/1.1 200 OK\r\n\r\n" * 10,
    "a header that is too long": bytes_of({}, header_size=2**32 - 1),
    "a header longer than what comes": bytes_of({}, header_size=4000),
    "four billion buffers": bytes_of({}, count=2**32 - 1),
    "more buffers than come": bytes_of({}, count=1000),
    "a buffer of 16 EB": bytes_of({}, lengths=[2**64 - 1]),
    "buffers that together are too long": bytes_of({}, lengths=[2**27] * 3),
    "a buffer longer than what comes": bytes_of(array_of("<f8", [1]), lengths=[10**6]),
    "not JSON": bytes_of(b"{'v': 1}"),
    "not UTF-8": bytes_of(b'{"v": "\xff\xfe"}'),
    "a number of 5000 digits": bytes_of(b'{"v": ' + b"9" * 5000 + b"}"),
    "an undeclared large number": bytes_of({"v": 2**64}),
    "no object": bytes_of([1, 2]),
    "a bare list": bytes_of({"v": [1, 2]}),
    "brackets without an end": bytes_of(b'{"v":' + b"[" * 100_000),
    "objects without an end": bytes_of(b'{"v":' * 100_000),
    "lists 60 deep": bytes_of(nested(60)),
    "a million parts": bytes_of({"v": {"t": "list", "v": [0] * 1_000_000}}),
    "an unknown kind": bytes_of({"v": {"t": "module", "v": "os"}}),
    "a kind that is a list": bytes_of({"v": {"t": ["nd"]}}),
    "no kind": bytes_of({"v": {}}),
    "an object dtype": bytes_of(array_of("|O", [1]), EIGHT),
    "an object dtype with a size": bytes_of(array_of("|O8", [1]), EIGHT),
    "a record dtype": bytes_of(array_of([["a", "<f8"]], [1]), EIGHT),
    "a record dtype in words": bytes_of(array_of("f8,f8", [1]), EIGHT * 2),
    "a void dtype": bytes_of(array_of("|V8", [1]), EIGHT),
    "a dtype without bytes": bytes_of(array_of("<U0", [2**40]), (b"",)),
    "a float of 3 bytes": bytes_of(array_of("<f3", [1]), (b"abc",)),
    "a dtype as a number": bytes_of(array_of(8, [1]), EIGHT),
    "a shape for other bytes": bytes_of(array_of("<f8", [2]), EIGHT),
    "a negative size": bytes_of(array_of("<f8", [-1]), EIGHT),
    "two negative sizes": bytes_of(array_of("<f8", [-1, -1]), EIGHT),
    "a size of true": bytes_of(array_of("<f8", [True]), EIGHT),
    "a size of 1.0": bytes_of(array_of("<f8", [1.0]), EIGHT),
    "a huge size": bytes_of(array_of("<f8", [2**61, 8]), EIGHT),
    "an empty array of a huge shape": bytes_of(array_of("<f8", [0, 2**61]), (b"",)),
    "100 axes": bytes_of(array_of("<f8", [1] * 100), EIGHT),
    "no shape": bytes_of(array_of("<f8", None), EIGHT),
    "a buffer that is not there": bytes_of(array_of("<f8", [1], 1), EIGHT),
    "a buffer before the first": bytes_of(array_of("<f8", [1], -1), EIGHT),
    "a buffer called true": bytes_of(array_of("<f8", [1], True), EIGHT * 2),
    "a buffer used twice": bytes_of(
        {"v": {"t": "list", "v": [{"t": "bytes", "b": 0}] * 2}}, EIGHT
    ),
    "a character that does not exist": bytes_of(array_of("<U1", [1]), (b"\xff\xff\xff\x7f",)),
    "a scalar character that does not exist": bytes_of(
        {"v": {"t": "ns", "d": "<U1", "b": 0}}, (b"\xff\xff\xff\x7f",)
    ),
    "a key that is a list": bytes_of({"v": {"t": "dict", "k": [{"t": "list", "v": []}], "v": [1]}}),
    "a key that is an array": bytes_of(
        {"v": {"t": "dict", "k": [array_of("<f8", [1])["v"]], "v": [1]}}, EIGHT
    ),
    "a key that holds a list": bytes_of(
        {"v": {"t": "dict", "k": [{"t": "tuple", "v": [{"t": "list", "v": []}]}], "v": [1]}}
    ),
    "keys of one and the same hash": bytes_of(
        {"v": {"t": "dict", "k": [{"t": "int", "v": hex(k * (2**61 - 1))} for k in range(50_000)],
               "v": [1] * 50_000}}
    ),
    "keys of one and the same hash, in many dicts": bytes_of(
        {"v": {"t": "list", "v": [{"t": "dict", "k": list(range(10)), "v": [1] * 10}] * 200}}
    ),
    "keys without values": bytes_of({"v": {"t": "dict", "k": ["a"], "v": []}}),
    "a dict without keys": bytes_of({"v": {"t": "dict", "v": []}}),
    "a long int that is none": bytes_of({"v": {"t": "int", "v": "0xzz"}}),
    "a long int of a number": bytes_of({"v": {"t": "int", "v": 12}}),
    "a long int that is too long": bytes_of({"v": {"t": "int", "v": "0x" + "f" * 10**6}}),
    "a complex of three": bytes_of({"v": {"t": "c", "v": [1, 2, 3]}}),
    "a complex of text": bytes_of({"v": {"t": "c", "v": ["1", 2]}}),
    "a complex too large for floats": bytes_of(b'{"v":{"t":"c","v":[1' + b"0" * 400 + b",0]}}"),
    "a reference below zero": bytes_of({"v": {"t": "ref", "n": -1, "c": "A"}}),
    "a reference without a name": bytes_of({"v": {"t": "ref", "n": 1}}),
    "a function called 1e3": bytes_of(b'{"v":{"t":"call","n":1e3}}'),
    "an opaque list": bytes_of({"v": {"t": "obj", "c": ["A"]}}),
}  # fmt: skip


class TestHostileBytes:
    @pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
    def test_they_are_refused(self, data: bytes) -> None:
        with pytest.raises(wire.WireError):
            read(data)

    def test_a_side_that_has_gone_is_closed(self) -> None:
        with pytest.raises(wire.Closed):
            read(b"")
        with pytest.raises(wire.Closed):
            read(bytes_of({"v": 1})[:-1])

    def test_a_side_that_is_silent_is_late(self) -> None:
        with pytest.raises(wire.TooLate):
            read(b"cvk1", hang_up=False, wait=0.05)

    def test_a_side_that_drips_is_late(self) -> None:
        """The deadline is for the whole message and does not restart with each byte."""
        ours, theirs = socket.socketpair()
        ours.settimeout(1)
        began = time.monotonic()

        def drip() -> Iterator[bytes]:
            for byte in bytes_of({"v": "x" * 200}):
                yield bytes([byte])

        drops = drip()
        with ours, theirs, closing(drops):

            def pour() -> None:
                for drop in drops:
                    time.sleep(0.02)
                    try:
                        ours.send(drop)
                    except OSError:
                        return

            thread = threading.Thread(target=pour)
            thread.start()
            with pytest.raises(wire.TooLate):
                wire.receive(theirs, deadline=soon(0.2))
            theirs.shutdown(socket.SHUT_RDWR)
            thread.join()
        assert time.monotonic() - began < 2

    def test_a_side_that_does_not_read_is_late(self) -> None:
        ours, theirs = socket.socketpair()
        with ours, theirs, pytest.raises(wire.TooLate):
            wire.send(ours, {"v": np.zeros(2**21)}, deadline=soon(0.1))

    def test_no_memory_is_set_aside_for_bytes_that_do_not_come(self) -> None:
        tracemalloc.start()
        try:
            with pytest.raises(wire.Closed):
                read(bytes_of({}, lengths=[wire.MAX_TOTAL]))
            with pytest.raises(wire.Closed):
                read(bytes_of({}, lengths=[2**20] * 64))
            assert tracemalloc.get_traced_memory()[1] < 2 * wire.TRUSTED_SIZE
        finally:
            tracemalloc.stop()

    def test_one_buffer_cannot_be_multiplied(self) -> None:
        """200 000 references to one buffer of a megabyte would be 200 GB."""
        parts = [{"t": "bytes", "b": 0}] * 100_000
        with pytest.raises(wire.WireError, match="twice"):
            read(bytes_of({"v": {"t": "list", "v": parts}}, (b"\0" * 2**20,)))


# --- and what nobody has thought of ---------------------------------------------------------------


def refuses_or_reads(data: bytes) -> None:
    """Whatever the bytes, there is a message or a `WireError`."""
    try:
        message = read(data)
    except wire.WireError:
        return
    assert isinstance(message, dict)


def spoilt(draw: Callable[[Any], Any], data: bytes) -> bytes:
    kind = draw(st.sampled_from(["flip", "cut", "insert", "repeat"]))
    at = draw(st.integers(0, len(data)))
    if kind == "cut":
        return data[:at]
    if kind == "insert":
        return data[:at] + draw(st.binary(min_size=1, max_size=8)) + data[at:]
    if kind == "repeat":
        return data[:at] + data[at // 2 :]
    changed = bytearray(data)
    changed[min(at, len(data) - 1)] ^= draw(st.integers(1, 255))
    return bytes(changed)


trees = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=4),
        st.sampled_from(["nd", "ns", "list", "tuple", "dict", "int", "c", "bytes", "ref", "call"]),
        st.sampled_from(["<f8", "|b1", "<U3", "<c16", "|O", "<U0", "<f2", "|S5", "<i9"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["t", "v", "k", "d", "s", "b", "n", "c", "st"]), inner),
    ),
    max_leaves=15,
)  # fmt: skip


class TestFuzz:
    @settings(max_examples=200, deadline=None, derandomize=True, database=None)
    @given(st.binary(max_size=100))
    def test_any_bytes(self, data: bytes) -> None:
        refuses_or_reads(data)
        refuses_or_reads(wire.MAGIC + data)

    @settings(max_examples=250, deadline=None, derandomize=True, database=None)
    @given(st.data(), values)
    def test_messages_with_a_few_bytes_changed(self, data: st.DataObject, value: Any) -> None:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            wire.send(ours, {"id": 3, "v": value}, keep_strides=True)
            whole = theirs.recv(2**20)
        for _ in range(data.draw(st.integers(1, 3))):
            whole = spoilt(data.draw, whole) or b"\0"
        refuses_or_reads(whole)

    @settings(max_examples=250, deadline=None, derandomize=True, database=None)
    @given(trees, st.lists(st.binary(max_size=24), max_size=3))
    def test_trees_that_nobody_would_write(self, tree: Any, buffers: list[bytes]) -> None:
        refuses_or_reads(bytes_of({"v": tree}, tuple(buffers)))


def test_alike_tells_things_apart() -> None:
    assert not alike(np.zeros(2), np.zeros(2, np.float32))
    assert not alike(np.zeros((2, 0)), np.zeros((0, 2)))
    assert not alike(True, 1)
    assert not alike(0.0, -0.0)
    assert not alike([1], (1,))
