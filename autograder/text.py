"""A text in the languages it is written in: the type that titles, hints and messages share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

LANGUAGES: tuple[str, ...] = ("en", "ja")
"""The supported languages; a course lists those it is written in.

To add one, list it here and give every key of `autograder.messages` its text.
"""


@dataclass(frozen=True, slots=True, init=False, repr=False)
class Text:
    """One text in each of its languages: ``Text(en="bias", ja="バイアス")["ja"]``.

    An empty string is the same as no text in that language, and a text without any language is
    false: nothing to say.
    """

    _entries: tuple[tuple[str, str], ...]

    def __init__(self, **by_language: str) -> None:
        entries = tuple((lang, text) for lang, text in by_language.items() if text)
        object.__setattr__(self, "_entries", entries)

    @classmethod
    def same(cls, text: str) -> Text:
        """The same in every language: a name, or Python code."""
        return cls(**dict.fromkeys(LANGUAGES, text))

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that it is written in."""
        return tuple(lang for lang, _ in self._entries)

    def only(self, languages: Iterable[str]) -> Text:
        """The same text without the languages that a course does not have."""
        return Text(**{lang: self[lang] for lang in languages})

    def __getitem__(self, lang: str) -> str:
        """The text in ``lang``, or in the first language if it is not written in ``lang``."""
        for name, text in self._entries:
            if name == lang:
                return text
        return self._entries[0][1] if self._entries else ""

    def __bool__(self) -> bool:
        return bool(self._entries)

    def __repr__(self) -> str:
        return f"Text({', '.join(f'{lang}={text!r}' for lang, text in self._entries)})"


NOTHING = Text()
"""A text that says nothing."""


def counted(number: int, one: str, many: str = "") -> str:
    """``1 notebook``, ``2 notebooks``; ``many`` for a plural that is not ``one`` and an s."""
    return f"{number} {one if number == 1 else many or one + 's'}"
