"""Packages that are not here: what shows things is silent, and the rest says that it is missing."""

from __future__ import annotations

import numpy as np
import pytest

from .conftest import Open

F = "def f(x):\n    {}\n    return x + 1"

SHOWN = {
    "one line of a plot": ("import matplotlib.pyplot as plt", "line, = plt.plot(x)"),
    "what a histogram returns": ("import matplotlib.pyplot as plt", "n, bins, bars = plt.hist(x)"),
    "the first of several": ("import matplotlib.pyplot as plt", "first, *rest = plt.plot(x, x)"),
    "limits, calculated with": (
        "import matplotlib.pyplot as plt",
        "lo, hi = plt.xlim(); plt.text((lo + hi) / 2, -lo * 2 ** hi, f'{hi - lo:.2f}')",
    ),
    "arrays calculated with": ("import seaborn as sns", "x * sns.heatmap(x) + np.ones(2) @ sns.a"),
    "compared": ("import matplotlib.pyplot as plt", "while plt.gcf() > 3 or plt.gca() == 1: 1 / 0"),
    "as a number": ("import psutil", "range(int(psutil.a())), float(psutil.b), abs(psutil.c)"),
    "a progress bar": ("from tqdm.auto import tqdm", "assert list(tqdm([1, 2])) == [1, 2]"),
    "rich's progress": (
        "from rich.progress import track, Progress",
        "assert list(track([1])) == [1]\n    with Progress() as p:\n        t = p.add_task('a')",
    ),
    "an alive bar": (
        "from alive_progress import alive_bar", "with alive_bar(3) as bar:\n        bar()",
    ),
    "rich": ("from rich.console import Console\nc = Console()", "c.print('[b]', x, style='red')"),
    "icecream, with its argument": ("from icecream import ic", "x = ic(x); ic(); a, b = ic(1, 2)"),
    "loguru": ("from loguru import logger", "logger.info('{}', x)"),
    "tabulate": ("from tabulate import tabulate", "print('a' + tabulate([[x]]).center(9) + 'b')"),
    "termcolor in a text": ("from termcolor import colored", "print(f'{colored(1)}' + colored(2))"),
    "colorama": ("from colorama import Fore", "print(Fore.RED + 'x' + Fore.RESET)"),
    "pandas for printing": (
        "import pandas as pd",
        "df = pd.DataFrame(x, columns=['a']); print(df.head()); df['b'] = df['a'] * 2\n"
        "    for name, row in df.iterrows(): 1 / 0",
    ),
    "display": ("from IPython.display import display, Markdown", "display(Markdown('x'))"),
    "a figure as a context": (
        "import matplotlib.pyplot as plt", "with plt.style.context('a'), plt.ioff():\n        pass",
    ),
    "attributes set": ("import matplotlib.pyplot as plt", "plt.rcParams['a'] = 1; plt.a.b = 2"),
}  # fmt: skip


@pytest.mark.parametrize("name", SHOWN)
def test_what_is_shown_is_shown_silently(notebook: Open, name: str) -> None:
    imports, shows = SHOWN[name]
    with notebook(f"import numpy as np\n{imports}", F.format(shows)) as book:
        assert book.statuses == ["ok", "ok"], book.errors
        assert book.call("f", np.ones(2)).tolist() == [2, 2]


@pytest.mark.parametrize(
    ("imports", "decorator"),
    [
        ("from numba import njit", "njit"),
        ("from numba import jit", "jit(nopython=True, parallel=True)"),
        ("import numba as nb", "nb.njit('float64[:](float64[:])', cache=True)"),
        ("import torch", "torch.no_grad()"),
        ("import torch", "torch.inference_mode"),
        ("import tensorflow as tf", "tf.function"),
        ("import jax", "jax.jit"),
        ("from ipywidgets import interact, fixed", "interact(x=fixed(3))"),
        ("from loguru import logger", "logger.catch"),
        ("from beartype import beartype", "beartype"),
        ("from unheard_of import timed", "timed"),
        ("from unheard_of import timed", "timed(repeat=3)"),
    ],
)
def test_a_decorator_that_is_missing_returns_its_function(
    notebook: Open, imports: str, decorator: str
) -> None:
    cell = (
        f"@{decorator}\ndef f(x):\n    return x + 1\n"
        f"class A:\n    @{decorator}\n    def g(self): return 1"
    )
    with notebook(imports, cell) as book:
        assert book.call("f", 1) == 2
        assert book.session.defined["A"] == ("g",)


def test_numbas_own_names(notebook: Open) -> None:
    cell = (
        "from numba import prange, vectorize, float64\n"
        "@vectorize([float64(float64)])\ndef step(x):\n    return 1.0 if x > 0 else 0.0\n"
        "def f(x):\n    return [i for i in prange(3)], step(x)"
    )
    with notebook(cell) as book:
        counted, steps = book.call("f", np.array([-1.0, 2.0]))
        assert (counted, steps.tolist()) == ([0, 1, 2], [0, 1])


@pytest.mark.parametrize(
    "imports",
    [
        "import cupy as cp", "import jax.numpy as cp", "from jax import numpy as cp",
        "import autograd.numpy as cp", "from autograd import numpy as cp",
        "import pylab as cp", "import matplotlib.pylab as cp",
        "from cupy import *\nimport cupy as cp", "if True:\n    import cupy as cp",
    ],
)  # fmt: skip
def test_packages_that_calculate_as_numpy_does_are_numpy(notebook: Open, imports: str) -> None:
    cell = (
        "def f(x):\n    y = cp.pad(cp.asarray(x), 1) + cp.random.rand() * 0\n"
        "    return isinstance(y, cp.ndarray), y.sum(axis=cp.newaxis), cp.linalg.norm(y)"
    )
    with notebook(imports, cell) as book:
        assert book.call("f", np.full(4, 3.0)) == (True, 12, 6)


def test_cupys_own_names(notebook: Open) -> None:
    cell = (
        "import cupy as cp, cupyx\ndef f(x):\n    with cp.cuda.Device(0):\n"
        "        y = cp.get_array_module(x).zeros(2)\n"
        "    cp.get_default_memory_pool().free_all_blocks()\n"
        "    cupyx.scatter_add(y, [0, 0], x)\n    return cp.asnumpy(y)"
    )
    with notebook(cell) as book:
        assert book.call("f", np.array([1.0, 2.0])).tolist() == [3, 0]


@pytest.mark.parametrize("package", ["cupy", "numba", "jax", "pandas", "rich", "torch", "cv2"])
@pytest.mark.parametrize("kind", ["ImportError", "(OSError, ModuleNotFoundError)", "Exception"])
def test_a_notebooks_own_fallback_is_used(notebook: Open, package: str, kind: str) -> None:
    cell = f"try:\n    import {package}\n    k = 1\nexcept {kind}:\n    k = 2"
    with notebook(cell, "def f(x):\n    return k") as book:
        assert book.call("f", 0) == 2


@pytest.mark.parametrize(
    "imports",
    [
        "from rich import print", "from rich import *", "from icecream import sum",
        "from torch import sum, max, print", "from unheard_of import len, range, print",
        "import tqdm as range", "from pylab import *",
    ],
)  # fmt: skip
def test_no_stub_hides_a_builtin(notebook: Open, imports: str) -> None:
    cell = "def f(x):\n    print(x)\n    return len(range(x)), max(x, 2), str(sum((1, x)))"
    with notebook(imports, cell) as book:
        assert book.call("f", 3) == (3, 3, "4")


def test_numpys_own_functions_may_hide_a_builtin(notebook: Open) -> None:
    with notebook("from numpy import *", "def f(x):\n    return sum(x, axis=0)") as book:
        assert book.call("f", np.ones((2, 2))).tolist() == [2, 2]


@pytest.mark.parametrize(
    "check",
    [
        "isinstance(x, torch.Tensor)", "isinstance(x, (list, torch.Tensor))",
        "isinstance(x, torch.Tensor | str)", "isinstance(x, str | torch.Tensor)",
        "issubclass(type(x), torch.Tensor)", "type(x) is torch.Tensor", "type(x) == torch.Tensor",
        "x is torch", "torch.is_tensor(x)", "torch.cuda.is_available()", "x in (torch.float32,)",
        "isinstance(x, plt.Axes)", "isinstance(x, jax.Array)",
    ],
)  # fmt: skip
def test_nothing_is_an_instance_of_a_class_that_is_missing(notebook: Open, check: str) -> None:
    imports = "import torch, jax\nimport matplotlib.pyplot as plt"
    with notebook(imports, f"def f(x):\n    return -1 if {check} else x.sum()") as book:
        assert book.call("f", np.ones(2)) == 2


def test_a_class_that_is_missing_can_be_a_base(notebook: Open) -> None:
    cells = (
        "import torch.nn as nn\nfrom ipywidgets import VBox",
        "class A(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.k = 2",
        "class B(VBox, A): pass",
        "def f(x):\n    return B().k",
    )
    with notebook(*cells) as book:
        assert book.call("f", 0) == 2


def test_what_a_missing_package_would_have_computed_is_an_error_that_names_it(
    notebook: Open,
) -> None:
    uses = (
        "torch.tensor(x)",
        "F.relu(x)",
        "torch.float32 + x",
        "list(F.pad)",
        "torch.nn.ReLU()(x)",
    )
    for use in uses:
        cells = ("import torch, torch.nn.functional as F", f"def f(x):\n    return {use}")
        with notebook(*cells) as book:
            info = book.error("f", np.ones(2))
            assert info.type == "ModuleNotFoundError"
            assert "torch" in info.message


def test_what_a_silent_package_returns_is_no_answer_and_says_where_it_comes_from(
    notebook: Open,
) -> None:
    with notebook("import pandas as pd", "def f(x):\n    return pd.DataFrame(x).values") as book:
        assert "pandas.DataFrame" in book.call("f", np.ones(2)).class_name


def test_importing_pyplot_looks_up_none_of_pylabs_names(notebook: Open) -> None:
    # Among them are NumPy's lazy submodules, whose import takes longer than most notebooks.
    cells = (
        "import sys\nimport matplotlib.pyplot as plt\nlooked_up = 'numpy.f2py' in sys.modules",
        "from matplotlib import pylab\ndef f(x):\n    return looked_up, pylab.ones(x).sum()",
    )
    with notebook(*cells) as book:
        assert book.call("f", 3) == (False, 3)
