"""Decide how much of an exception's text a student may see.

During a hidden call, the student's code has access to the hidden input and could disclose it
through an exception: in its message (``raise ValueError(x.tobytes().hex())``), in the name of its
class, or in a line that ``linecache`` was made to return. So nothing is passed on unchecked:

- a message is shown if it has the form of one of Python's or NumPy's messages, provided that its
  names and strings occur in the notebook's source, which was fixed before any input was known, that
  few words are quoted, and that its numbers are few and short, like sizes and indices;
- or if it is a literal in the notebook's source;
- a class name, of an exception or of a returned object, is shown if Python or NumPy define it or if
  it occurs in the source;
- a quoted line is looked up here, in the submitted source.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from autograder.sandbox.host.exception_forms import WORD, WORDS_OF_MESSAGES, forms
from autograder.sandbox.host.quoted_line import quoted_line
from autograder.sanitize import visible_name

REFUSED = "the function you were given cannot take this"

MAX_DIGITS = 5
MAX_NUMBERS = 16
MAX_ALL_DIGITS = 20
MAX_CHOSEN_WORDS = 6
MAX_WORDS_OF_KIND = 3
"""How much may be said in words and numbers that the code itself can choose. The source may be a
dictionary: with enough of its words, one after the other, it could spell out an input."""

_NUMBER = re.compile(r"\d+(?:\.\d*)?")
_QUOTED = re.compile(r"""('[^'\n]*'|"[^"\n]*"|`[^`\n]*`)""")

_EXCEPTIONS = frozenset(
    name
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException)
) | {"LinAlgError", "AxisError", "UFuncTypeError", "WireError"}


@dataclass
class _Budget:
    """How many words the code may still choose."""

    words: int


class ExceptionText:
    """Cleans the exceptions of one notebook.

    Args:
        cells: (index in the notebook, source), as handed in.
    """

    def __init__(self, cells: Sequence[tuple[int, str]] = ()) -> None:
        self._cells = dict(cells)

    def type_name(self, name: str, kinds: Sequence[str]) -> str:
        """The class's name if it may be shown, else that of its first base that may be."""
        allowed = (n for n in (name, *kinds) if n in _EXCEPTIONS or n in self._words)
        return next(allowed, "Exception")

    def kind(self, name: str) -> str:
        """The name of a value's class, without words that neither Python nor the source has."""

        def shown(found: re.Match[str]) -> str:
            without_size = found[0].rstrip("0123456789")  # ``void32``
            if without_size in _kinds():
                return _with_short_numbers(found[0])
            budget.words -= 1
            known = budget.words >= 0 and self._may_say(found[0])
            return found[0] if known else "…"

        budget = _Budget(MAX_WORDS_OF_KIND)
        return re.sub(r"(?<!\w)\d{5,}", "…", WORD.sub(shown, name))

    def message(self, text: str, asked: Collection[str] = ()) -> str:
        """The message as far as it may be shown; "" if it may not.

        Args:
            text: the message, on one line.
            asked: words that the suite itself used in its request.
        """
        if len(text) >= 2 and text in self._source:
            return text
        if text.startswith(REFUSED):  # a function of ours, on arguments that it cannot take
            rest = text.removeprefix(REFUSED).lstrip(": ")
            reason = "" if rest.startswith(REFUSED) else self.message(rest, asked)
            return f"{REFUSED}: {reason}" if reason else REFUSED
        text = text.partition(". `np.")[0]  # NumPy's advice on names that it has removed
        if not text or not forms().fullmatch(text):
            return ""
        budget = _Budget(MAX_CHOSEN_WORDS)
        pieces = [
            self._with_few_words(piece, asked, budget, quoted=index % 2 == 1)
            for index, piece in enumerate(_QUOTED.split(text))
        ]
        return _with_short_numbers("".join(pieces))

    def _with_few_words(
        self, text: str, asked: Collection[str], budget: _Budget, *, quoted: bool
    ) -> str:
        """The text without unknown words, and without those for which the budget is used up."""

        def shown(found: re.Match[str]) -> str:
            word = found[0]
            if word in WORDS_OF_MESSAGES and not quoted:
                return word
            budget.words -= 1
            known = budget.words >= 0 and (word in asked or self._may_say(word))
            return word if known else "…"

        return WORD.sub(shown, text)

    def line(self, cell: int | None, line: int | None) -> str:
        """The code on a line of the notebook as it was handed in; "" if there is none."""
        source = self._cells.get(-1 if cell is None else cell, "")
        lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        if line is None or not 0 < line <= len(lines):
            return ""
        return visible_name(quoted_line(lines, line - 1).replace("\t", " "))

    def source(self, cell: int) -> str:
        """The source of a cell of the notebook; "" if there is none."""
        return self._cells.get(cell, "").replace("\r\n", "\n").replace("\r", "\n")

    def function(self, qualified: str) -> str:
        """A function's qualified name; "" if the source does not have it."""
        parts = qualified.replace(".<locals>", "").split(".")
        known = all(part in self._words or part in _NAMELESS for part in parts)
        return qualified if known else ""

    @cached_property
    def _source(self) -> str:
        return "\n".join(self._cells.values())

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(WORD.findall(self._source))

    def _may_say(self, word: str) -> bool:
        return word in WORDS_OF_MESSAGES or word in self._words


_NAMELESS = {"<lambda>", "<listcomp>", "<genexpr>", "<dictcomp>", "<setcomp>", "<module>"}


def _with_short_numbers(text: str) -> str:
    count = digits = 0

    def shortened(found: re.Match[str]) -> str:
        nonlocal count, digits
        count += 1
        digits += len(found[0])
        short = len(found[0]) <= MAX_DIGITS and digits <= MAX_ALL_DIGITS
        return found[0] if short and count <= MAX_NUMBERS else "…"

    return _NUMBER.sub(shortened, text)


@cache
def _kinds() -> frozenset[str]:
    """Words in what `wire` says of a value that does not travel, and the classes of NumPy."""
    said = (
        "array of void datetime64 timedelta64 dict with unusual keys int more than bits deeply "
        "nested nothing is not here object function module OrderedDict defaultdict Counter deque "
        "mappingproxy memoryview MaskedArray MaskedConstant Generator RandomState"
    )
    return frozenset([*said.split(), *dir(np)])
