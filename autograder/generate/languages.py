"""Reduce a bilingual code cell to one language, by three rules.

1. `tr("English", "Japanese")` becomes the literal in the language. `figure_text`, for what is drawn
   in a figure, becomes the English literal, and elsewhere stays a call: see `figures`.
2. Of a docstring with a line `--- ja ---`, the half in the language is kept.
3. A comment `# en: ...` or `# ja: ...` on its own line is kept in its language, without the prefix.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from autograder.generate.figures import CALL
from autograder.generate.source import Edit, Source

SEPARATOR = "--- ja ---"
JAPANESE = re.compile(r"[\u3000-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef]")
"""Kana, kanji, and full-width forms and punctuation."""

_LIKE_SEPARATOR = re.compile(r"\s*[-–—=]{1,}\s*(ja|jp|en|japanese|english)\s*[-–—=]+\s*", re.I)
_LIKE_PREFIX = re.compile(r"#+\s*(en|ja|jp)\s*[:：]", re.I)
_PREFIX = re.compile(r"# (en|ja):(?: |$)")
_WIDTH = 100
_LITERAL = re.compile(r"(?P<open>\w*(?P<quote>\"\"\"|'''|\"|'))(?P<content>.*)(?P=quote)", re.S)
# Inside these, a literal that spans lines needs no parentheses of its own.
_BRACKETED = (ast.Call, ast.List, ast.Set, ast.Dict)


def localised(source: Source, lang: str) -> list[Edit]:
    """The edits that leave one language; CourseError for near misses of the rules."""
    return [*_tr(source, lang), *_docstrings(source, lang), *_comments(source, lang)]


def _tr(source: Source, lang: str) -> Iterator[Edit]:
    if "tr" not in source.text and CALL not in source.text:
        return
    parents = {child: node for node in source.nodes for child in ast.iter_child_nodes(node)}
    calls = set()
    for node in source.nodes:
        if not (isinstance(node, ast.Call) and _is_tr(node.func)):
            continue
        calls.add(node.func)
        name = _called(node.func)
        up: ast.AST | None = node
        while up := parents.get(up) if up else None:
            if isinstance(up, ast.JoinedStr):
                raise source.error(
                    f"{name}() inside an f-string",
                    node.lineno,
                    f"Put the f-string inside {name}()",
                )
        if len(node.args) != 2 or node.keywords or not all(map(_is_text, node.args)):
            raise source.error(
                f"{name}() takes the English and the Japanese text, two literals or f-strings",
                node.lineno,
                f'Write {name}("English", "日本語")',
            )
        if name == CALL and lang != "en":
            continue
        text = _literal(source, node, lang, bracketed=isinstance(parents[node], _BRACKETED))
        yield Edit(*source.span(node), text)
    for node in source.nodes:
        if isinstance(node, ast.Name) and _is_tr(node) and node not in calls:
            name = _called(node)
            raise source.error(
                f"{name} is not called", node.lineno, f'Write {name}("English", "日本語")'
            )


def _literal(source: Source, call: ast.Call, lang: str, *, bracketed: bool) -> str:
    """The literal that replaces a call, on several lines if the call was and one is too short."""
    argument = call.args[0 if lang == "en" else 1]
    start, end = source.span(argument)
    text = source.text[start:end]
    if bracketed or call.lineno == call.end_lineno:
        return text
    if "\n" in text:
        return f"({text})"
    first, last = source.lines[call.lineno - 1], source.lines[(call.end_lineno or 0) - 1]
    before = first[: source.span(call)[0] - source.line_span(call.lineno, call.lineno)[0]]
    wide = len(JAPANESE.findall(text))  # these are two columns wide
    if len(before) + len(text) + wide <= _WIDTH:
        return text
    indent = last[: len(last) - len(last.lstrip())]
    return f"(\n{indent}    {text}\n{indent})"


def _is_tr(node: ast.expr) -> bool:
    return _called(node) in ("tr", CALL)


def _called(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _docstrings(source: Source, lang: str) -> Iterator[Edit]:
    served: set[int] = set()
    for node in source.nodes:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        doc = node.body[0]
        if ast.get_docstring(node, clean=False) is None or not isinstance(doc, ast.Expr):
            continue
        start, end = source.span(doc)
        literal = _LITERAL.fullmatch(source.text, start, end)
        if literal is None:  # an implicit concatenation
            continue
        lines = literal["content"].split("\n")
        at = [index for index, line in enumerate(lines) if line.strip() == SEPARATOR]
        if not at:
            continue
        halves = ["\n".join(lines[: at[0]]).strip(), "\n".join(lines[at[0] + 1 :]).strip()]
        if len(at) > 1 or not all(halves):
            raise source.error(
                f"a docstring must have one line `{SEPARATOR}`, with text above and below it",
                doc.lineno + at[-1],
                "Write the English half above it, the Japanese one below",
            )
        half = halves[0 if lang == "en" else 1]
        close = f"\n{' ' * doc.col_offset}" if "\n" in half or half.endswith('"') else ""
        yield Edit(start, end, f"{literal['open']}{half}{close}{literal['quote']}")
        served.add(doc.lineno + at[0])
    for number, line in enumerate(source.lines, 1):
        if _LIKE_SEPARATOR.fullmatch(line) and number not in served:
            raise source.error(
                f"`{line.strip()}` looks like the separator between two languages",
                number,
                f"Write `{SEPARATOR}` on a line of its own, in a docstring",
            )


def _comments(source: Source, lang: str) -> Iterator[Edit]:
    for comment in source.comments:
        line, column = comment.start
        found = _PREFIX.match(comment.string)
        if found and source.alone(comment):
            if found[1] == lang:
                rest = comment.string[found.end() :]
                start = source.line_span(line, line)[0] + column
                yield Edit(start, start + len(comment.string), f"# {rest}".rstrip())
            else:
                yield Edit(*source.line_span(line, line), "")
        elif _LIKE_PREFIX.match(comment.string):
            raise source.error(
                f"`{comment.string}` looks like a comment for one language",
                line,
                "Put `# en: ` or `# ja: ` at the start of a comment on its own line",
            )
