"""Put files where they belong below ``submitted/``, so that no content is ever without a copy."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from autograder.collect.arrange import Piece


def put_all(placed: Sequence[Piece], out: Path, scratch: Path) -> None:
    """Put every file in its place, new places first.

    Args:
        placed: the files with their places, in ``scratch`` or below ``out`` so far.
        out: the folder ``submitted/``.
        scratch: a folder of ours on the same file system.
    """
    waiting: list[tuple[Piece, Path]] = []
    uses = Counter(one.content for one in placed)
    for number, one in enumerate(placed):
        if not one.kept_as or one.content == out / one.kept_as:
            continue
        copy = one.content
        if copy.parent != scratch:
            copy = scratch / f"kept-{number}"
            try:
                os.link(one.content, copy)
            except OSError:
                shutil.copy2(one.content, copy)
        elif uses[one.content] > 1:  # a group's file
            copy = scratch / f"shared-{number}"
            shutil.copyfile(one.content, copy)
        waiting.append((one, copy))
    waiting.sort(key=lambda pair: (out / pair[0].kept_as).exists())
    for one, copy in waiting:
        put(copy, out / one.kept_as, one.time or one.stamp)


def put(content: Path, target: Path, time: datetime | None) -> None:
    """Move a file to its place, with its time of modification if that is known."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if time is not None:
        with suppress(OSError, OverflowError, ValueError):
            os.utime(content, (time.timestamp(), time.timestamp()))
    content.replace(target)
