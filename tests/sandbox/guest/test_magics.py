"""A cell means what IPython would make of it."""

from __future__ import annotations

import ast

import numpy as np
import pytest

from autograder.sandbox.guest.magics import File, loads_extensions, transform
from autograder.sandbox.guest.source import statements

from .conftest import Open


def read(source: str, extensions: bool = False) -> tuple[list[str], str | None]:
    """Each statement as Python writes it, and the problem."""
    cell = transform(source, extensions)
    body, problem = statements(cell.python)
    return [ast.unparse(node) for node in body], problem or cell.problem


class TestLineMagics:
    @pytest.mark.parametrize(
        ("cell", "python"),
        [
            ("%matplotlib inline\nx = 1", ["pass", "x = 1"]),
            ("!pip install numpy\nx = 1", ["pass", "x = 1"]),
            ("x = 1\n%load_ext a\n!!ls -la | grep 'a b'", ["x = 1", "pass", "pass"]),
            ("np.pad?\n?np.pad\nnp.pad??\nx = 1", ["pass", "pass", "pass", "x = 1"]),
            ("%timeit?\n??f\nnp.*load*?\nx = 1", ["pass", "pass", "pass", "x = 1"]),
            ("files = !ls\nx = 1", ["files = []", "x = 1"]),
            ("a.b['c'] = !ls", ["a.b['c'] = []"]),
            ("%time x = f(1)", ["x = f(1)"]),
            ("y = %time f(1)", ["y = f(1)"]),
            ("%time\nx = 1", ["pass", "x = 1"]),
            ("%timeit y = f(1)\nx = 1", ["pass", "x = 1"]),
            ("%timeit -n 10 f(1)\nx = 1", ["pass", "x = 1"]),
            ("t = %timeit -o f(1)", ["t = get_ipython().run_line_magic('timeit', '-o f(1)')"]),
            ("%run -i a.py 1", ["get_ipython().run_line_magic('run', '-i a.py 1')"]),
            ("%unheard_of 1\nx = 1", ["pass", "x = 1"]),
            ("if a:\n    !ls\n    %time f()\nx = 1", ["if a:\n    pass\n    f()", "x = 1"]),
            ("!pip install a \\\n    b c\nx = 1", ["pass", "x = 1"]),
            ("!echo it's (\nx = 1", ["pass", "x = 1"]),
            ("!echo \"\"\" open\nx = 1", ["pass", "x = 1"]),
            (",f a b\n;f a\n/f 1 2\nx = 1", ["pass", "pass", "pass", "x = 1"]),
            ("x = 1\n%%time\ny = 2", ["x = 1", "pass", "y = 2"]),
            ("pip install numpy", ["pass"]),
            ("matplotlib inline", ["pass"]),
        ],
    )  # fmt: skip
    def test_magics_and_shell_lines_become_python(self, cell: str, python: list[str]) -> None:
        assert read(cell) == (python, None)

    @pytest.mark.parametrize(
        "cell",
        [
            "x = (10\n% 3)",
            "x = 10 \\\n% 3",
            "text = '''\n%d items\n!important\nnp.pad?\n'''",
            "text = '''\n%d items\n'''\n%matplotlib inline",
            "x = [a\n     !=\n     b]",
            "time = 3",
            "run (1)",
        ],
    )
    def test_a_line_of_an_expression_or_text_is_no_magic(self, cell: str) -> None:
        without = "\n".join(line for line in cell.split("\n") if "matplotlib" not in line)
        statement = ast.unparse(ast.parse(without).body[0])
        got, problem = read(cell)
        assert (got[0], problem) == (statement, None)

    def test_nor_is_it_where_another_statement_does_not_parse(self) -> None:
        got, problem = read("x = (10\n% 3)\ndef bad(:\n    pass\n%matplotlib inline\ny = 1")
        assert got == ["x = 10 % 3", "pass", "y = 1"]
        assert problem

    def test_lines_keep_their_numbers(self) -> None:
        body, _ = statements(transform("%%time\n!ls \\\n  -la\n\nx = 1\n%cd a\ny = 2").python)
        numbers = {ast.unparse(node): node.lineno for node in body}
        assert (numbers["x = 1"], numbers["y = 2"]) == (5, 7)

    def test_pylab_brings_what_the_module_has(self, notebook: Open) -> None:
        with notebook("%pylab inline", "def f(x):\n    return zeros(x), np.pi, randn(1)") as book:
            assert book.statuses == ["ok", "ok"]
            assert book.call("f", 2)[0].tolist() == [0, 0]


class TestCellMagics:
    @pytest.mark.parametrize(
        "first", ["%%time", "  \n%%time", "# a comment\n%%time", "%%prun -s 1", "%%capture"]
    )
    def test_those_around_python_leave_it(self, first: str) -> None:
        assert read(f"{first}\nx = 1\n%matplotlib inline") == (["x = 1", "pass"], None)

    def test_what_is_captured_has_a_name(self) -> None:
        got, _ = read("%%capture --no-stderr out\nx = 1")
        assert got == ["out = get_ipython()", "x = 1"]

    @pytest.mark.parametrize(
        "first",
        [
            "%%timeit", "%%timeit -n 3", "# old\n\n%%timeit", "%%bash", "%%sh", "%%html", "%%HTML",
            "%%javascript", "%%python3", "%%python", "%%script python", "%%!", "%%latex",
            "%%writefile notes.txt", "%%writefile layers.py", "%%timeit?",
        ],
    )  # fmt: skip
    def test_all_others_define_nothing(self, first: str) -> None:
        assert read(f"{first}\ndef f(): pass\nx = 1") == ([], None)

    def test_one_that_ipython_does_not_know_runs_nothing_and_says_so(self) -> None:
        got, problem = read("%%tiem\nx = 1")
        assert got == []
        assert problem == "UsageError: Cell magic `%%tiem` not found."

    @pytest.mark.parametrize(
        "cell",
        [
            "%load_ext tiem", "x = 1\n  %reload_ext tiem",
            "from IPython.core.magic import register_cell_magic\n@register_cell_magic\n"
            "def tiem(line, cell): pass",
            "get_ipython().run_line_magic('load_ext', 'tiem')",
        ],
    )  # fmt: skip
    def test_unless_an_extension_may_know_it(self, cell: str) -> None:
        assert loads_extensions(["x = 1", cell])
        transformed = transform("%%tiem\nx = 1", extensions=True)
        assert (transformed.python, transformed.certain) == ("\nx = 1", False)

    @pytest.mark.parametrize(
        ("first", "file"),
        [
            ("%%writefile layers.py", File("layers.py", "x = 1\n", False, 2)),
            ("%%writefile -a 'a b.py'", File("b.py", "x = 1\n", True, 2)),
            ("# a comment\n%%file common/util.py", File("common/util.py", "x = 1\n", False, 3)),
        ],
    )
    def test_a_file_is_written(self, first: str, file: File) -> None:
        assert transform(f"{first}\nx = 1").file == file


class TestPrompts:
    @pytest.mark.parametrize(
        "pasted",
        [
            ">>> def f(x):\n...     return x\n...\n>>> f(3)",
            "    >>> def f(x):\n    ...     return x\n    >>> f(3)",
            "# from the docs\n>>> def f(x):\n...     return x\n>>> f(3)",
            "In [1]: def f(x):\n   ...:     return x\n   ...: \nIn [12]: f(3)\nOut[12]: 3",
            "In [1]: def f(x):\n   ...:     return x\n   ...:\n\n In [2]: f(3)",
        ],
    )
    def test_they_are_removed(self, pasted: str) -> None:
        assert read(pasted) == (["def f(x):\n    return x", "f(3)"], None)

    @pytest.mark.parametrize(
        "cell",
        [
            'def f(x):\n    """Adds.\n\n    >>> f(3)\n    ... + 1\n    4\n    """\n    return x',
            "def f(x):\n    ...",
            "x[...]",
        ],
    )
    def test_an_example_in_a_docstring_and_an_ellipsis_stay(self, cell: str) -> None:
        assert read(cell) == ([ast.unparse(ast.parse(cell))], None)


F = "def f(x):\n    return {}"


class TestFiles:
    @pytest.mark.parametrize(
        ("imports", "call"),
        [
            ("import own_helpers", "own_helpers.g(x)"),
            ("import own_helpers as h", "h.g(x)"),
            ("from own_helpers import g", "g(x)"),
            ("from own_helpers import *", "g(x)"),
            ("%run own_helpers.py", "g(x)"),
            ("%run own_helpers", "g(x)"),
            ("get_ipython().run_line_magic('run', 'own_helpers.py')", "g(x)"),
            ("from IPython import get_ipython\nget_ipython().magic('run own_helpers.py')", "g(x)"),
        ],
    )
    def test_what_a_cell_writes_can_be_imported_and_run(
        self, notebook: Open, imports: str, call: str
    ) -> None:
        written = "%%writefile own_helpers.py\ndef g(x):\n    return 2 * x"
        with notebook(written, imports, F.format(call)) as book:
            assert book.statuses == ["ok"] * 3, book.errors
            assert book.call("f", 4) == 8
            assert "g" in book.names  # the student's own work
            assert book.call("g", 4) == 8

    def test_what_is_written_and_never_imported_is_not_defined(self, notebook: Open) -> None:
        with notebook("%%writefile own_unused.py\ndef g(x):\n    return x", "x = 1") as book:
            assert book.names == set()

    def test_a_definition_in_the_notebook_counts_before_one_in_a_module(
        self, notebook: Open
    ) -> None:
        written = "%%writefile own_older.py\ndef f(x):\n    return 0"
        with notebook(written, "import own_older", F.format("x")) as book:
            assert book.call("f", 3) == 3

    def test_an_import_of_the_students_own_file_redefines(self, notebook: Open) -> None:
        written = "%%writefile own_newer.py\ndef f(x):\n    return x"
        with notebook(F.format("0"), written, "from own_newer import f") as book:
            assert book.call("f", 3) == 3

    def test_a_package_and_a_folder_of_another_machine(self, notebook: Open) -> None:
        cells = (
            "%%writefile own_package/layers.py\nk = 2",
            "%%writefile -a own_package/layers.py\ndef g(x):\n    return k * x",
            "%%writefile /content/own_colab.py\none = 1",
            "from own_package import layers\nimport own_colab",
            F.format("layers.g(x) + own_colab.one"),
        )
        with notebook(*cells) as book:
            assert book.statuses == ["ok"] * 5, book.errors
            assert book.call("f", 4) == 9

    def test_a_line_in_a_written_file_is_named_by_its_cell(self, notebook: Open) -> None:
        written = "%%writefile own_wrong.py\n\ndef g(x):\n    return x.reshpae(1)"
        for imports in ("from own_wrong import g", "%run own_wrong.py"):
            with notebook("x = 1", written, imports) as book:
                info = book.error("g", np.ones(1))
                assert info.innermost is not None
                assert (info.innermost.cell, info.innermost.line) == (1, 4)

    def test_a_file_that_is_not_there(self, notebook: Open) -> None:
        with notebook("%run own_missing.py", F.format("x")) as book:
            assert "own_missing.py" in str(book.errors[0])
            assert book.call("f", 1) == 1


class TestShell:
    def test_outputs(self, notebook: Open) -> None:
        cells = (
            "7", "None", "8;", "x = _ + 1\n9", "(_, __, _1, Out[1], x)", "_[0]",
            "def f(): return _4, __, In[1], x, _oh[4]",
        )  # fmt: skip
        with notebook(*cells) as book:
            assert book.statuses == ["ok"] * 7, book.errors
            assert book.call("f") == (9, (9, 7, 7, 7, 8), "7", 8, 9)

    def test_a_notebook_that_uses_the_underscore_keeps_it(self, notebook: Open) -> None:
        with notebook("_ = str", "1", "def f(): return _(2)") as book:
            assert book.call("f") == "2"

    def test_an_answer_can_be_the_last_output(self, notebook: Open) -> None:
        with notebook("lambda x: x + 1", "f = _") as book:
            assert book.call("f", 1) == 2

    @pytest.mark.parametrize(
        "cell",
        [
            "import asyncio\nasync def g(x):\n    await asyncio.sleep(0)\n    return x\n"
            "k = await g(2)",
            "async def g(x): return x\nk = [await g(n) for n in (1, 2)][1]",
            "async def g():\n    yield 2\nasync for k in g(): pass",
        ],
    )
    def test_await_at_top_level(self, notebook: Open, cell: str) -> None:
        with notebook(cell, F.format("k * x")) as book:
            assert book.statuses == ["ok", "ok"], book.errors
            assert book.call("f", 3) == 6

    @pytest.mark.parametrize(
        "builtin",
        [
            "__builtins__.sum", "__builtins__['sum']", "__builtins__.get('sum')",
            "getattr(__builtins__, 'sum')", "vars(__builtins__)['sum']",
            "'sum' in __builtins__ and sum", "__import__('builtins').sum",
            "(__builtins__['sum'] if isinstance(__builtins__, dict) else __builtins__.sum)",
        ],
    )  # fmt: skip
    def test_builtins_are_a_module_and_a_dict(self, notebook: Open, builtin: str) -> None:
        with notebook(F.format(f"{builtin}(x)"), "__builtins__.max = None") as book:
            assert book.call("f", [1, 2]) == 3

    def test_shell_commands_do_nothing(self, notebook: Open) -> None:
        cell = (
            "ip = get_ipython()\nip.run_cell_magic('time', '', 'x')\nip.system('ls')\n"
            "ip.events.register('pre_run_cell', print)\nip.user_ns['k'] = 2\n"
            "%config InlineBackend.figure_format = 'retina'\nhere = %pwd\nassert '/' in here\n"
            "%env A=1\nfiles = !ls\nassert files == []\n%cd nowhere\n%reset -f"
        )
        with notebook(cell, F.format("k * x")) as book:
            assert book.statuses == ["ok", "ok"], book.errors
            assert book.call("f", 2) == 4
