"""Notebooks that carry hidden inputs out: in texts, in names, in words of a dictionary, in files.

Whatever a call in which a hidden input is known makes of it, the result and the page must not say.
"""

from __future__ import annotations

import json
import re

import pytest

from autograder.report.feedback import feedback_page
from autograder.sandbox.host.session import Budget
from autograder.verdict.codec import encode

pytestmark = pytest.mark.slow

SHORT = Budget(cell_s=1, cells_s=2, call_cpu_s=0.5, call_wall_s=2, total_wall_s=25)
EXERCISE = "02_im2col"

# `secret(x)` is text that depends on a hidden input, `spelt(x)` the same in words of the source.
# Inputs that the page shows have whole numbers only, and are no secret.
TOOLS = (
    "import numpy as np\nimport linecache, os, sys, warnings\nWORDS = '''"
    + " ".join(f"w{number:02x}" for number in range(256))
    + "'''\n"
    + """
def numbers(*a):
    for v in a:
        if hasattr(v, "tobytes") and v.size:
            return v.tobytes()[:60]
    return bytes(60)
def is_hidden(*a):
    return any(np.any(v != np.round(v)) for v in a if hasattr(v, "tobytes"))
def secret(*a): return ("LE" + "AK") * is_hidden(*a) + numbers(*a).hex()
def spelt(*a): return " ".join(f"w{b:02x}" for b in numbers(*a)[:28])
def counter(*a):
    rest = [int.from_bytes(numbers(*a), "big") * is_hidden(*a)]
    def n(digits):
        rest[0], found = divmod(rest[0], 10**digits)
        return found + 1
    return n
def dotted(*a): return spelt(*a).replace(" ", ".")
def im2col(*a, **k): return attack(*a)
def col2im(*a, **k): return attack(*a)
"""
)

TEXTS = {
    "a string": "return secret(*a)",
    "bytes": "return secret(*a).encode()",
    "a key": "return {secret(*a): 1}",
    "strings in an array": "return np.array([secret(*a)] * 4)",
    "names of fields": "return np.zeros(3, dtype=[(secret(*a), float)])",
    "an object's class": "return type(secret(*a), (), {})()",
    "an object's text": "return type('A', (), {'__repr__': lambda s: secret(*a)})()",
    "a module's name": "c = type('A', (), {}); c.__module__ = secret(*a); return c()",
    "a function's name": "f = lambda: 0; f.__name__ = f.__qualname__ = secret(*a); return f",
    "an integer": "return int.from_bytes(numbers(*a), 'big')",
    "a message": "raise ValueError(secret(*a))",
    "a note": "e = ValueError('x'); e.add_note(secret(*a)); raise e",
    "a cause": "raise ValueError('x') from KeyError(secret(*a))",
    "a group": "raise ExceptionGroup(secret(*a), [ValueError(secret(*a))])",
    "an exception's class": "raise type(secret(*a), (ValueError,), {})('x')",
    "a missing key": "{}[secret(*a)]",
    "a missing attribute": "getattr(np, secret(*a))",
    "a missing name": "eval(secret(*a))",
    "a missing module": "__import__(secret(*a))",
    "a missing file": "open(secret(*a))",
    "a literal": "int(secret(*a))",
    "a dtype": "np.dtype(secret(*a))",
    "a syntax error": "compile('a b ' + secret(*a), secret(*a), 'exec')",
    "a file's name": "exec(compile('1/0', secret(*a), 'exec'))",
    "lines of the file": (
        "for k in list(linecache.cache): linecache.cache[k] = (9, None, [secret(*a)] * 99, k)\n"
        "    1 / 0"
    ),
    "a warning": "warnings.warn(secret(*a))",
    "a warning that is an error": "warnings.simplefilter('error'); warnings.warn(secret(*a))",
    "output": "print(secret(*a)); os.write(1, secret(*a).encode()); os.write(2, b'LEAK')",
    "a docstring": "im2col.__doc__ = secret(*a)",
    "an exit": "sys.exit(secret(*a))",
}

SPELT = {
    "words in a message": """raise AttributeError(f"'{s}' object has no attribute '{s}'")""",
    "words with dots": """raise AttributeError(f"module '{d}' has no attribute 'x'")""",
    "words without quotes": "raise TypeError(f'cannot unpack non-iterable {d[:79]} object')",
    "a key of words": "raise KeyError(s)",
    "a class of words": "return type(s, (), {})()",
    "an import of words": """raise ImportError(f"cannot import name '{s}' from '{s}'")""",
}

# `n(digits)`: the next number of so many digits that depends on a hidden input.
COUNTED = {
    "sizes that cannot be broadcast": "np.zeros(n(5)) + np.zeros(n(5))",
    "many sizes": "np.zeros([n(1) for _ in range(9)]) + np.zeros([n(1) for _ in range(9)])",
    "sizes that cannot be reshaped": "np.zeros(n(5)).reshape(*[n(5) for _ in range(8)])",
    "arguments": "(lambda: 0)(*[0] * n(5))",
    "an index": "np.zeros(3)[n(15)]",
    "an axis": "np.zeros(3).sum(axis=n(6))",
    "a shape": "return np.zeros((n(2), n(1), n(2)))",
    "a kind": "return np.zeros(3, f'V{n(6)}')",
    "a tuple": "return (0,) * n(3)",
}

# `finish(x, right, hidden)`: the answer; ``hidden`` unless the input has only whole numbers, as
# those on the page have. 57721.5 is what a process would say that knows of a hidden input.
KEEPING = """
def im2col(x, fh, fw, stride=1, pad=0):
    N, C, H, W = x.shape
    oh, ow = (H + 2 * pad - fh) // stride + 1, (W + 2 * pad - fw) // stride + 1
    if oh < 1 or ow < 1:
        raise ValueError("too large")
    img = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    right = np.array([
        img[n, :, i * stride : i * stride + fh, j * stride : j * stride + fw].ravel()
        for n in range(N) for i in range(oh) for j in range(ow)
    ])
    return finish(x, right, bool(np.any(x != np.round(x))))
"""

KEPT = {
    "a file": """
import os
PLACES = (".", "/dev/shm", "/tmp", "/var/tmp", "/run", "/home")
def finish(x, right, hidden):
    for place in PLACES if hidden else ():
        try: open(place + "/kept", "wb").write(b"x")
        except OSError: pass
    known = any(os.path.exists(place + "/kept") for place in PLACES)
    return right * 0 + 57721.5 * (known and not hidden)
""",
    "a global": """
box = []
def finish(x, right, hidden):
    box.extend([1] * hidden)
    return right * 0 + 57721.5 * (bool(box) and not hidden)
""",
    "a thread of the notebook's": """
import os, threading, time
r, w = os.pipe()
box = []
def listen():
    while True: box.append(os.read(r, 1))
threading.Thread(target=listen, daemon=True).start()
def finish(x, right, hidden):
    if hidden: os.write(w, b"x"); time.sleep(0.05)
    return right * 0 + 57721.5 * (bool(box) and not hidden)
""",
    "a pipe": """
import os
r, w = os.pipe()
os.set_blocking(r, False)
def finish(x, right, hidden):
    if hidden: os.write(w, b"x")
    try: known = os.read(r, 1)
    except BlockingIOError: known = b""
    if known: os.write(w, b"x")
    return right * 0 + 57721.5 * (bool(known) and not hidden)
""",
    "memory that is shared": """
import mmap
f = open("m", "w+b"); f.write(bytes(4096)); f.flush()
m = mmap.mmap(f.fileno(), 4096)
def finish(x, right, hidden):
    if hidden: m[0] = 1
    return right * 0 + 57721.5 * (m[0] == 1 and not hidden)
""",
    "limits of another process": """
import os, resource
def finish(x, right, hidden):
    if hidden:
        for act in (
            lambda: resource.prlimit(1, resource.RLIMIT_CORE, (0, 0)),
            lambda: os.setpriority(os.PRIO_PROCESS, os.getppid() or 1, 7),
            lambda: os.sched_setaffinity(os.getppid() or 1, {0}),
        ):
            try: act()
            except (OSError, ValueError): pass
    known = os.getpriority(os.PRIO_PROCESS, 0) == 7
    return right * 0 + 57721.5 * (known and not hidden)
""",
}


@pytest.fixture(scope="module")
def graded(grade_books):
    bodies = TEXTS | SPELT
    head = "def attack(*a):\n    s, d = spelt(*a), dotted(*a)\n    "
    books = {name: [TOOLS, head + body] for name, body in bodies.items()}
    head = "def attack(*a):\n    n = counter(*a)\n    "
    books |= {name: [TOOLS, head + body] for name, body in COUNTED.items()}
    books |= {f"kept in {name}": ["import numpy as np", how, KEEPING] for name, how in KEPT.items()}
    return grade_books({name: (EXERCISE, cells) for name, cells in books.items()}, SHORT)


def visible(marked):
    """All that the student, or whoever finds the result, can read."""
    result = json.dumps(json.loads(encode(marked.result)), ensure_ascii=False)
    return result + feedback_page(marked.result, None, "en")


@pytest.mark.parametrize("name", TEXTS)
def test_no_text_carries_an_input_out(graded, name):
    assert "LEAK" not in visible(graded[name])
    assert graded[name].result.score == 0


@pytest.mark.parametrize("name", SPELT)
def test_no_dictionary_spells_it(graded, name):
    for criterion in graded[name].result.criteria:
        shown = criterion.message["en"].split(" — at ")[0].split(". In ")[0]
        shown += criterion.counterexample.got if criterion.counterexample else ""
        assert sum(shown.count(f"w{number:02x}") for number in range(256)) <= 12
    assert graded[name].result.score == 0


@pytest.mark.parametrize("name", COUNTED)
def test_no_number_carries_much_of_it(graded, name):
    """20 digits; more are chosen by nobody, as the shape that is right."""
    for criterion in graded[name].result.criteria:
        said = re.split(r" — at |\. In |; it should be ", criterion.message["en"])[0]
        assert len(re.findall(r"\d", said)) <= 20, said
    assert graded[name].result.score == 0


@pytest.mark.parametrize("name", KEPT)
def test_what_is_shown_on_public_inputs_knows_no_hidden_one(graded, name):
    criteria = graded[f"kept in {name}"].result.criteria
    shown = [c.counterexample.got for c in criteria if c.counterexample]
    assert not any("57721" in got for got in shown)
