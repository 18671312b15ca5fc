"""Every kind of damage that a notebook can suffer, for fuzzing the reader.

Each kind takes a valid notebook and a random generator and returns the bytes of a file. The same
seed gives the same file on every machine.
"""

from __future__ import annotations

import copy
import json
import random
import zlib
from collections.abc import Callable
from typing import Any

Damage = Callable[[bytes, random.Random], bytes]

_VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 10**400, 1e308, float("nan"), "", "x", "\0", "\ud800", "\u202e", [], {},
    [[]], {"a": []}, ["x", None], [1, 2], {"source": "x"}, "a" * 5000, ["\n"] * 50,
)  # fmt: skip
_TEXTS = (
    "def im2col(x):\n    return x", "%%time\nx = 1", "名前 = '値'", "\x1b[2J", "'''", '"\\"', "\\",
    "\\u0000", "}{][", "<<<<<<< HEAD\n=======\n>>>>>>> x", "\r\n\r\n", "\u2028", "𝒳 = '🙂'",
)  # fmt: skip


def a_notebook(chance: random.Random) -> bytes:
    """A notebook like a student's: code, prose and outputs, in either format."""

    def outputs() -> list[Any]:
        data = {"image/png": "iVBOR" * chance.randrange(40), "text/plain": ["[[0. 1.]\n", " [2.]]"]}
        return [{"output_type": "display_data", "data": data, "metadata": {}}] * chance.randrange(3)

    def cell(number: int) -> dict[str, Any]:
        text = chance.choice(_TEXTS)
        source = chance.choice([text, text.splitlines(keepends=True)])
        if chance.random() < 0.3:
            return {"cell_type": "markdown", "id": f"m{number}", "metadata": {}, "source": source}
        return {
            "cell_type": "code",
            "id": f"02_im2col-{number}",
            "metadata": {"nbgrader": {"grade_id": f"g{number}", "locked": False}, "tags": ["stub"]},
            "execution_count": chance.choice([None, number]),
            "outputs": outputs(),
            "source": source,
        }

    cells = [cell(number) for number in range(chance.randrange(1, 8))]
    tree: dict[str, Any] = {
        "metadata": {"kernelspec": {"name": "python3"}, "convkit": {"exercise": "02_im2col"}},
        "nbformat": 4,
        "nbformat_minor": 5,
        "cells": cells,
    }
    if chance.random() < 0.1:
        tree = {"nbformat": 3, "worksheets": [{"cells": cells}, {}], "metadata": {}}
    indent = chance.choice([None, 1])
    return json.dumps(tree, ensure_ascii=chance.random() < 0.5, indent=indent).encode(
        "utf-8", "surrogatepass"
    )


def _flipped(whole: bytes, chance: random.Random) -> bytes:
    damaged = bytearray(whole)
    for _ in range(chance.randint(1, 8)):
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    return bytes(damaged)


def _cut(whole: bytes, chance: random.Random) -> bytes:
    return whole[: chance.randrange(len(whole))]


def _beheaded(whole: bytes, chance: random.Random) -> bytes:
    return whole[chance.randrange(len(whole)) :]


def _hole(whole: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(whole))
    return whole[:start] + whole[start + chance.randint(1, 200) :]


def _zeroed(whole: bytes, chance: random.Random) -> bytes:
    """Zeros, as in a disk block that was never written."""
    start = chance.randrange(len(whole))
    length = chance.choice([16, 512, 4096])
    return whole[:start] + bytes(len(whole[start : start + length])) + whole[start + length :]


def _doubled(whole: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(whole))
    return whole + whole[start:] if chance.random() < 0.5 else whole[:start] + whole


def _marked(whole: bytes, chance: random.Random) -> bytes:
    """The conflict markers of a merge."""
    lines = whole.split(b"\n")
    at = chance.randrange(len(lines))
    ours, theirs = lines[at : at + 2], [line[::-1] for line in lines[at : at + 2]]
    conflict = [b"<<<<<<< HEAD", *ours, b"=======", *theirs, b">>>>>>> main"]
    return b"\n".join([*lines[:at], *conflict, *lines[at + 2 :]])


def _recoded(whole: bytes, chance: random.Random) -> bytes:
    text = whole.decode("utf-8", "replace")
    encoding = chance.choice(
        ["cp932", "euc_jp", "latin-1", "utf-16", "utf-16-be", "utf-32", "utf-7", "utf-8-sig"]
    )
    return text.encode(encoding, "replace")


def _punctuated(whole: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(whole))
    attempt = b'{}[]",:\\\n\t\0 <'
    piece = bytes(chance.choice(attempt) for _ in range(chance.randint(1, 6)))
    return whole[:start] + piece + whole[start + chance.randrange(2) :]


def _wrapped(whole: bytes, chance: random.Random) -> bytes:
    before, after = chance.choice(
        [
            (b"PK\x03\x04", b""), (b"%PDF-1.4\n", b"%%EOF"), (b"<!DOCTYPE html><pre>", b"</pre>"),
            (b"import os\n", b""), (b"version https://git-lfs.github.com/spec/v1\n", b""),
            (b"```json\n", b"```"), (b"[", b"]"), (b"var nb = ", b";"),
            (b"\xef\xbb\xbf\xef\xbb\xbf", b""),
        ]
    )  # fmt: skip
    return before + whole + after


def _compressed(whole: bytes, _chance: random.Random) -> bytes:
    return zlib.compress(whole)


def _noise(_whole: bytes, chance: random.Random) -> bytes:
    return chance.randbytes(chance.randrange(2000))


def _retyped(whole: bytes, chance: random.Random) -> bytes:
    """Values of the wrong type anywhere in the tree."""
    tree = json.loads(whole)
    for _ in range(chance.randint(1, 3)):
        node, parents = tree, []
        while isinstance(node, dict | list) and node and (not parents or chance.random() < 0.7):
            key = chance.choice(list(node) if isinstance(node, dict) else range(len(node)))
            parents.append((node, key))
            node = node[key]
        if parents:
            parent, key = parents[-1]
            parent[key] = copy.deepcopy(chance.choice(_VALUES))
            if chance.random() < 0.2:
                del parent[key]
    return json.dumps(tree).encode()


def _deep(whole: bytes, chance: random.Random) -> bytes:
    depth = chance.choice([10, 1000, 20_000])
    opening, closing = chance.choice([(b"[", b"]"), (b'{"a":', b"}")])
    nested = opening * depth + b"1" + closing * (depth - chance.randrange(2))
    return whole.replace(b'"metadata": {}', b'"metadata": ' + nested, 1)


KINDS: dict[str, Damage] = {
    "flipped": _flipped,
    "cut": _cut,
    "beheaded": _beheaded,
    "hole": _hole,
    "zeroed": _zeroed,
    "doubled": _doubled,
    "conflict": _marked,
    "recoded": _recoded,
    "punctuated": _punctuated,
    "wrapped": _wrapped,
    "compressed": _compressed,
    "noise": _noise,
    "retyped": _retyped,
    "deep": _deep,
}


def damaged(kind: str, seed: int) -> bytes:
    """The file of one kind and seed; every third file is damaged twice."""
    chance = random.Random(f"{kind} {seed}")
    raw = KINDS[kind](a_notebook(chance), chance)
    if seed % 3 == 0 and raw and kind != "retyped":
        raw = chance.choice([_flipped, _cut, _hole, _punctuated])(raw, chance)
    return raw
