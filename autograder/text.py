"""A text in every supported language: the type that titles, hints and messages share."""

from __future__ import annotations

from dataclasses import dataclass

LANGUAGES: tuple[str, ...] = ("en", "ja")
"""The supported languages; a course lists those it is written in."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text in every supported language."""

    en: str
    ja: str

    def __getitem__(self, lang: str) -> str:
        """The text in `lang`; KeyError if the language is not supported."""
        if lang not in LANGUAGES:
            raise KeyError(lang)
        return self.en if lang == "en" else self.ja

    def as_dict(self) -> dict[str, str]:
        """`{"en": ..., "ja": ...}`, as stored in results."""
        return {"en": self.en, "ja": self.ja}


def counted(number: int, one: str, many: str = "") -> str:
    """``1 notebook``, ``2 notebooks``; ``many`` for a plural that is not ``one`` and an s."""
    return f"{number} {one if number == 1 else many or one + 's'}"
