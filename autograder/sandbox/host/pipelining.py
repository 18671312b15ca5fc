"""The requests of a criterion as bytes, to be sent before its test runs and asks for them.

A test asks, waits for the answer, and asks again: two processes take turns, and each turn costs as
much as a small call. Most notebooks that pass a criterion were asked the same. So what one of them
was asked is kept, and the next notebook is sent all of it at once. The test then runs as always,
but each request that it makes has been sent already. Only the ids are new: they are random.

Code that reads its own socket learns of a criterion's later requests, with their inputs and ids,
while it answers the first. So no input of a test may tell the right answer to an earlier request
(docs/adding-an-exercise.md), and calls whose work is counted are never sent ahead: they could be
worked through before anybody counts.
"""

from __future__ import annotations

import hashlib
import secrets
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from autograder.sandbox.protocol import wire

_ID = b'{"id":'
_CHANCE = b'"unfixable":'  # in a text, its quotes would have backslashes
_LEAST_ID = 2**61
_DIGITS = len(str(_LEAST_ID))
"""All ids have as many digits, so that messages have the same length whatever their id is."""

MAX_BYTES = 64 * 1024
"""The largest size of one criterion's requests; larger ones are not sent ahead."""

MAX_ANSWERS_BYTES = 2**20
"""The largest size of the answers to them, which are kept until the test reads them."""

IN_FLIGHT_BYTES = 96 * 1024
"""How many bytes of unanswered requests may be on the way: what the socket buffers without being
read. With more, both sides could block on each other."""


def new_id() -> int:
    """The id of a request: random, so that no answer can be prepared before it is sent."""
    return new_ids(1)[0]


def new_ids(count: int) -> list[int]:
    """The ids of several requests (`new_id`)."""
    numbers = struct.unpack(f"<{count}Q", secrets.token_bytes(8 * count))
    return [_LEAST_ID + number % _LEAST_ID for number in numbers]


@dataclass(frozen=True)
class Requests:
    """The requests of a criterion: what is before and behind the id of each."""

    parts: tuple[tuple[bytes, bytes], ...]

    @cached_property
    def size(self) -> int:
        """Their bytes."""
        return sum(len(before) + _DIGITS + len(after) for before, after in self.parts)

    def encoded(self, ids: Sequence[int]) -> list[bytes]:
        """The messages with these ids."""
        pairs = zip(self.parts, ids, strict=True)
        return [b"%b%d%b" % (before, id, after) for (before, after), id in pairs]


def requests(messages: Sequence[bytes]) -> Requests | None:
    """Encoded messages without their ids; None if they are too large to be sent ahead."""
    if sum(map(len, messages)) > MAX_BYTES:
        return None
    parts = []
    for message in messages:
        begin = wire.header_start(message) + len(_ID)
        parts.append((message[:begin], message[begin + _DIGITS :]))
    return Requests(tuple(parts))


def size_of(answer: wire.Received) -> int:
    """Its bytes."""
    return len(answer.header) + sum(map(len, answer.buffers))


def digest(answers: Sequence[wire.Received], ids: Sequence[int]) -> bytes | None:
    """Tells answers apart, whatever their ids.

    None if one has the wrong id, or says that it may come out differently the next time.
    """
    pieces: list[bytes | memoryview | bytearray] = []
    for answer, id in zip(answers, ids, strict=True):
        begin = _ID + str(id).encode()
        if not answer.header.startswith(begin) or _CHANCE in answer.header:
            return None
        sizes = [len(answer.header), *map(len, answer.buffers)]
        pieces.append(struct.pack(f"<{1 + len(sizes)}Q", len(sizes), *sizes))
        pieces.append(memoryview(answer.header)[len(begin) :])
        pieces += answer.buffers
    return hashlib.blake2b(b"".join(pieces), digest_size=32).digest()
