"""The files of a course's exercise, from the cells of a notebook. Pure."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from autograder.importing.solution import BEGIN, END, NotAStub, Stub, stub
from autograder.importing.source import Cell, Kind, slug
from autograder.importing.suite import Test, test_of

_HEAD = """\
# ---
# jupyter:
#   jupytext:
#     text_representation:
#       format_name: percent
# ---

# %% name="author" tags=["author"]
from autograder.course.author import tr
"""


@dataclass
class Draft:
    """The files of one exercise.

    Attributes:
        id: its id.
        notebook: of ``notebook.py``.
        toml: of ``exercise.toml``.
        suite: of the hidden suite.
        reference: what belongs into ``source_lib``: the functions of the solution.
        parts: ids of what students write.
        notes: what the author has to look at, one line each.
    """

    id: str
    notebook: str = ""
    toml: str = ""
    suite: str = ""
    reference: str = ""
    parts: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Criterion:
    id: str
    points: float
    title: str
    test: Test


def draft(id: str, title: str, cells: Sequence[Cell], lang: str) -> Draft:
    """The draft of an exercise.

    Args:
        id: its id.
        title: its title.
        cells: the cells of the source notebook.
        lang: the language of its text.
    """
    made = Draft(id)
    stubs: dict[str, Stub] = {}
    for cell in cells:
        if cell.kind is Kind.SOLUTION:
            try:
                stubs[cell.name] = stub(cell.source)
            except NotAStub as why:
                made.notes.append(f"{cell.name}: left out, {why}. Ask for a function.")
    parts = list(dict.fromkeys(part for one in stubs.values() for part in one.parts))
    made.parts = tuple(parts)
    criteria = _criteria(cells, parts, made.notes)
    made.notebook = _notebook(cells, stubs, lang, made.notes)
    made.toml = _toml(id, title, stubs, criteria, lang) + _questions(cells, lang)
    made.suite = _suite(criteria)
    made.reference = _reference(cells, stubs)
    return made


def _criteria(cells: Iterable[Cell], parts: Sequence[str], notes: list[str]) -> list[_Criterion]:
    found: list[_Criterion] = []
    for cell in cells:
        if cell.kind is not Kind.TESTS:
            continue
        test = test_of(cell.hidden or cell.source, parts)
        if not test.part:
            notes.append(f"{cell.name}: no criterion, as nothing in it could be converted.")
            continue
        if not test.complete:
            notes.append(f"{cell.name}: look at the TODO in the hidden suite.")
        id = f"{test.part}.{cell.name}"
        found.append(_Criterion(id, cell.points or 1.0, _docstring(cell) or cell.name, test))
    covered = {one.test.part for one in found}
    for part in parts:
        if part not in covered:
            notes.append(f"{part}: has no test. Write one.")
            test = Test(part, ("# TODO: write this test", "raise NotImplementedError"), False)
            found.append(_Criterion(f"{part}.result", 1.0, f"The result of {part}", test))
    return found


def _docstring(cell: Cell) -> str:
    try:
        said = ast.get_docstring(ast.parse(cell.source)) or ""
    except (SyntaxError, ValueError, RecursionError):
        return ""
    return said.partition("\n")[0]


def _notebook(cells: Iterable[Cell], stubs: dict[str, Stub], lang: str, notes: list[str]) -> str:
    pieces = [_HEAD]
    written = False  # a student's part
    for cell in cells:
        if cell.kind is Kind.MANUAL and not cell.markdown:
            notes.append(
                f"{cell.name}: left out, code that is graded by hand ({cell.points:g} points)."
            )
        elif cell.kind is Kind.MANUAL:
            lines = [f"# {line}".rstrip() for line in cell.source.split("\n")] if cell.task else []
            answer = f'# %% [markdown] lang="{lang}" name="{cell.name}" tags=["answer"]'
            if lines:
                pieces.append("\n".join([f'# %% [markdown] lang="{lang}"', *lines]) + "\n")
            pieces.append(f"{answer}\n# *Write your answer here.*\n")
        elif cell.kind is Kind.PROSE:
            lines = [f"# {line}".rstrip() for line in cell.source.split("\n")]
            pieces.append("\n".join([f'# %% [markdown] lang="{lang}"', *lines]) + "\n")
        elif cell.name in stubs:
            written = True
            pieces.append(_code(cell.name, "stub", stubs[cell.name].source))
        elif cell.kind is Kind.TESTS and cell.visible:
            pieces.append(_code(cell.name, "check", cell.visible))
        elif cell.kind is Kind.CODE:
            pieces.append(_code(cell.name, "demo" if written else "setup", cell.source))
    return "\n".join(pieces)


def _code(name: str, tag: str, source: str) -> str:
    return f'# %% name="{name}" tags=["{tag}"]\n{source.rstrip()}\n'


def _toml(
    id: str, title: str, stubs: dict[str, Stub], criteria: Sequence[_Criterion], lang: str
) -> str:
    total = sum(one.points for one in criteria)
    lines = [
        f'id = "{id}"',
        f"points = {total:g}",
        'reveal = "first_difference"',
        f"title = {{{lang} = {_quoted(title)}}}",
        f"summary = {{{lang} = {_quoted(title)}}}",
    ]
    parts = {part: one for one in stubs.values() for part in one.parts}
    for part, stub_ in parts.items():
        lines += ["", "[[parts]]", f'id = "{part}"', f"title = {{{lang} = {_quoted(part)}}}"]
        if used := _earlier(part, stub_, list(parts)):
            lines.append(f"builds_on = [{', '.join(map(_quoted, used))}]")
        for one in criteria:
            if one.test.part == part:
                lines += [
                    "[[parts.criteria]]",
                    f'id = "{one.id}"',
                    f"points = {one.points:g}",
                    f"title = {{{lang} = {_quoted(one.title)}}}",
                ]
    return "\n".join(lines) + "\n"


def _questions(cells: Iterable[Cell], lang: str) -> str:
    """Questions in words; nbgrader's example of an answer becomes the rubric."""
    lines: list[str] = []
    for cell in cells:
        if cell.kind is Kind.MANUAL and cell.markdown:
            lines += [
                "",
                "[[questions]]",
                f'id = "{cell.name}"',
                f"points = {cell.points or 1:g}",
                f"title = {{{lang} = {_quoted(cell.name)}}}",
            ]
            if not cell.task:
                lines.append(f"rubric = {{{lang} = {_quoted(cell.source)}}}")
    return "".join(f"{line}\n" for line in lines)


def _earlier(part: str, of: Stub, parts: list[str]) -> list[str]:
    """The parts above that a part's cell uses."""
    names = {node.id for node in ast.walk(ast.parse(of.source)) if isinstance(node, ast.Name)}
    own = part.partition(".")[0]
    above = parts[: parts.index(part)]
    return [each for each in above if (owner := each.partition(".")[0]) in names and owner != own]


def _suite(criteria: Iterable[_Criterion]) -> str:
    body = []
    used: set[str] = {"criterion"}
    for one in criteria:
        text = "\n".join(f"    {line}" for line in one.test.body)
        used |= {name for name in ("same", "raises") if f"{name}(" in text}
        name = slug(one.id, "test")
        body.append(f'@criterion("{one.id}")\ndef test_{name}(student, make):\n{text}\n')
    head = (
        '"""Drafted from nbgrader\'s tests. Take inputs from `make`, seeded by the salt."""\n\n'
        f"import source_lib\nfrom autograder.suite import {', '.join(sorted(used))}\n"
    )
    return "\n\n".join([head, *body])


def _reference(cells: Iterable[Cell], stubs: dict[str, Stub]) -> str:
    """The solution without markers, after the imports that it uses.

    Others, such as matplotlib, need not be installed where grading runs.
    """
    uses = {
        node.id
        for one in stubs.values()
        for statement in _parsed(one.source)
        for node in ast.walk(statement)
        if isinstance(node, ast.Name)
    }
    imports = []
    for cell in cells:
        for node in _parsed(cell.source) if cell.kind is Kind.CODE else ():
            if isinstance(node, ast.Import | ast.ImportFrom):
                node.names = [
                    alias
                    for alias in node.names
                    if alias.name == "*" or (alias.asname or alias.name).partition(".")[0] in uses
                ]
                if node.names:
                    imports.append(ast.unparse(node))
    code = [
        "\n".join(line for line in one.source.split("\n") if line.strip() not in (BEGIN, END))
        for one in stubs.values()
    ]
    return "\n\n\n".join([*filter(None, ["\n".join(dict.fromkeys(imports))]), *code]) + "\n"


def _parsed(source: str) -> list[ast.stmt]:
    try:
        return ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError):
        return []


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else " " for c in escaped) + '"'
