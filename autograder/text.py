"""A text in several languages: the type of titles, hints and messages."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches

LANGUAGES: tuple[str, ...] = ("en", "ja")
"""The supported languages; a course lists the ones it is written in.

To add a language, add it here and translate every key of `autograder.messages`.
"""


@dataclass(frozen=True, slots=True, init=False, repr=False)
class Text:
    """One text in one or more languages: ``Text(en="bias", ja="バイアス")["ja"]``.

    An empty string is the same as no text in that language. A text without any language is false.
    """

    _entries: tuple[tuple[str, str], ...]

    def __init__(self, **by_language: str) -> None:
        entries = tuple((lang, text) for lang, text in by_language.items() if text)
        object.__setattr__(self, "_entries", entries)

    @classmethod
    def same(cls, text: str) -> Text:
        """A text that is the same in every language, such as a name or Python code."""
        return cls(**dict.fromkeys(LANGUAGES, text))

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of the text."""
        return tuple(lang for lang, _ in self._entries)

    def only(self, languages: Iterable[str]) -> Text:
        """The same text in ``languages`` only."""
        if not self._entries:
            return self
        return Text(**{lang: self[lang] for lang in languages})

    def __getitem__(self, lang: str) -> str:
        """The text in ``lang``, or in its first language if there is none in ``lang``."""
        for name, text in self._entries:
            if name == lang:
                return text
        return self._entries[0][1] if self._entries else ""

    def __bool__(self) -> bool:
        return bool(self._entries)

    def __repr__(self) -> str:
        return f"Text({', '.join(f'{lang}={text!r}' for lang, text in self._entries)})"


NOTHING = Text()
"""The empty text."""


def counted(number: int, one: str, many: str = "") -> str:
    """``1 notebook``, ``2 notebooks``; ``many`` is the plural if it is not ``one`` plus "s"."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def abbreviated(names: Collection[str], most: int) -> str:
    """The first names of a list; "…" means that there are more."""
    return ", ".join([*names][:most]) + (", …" if len(names) > most else "")


def perhaps(given: str, known: Iterable[str]) -> str:
    """``, perhaps 02_im2col``: what may be meant by a word that nobody knows; "" without an idea.

    A word of which it is the beginning, or that is its beginning, else one that is nearly the same.
    """
    known = list(known)
    found = [one for one in known if given and one.startswith(given)]
    found = found if len(found) == 1 else get_close_matches(given, known, 1)
    found = found or [one for one in known if len(one) > 3 and given.startswith(one)]
    return f", perhaps {found[0]}" if found else ""
