"""Short notebooks in the manner of learners, each with the status of every criterion.

Beside right code stands what real notebooks have: overwritten names, magics, packages that are not
here, cells that do not parse, names that NumPy has removed. What Jupyter makes of each decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

IM2COL = """
def im2col(input_data, filter_h, filter_w, stride=1, pad=0):
    n, c, h, w = input_data.shape
    oh = (h + 2 * pad - filter_h) // stride + 1
    ow = (w + 2 * pad - filter_w) // stride + 1
    if min(oh, ow) < 1:
        raise ValueError("too large")
    img = np.pad(input_data, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    rows = []
    for y in range(filter_h):
        for x in range(filter_w):
            bottom, right = y + oh * stride, x + ow * stride
            rows.append(img[:, :, y:bottom:stride, x:right:stride])
    return np.stack(rows, axis=2).transpose(0, 3, 4, 1, 2).reshape(n * oh * ow, -1)
"""

COL2IM = """
def col2im(col, input_shape, filter_h, filter_w, stride=1, pad=0):
    n, c, h, w = input_shape
    oh = (h + 2 * pad - filter_h) // stride + 1
    ow = (w + 2 * pad - filter_w) // stride + 1
    boxes = col.reshape(n, oh, ow, c, filter_h, filter_w).transpose(0, 3, 4, 5, 1, 2)
    img = np.zeros((n, c, h + 2 * pad, w + 2 * pad), dtype=col.dtype)
    for y in range(filter_h):
        for x in range(filter_w):
            bottom, right = y + oh * stride, x + ow * stride
            img[:, :, y:bottom:stride, x:right:stride] += boxes[:, :, y, x]
    return img[:, :, pad:pad + h, pad:pad + w]
"""

WINDOWS = """
def conv_output_size(size, filter_size, stride=1, pad=0):
    if filter_size > size + 2 * pad:
        raise ValueError("too large")
    return (size + 2 * pad - filter_size) // stride + 1

def conv2d_single(image, kernel, stride=1, padding=0, flip_kernel=False):
    if flip_kernel:
        kernel = kernel[::-1, ::-1]
    image = np.pad(image, padding)
    h, w = kernel.shape
    rows = conv_output_size(image.shape[0], h, stride)
    columns = conv_output_size(image.shape[1], w, stride)
    out = np.zeros((rows, columns))
    for y in range(rows):
        for x in range(columns):
            out[y, x] = np.sum(image[y*stride:y*stride+h, x*stride:x*stride+w] * kernel)
    return out

def maxpool2d_single(feature_map, pool_size=2, stride=2):
    rows, columns = [(n - pool_size) // stride + 1 for n in feature_map.shape]
    return np.array([[feature_map[y*stride:y*stride+pool_size, x*stride:x*stride+pool_size].max()
                      for x in range(columns)] for y in range(rows)])

def conv_param_count(in_channels, out_channels, kernel_h, kernel_w, bias=True):
    return out_channels * (in_channels * kernel_h * kernel_w + bool(bias))
"""

NUMPY = "import numpy as np"


@dataclass(frozen=True)
class Entry:
    """A notebook and what has to become of it.

    Attributes:
        exercise: for which it was handed in.
        cells: its code cells.
        expects: the status of a criterion, or of all criteria of a part; the rest are passed.
        says: what some message has to match; the English one.
    """

    exercise: str
    cells: Sequence[str]
    expects: Mapping[str, str] = field(default_factory=dict)
    says: str = ""


def im2col(*cells: str, says: str = "", **expects: str) -> Entry:
    """A notebook of 02_im2col: a right col2im, and the cells."""
    return Entry("02_im2col", [COL2IM, *cells], expects, says)


def windows(*cells: str, says: str = "", **expects: str) -> Entry:
    """A notebook of 01_windows."""
    return Entry("01_windows", cells, expects, says)


OVERWRITES = r"cell \d overwrites `{}`"

CORPUS: dict[str, Entry] = {
    # --- The world of the definition.
    "sum is a number at the end": windows(
        NUMPY, WINDOWS.replace("np.sum(", "sum(sum("
               ).replace(" * kernel)", " * kernel))"), "sum = 0", says=OVERWRITES.format("sum"),
    ),
    "max, min and len are used for results": im2col(
        NUMPY, IM2COL, "max, min = 3, 1\nlen = max - min", says=OVERWRITES.format("min"),
    ),
    "a loop over np": im2col(
        NUMPY, IM2COL, "for np in [1, 2]:\n    print(np)", NUMPY.replace("np", "numpy"),
        says=OVERWRITES.format("np"),
    ),
    "a subject called math": windows(
        NUMPY, "import math", WINDOWS.replace(
            "return (size + 2 * pad - filter_size) // stride + 1",
            "return math.floor((size + 2 * pad - filter_size) / stride) + 1"),
        "math, english = 90, 75\nprint(math + english)", says=OVERWRITES.format("math"),
    ),
    "a helper of the same name for something else": im2col(
        NUMPY, "def size(n, f, s, p):\n    return (n + 2 * p - f) // s + 1",
        IM2COL.replace("(h + 2 * pad - filter_h) // stride + 1", "size(h, filter_h, stride, pad)"),
        "def size(image):\n    return image.shape", says=OVERWRITES.format("size"),
    ),
    "a constant for another experiment": im2col(
        NUMPY, "ZERO = 0", IM2COL.replace("(pad, pad)])", "(pad, pad)], constant_values=ZERO)"),
        "ZERO = 'none'", says=OVERWRITES.format("ZERO"),
    ),
    "a function from an import, and another import": im2col(
        NUMPY, "from numpy import pad as fill", IM2COL.replace("np.pad", "fill"),
        "from textwrap import fill", says=OVERWRITES.format("fill"),
    ),
    "numpy itself patched": im2col(
        NUMPY, IM2COL, "np.pad = lambda *a: None", says=r"overwrites `np\.pad`",
        col2im="passed",
    ),
    "everything raises from here on": Entry(
        "01_windows", [NUMPY, WINDOWS, "np.seterr(all='raise')\nimport warnings\n"
                       "warnings.simplefilter('error')"],
    ),
    "a wrong answer stays wrong in both worlds": im2col(
        NUMPY, IM2COL.replace("1, 2)", "2, 1)"), "range = None",
        says="This is the result for what you wrote; later cell 4 overwrites",
        **{"im2col.batch_and_channels": "failed", "im2col.all_at_once": "failed"},
    ),
    "the helper is corrected in the end": im2col(
        NUMPY, "def step(n, s):\n    return n", IM2COL.replace("oh * stride", "step(oh, stride)"),
        "def step(n, s):\n    return n * s",
    ),
    "the last definition counts": im2col(
        NUMPY, IM2COL, IM2COL.replace("(pad, pad)])", "(pad, pad)], mode='edge')"),
        **{"im2col.padding": "failed", "im2col.all_at_once": "failed"},
    ),
    # --- Cells that do not parse.
    "half of an old version below the right one": im2col(
        NUMPY, IM2COL, IM2COL.replace("    rows = []", "print('so far')\n    rows = []"),
    ),
    "a line that interrupts it": im2col(
        NUMPY, IM2COL.replace("    rows = []", "print('so far')\n    rows = []"),
        says=r"Fix cell 3 first: SyntaxError, line 10: unexpected indent",
        im2col="missing",
    ),
    "a colon is missing": im2col(
        NUMPY, IM2COL.replace("range(filter_w):", "range(filter_w)"),
        says=r"Fix cell 3 first: SyntaxError, line 11: expected ':'", im2col="missing",
    ),
    "indented by full-width spaces": im2col(
        NUMPY, IM2COL.replace("    n, c", "\u3000\u3000n, c"),
        says=r"Fix cell 3 first: SyntaxError, line 3: there is a full-width space",
        im2col="missing",
    ),
    "notes to oneself in the same cell": im2col(NUMPY, "TODO: check the padding!\n" + IM2COL),
    # --- What IPython makes of a cell.
    "an old version under %%timeit": im2col(
        NUMPY, IM2COL, "%%timeit -n 1 -r 1\n" + IM2COL.replace("stack", "array"),
    ),
    "the answer under %%time": im2col(NUMPY, "%%time" + IM2COL),
    "the answer under %%capture": im2col(NUMPY, "%%capture out" + IM2COL, "out.show()"),
    "the answer under %%timeit alone": im2col(
        NUMPY, "%%timeit" + IM2COL, says="cell 3, which begins with `%%timeit`", im2col="missing",
    ),
    "an old version for another python": im2col(
        NUMPY, IM2COL, "%%python3\n" + IM2COL.replace("stack", "array"),
    ),
    "an old version in a web page, and in a shell": im2col(
        NUMPY, IM2COL, "%%html\n<pre>\ndef im2col(): pass\n</pre>", "%%bash\nim2col() { echo; }",
    ),
    "an old version under a magic that nobody knows": im2col(
        NUMPY, IM2COL, "%%skip_this\n" + IM2COL.replace("stack", "array"),
    ),
    "helpers in a file": im2col(
        NUMPY, "%%writefile corpus_helpers.py\ndef out(n, f, s, p):\n    return (n+2*p-f) // s + 1",
        "from corpus_helpers import out",
        IM2COL.replace("(h + 2 * pad - filter_h) // stride + 1", "out(h, filter_h, stride, pad)"),
    ),
    "the answer in a file that is run": im2col(
        NUMPY, "%%writefile corpus_answer.py\nimport numpy as np\n" + IM2COL,
        "%run corpus_answer.py",
    ),
    "the answer in a file that is never imported": im2col(
        NUMPY, "%%writefile corpus_unused.py\n" + IM2COL, says="never imported", im2col="missing",
    ),
    "a pasted session": im2col(
        ">>> import numpy as np",
        "\n".join((">>> " if n == 0 else "... ") + line
                  for n, line in enumerate(IM2COL.strip().splitlines())) + "\n>>> im2col",
    ),
    "a session pasted from IPython": windows(
        "In [1]: import numpy as np\n\nIn [2]: np.__version__\nOut[2]: '1.19.5'", WINDOWS,
    ),
    "the last output": im2col(NUMPY, IM2COL + "\nim2col", "f = _\ndel im2col", "im2col = Out[3]"),
    "await at top level": im2col(
        NUMPY, "async def later(x):\n    return x\nONE = await later(1)",
        IM2COL.replace("stride + 1", "stride + ONE"),
    ),
    "builtins by their module and as a dict": im2col(
        NUMPY, IM2COL.replace("range(filter_h)", "__builtins__.range(filter_h)").replace(
            "range(filter_w)", "__builtins__['range'](filter_w)"),
    ),
    # --- Packages that are not here.
    "pylab for everything": im2col(
        "from pylab import *", IM2COL.replace("np.stack", "stack"), "plot([1, 2])\nshow()",
    ),
    "%pylab": im2col("%pylab inline", IM2COL.replace("np.stack", "stack"), "figure()"),
    "cupy": im2col("import cupy as np", IM2COL + "\nnp.cuda.Stream.null.synchronize()"),
    "jax's numpy": windows(
        "import jax.numpy as jnp\nimport numpy as np\nfrom jax import jit",
        WINDOWS.replace("np.sum", "jnp.sum").replace("np.pad", "jnp.pad"),
    ),
    "printed in colour": im2col(
        NUMPY + "\nfrom rich import print\nfrom rich.progress import track\n"
        "from icecream import ic\nfrom termcolor import colored",
        IM2COL.replace("in range(filter_h)", "in track(range(filter_h))").replace(
            "    rows = []", "    rows = []\n    print(colored('x', 'red') + '.', ic(oh, ow))"),
    ),
    "a table and a plot inside the answer": im2col(
        NUMPY + "\nimport pandas as pd, matplotlib.pyplot as plt, seaborn as sns",
        IM2COL.replace("    rows = []", """\
    rows = []
    df = pd.DataFrame({'a': [1]})
    print(df.describe().to_string())
    (ax1, ax2), rest = plt.subplots(2, 2)[1]
    counts, edges, bars = ax1.hist([1, 2])
    line, = ax2.plot([1, 2], color='r')
    if line.get_linewidth() > 3: line.set_linewidth(2 * counts)
    with sns.axes_style('white'), plt.ioff(): plt.show()"""),
    ),
    "decorated by what is not here": Entry(
        "02_im2col",
        [NUMPY + "\nfrom numba import njit, prange\nfrom ipywidgets import interact, fixed\n"
         "import torch", "@interact(pad=fixed(0))\n@njit(parallel=True)" + IM2COL.replace(
            "in range(filter_h)", "in prange(filter_h)"), "@torch.no_grad()" + COL2IM],
    ),
    "guarded against tensors": im2col(
        NUMPY + "\nimport torch, tensorflow as tf",
        IM2COL.replace("    n, c", "    if isinstance(input_data, (torch.Tensor, tf.Variable)):\n"
                       "        input_data = input_data.numpy()\n    n, c"),
    ),
    "computed by what is not here": im2col(
        NUMPY + "\nimport torch.nn.functional as F", IM2COL.replace("np.pad", "F.pad"),
        says="ModuleNotFoundError", im2col="error",
    ),
    # --- Versions.
    "NumPy's names of ten years ago": Entry(
        "02_im2col",
        [NUMPY, IM2COL.replace("n * oh * ow", "int(np.product([n, oh, ow]))"),
         COL2IM.replace("(h + 2 * pad", "np.int(h + 2 * pad")],
        says=r"no longer has `np\.product` \(now `np\.prod`\)",
    ),
    "Inf and lib.pad": windows(
        NUMPY, WINDOWS.replace("np.pad", "np.lib.pad").replace(".max()", ".max(initial=-np.Inf)"),
        says=r"`np\.Inf` \(now `np\.inf`\)",
    ),
    # --- What is not written as it was meant.
    "the body below the stub's raise": im2col(
        NUMPY, IM2COL.replace("    n, c", "    raise NotImplementedError('im2col')\n    n, c"),
        says=r"stub's `raise NotImplementedError` \(cell 3, line 3\)", im2col="error",
    ),
    # --- Nearly right.
    "a default of its own": im2col(
        NUMPY, IM2COL.replace("stride=1, pad=0", "stride=1, pad=1"), says="The shape is",
        **{"im2col.defaults": "failed"},
    ),
    "a matrix": im2col(
        NUMPY, IM2COL.replace("return np.stack", "return np.asmatrix(np.stack").replace(
            "-1)\n", "-1))\n"), says="type `matrix`", im2col="failed",
    ),
    "squeezed through float32": im2col(
        NUMPY, IM2COL.replace("-1)\n", "-1).astype('f4').astype(input_data.dtype)\n"),
        says="precision of float32", im2col="failed",
    ),
    "whole numbers become floats": im2col(
        NUMPY, IM2COL.replace("np.pad(", "1.0 * np.pad(").replace(
            "-1)\n", "-1).astype(np.result_type(input_data, np.float32))\n"),
        says="dtype", **{"im2col.float32": "failed"},
    ),
}  # fmt: skip
