"""Read TOML tables key by key, with errors that give file, line and remedy.

`tomllib` keeps no positions, so lines are found by searching for the text of a key or value.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Sequence
from datetime import datetime, tzinfo
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from autograder.errors import CourseError
from autograder.text import LANGUAGES, Text


class Table:
    """One TOML table with a known set of keys.

    Args:
        values: the parsed table.
        keys: the known keys.
        file: the file it was read from.
        text: the whole file.
        name: the table's dotted name.
        start: the offset in `text` after its header.

    Raises:
        CourseError: it has an unknown key. This is checked first, since a misspelt key is a missing
            one as well.
    """

    def __init__(
        self,
        values: dict[str, Any],
        keys: Sequence[str],
        file: Path,
        text: str,
        name: str = "",
        start: int = 0,
    ) -> None:
        self._values = dict(values)
        self.file = file
        self._text = text
        self._name = name
        self._start = start
        for key in values:
            if key not in keys:
                absent = [known for known in keys if known not in values]
                close = get_close_matches(key, absent or keys, n=1)
                remedy = f"Write {close[0]}" if close else f"Known keys: {', '.join(keys)}"
                raise self.error(f"unknown key {key!r}", remedy, near=key)
        self._keys = keys

    def error(self, message: str, remedy: str = "", near: str = "") -> CourseError:
        """The error to raise, at the first line with `near` in this table."""
        return CourseError(message, self.file, self._line(near), remedy)

    def has(self, key: str) -> bool:
        """Whether the key is present and has not been consumed yet."""
        return key in self._values

    def string(self, key: str, *, default: str | None = None) -> str:
        """A string, non-empty unless it is the default."""
        value = self._take(key, default)
        if not isinstance(value, str) or (not value.strip() and value != default):
            raise self.error(f"{key} = {value!r} is not a text", near=key)
        return value

    def strings(self, key: str, *, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """A list of distinct strings."""
        value = self._take(key, default)
        if not isinstance(value, list | tuple) or not all(isinstance(v, str) for v in value):
            raise self.error(f"{key} = {value!r} is not a list of texts", near=key)
        if len(set(value)) < len(value):
            raise self.error(f"{key} = {value!r} names something twice", near=key)
        return tuple(value)

    def points(self, key: str, *, zero: bool = False) -> float:
        """A number of points: a multiple of 0.25, positive unless `zero`."""
        value = self._take(key, None)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or value < 0 or (value == 0 and not zero) or (value * 4) % 1 != 0:
            raise self.error(
                f"{key} = {value!r} is not a valid number of points",
                "Use a positive multiple of 0.25, such as 2 or 1.5",
                near=key,
            )
        return float(value)

    def share(self, key: str, *, default: float) -> float:
        """A number from 0 to 1."""
        value = self._take(key, default)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not 0 <= value <= 1:
            raise self.error(f"{key} = {value!r} is not a share", "Give a number from 0 to 1", key)
        return float(value)

    def number(self, key: str, *, default: float) -> float:
        """A number from 0."""
        value = self._take(key, default)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not 0 <= value < math.inf:
            raise self.error(f"{key} = {value!r} is not a number", "Give a number from 0", key)
        return float(value)

    def time(self, key: str, zone: tzinfo | None) -> datetime:
        """A date with a time; without an offset, it is in ``zone``."""
        value = self._take(key, None)
        if not isinstance(value, datetime):
            raise self.error(
                f"{key} = {value!r} is not a date with a time",
                "Write it like 2026-05-01T23:59:00+09:00, without quotes",
                key,
            )
        if value.tzinfo is None and zone is None:
            raise self.error(
                f"{key} = {value} does not say its time zone",
                'Add the offset, such as +09:00, or timezone = "Asia/Tokyo" under [policy]',
                key,
            )
        return value if value.tzinfo else value.replace(tzinfo=zone)

    @property
    def left(self) -> list[str]:
        """The keys that have not been read yet."""
        return [*self._values]

    def flag(self, key: str) -> bool:
        """A boolean; false if the key is missing."""
        value = self._take(key, False)
        if not isinstance(value, bool):
            raise self.error(f"{key} = {value!r} is neither true nor false", near=key)
        return value

    def table(self, key: str, keys: Sequence[str] | None) -> Table:
        """A nested table; with None for ``keys``, they can be anything."""
        value = self._take(key, None)
        if not isinstance(value, dict):
            raise self.error(f"{key} = {value!r} is not a table", near=key)
        known = [*value] if keys is None else keys
        return Table(value, known, self.file, self._text, self._dotted(key), self._start)

    def tables(self, key: str, keys: Sequence[str]) -> list[Table]:
        """A non-empty array of tables."""
        value = self._take(key, [])
        if not isinstance(value, list) or not value or not all(isinstance(v, dict) for v in value):
            header = f"[[{self._dotted(key)}]]"
            raise self.error(f"there is no {header} here", f"Add at least one {header}")
        name = self._dotted(key)
        headers = re.finditer(rf"^\s*\[\[{re.escape(name)}\]\]", self._text[self._start :], re.M)
        starts = [self._start + header.end() for header in headers]
        starts += [self._start] * (len(value) - len(starts))  # an inline array has no headers
        return [
            Table(inner, keys, self.file, self._text, name, start)
            for inner, start in zip(value, starts, strict=False)
        ]

    def text(self, key: str, languages: Sequence[str]) -> Text:
        """A table with a text in each of the course's languages.

        Texts in other supported languages are allowed and ignored.
        """
        inner = self.table(key, LANGUAGES)
        found = {}
        for lang in languages:
            if lang not in inner._values:
                raise self.error(f"{key} has no text in {lang!r}", f"Add {lang} = ...", near=key)
            found[lang] = inner.string(lang)
        return Text(**found)

    def optional_text(self, key: str, languages: Sequence[str]) -> Text | None:
        """As `text`, or None if the key is missing."""
        return self.text(key, languages) if key in self._values else None

    def _take(self, key: str, default: Any) -> Any:
        assert key in self._keys, f"{key} is read but not among the known keys"
        if key in self._values:
            return self._values.pop(key)
        if default is None:
            raise self.error(f"{key!r} is missing", f"Add {key} = ...")
        return default

    def _dotted(self, key: str) -> str:
        return f"{self._name}.{key}" if self._name else key

    def _line(self, near: str) -> int | None:
        if not near:
            return self._text.count("\n", 0, self._start) + 1 if self._start else None
        word, rest = re.escape(near), self._text[self._start :]
        as_a_key = re.search(rf"(^|[{{,])[ \t]*{word}[ \t]*[=.]", rest, re.M)
        found = as_a_key or re.search(rf"(?<!\w){word}(?!\w)", rest)
        if found is None:
            return self._line("")
        return self._text.count("\n", 0, self._start + found.end() - 1) + 1


def read_table(file: Path, keys: Sequence[str]) -> Table:
    """The root table of a TOML file; CourseError if it cannot be read or has an unknown key."""
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise CourseError("this file is missing", file, remedy="Create it") from None
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"cannot be read: {error}", file) from None
    try:
        return Table(tomllib.loads(text), keys, file, text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        raise CourseError(f"is not TOML: {error}", file, int(line[1]) if line else None) from None
