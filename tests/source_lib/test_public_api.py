import ast
import doctest
import importlib
import inspect
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import source_lib

MODULES = sorted(module.name for module in pkgutil.iter_modules(source_lib.__path__))
FOLDER = Path(source_lib.__file__).parent


def test_every_public_name_is_at_the_top():
    imported = {
        name
        for name, value in vars(source_lib).items()
        if not name.startswith("_") and not inspect.ismodule(value)
    }
    assert imported == set(source_lib.__all__)
    assert source_lib.__all__ == sorted(set(source_lib.__all__), key=lambda n: (n.upper() != n, n))


@pytest.mark.parametrize("name", sorted(source_lib.__all__))
def test_every_public_name_says_what_it_is(name):
    value = getattr(source_lib, name)
    assert len(inspect.getdoc(value)) > 20
    methods = inspect.getmembers(value, inspect.isfunction) if inspect.isclass(value) else []
    for method_name, method in methods:
        if not method_name.startswith("_"):
            assert inspect.getdoc(method), f"{name}.{method_name}"


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_in_docstrings_hold(module):
    assert doctest.testmod(importlib.import_module(f"source_lib.{module}")).failed == 0


@pytest.mark.parametrize("module", MODULES)
def test_a_module_is_one_idea(module):
    lines = (FOLDER / f"{module}.py").read_text(encoding="utf-8").splitlines()
    assert len(lines) < 300


@pytest.mark.parametrize("module", MODULES)
def test_only_numpy_is_needed(module):
    """Nothing but NumPy and the standard library at the top of a module, and never autograder."""
    tree = ast.parse((FOLDER / f"{module}.py").read_text(encoding="utf-8"))
    allowed = {"numpy", "source_lib", *sys.stdlib_module_names}
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            names = [node.module]
        tops = {name.split(".")[0] for name in names}
        assert "autograder" not in tops
        if node in tree.body:
            assert tops <= allowed


WITHOUT_MATPLOTLIB = """
import sys
sys.modules["matplotlib"] = None  # importing it fails
import source_lib
assert not {name.split(".")[0] for name in sys.modules} & {"scipy", "torch", "autograder"}
try:
    source_lib.plot_filters([[[[1.0]]]])
except ModuleNotFoundError as error:
    print(error)
"""


def test_without_matplotlib_only_the_figures_are_missing():
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", WITHOUT_MATPLOTLIB],
        cwd=FOLDER.parent, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "figures need matplotlib" in run.stdout
