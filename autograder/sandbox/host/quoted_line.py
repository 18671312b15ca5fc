"""A line of source code as a message quotes it: a whole expression, or a long one cut between two.

Python names the line on which an expression begins, or on which a part of it does. Where brackets
are left open the lines that follow belong to it, and brackets that are closed but not opened belong
to what comes before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

MAX_QUOTED = 120
"""Characters of code that a message quotes."""

MAX_LINES = 8
MAX_READ = 400
"""Lines, and characters of each, that are looked at."""

_OPENING, _CLOSING = "([{", ")]}"
_CUT = " …"


def quoted_line(lines: Sequence[str], index: int) -> str:
    """The code that begins on a line, on one line, without its comments.

    Args:
        lines: the source.
        index: which of them, from 0.
    """
    text = ""
    for line in lines[index : index + MAX_LINES]:
        code = _without_comment(line[:MAX_READ]).strip()
        glued = not text or text[-1] in _OPENING or code[:1] in _CLOSING
        text += code if glued else f" {code}"
        if len(text) > MAX_QUOTED or not _open(text):
            break
    text = _without_unopened(text)
    return text if len(text) <= MAX_QUOTED else _cut(text)


def _characters(text: str) -> Iterator[tuple[int, str, int, bool]]:
    """Every character with its place, the depth of brackets before it, and whether it is code."""
    depth, quote, escaped = 0, "", False
    for place, character in enumerate(text):
        if quote:
            yield place, character, depth, False
            if character == quote and not escaped:
                quote = ""
            escaped = character == "\\" and not escaped
            continue
        yield place, character, depth, character not in "'\""
        if character in "'\"":
            quote, escaped = character, False
        elif character in _OPENING:
            depth += 1
        elif character in _CLOSING:
            depth -= 1


def _without_comment(line: str) -> str:
    if "#" in line and not line.strip().startswith("#"):
        for place, character, _, is_code in _characters(line):
            if is_code and character == "#":
                return line[:place]
    return line


def _open(text: str) -> bool:
    opened = [c for _, c, _, is_code in _characters(text) if is_code and c in _OPENING + _CLOSING]
    return sum(1 if c in _OPENING else -1 for c in opened) > 0


def _without_unopened(text: str) -> str:
    """The text before a bracket that closes what was opened on an earlier line."""
    for place, character, depth, is_code in _characters(text):
        if is_code and character in _CLOSING and depth == 0:
            return text[:place].rstrip(" ,") or text
    return text


def _cut(text: str) -> str:
    """The beginning of a long text, up to a space within as few brackets as possible."""
    limit = MAX_QUOTED - len(_CUT)
    spaces = [
        (depth, -place)
        for place, character, depth, is_code in _characters(text[: limit + 1])
        if is_code and character == " " and place > limit // 3
    ]
    end = -min(spaces)[1] if spaces else limit
    return text[:end] + _CUT
