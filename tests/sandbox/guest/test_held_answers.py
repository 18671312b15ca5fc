"""Answers wait for each other while requests are waiting, but neither long nor out of order."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from autograder.sandbox.guest import held_answers
from autograder.sandbox.guest.held_answers import HELD_BYTES, HELD_S, HeldAnswers
from autograder.sandbox.protocol import wire


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(held_answers, "_monotonic", clock)
    return clock


@pytest.fixture
def ends() -> Iterator[tuple[HeldAnswers, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.setblocking(False)
        yield HeldAnswers(ours), theirs


def arrived(sock: socket.socket) -> bytes:
    try:
        return sock.recv(2**20)
    except BlockingIOError:
        return b""


@pytest.mark.usefixtures("clock")
def test_what_is_held_is_written_before_what_is_written_at_once(ends):
    answers, host = ends
    answers.hold([b"1"])
    answers.hold([b"2", b"3"])
    assert arrived(host) == b""
    answers.write([b"4"])
    assert arrived(host) == b"1234"
    answers.write()
    assert arrived(host) == b""


def test_nothing_is_held_for_longer_than_until_the_next_answer(ends, clock):
    answers, host = ends
    answers.hold([b"1"])
    clock.now += HELD_S
    answers.hold([b"2"])
    assert arrived(host) == b"12"
    answers.hold([b"3"])
    assert arrived(host) == b""


@pytest.mark.usefixtures("clock")
def test_large_answers_are_not_held(ends):
    answers, host = ends
    answers.hold([b"1"])
    answers.hold([bytes(HELD_BYTES)])
    assert arrived(host) == b"1" + bytes(HELD_BYTES)
    answers.hold([b"2"])
    assert arrived(host) == b""


@pytest.mark.usefixtures("clock")
def test_a_host_that_has_hung_up_is_noticed_when_it_is_written(ends):
    answers, host = ends
    host.close()
    answers.hold([b"1"])
    with pytest.raises(wire.Closed):
        answers.write()
