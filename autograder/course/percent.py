"""Parse percent scripts (`# %%`) as jupytext does, without importing jupytext.

Importing jupytext takes longer than grading a notebook, so loading a course must not need it. This
module implements the part of the format that courses use. Where jupytext would do something
implicit (uncomment a magic, treat an unusual comment as a cell marker), parsing fails instead, so
that the cells an author sees in Jupyter are always the cells that are graded.
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
    """One cell of the script.

    Attributes:
        kind: ``markdown``, ``code`` or ``raw``.
        options: the `key=value` pairs of its `# %%` line.
        source: the text; prose without the leading `# `.
        line: the line of its `# %%`, from 1. The source starts on the next line.
    """

    kind: str
    options: Mapping[str, Any]
    source: str
    line: int


_MARKER = re.compile(r"# ?%%(?=\s|$)")
# Other comments that jupytext treats as cell markers, even when indented.
_LIKE_MARKER = re.compile(r"\s*#\s*(%%%*\s|(%%|<codecell>|In\[[0-9 ]*\]:?)\s*$)|# ?%%\[")
_TYPE = re.compile(r"\[(markdown|raw)\](?=\s|$)")
_KEY = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)

_ENCODING = re.compile(r"[ \t\f]*#.*?coding[:=][ \t]*utf-8")
_RULE = re.compile(r"# ?---\s*$")
_JUPYTER = re.compile(r"# ?jupyter\s*:\s*$")
_INDENTED = re.compile(r"#(?: (?=\s|$)|(?=[^\S ])|$)")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)$")

# Comments that jupytext converts to magics and shell commands.
_COMMANDS = "cat|cd|cp|mv|rm|rmdir|mkdir|copy|ddir|echo|ls|ldir|ren"
_MAGIC = re.compile(
    r"\s*(# |#)*%{1,3}[a-zA-Z]"
    r"|\s*((# |#)+\s*)?[?!]\s*[A-Za-z.~$\\/{}]"
    r"|(# |#)*\s*[a-zA-Z_][a-zA-Z_$0-9]*\s*=\s*(%{1,3}|!)[a-zA-Z]"
    r"|\s*(# )*\S*\?\s*$"
    rf"|(# |#)*({_COMMANDS})($|\s$|\s[^=,])"
)
# jupytext's light format starts a cell with `# +`, and escapes such a comment with another `#`.
_ESCAPED_PLUS = re.compile(r"(# |#)+# ?\+")


def read_percent(text: str, file: Path) -> tuple[RawCell, ...]:
    """The cells of a percent script.

    Args:
        text: the script, with ``\\n`` line endings.
        file: its path, for errors.

    Raises:
        CourseError: it is not valid Python, or jupytext would read it differently.
    """
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    if lines != text.splitlines():
        number = next(n for n, line in enumerate(lines, 1) if line and line.splitlines() != [line])
        raise CourseError(
            "a character that only some programs treat as a line break", file, number, "Remove it"
        )
    quoted = _lines_in_strings(text, file)
    begins = [
        number
        for number, line in enumerate(lines, 1)
        if number not in quoted and _is_marker(line, file, number)
    ]
    start = _after_header(lines) + 1
    if not begins or start != begins[0]:
        raise CourseError(
            "has text before its first cell" if begins else "has no cells",
            file,
            start if begins else None,
            "Start the file (after jupytext's own header) with `# %%`",
        )
    ends = [*(number - 1 for number in begins[1:]), len(lines)]
    return tuple(
        _cell(lines, begin, end, quoted, file) for begin, end in zip(begins, ends, strict=True)
    )


def _is_marker(line: str, file: Path, number: int) -> bool:
    if _MARKER.match(line):
        return True
    if _LIKE_MARKER.match(line):
        raise CourseError(
            f"`{line.strip()[:60]}` looks like a cell marker but is not one",
            file,
            number,
            "Write `# %%` followed by a space at the start of the line, or reword the comment",
        )
    return False


def _lines_in_strings(text: str, file: Path) -> frozenset[int]:
    """Numbers of the lines that start inside a string, where `#` does not start a comment."""
    try:
        tree = ast.parse(text, str(file))
    except SyntaxError as error:
        raise CourseError(f"is not valid Python: {error.msg}", file, error.lineno) from None
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
    # Adjacent strings are one node in the tree and may have comments between them. The tokenizer
    # gives an exact answer, but is slow.
    return frozenset(_quoted(text))


def _quoted(text: str) -> Iterator[int]:
    start = getattr(tokenize, "FSTRING_START", None)  # Python 3.12 tokenizes f-strings
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
    """The number of lines taken by a shebang, an encoding declaration and jupytext's header."""
    at = 0
    if lines and lines[0].startswith("#!"):
        at = 1
    if len(lines) > at and _ENCODING.match(lines[at]):
        at += 1
    if len(lines) <= at or not _RULE.match(lines[at]):
        return at
    # Jupytext turns everything but a section `jupyter:` into a cell.
    expected = _JUPYTER
    for number in range(at + 1, len(lines)):
        if _RULE.match(lines[number]):
            blank = number + 1 < len(lines) and not lines[number + 1].strip()
            return number + 1 + blank
        if not expected.match(lines[number]):
            break
        expected = _INDENTED
    return at


def _cell(
    lines: Sequence[str], begin: int, end: int, quoted: frozenset[int], file: Path
) -> RawCell:
    kind, options = _header(lines[begin - 1], file, begin)
    body = list(lines[begin : _without_separator(lines, begin, end)])
    if kind != "code":
        return RawCell(kind, options, _prose(body, file, begin + 1), begin)
    for number, line in enumerate(body, begin + 1):
        comment = line.lstrip().startswith("#") and number not in quoted
        if comment and (_MAGIC.match(line) or _ESCAPED_PLUS.match(line)):
            raise CourseError(
                f"jupytext would read the comment `{line.strip()[:60]}` differently (as a magic?)",
                file,
                number,
                "Reword the comment",
            )
    return RawCell(kind, options, "\n".join(body), begin)


def _without_separator(lines: Sequence[str], begin: int, end: int) -> int:
    """The cell's last line, without the one or two blank lines before the next marker."""
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
                f"`{line.strip()[:60]}` in a prose cell is not a comment",
                file,
                number,
                "Put `# ` before it, or start a code cell with `# %%` above it",
            )
        text = line.removeprefix("# ") if line.startswith("# ") else line.removeprefix("#")
        if text.startswith("#") and _MAGIC.match(line):
            raise CourseError(
                f"jupytext would read the heading `{text[:60]}` differently",
                file,
                number,
                "Reword it: jupytext takes it for a commented magic or shell command",
            )
        if fenced := _FENCE.match(text):
            fence = _fence_after(fence, fenced[1], fenced[2])
        found.append(text)
    if fence is not None:
        raise CourseError(
            f"a block that starts with {fence} is not closed in this cell",
            file,
            first - 1,
            f"Add a line with {fence} after it",
        )
    return "\n".join(found)


def _fence_after(fence: str | None, signs: str, rest: str) -> str | None:
    """The fence that is open after a line with the fence characters ``signs``."""
    if fence is None:
        return None if signs[0] == "`" and "`" in rest else signs
    closes = signs[0] == fence[0] and len(signs) >= len(fence) and not rest.strip()
    return None if closes else fence


def _header(header: str, file: Path, line: int) -> tuple[str, dict[str, Any]]:
    """Parse a `# %%` line into the cell's kind and its options."""
    rest = header.partition("%%")[2].strip()
    kind = "code"
    if typed := _TYPE.match(rest):
        kind, rest = typed[1], rest[typed.end() :].strip()
    found: dict[str, Any] = {}
    while rest:
        # From the right, as jupytext does: a value may contain spaces and `=`.
        key, value, rest = _last_option(rest, file, line)
        if key in found:
            raise CourseError(f"the option {key!r} is given twice", file, line, "Remove one")
        found[key] = value
    return kind, dict(reversed(found.items()))


def _last_option(text: str, file: Path, line: int) -> tuple[str, Any, str]:
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
        f"`{text[:60]}` on a cell's `# %%` line is not a valid option",
        file,
        line,
        'Write options as name="like_this" tags=["demo"]',
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
