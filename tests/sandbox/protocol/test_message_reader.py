"""Messages that are cut out of what has arrived are those that `wire.receive` reads one by one."""

from __future__ import annotations

import array
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.sandbox.protocol import message_reader, wire
from autograder.sandbox.protocol.message_reader import PIECE_BYTES, MessageReader

LIMITS = {"max_total": 2**20, "max_header": 2**16}


@pytest.fixture
def sockets() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def encoded(message: dict[str, Any]) -> bytes:
    return b"".join(wire.encode(message))


def read(reader: MessageReader, seconds: float = 5.0, **limits: int) -> dict[str, Any]:
    deadline = time.monotonic() + seconds
    return wire.decode(reader.receive_encoded(deadline, **{**LIMITS, **limits}))


def outcome_of(receive: Any) -> tuple[str, Any]:
    """What is received, or the exception."""
    try:
        found = receive()
    except wire.WireError as error:
        return type(error).__name__, str(error)
    return "received", (bytes(found.header), [bytes(buffer) for buffer in found.buffers])


def test_many_small_messages_take_one_system_call(sockets):
    ours, theirs = sockets
    theirs.sendall(b"".join(encoded({"id": number}) for number in range(200)))
    reader = MessageReader(ours)
    with mock.patch.object(message_reader.wire, "receive_some", wraps=wire.receive_some) as calls:
        assert [read(reader)["id"] for _ in range(200)] == [*range(200)]
    assert calls.call_count == 1
    assert not reader.has_begun


def test_the_next_message_has_begun_once_a_part_of_it_has_been_read(sockets):
    ours, theirs = sockets
    first, second = encoded({"id": 1}), encoded({"id": 2})
    theirs.sendall(first + second[:3])
    reader = MessageReader(ours)
    assert not reader.has_begun  # nothing has been read yet
    assert read(reader) == {"id": 1}
    assert reader.has_begun
    theirs.sendall(second[3:])
    assert read(reader) == {"id": 2}
    assert not reader.has_begun


sizes = st.one_of(st.integers(0, 300), st.integers(PIECE_BYTES // 8 - 40, PIECE_BYTES // 8 + 40))


@given(st.lists(st.lists(sizes, max_size=3), max_size=5), st.binary(max_size=30), st.data())
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
def test_whatever_is_sent_is_read_as_by_receive(messages, garbage, data):
    """Also if it is cut off, or is no message, or is larger than it may be."""
    numbers = [[np.arange(size, dtype=float) for size in each] for each in messages]
    stream = b"".join(encoded({"values": each}) for each in numbers) + garbage
    stream = stream[: data.draw(st.integers(len(stream) // 2, len(stream)))]
    limits = {"max_total": 2**17, "max_header": 200}
    outcomes = []
    for buffered in (True, False):
        ours, theirs = socket.socketpair()
        with ours, theirs:
            ends = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=4)))
            pieces = [stream[a:b] for a, b in zip([0, *ends], [*ends, len(stream)], strict=True)]
            thread = threading.Thread(target=_send_and_close, args=(theirs, pieces))
            thread.start()
            reader, deadline = MessageReader(ours), time.monotonic() + 20

            def one(reader=reader, sock=ours, deadline=deadline, buffered=buffered):
                if buffered:
                    return reader.receive_encoded(deadline, **limits)
                return wire.receive_encoded(sock, deadline=deadline, **limits)

            found = [outcome_of(one)]
            while found[-1][0] == "received":
                found.append(outcome_of(one))
            ours.close()
            thread.join()
            outcomes.append(found)
    assert outcomes[0] == outcomes[1]


def _send_and_close(sock: socket.socket, pieces: list[bytes]) -> None:
    try:
        for piece in pieces:
            sock.sendall(piece)
    except OSError:
        pass  # nobody reads any more
    finally:
        sock.close()


class TestDeadlines:
    def test_a_message_that_was_read_in_time_is_too_late_after_the_deadline(self, sockets):
        ours, theirs = sockets
        theirs.sendall(encoded({"id": 1}) + encoded({"id": 2}))
        reader = MessageReader(ours)
        assert read(reader) == {"id": 1}
        with pytest.raises(wire.TooLate):
            read(reader, seconds=0.0)

    def test_the_deadline_is_for_the_whole_message(self, sockets):
        ours, theirs = sockets
        message = encoded({"text": "x" * 1000})
        over = threading.Event()

        def trickle() -> None:
            for byte in message:
                if over.wait(0.02):
                    return
                theirs.send(bytes([byte]))

        thread = threading.Thread(target=trickle)
        thread.start()
        began = time.monotonic()
        with pytest.raises(wire.TooLate):
            read(MessageReader(ours), seconds=0.2)
        assert time.monotonic() - began < 5
        over.set()
        thread.join()


class TestLimits:
    def test_a_message_is_not_complete_before_its_last_byte(self, sockets):
        ours, theirs = sockets
        theirs.sendall(encoded({"v": 1}) + wire._PREFIX.pack(wire.MAGIC, 2**16, 0))
        theirs.sendall((2**16 - 1) * b" ")
        reader = MessageReader(ours)
        assert read(reader) == {"v": 1}
        with pytest.raises(wire.TooLate):
            read(reader, seconds=0.1)

    def test_what_follows_a_large_part_is_not_lost(self, sockets):
        ours, theirs = sockets
        values = [np.arange(PIECE_BYTES // 8 + 1.0), np.arange(3.0), np.arange(2.0 * PIECE_BYTES)]
        stream = encoded({"v": values}) + encoded({"v": 2})
        thread = threading.Thread(target=theirs.sendall, args=(stream,))
        thread.start()
        reader = MessageReader(ours)
        got = read(reader, max_total=2**24)["v"]
        assert all(np.array_equal(*pair) for pair in zip(got, values, strict=True))
        assert read(reader) == {"v": 2}
        thread.join()

    @pytest.mark.parametrize("limit", LIMITS)
    def test_what_is_too_large_is_refused_before_it_is_received(self, sockets, limit):
        ours, theirs = sockets
        theirs.sendall(encoded({"text": "x" * 100, "v": np.ones(20)}))
        with pytest.raises(wire.WireError):
            read(MessageReader(ours), **{limit: 90})

    def test_received_arrays_do_not_share_the_memory_that_is_read_into(self, sockets):
        ours, theirs = sockets
        theirs.sendall(encoded({"v": np.ones(4)}) + encoded({"v": np.zeros(4)}))
        reader = MessageReader(ours)
        first, second = read(reader)["v"], read(reader)["v"]
        theirs.sendall(encoded({"v": np.full(4, 7.0)}))
        read(reader)
        assert first.tolist() == [1.0] * 4
        assert second.tolist() == [0.0] * 4

    def test_descriptors_that_come_with_a_message_are_not_received(self, sockets):
        ours, theirs = sockets
        with open("/dev/null", "rb") as file:  # noqa: PTH123
            rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [file.fileno()]))]
            theirs.sendmsg([encoded({"id": 1})], rights)
        theirs.sendall(encoded({"id": 2}))
        reader, before = MessageReader(ours), _descriptors()
        assert [read(reader)["id"], read(reader)["id"]] == [1, 2]
        assert _descriptors() == before


def _descriptors() -> int:
    return len([*Path("/proc/self/fd").iterdir()])
