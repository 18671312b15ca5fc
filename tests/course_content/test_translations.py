"""The notebooks of two languages are the same program, up to a one-to-one translation of its texts.

So what takes long needs to be run in one language only (`test_notebooks`).
"""

from __future__ import annotations

import ast
import json

import pytest

from autograder.course.load import load_course
from tests.paths import ROOT

COURSE = load_course(ROOT)
FIRST, *OTHERS = COURSE.languages


def code_cells(exercise: str, lang: str) -> dict[str, ast.Module]:
    """The code cells of a notebook in assignments/, by name; not the one that finds a font."""
    book = json.loads((ROOT / "assignments" / lang / f"{exercise}.ipynb").read_text("utf-8"))
    cells = [cell for cell in book["cells"] if cell["cell_type"] == "code"]
    found = {cell["metadata"]["name"]: ast.parse("".join(cell["source"])) for cell in cells}
    return {name: tree for name, tree in found.items() if name != "figure_font"}


class Numbered(ast.NodeTransformer):
    """Replaces each text by a number, the same one wherever a program has the same text.

    A text is a string, formatted or not, or what `figure_text` shows of its two.

    Attributes:
        values: the expressions that are put into each text.
    """

    def __init__(self) -> None:
        self.values: list[set[str]] = []
        self._numbers: dict[str, int] = {}

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return self._numbered(node) if isinstance(node.value, str) else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.Constant:
        return self._numbered(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if isinstance(node.func, ast.Name) and node.func.id == "figure_text":
            return self._numbered(node.args[1])
        return self.generic_visit(node)

    def _numbered(self, node: ast.expr) -> ast.Constant:
        inner = [each for each in ast.walk(node) if isinstance(each, ast.FormattedValue)]
        self.values.append({ast.dump(each.value) for each in inner})
        number = self._numbers.setdefault(ast.dump(node), len(self._numbers))
        return ast.Constant(f"text {number}")


def differences(one: ast.Module, other: ast.Module) -> list[str]:
    """In which ways two cells are not the same program."""
    numbered = Numbered(), Numbered()
    mine, theirs = (texts.visit(tree) for texts, tree in zip(numbered, (one, other), strict=True))
    if ast.dump(mine) != ast.dump(theirs):
        return ["another program, or a text that is used twice is translated in two ways"]
    # A translation may leave something out, but computes nothing else.
    pairs = zip(numbered[0].values, numbered[1].values, strict=True)
    return [f"computes {', '.join(more)}" for before, now in pairs if (more := now - before)]


@pytest.mark.parametrize("lang", OTHERS)
@pytest.mark.parametrize("exercise", COURSE.ids)
def test_notebooks_are_the_same_program_in_all_languages(exercise: str, lang: str) -> None:
    first, other = code_cells(exercise, FIRST), code_cells(exercise, lang)
    assert [*first] == [*other]
    found = {name: differences(first[name], other[name]) for name in first}
    assert {name: said for name, said in found.items() if said} == {}


@pytest.mark.parametrize(
    ("english", "japanese", "same"),
    [
        ("print('one')", "print('1つ')", True),
        ("print(f'{n} of {m}')", "print(f'{m}のうち{n}')", True),
        ("print(f'{n} of {m}')", "print(f'{m}まで')", True),
        ("d = {'a': 1}; d['a']", "d = {'あ': 1}; d['あ']", True),
        ("ax.set_title('one')", "ax.set_title(figure_text('one', '1つ'))", True),
        ("print('one')", "print('1つ', 2)", False),
        ("print(f'{n}')", "print(f'{n + 1}')", False),
        ("d = {'a': 1}; d['a']", "d = {'あ': 1}; d['い']", False),
        ("d = {'a': 1}; d['b']", "d = {'あ': 1}; d['あ']", False),
        ("n = 1", "n = 2", False),
    ],
)
def test_a_translation_changes_texts_only(english: str, japanese: str, same: bool) -> None:
    assert (differences(ast.parse(english), ast.parse(japanese)) == []) is same
