"""What Python gets to see of a cell: no magics, and of what does not parse the good parts."""

from __future__ import annotations

import ast
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.sandbox.guest.magics import transform
from autograder.sandbox.guest.source import (
    bound_names,
    is_definition,
    statements,
    stub_names,
)


def read(source: str) -> tuple[list[str], str | None]:
    """Each statement as Python writes it, and the problem."""
    body, problem = statements(transform(source).python)
    return [ast.unparse(node) for node in body], problem


class TestLayout:
    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_every_kind_of_line_end(self, end: str) -> None:
        cell = "def f():\n    x = 1\n\n    return x\n\ny = (1,\n\n2)\n"
        assert read(cell.replace("\n", end)) == read(cell)
        broken = cell + "z = = 1\n"
        assert read(broken.replace("\n", end))[0] == read(cell)[0]

    def test_a_cell_that_is_indented_as_a_whole(self) -> None:
        assert read("    def f():\n        return 1\n\n    x = f()")[1] is None

    def test_a_byte_order_mark(self) -> None:
        assert read("\ufeffx = 1") == (["x = 1"], None)

    def test_form_feeds_and_tabs(self) -> None:
        assert read("x = 1\n\f\ndef f():\n\treturn 1") == (
            ["x = 1", "def f():\n    return 1"],
            None,
        )

    def test_japanese_names(self) -> None:
        assert read("def 畳み込み(入力):\n    return 入力  # コメント") == (
            ["def 畳み込み(入力):\n    return 入力"],
            None,
        )

    @pytest.mark.parametrize("cell", ["", "\n\n", "# only a comment", "'''text'''"])
    def test_nothing_to_do(self, cell: str) -> None:
        assert read(cell)[1] is None


GOOD = "def good(x):\n    return x + 1"


class TestCellsThatDoNotParse:
    @pytest.mark.parametrize(
        "bad",
        [
            "def bad(:\n    pass",
            "x = = 1",
            "for i in range(3)\n    print(i)",
            "print 'hello'",
            "x = (1, 2",
            "'unterminated",
            'text = """never ends',
            "if x:\npass",
            "ここに答えを書く!",
            "x = 1\u3000+ 2",
            "- a list\n- of notes",
            "pip install numpy",
            "\x00",
        ],
    )
    @pytest.mark.parametrize("order", ["before", "after", "between"])
    def test_the_good_definition_beside_stays(self, bad: str, order: str) -> None:
        other = "class Other:\n\n    def f(self):\n        return 2"
        cell = {
            "before": f"{GOOD}\n\n{bad}\n",
            "after": f"{bad}\n\n{GOOD}\n" if '"""' not in bad else GOOD + "\n" + bad,
            "between": f"{GOOD}\n{bad}\n{other}\n" if '"""' not in bad else f"{GOOD}\n{bad}",
        }[order]
        got, problem = read(cell)
        assert GOOD in got
        assert problem is not None
        if order == "between" and '"""' not in bad:
            assert other in got

    def test_the_problem_names_line_and_text(self) -> None:
        _, problem = read("x = 1\ny = = 2\n")
        assert problem is not None
        assert "line 2" in problem
        assert "y = = 2" in problem

    @pytest.mark.parametrize(
        "line",
        [
            "print(x.shape)",
            ">>> x.shape",
            "<<<<<<< HEAD",
            "\u3000\u3000x = x * 2",
            "\u00a0   x = x * 2",
            "\u200b    x = x * 2",
        ],
    )
    def test_a_block_is_not_cut_where_a_line_interrupts_it(self, line: str) -> None:
        body = f"    x = x + 1\n{line}\n    return x"
        got, problem = read(f"def before(x):\n    return x\n\ndef f(x):\n{body}\n\n{GOOD}")
        assert got == ["def before(x):\n    return x", GOOD]
        assert problem is not None
        inner = body.replace("\n    ", "\n        ")
        good = "    def g(self):\n        return 1"
        cell = f"class A:\n    def f(self, x):\n    {inner}\n\n{good}\n\n{GOOD}"
        assert read(cell)[0] == [f"class A:\n\n{good}", GOOD]

    @pytest.mark.parametrize("line", ["x = 1", "print(f(2))", "def g(x)", "for i in f(2)"])
    def test_what_is_indented_by_mistake_does_not_reach_into_what_is_above(self, line: str) -> None:
        for above in ("", "\n"):
            got, problem = read(f"{GOOD}\n{above}{line}\n    y = 2\n")
            assert got == [GOOD]
            assert problem is not None

    def test_decorators_stay_with_what_they_decorate(self) -> None:
        cell = "bad = = 1\n@first\n@second(\n    1\n)\ndef f():\n    pass"
        assert read(cell)[0] == ["@first\n@second(1)\ndef f():\n    pass"]

    def test_so_do_else_except_and_closing_brackets(self) -> None:
        cell = (
            "bad = = 1\nif a:\n    x = 1\nelse:\n    x = 2\n"
            "try:\n    y = 1\nexcept E:\n    y = 2\nfinally:\n    pass\nz = [\n    1,\n]\n"
        )
        assert len(read(cell)[0]) == 3

    def test_a_text_that_continues_at_the_margin_stays_whole(self) -> None:
        cell = (
            'def f(x):\n    """Adds\none to x\n\n(always)\n    """\n    return x + 1\n\nbad = = 1'
        )
        got, problem = read(cell)
        assert len(got) == 1
        assert got[0].endswith("return x + 1")
        assert problem

    def test_line_numbers_are_those_of_the_cell(self) -> None:
        body, _ = statements("bad = = 1\n\n\ndef f():\n    return 1")
        assert body[0].lineno == 4

    def test_a_bad_method_does_not_take_its_class(self) -> None:
        cell = (
            "class Convolution:\n"
            '    """A layer\nwith words."""\n'
            "    def __init__(self, W):\n        self.W = W\n\n"
            "    # forward is fine\n"
            "    @staticmethod\n    def forward(x):\n        return x\n\n"
            "    def backward(self, dout)\n        return dout\n\n"
            "    def after(self):\n        return 3\n"
        )
        got, problem = read(cell)
        (node,) = ast.parse(got[0]).body
        assert isinstance(node, ast.ClassDef)
        methods = [member.name for member in node.body if isinstance(member, ast.FunctionDef)]
        assert methods == ["__init__", "forward", "after"]
        assert "line 12" in (problem or "")

    @pytest.mark.parametrize(
        "bad", ["y = (1, 2", "y = np.dot(x, np.sum(x", "y = [1,", 'y = f(f"{x")']
    )
    @pytest.mark.parametrize("below", ["", GOOD, f"layer = Convolution(2)\n{GOOD}"])
    def test_nor_does_one_that_lacks_a_bracket_or_what_is_below(self, bad: str, below: str) -> None:
        cell = (
            "class Convolution:\n"
            "    def forward(self, x):\n        return x\n\n"
            f"    def backward(self, x):\n        {bad}\n        return y\n\n{below}\n"
        )
        got, problem = read(cell)
        assert got[0] == "class Convolution:\n\n    def forward(self, x):\n        return x"
        assert "\n".join(got[1:]) == below
        assert "line 6" in (problem or "")

    def test_a_class_of_which_nothing_is_good_is_left_out(self) -> None:
        assert read("class A:\n    def f(self)\n        return 1\n\nx = 1")[0] == ["x = 1"]

    def test_deep_nesting_is_a_problem_like_any_other(self) -> None:
        for deep in ("(" * 5000, "[" * 300 + "]" * 300, "x = " + "-" * 100_000 + "1"):
            got, problem = read(f"{GOOD}\n{deep}\n")
            assert problem
            assert got == [GOOD] or len(deep) < 1000

    def test_very_long_lines_are_read(self) -> None:
        line = "x = [" + "1, " * 20_000 + "]"
        for cell in (line, f"{line}\ny = = 1", f"%time {line}\n%matplotlib inline"):
            assert isinstance(statements(transform(cell).python)[0][0], ast.Assign)

    def test_reading_a_bad_cell_takes_time_in_proportion(self) -> None:
        cell = "bad = = 1\n" + "def f():\n    return 1\n\n" * 3000
        began = time.process_time()
        assert len(read(cell)[0]) == 3000
        assert time.process_time() - began < 5

    @settings(max_examples=150, deadline=None, derandomize=True, database=None)
    @given(st.text(st.sampled_from("def f(x):\n\r\t =%!?\"'#@\\[]{}class 1あ\f\x00")))
    def test_any_text_is_read(self, cell: str) -> None:
        body, problem = statements(transform(cell).python)
        assert problem is None or isinstance(problem, str)
        for node in body:
            ast.unparse(node)


class TestWhatStatementsDo:
    @pytest.mark.parametrize(
        ("cell", "names"),
        [
            ("def f(): g = 1", ["f"]),
            ("class A:\n    def f(self): pass", ["A"]),
            ("async def f(): pass", ["f"]),
            ("f = g = lambda x: y", ["f", "g"]),
            ("a, (b, *c) = d", ["a", "b", "c"]),
            ("A.f = f", ["A"]),
            ("A.f.g = f", ["A"]),
            ("if x:\n    def f(): pass\nelse:\n    f = None", ["f", "f"]),
            ("try:\n    import f\nexcept E:\n    def f(): pass", ["f"]),
            ("import f\nfrom a import g", []),
            ("x[0] = f", []),
        ],
    )
    def test_names_that_are_bound(self, cell: str, names: list[str]) -> None:
        assert [name for node in ast.parse(cell).body for name in bound_names(node)] == names

    @pytest.mark.parametrize(
        ("cell", "cheap"),
        [
            ("def f(): pass", True),
            ("class A: pass", True),
            ("import a", True),
            ("A.f = f", True),
            ("eps = 1e-7", True),
            ("x = train()", False),
            ("for i in x: pass", False),
            ("f()", False),
        ],
    )
    def test_what_is_run_when_there_is_no_time_left(self, cell: str, cheap: bool) -> None:
        assert is_definition(ast.parse(cell).body[0]) is cheap

    @pytest.mark.parametrize(
        ("cell", "names"),
        [
            ("def f():\n    '''doc'''\n    raise NotImplementedError('write f')", {"f"}),
            ("def f(): raise NotImplementedError", {"f"}),
            ("def f():\n    x = 1\n    raise NotImplementedError", set()),
            ("def f(): raise ValueError", set()),
            ("def f(): raise", set()),
            (
                "class A:\n    def __init__(self): self.x = 1\n"
                "    def g(self): raise NotImplementedError()\n    def h(self): return 1",
                {"g"},
            ),
            ("x = 1", None),
        ],
    )
    def test_what_is_still_as_it_was_handed_out(self, cell: str, names: set[str] | None) -> None:
        assert stub_names(ast.parse(cell).body[0]) == names
