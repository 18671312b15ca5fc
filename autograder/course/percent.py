"""Percent scripts (`# %%`), read as jupytext reads them, but without jupytext.

Reading a course must not need a notebook toolchain: importing jupytext takes longer than grading a
notebook. This reads the part of the format that a course uses. Where jupytext would do something
that the script does not show (uncomment a magic, take a line for a cell's beginning), reading
fails instead: what an author sees in Jupyter and what is graded are the same cells, or none.
"""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.errors import CourseError


@dataclass(frozen=True, slots=True)
class RawCell:
    """One cell as the script has it.

    Attributes:
        kind: ``markdown``, ``code`` or ``raw``.
        marks: what its `# %%` line says, by key.
        source: the text; prose without its comment signs.
        line: of its `# %%`, from 1. The source begins on the next one.
    """

    kind: str
    marks: Mapping[str, Any]
    source: str
    line: int


_BEGINS = re.compile(r"# ?%%(?=\s|$)")
# What else jupytext takes for a cell's beginning, indented ones too.
_LIKE_BEGINNING = re.compile(r"\s*#\s*(%%%*\s|(%%|<codecell>|In\[[0-9 ]*\]:?)\s*$)|# ?%%\[")
_TYPE = re.compile(r"\[(markdown|raw)\](?=\s|$)")
_KEY = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)

_ENCODING = re.compile(r"[ \t\f]*#.*?coding[:=][ \t]*utf-8")
_RULE = re.compile(r"# ?---\s*$")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)$")

# Comments out of which jupytext makes magics and shell commands.
_COMMANDS = "cat|cd|cp|mv|rm|rmdir|mkdir|copy|ddir|echo|ls|ldir|ren"
_MAGIC = re.compile(
    r"\s*(# |#)*%{1,3}[a-zA-Z]"
    r"|\s*((# |#)+\s*)?[?!]\s*[A-Za-z.~$\\/{}]"
    r"|(# |#)*\s*[a-zA-Z_][a-zA-Z_$0-9]*\s*=\s*(%{1,3}|!)[a-zA-Z]"
    r"|\s*(# )*\S*\?\s*$"
    rf"|(# |#)*({_COMMANDS})($|\s$|\s[^=,])"
)
# jupytext's other format begins a cell with `# +`, and escapes such a comment with one more `#`.
_ESCAPED_PLUS = re.compile(r"(# |#)+# ?\+")


def read_percent(text: str, file: Path) -> tuple[RawCell, ...]:
    """The cells of a percent script.

    Args:
        text: the script, with ``\\n`` at its line ends.
        file: where it was read, for errors.

    Raises:
        CourseError: it is not Python, or jupytext would read something else in it.
    """
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    if lines != text.splitlines():
        number = next(n for n, line in enumerate(lines, 1) if line and line.splitlines() != [line])
        raise CourseError(
            "a character that ends a line for some programs only", file, number, "Remove it"
        )
    quoted = _lines_in_strings(text, file)
    begins = [
        number
        for number, line in enumerate(lines, 1)
        if number not in quoted and _begins_a_cell(line, file, number)
    ]
    start = _after_header(lines) + 1
    if not begins or start != begins[0]:
        raise CourseError(
            "has something before its first cell" if begins else "has no cell",
            file,
            start if begins else None,
            "Begin the file (after jupytext's own header) with `# %%`; put no text before it",
        )
    ends = [*(number - 1 for number in begins[1:]), len(lines)]
    return tuple(
        _cell(lines, begin, end, quoted, file) for begin, end in zip(begins, ends, strict=True)
    )


def _begins_a_cell(line: str, file: Path, number: int) -> bool:
    if _BEGINS.match(line):
        return True
    if _LIKE_BEGINNING.match(line):
        raise CourseError(
            f"`{line.strip()[:60]}` is not quite a cell's beginning",
            file,
            number,
            "Write `# %%` and a blank, at the line's beginning; or another comment",
        )
    return False


def _lines_in_strings(text: str, file: Path) -> frozenset[int]:
    """Lines that begin inside a string; what looks like a comment there is none."""
    try:
        tree = ast.parse(text, str(file))
    except SyntaxError as error:
        raise CourseError(f"is not Python: {error.msg}", file, error.lineno) from None
    spans = [
        (node.lineno, node.end_lineno or node.lineno)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        or (isinstance(node, ast.Constant) and isinstance(node.value, str | bytes))
    ]
    lines = text.split("\n")
    inside = {n for first, last in spans for n in range(first + 1, last + 1)}
    if not any(lines[number - 1].lstrip().startswith("#") for number in inside):
        return frozenset(inside)
    # Strings side by side count as one in the tree, and may have a comment between them: ask the
    # tokenizer, which is exact, and slow.
    return frozenset(_quoted(text))


def _quoted(text: str) -> Iterator[int]:
    start = getattr(tokenize, "FSTRING_START", None)  # Python 3.12 takes f-strings apart
    end = getattr(tokenize, "FSTRING_END", None)
    opened: list[int] = []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.STRING:
            yield from range(token.start[0] + 1, token.end[0] + 1)
        elif token.type == start:
            opened.append(token.start[0])
        elif token.type == end:
            yield from range(opened.pop() + 1, token.end[0] + 1)


def _after_header(lines: Sequence[str]) -> int:
    """How many lines the interpreter's, the encoding's and jupytext's own header take."""
    at = 0
    if lines and lines[0].startswith("#!"):
        at = 1
    if len(lines) > at and _ENCODING.match(lines[at]):
        at += 1
    if len(lines) <= at or not _RULE.match(lines[at]):
        return at
    for number in range(at + 1, len(lines)):
        if _RULE.match(lines[number]):
            blank = number + 1 < len(lines) and not lines[number + 1].strip()
            return number + 1 + blank
        if not lines[number].startswith("#"):
            break
    return at


def _cell(
    lines: Sequence[str], begin: int, end: int, quoted: frozenset[int], file: Path
) -> RawCell:
    kind, marks = _marks(lines[begin - 1], file, begin)
    body = list(lines[begin : _without_separator(lines, begin, end)])
    if kind != "code":
        return RawCell(kind, marks, _prose(body, file, begin + 1), begin)
    for number, line in enumerate(body, begin + 1):
        comment = line.lstrip().startswith("#") and number not in quoted
        if comment and (_MAGIC.match(line) or _ESCAPED_PLUS.match(line)):
            raise CourseError(
                f"`{line.strip()[:60]}` is a line that Jupyter would read otherwise (a magic?)",
                file,
                number,
                "Keep to plain Python, and reword the comment",
            )
    return RawCell(kind, marks, "\n".join(body), begin)


def _without_separator(lines: Sequence[str], begin: int, end: int) -> int:
    """Where the cell ends: one blank line before the next cell is not its own, nor are two."""
    blank = [not line.strip() for line in lines[begin - 1 : end]]
    if len(blank) >= 3 and blank[-2:] == [True, True] and not blank[-3]:
        return end - 2
    return end - 1 if lines[end - 1] == "" else end


def _prose(body: Sequence[str], file: Path, first: int) -> str:
    found = []
    fence: str | None = None
    for number, line in enumerate(body, first):
        if line and not line.startswith("#"):
            raise CourseError(
                f"`{line.strip()[:60]}` in a cell of prose is no comment",
                file,
                number,
                "Put `# ` before it, or a `# %%` line that begins a code cell",
            )
        text = line.removeprefix("# ") if line.startswith("# ") else line.removeprefix("#")
        if text.startswith("#") and _MAGIC.match(line):
            raise CourseError(
                f"the heading `{text[:60]}` is a line that Jupyter would read otherwise",
                file,
                number,
                "jupytext takes it for a magic or a command behind comment signs: reword it",
            )
        if fenced := _FENCE.match(text):
            fence = _fence_after(fence, fenced[1], fenced[2])
        found.append(text)
    if fence is not None:
        raise CourseError(
            f"a block that begins with {fence} is not closed in this cell",
            file,
            first - 1,
            f"Write a line with {fence} after it",
        )
    return "\n".join(found)


def _fence_after(fence: str | None, signs: str, rest: str) -> str | None:
    """The fence that is open after a line that has ``signs``."""
    if fence is None:
        return None if signs[0] == "`" and "`" in rest else signs
    closes = signs[0] == fence[0] and len(signs) >= len(fence) and not rest.strip()
    return None if closes else fence


def _marks(header: str, file: Path, line: int) -> tuple[str, dict[str, Any]]:
    """What a `# %%` line says: the cell's kind, and its marks by key."""
    rest = header.partition("%%")[2].strip()
    kind = "code"
    if typed := _TYPE.match(rest):
        kind, rest = typed[1], rest[typed.end() :].strip()
    found: dict[str, Any] = {}
    while rest:
        # From the right, as jupytext does: a value may hold blanks and `=` of its own.
        key, value, rest = _last_mark(rest, file, line)
        if key in found:
            raise CourseError(f"the mark {key!r} is there twice", file, line, "Keep one of them")
        found[key] = value
    return kind, dict(reversed(found.items()))


def _last_mark(text: str, file: Path, line: int) -> tuple[str, Any, str]:
    at = text.rfind("=")
    while at >= 0:
        before, _, key = text[:at].rstrip().rpartition(" ")
        if _KEY.fullmatch(key):
            try:
                return key, _value(text[at + 1 :].strip()), before.strip()
            except ValueError:
                pass
        at = text.rfind("=", 0, at)
    raise CourseError(
        f"`{text[:60]}` on a cell's `# %%` line is no mark",
        file,
        line,
        'Write marks as name="like_this" tags=["demo"]',
    )


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        pass
    try:
        return ast.literal_eval(text)
    except (SyntaxError, TypeError, MemoryError, RecursionError) as error:
        raise ValueError(text) from error
