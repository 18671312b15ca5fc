"""A text in every language of the kit: the one type that titles, hints and messages share."""

from __future__ import annotations

from dataclasses import dataclass

LANGUAGES: tuple[str, ...] = ("en", "ja")
"""The languages the kit can speak; a course names those it is written in."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text in every language of the kit."""

    en: str
    ja: str

    def __getitem__(self, lang: str) -> str:
        """The text in `lang`; KeyError for a language that the kit does not know."""
        if lang not in LANGUAGES:
            raise KeyError(lang)
        return self.en if lang == "en" else self.ja

    def as_dict(self) -> dict[str, str]:
        """`{"en": ..., "ja": ...}`, as results carry it."""
        return {"en": self.en, "ja": self.ja}


def counted(number: int, one: str, many: str = "") -> str:
    """``1 notebook``, ``2 notebooks``; ``many`` for a plural that is not ``one`` and an s."""
    return f"{number} {one if number == 1 else many or one + 's'}"
