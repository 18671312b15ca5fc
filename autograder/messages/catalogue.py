"""A table of messages in which each key has a text in every language.

Texts contain placeholders: ``{got}``, or ``{got:value|values}`` if a number selects the plural
form. `PLURALS` defines the plural forms of each language.
"""

from __future__ import annotations

import string
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from autograder.text import LANGUAGES, Text

PLURALS: Mapping[str, Callable[[float], int]] = {
    "en": lambda number: 0 if number == 1 else 1,
    "ja": lambda _: 0,
}
"""By language, a function from a number to the index of its plural form in a placeholder."""

BETWEEN_SENTENCES: Mapping[str, str] = {"en": " ", "ja": ""}
BETWEEN_ITEMS: Mapping[str, str] = {"en": ", ", "ja": "、"}


class Catalogue:
    """The messages in the files ``<name>.toml`` in this folder, whose keys are different."""

    def __init__(self, *names: str) -> None:
        self._messages: dict[str, dict[str, str]] = {}
        for name in names:
            file = Path(__file__).with_name(f"{name}.toml")
            self._messages |= tomllib.loads(file.read_text(encoding="utf-8"))

    def __iter__(self) -> Iterator[str]:
        return iter(self._messages)

    def __contains__(self, key: str) -> bool:
        return key in self._messages

    def __getitem__(self, key: str) -> Mapping[str, str]:
        """A message's templates by language."""
        return self._messages[key]

    def say(self, lang: str, key: str, /, **values: Any) -> str:
        """The message in one language.

        Args:
            lang: the language.
            key: the message.
            values: for its placeholders; a `Text` is inserted in the same language.

        Raises:
            KeyError: the message does not exist, or a placeholder has no value.
        """
        template = self._messages[key][lang]
        if not values:
            return template
        inner = {
            name: value[lang] if isinstance(value, Text) else value
            for name, value in values.items()
        }
        return _formatter(lang).vformat(template, (), inner)

    def text(self, key: str, /, **values: Any) -> Text:
        """The message in every supported language; see `say`."""
        return Text(**{lang: self.say(lang, key, **values) for lang in LANGUAGES})


@cache
def catalogue(*names: str) -> Catalogue:
    """The catalogue of these files, read once."""
    return Catalogue(*names)


def sentences(*texts: Text) -> Text:
    """Several messages joined as sentences."""
    return _joined(BETWEEN_SENTENCES, texts)


def listed(texts: Iterable[Text]) -> Text:
    """Several messages joined as a list within a sentence."""
    return _joined(BETWEEN_ITEMS, texts)


def continued(text: Text) -> Text:
    """A sentence of a catalogue as it goes on after a colon: in English with a small letter."""
    english = text["en"]
    first = english.partition(" ")[0]
    if first[1:].islower() or len(first) == 1:
        english = english[0].lower() + english[1:]
    return Text(**{lang: english if lang == "en" else text[lang] for lang in LANGUAGES})


def _joined(between: Mapping[str, str], texts: Iterable[Text]) -> Text:
    said = [text for text in texts if text]
    return Text(**{lang: between[lang].join(text[lang] for text in said) for lang in LANGUAGES})


class _Formatter(string.Formatter):
    def __init__(self, lang: str) -> None:
        self._plural = PLURALS[lang]

    def format_field(self, value: Any, format_spec: str) -> str:
        if "|" in format_spec:
            return format_spec.split("|")[self._plural(float(value))]  # points are text
        return str(format(value, format_spec))


@cache
def _formatter(lang: str) -> _Formatter:
    return _Formatter(lang)
