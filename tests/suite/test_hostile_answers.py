"""What a student's process may answer: whatever it is, it earns nothing and is not our fault.

A fault of the grader costs no points. So whoever could cause one would pass without knowing
anything, and nobody may be able to: neither with what their functions return or raise, nor by
writing bytes of their own onto the socket.
"""

from __future__ import annotations

import re
from dataclasses import astuple

import numpy as np
import pytest

from autograder.suite.compare import difference
from tests.red_team.attacks.notebooks import FORGE
from tests.suite.conftest import Told

SAME = "same(student.f(make.normal(2, 3)), np.ones((2, 3)))"

RETURNED = {
    "nothing": "return None",
    "the input": "return x",
    "a list": "return [[1.0] * 3] * 2",
    "an empty array": "return np.zeros(0)",
    "a scalar that would broadcast": "return 1.0",
    "one element": "return np.ones(1)",
    "nan": "return np.full((2, 3), np.nan)",
    "bools": "return np.ones((2, 3), bool)",
    "whole numbers": "return np.ones((2, 3), int)",
    "complex numbers": "return np.ones((2, 3), complex)",
    "objects": "return np.ones((2, 3), object)",
    "texts": "return np.full((2, 3), '1.0')",
    "an empty text": "return np.str_('')",
    "bytes": "return b'1' * 48",
    "dates": "return np.full((2, 3), 'now', 'M8[s]')",
    "a record": "return np.zeros((2, 3), [('a', float)])",
    "a masked array": "return np.ma.masked_all((2, 3))",
    "the right values under a mask": "return np.ma.array(np.ones((2, 3)), mask=True)",
    "one value under a mask": (
        "return np.ma.array(np.ones((2, 3)), mask=[[True, False, False], [False] * 3])"
    ),
    "a matrix": "return np.asmatrix(np.ones((2, 3)))",
    "an array that multiplies otherwise": (
        "class Odd(np.ndarray):\n        def __mul__(self, other): return self\n"
        "    return np.ones((2, 3)).view(Odd)"
    ),
    "an array that compares otherwise": (
        "class Odd(np.ndarray):\n        def __array_ufunc__(self, *a, **k): return True\n"
        "    return np.ones((2, 3)).view(Odd)"
    ),
    "an object whose class's name is the input": ("return type(x.tobytes().hex()[:60], (), {})()"),
    "an array whose class's name is the input": (
        "return x.view(type(x.tobytes().hex()[:60], (np.ndarray,), {'__mul__': None}))"
    ),
    "what a missing package gave, with the input for a name": (
        "return getattr(plt, x.tobytes().hex()[:60])()"
    ),
    "the memory of an array": "return memoryview(np.ones((2, 3)))",
    "longdouble beyond float": "return np.full((2, 3), np.longdouble(10) ** 4000)",
    "no characters": "return np.frombuffer(b'\\xff' * 24, '<U1').reshape(2, 3)",
    "lone surrogates": "return '\\ud800'",
    "ten megabytes of text": "return 'x' * 10**7",
    "a hundred thousand lists": "return [[] for _ in range(10**5)]",
    "a million numbers": "return [1.0] * 10**6",
    "twenty thousand arrays": "return [np.ones(1)] * 20000",
    "a deep list": "y = []\n    for _ in range(1000): y = [y]\n    return y",
    "a list that holds itself": "y = []\n    y.append(y)\n    return y",
    "a dict that holds itself": "y = {}\n    y['y'] = y\n    return y",
    "a dict of odd keys": "return {(1, 2): x, None: x, 1.5: x, b'k': x, x.tobytes(): x}",
    "a huge number": "return 10**4000",
    "a number beyond limits": "return 1 << 10**6",
    "an object that equals everything": (
        "class Yes:\n        def __eq__(self, other): return True\n"
        "        def __array__(self, *a, **k): return np.ones((2, 3))\n    return Yes()"
    ),
    "an object of a class called array": "return type('array', (), {})()",
    "an object of a class called ndarray": "return type('ndarray', (list,), {})()",
    "a class whose name lies": (
        "class Meta(type):\n        __name__ = property(lambda c: '\\ud800\\u202e\\x1b[31m')\n"
        "    return Meta('A', (), {})()"
    ),
    "an array that lies about itself": (
        "class Liar(np.ndarray):\n        shape = (2, 3)\n        dtype = 'float64'\n"
        "    return np.zeros(7).view(Liar)"
    ),
    "a generator": "return (i for i in range(3))",
    "a module": "return np",
    "itself": "return f",
    "a type": "return np.ndarray",
    "Ellipsis": "return ...",
    "itself as reference": "import sys\n    return sys._getframe(1).f_locals",
}

RAISED = {
    "NotImplementedError": "raise NotImplementedError",
    "a class called NotImplementedError": "raise type('NotImplementedError', (Exception,), {})",
    "a message of control characters": "raise ValueError('\\x1b[2J\\r\\n\\u202e\\ud800\\0' * 9)",
    "a message of ten megabytes": "raise ValueError('<b>' * 3 * 10**6)",
    "a message that raises": (
        "class E(Exception):\n        def __str__(self): raise SystemExit\n    raise E"
    ),
    "a message that is no text": (
        "class E(Exception):\n        def __str__(self): return 5\n    raise E"
    ),
    "a class whose name is no text": (
        "class M(type):\n        __name__ = property(lambda c: 5)\n"
        "    class E(Exception, metaclass=M): pass\n    raise E"
    ),
    "SystemExit": "raise SystemExit",
    "KeyboardInterrupt": "raise KeyboardInterrupt",
    "GeneratorExit": "raise GeneratorExit",
    "StopIteration": "raise StopIteration",
    "a group": "raise ExceptionGroup('many', [ValueError(1), OSError(2)])",
    "endless recursion": "return f(x)",
    "too much memory": "return np.ones(10**12)",
    "an exception of pytest's": "raise type('Skipped', (BaseException,), {'msg': 'skip'})",
    "the end of the process": "import os; os._exit(0)",
    "a killed process": "import os; os.kill(os.getpid(), 9)",
    "a closed socket": "import os; os.closerange(3, 64); return np.ones((2, 3))",
}


@pytest.fixture(scope="module")
def graded(new_bench) -> dict[str, Told]:
    """What became of each of these notebooks; a suite is collected once for all of them."""
    notebooks = {
        **{name: f"def f(x):\n    {body}\n" for name, body in (RETURNED | RAISED).items()},
        **{name: FORGED_CALL.replace("FORGERY", forgery) for name, forgery in FORGED.items()},
        **{
            f"records: {name}": NOTEBOOK.replace("FORGERY", forgery)
            for name, forgery in RECORDS.items()
        },
    }
    bench = new_bench()
    suite = f'@criterion("f.works")\ndef test_it(student, make):\n    {SAME}\n'
    outcomes = bench.outcomes(bench.course(suite, f=["works"]), *notebooks.values())
    return {name: found["f.works"] for name, found in zip(notebooks, outcomes, strict=True)}


@pytest.mark.parametrize("name", [*RETURNED, *RAISED])
def test_odd_answers_earn_nothing_and_are_the_students_own(graded, name):
    outcome = graded[name]
    assert outcome.status in {"failed", "error", "missing", "timeout"}, outcome.grader_note
    assert outcome.grader_note is None
    assert fit_to_be_shown(outcome)


@pytest.mark.parametrize("name", [name for name in RETURNED if "the input" in name])
def test_the_name_of_a_class_carries_no_input_out(graded, name):
    texts = [graded[name].message["en"], *astuple(graded[name].counterexample)]
    assert not any(re.search("[0-9a-f]{12}", text) for text in texts)


def fit_to_be_shown(outcome) -> bool:
    """Short, in one line, printable, no surrogate, no address that differs from run to run."""
    texts = [outcome.message["en"], outcome.message["ja"]]
    texts += astuple(outcome.counterexample) if outcome.counterexample else ()
    return all(
        text and text.isprintable() and len(text) < 700 and "object at 0x" not in text
        for text in texts
    )


# --- bytes of their own ------------------------------------------------------------------------

FORGED_CALL = f"""{FORGE}
def nd(dtype, shape, buffer=0):
    return {{"t": "nd", "d": dtype, "s": shape, "b": buffer}}

def f(x):
    me = request_id()
    FORGERY
    return x
"""

TWO = "b'\\0' * 16"
FORGED = {
    "an id that is an array": f'write({{"id": nd("<f8", [2]), "value": None}}, {TWO})',
    "an id that is a list": 'write({"id": {"t": "list", "v": []}, "value": None})',
    "no id": 'write({"value": None})',
    "another id": 'write({"id": 1, "value": None})',
    "an id too large": 'write({"id": 10**300, "value": None})',
    "nothing at all": 'write({"id": me})',
    "too many axes": 'write({"id": me, "value": nd("<f8", [0] * 40)}, b"")',
    "no elements, vast axes": 'write({"id": me, "value": nd("<f8", [0, 2**61, 2**61])}, b"")',
    "elements of no size": 'write({"id": me, "value": nd("<U0", [10**18])}, b"")',
    "a negative axis": f'write({{"id": me, "value": nd("<f8", [-1, -2])}}, {TWO})',
    "an axis of a half": f'write({{"id": me, "value": nd("<f8", [1.5])}}, {TWO})',
    "a dtype of objects": f'write({{"id": me, "value": nd("|O", [2])}}, {TWO})',
    "a dtype that is none": f'write({{"id": me, "value": nd("<f7", [2])}}, {TWO})',
    "a scalar that is no character": (
        'write({"id": me, "value": {"t": "ns", "d": "<U1", "b": 0}}, b"\\xff" * 4)'
    ),
    "a buffer that is not there": 'write({"id": me, "value": nd("<f8", [2], 7)})',
    "a complex number too large": 'write({"id": me, "value": {"t": "c", "v": [10**400, 0]}})',
    "a number too long to read": 'write(b\'{"id": \' + b"9" * 5000 + b"}")',
    "a kind that is a list": 'write({"id": me, "value": {"t": []}})',
    "a kind that is unknown": 'write({"id": me, "value": {"t": "code", "v": "1"}})',
    "a dict with keys of arrays": (
        'write({"id": me, "value": {"t": "dict", "k": [nd("<f8", [2])], "v": [1]}}, ' + TWO + ")"
    ),
    "a dict that does not pair": 'write({"id": me, "value": {"t": "dict", "k": [1], "v": []}})',
    "a bare list": 'write({"id": me, "value": [1, 2]})',
    "a header that is a list": "write([1, 2])",
    "a header nested deeply": 'write(b"[" * 100000)',
    "a value nested deeply": (
        'write(b\'{"id": %d, "value": \' % me + b\'{"t": "list", "v": [\' * 900'
        " + b']}' * 900 + b'}')"
    ),
    "a header that is no JSON": 'write(b"{")',
    "a header that is no text": 'write(b"\\xff\\xfe")',
    "another magic": 'write({"id": me, "value": None}, magic=b"evil")',
    "an error that is an array": f'write({{"id": me, "error": nd("<f8", [2])}}, {TWO})',
    "an error of arrays": (
        'write({"id": me, "error": {"t": "dict", "k": ["type", "message", "cell", "line", "kinds"],'
        ' "v": [nd("<f8", [2])] * 5}}, ' + TWO + ")"
    ),
    "an error of surrogates": (
        'write({"id": me, "error": {"t": "dict", "k": ["type", "message", "text", "functions"],'
        ' "v": ["\\ud800", "\\u202e\\x1b", "\\ud800", {"t": "list", "v": [5, "\\ud800"]}]}})'
    ),
    "an error in a line beyond counting": (
        'write({"id": me, "error": {"t": "dict", "k": ["type", "line", "cell", "text"],'
        ' "v": ["E", 10**4000, -5, "x"]}})'
    ),
    "a callback that was not given": (
        'write({"id": me, "callback": 0, "args": {"t": "list", "v": []}})'
    ),
    "a callback without a number": 'write({"id": me, "callback": "f"})',
    "a callback that is an array": f'write({{"id": me, "callback": nd("<f8", [2])}}, {TWO})',
    "a callback as value": 'write({"id": me, "value": {"t": "call", "n": 0}})',
    "a reference as value": 'write({"id": me, "value": {"t": "ref", "n": 10**9, "c": "array"}})',
    "an opaque value": 'write({"id": me, "value": {"t": "obj", "c": "\\ud800" * 9000}})',
    "arguments that are none": 'write({"id": me, "value": None, "args": 5})',
}  # fmt: skip


@pytest.mark.parametrize("name", FORGED)
def test_forged_answers_earn_nothing_and_are_the_students_own(graded, name):
    outcome = graded[name]
    assert outcome.status in {"failed", "error", "missing"}, outcome.grader_note
    assert outcome.grader_note is None
    assert fit_to_be_shown(outcome)


def test_the_forgery_that_these_tests_use_does_reach_the_grader(bench):
    forgery = (
        'write({"id": me, "value": nd("<f8", [2, 3])}, struct.pack("<6d", *[1.0] * 6)); return None'
    )
    # As good as a return value, and no better: it is still compared.
    assert bench.one(SAME, FORGED_CALL.replace("FORGERY", forgery)).status == "passed"


ASKED = """
answer = student.f.inplace(np.ones(2)); same(answer.arguments[0], np.zeros(2))
same(unchanged(student.f, np.ones(2)), 7.0)
same(student.f(np.ones(2))[0], 7.0)
same(student.f(np.ones(2))["W"], 7.0)
same(student.f(np.ones(2)).dW, 7.0)
same(student.f(np.ones(2)).params["W"], 7.0)
same(student.f(np.ones(2)).forward(1), 7.0)
same(student.f(student.f(np.ones(2)), {"W": student.f(np.ones(2))}), 7.0)
student.f(np.ones(2)).W = np.ones(2); same(student.f(np.ones(2)), 7.0)
student.f(np.ones(2)).params["W"] = np.ones(2); same(student.f(np.ones(2)), 7.0)
same(student.f(np.ones(2)), (np.ones(2), 7))
same(student.f(np.ones(2)), {"W": 7.0})
same(student.f(np.ones(2)), False)
same(student.f(np.ones(2)), "text")
same(student.f(np.ones(2)), 7)
same(student.f(np.ones(2)), np.array([7, 8]))
same(student.f(np.ones(2)), np.array(["a", "b"]))
keeps_dtype(student.f(np.ones(2)), np.float16)
raises(ZeroDivisionError, student.f, np.ones(2))
same(student.f(lambda x: (x**2).sum()), 7.0)
""".strip().splitlines()

ODD = [
    *(f"return {value}" for value in (
        "None", "x", "()", "'W'", "True", "10**4000", "np.array('W')", "[x] * 5", "{'W': x}",
        "f", "np", "type('float', (), {})()",
    )),
    "raise type('ValueError', (Exception,), {})('\\ud800')",
    "import sys; sys._getframe(1).f_locals['args'].clear(); return 1",
    "import sys; sys._getframe(1).f_locals['args'][:] = [None, sys]; return 1",
    "return x(np.ones(2)) if callable(x) else 1",
    "return x('text') if callable(x) else 1",
    "return x(f, {}, [x]) if callable(x) else 1",
    "return x(np.ones((1000, 1000))) if callable(x) else 1",
]  # fmt: skip


def test_whatever_is_asked_no_odd_answer_passes_or_becomes_the_graders_fault(bench):
    """Every way a suite has to ask, with every odd answer."""
    names = [f"c{number}" for number in range(len(ASKED))]
    suite = "".join(
        f'@criterion("f.{name}")\ndef test_{name}(student, make):\n    {line}\n\n'
        for name, line in zip(names, ASKED, strict=True)
    )
    notebooks = [f"def f(x, *more):\n    {body}\n" for body in ODD]
    graded = bench.outcomes(bench.course(suite, f=names), *notebooks)
    for body, found in zip(ODD, graded, strict=True):
        for line, outcome in zip(ASKED, found.values(), strict=True):
            assert outcome.status in {"failed", "error", "missing"}, (body, line, outcome)
            assert fit_to_be_shown(outcome), (body, line, outcome)


NOTEBOOK = """
import gc, json, socket, struct

def write(header, *buffers):
    header = json.dumps(header).encode()
    data = b"cvk1" + struct.pack("<II", len(header), len(buffers))
    data += struct.pack(f"<{len(buffers)}Q", *map(len, buffers)) + header + b"".join(buffers)
    for sock in [o for o in gc.get_objects() if isinstance(o, socket.socket) and o.fileno() >= 0]:
        try:
            sock.sendall(data)
        except OSError:
            pass

def f(x):
    return x

ARRAY = {"t": "nd", "d": "<f8", "s": [2], "b": 0}
BAD = {"t": "nd", "d": "<U1", "s": [1], "b": 1}

def records(*entries):
    return {"t": "list", "v": [
        {"t": "dict", "k": ["index", "status", "error"], "v": list(entry)} for entry in entries
    ]}

def defined(**members):
    return {"t": "dict", "k": list(members), "v": list(members.values())}

NAMED = defined(f=None)
write(FORGERY, b"\\0" * 16, b"\\xff" * 4)
"""

RECORDS = {
    "an index that is an array": '{"records": records([ARRAY, "ok", None]), "defined": NAMED}',
    "an index that is a list": (
        '{"records": records([{"t": "list", "v": []}, "ok", None]), "defined": NAMED}'
    ),
    "a status that is an array": '{"records": records([0, ARRAY, None]), "defined": NAMED}',
    "an error that is an array": '{"records": records([0, "error", ARRAY]), "defined": NAMED}',
    "an error of surrogates": '{"records": records([0, "error", "\\ud800"]), "defined": NAMED}',
    "an entry that is none": '{"records": {"t": "list", "v": [5]}, "defined": NAMED}',
    "records that are none": '{"records": 5, "defined": NAMED}',
    "no definitions": '{"records": records(), "defined": None}',
    "methods that are arrays": (
        '{"records": records(), "defined": defined(f={"t": "list", "v": [ARRAY, BAD]})}'
    ),
    "names that are numbers": (
        '{"records": records(), "defined": {"t": "dict", "k": [5], "v": [1]}}'
    ),
    "names of surrogates": (
        '{"records": records(), "defined": {"t": "dict", "k": ["f\\ud800"], "v": [None]}}'
    ),
    "a place that is an array": '{"at": ARRAY}',
    "a place that is a list of arrays": '{"at": {"t": "list", "v": [ARRAY, ARRAY]}}',
}


@pytest.mark.parametrize("name", RECORDS)
def test_forged_records_of_cells_earn_nothing_and_are_the_students_own(graded, name):
    outcome = graded[f"records: {name}"]
    assert outcome.status in {"failed", "error", "missing"}, outcome.grader_note
    assert outcome.grader_note is None
    assert fit_to_be_shown(outcome)


def test_a_class_of_strange_names_and_methods_is_shown_cleanly(bench):
    notebook = (
        "class Net:\n    pass\n"
        "setattr(Net, 'forward\\ud800', lambda self: 1)\n"
        "setattr(Net, 'forwar\\u202ed', lambda self: 1)\n"
    )
    outcome = bench.one("same(student.Net().forward(1), 2)", notebook, part="Net.forward")
    assert outcome.status == "missing"
    assert fit_to_be_shown(outcome)


# --- should comparing itself fail -----------------------------------------------------------------


def test_an_answer_on_which_comparing_fails_earns_nothing_and_is_reported_to_the_instructor(
    bench, monkeypatch
):
    """Whoever found an answer that breaks the comparer could pass everywhere by it."""

    def breaks(got, *args):
        return difference(got, *args) if np.all(got == 1) else 1 / 0

    monkeypatch.setattr("autograder.suite.assertions.difference", breaks)
    outcome = bench.one(SAME, "def f(x): return x")
    assert outcome.status == "failed"
    assert fit_to_be_shown(outcome)
    assert "ZeroDivisionError" in outcome.grader_note


def test_a_machine_short_of_memory_is_the_graders_fault(bench, monkeypatch):
    def breaks(got, expected, *_):
        if got is not expected:  # only while the answer is looked at
            raise MemoryError

    monkeypatch.setattr("autograder.suite.assertions.difference", breaks)
    assert bench.one(SAME, "def f(x): return np.ones((2, 3))").status == "grader_error"


def test_what_is_expected_and_cannot_be_compared_is_the_graders_fault(bench):
    outcome = bench.one("same(student.f(np.ones(2)), np.full(2, np.nan))", "def f(x): return x")
    assert outcome.status == "grader_error"


ODD_NUMBERS = (
    *("np.zeros(2, int)", "np.zeros(2, bool)", "np.zeros(2, complex)", "[0.0, 0.0]", "0.0"),
    *("np.full(2, np.longdouble(10) ** 4000)", "np.full(2, np.nan)", "{}", "None"),
)


@pytest.mark.parametrize("returned", ODD_NUMBERS)
def test_what_are_no_finite_floats_is_wrong_and_no_error_of_the_grader(bench, returned):
    suite = """
@criterion("f.measured")
def test_measured(student, make):
    numbers(student.f(), (2,))

@criterion("f.agrees")
def test_agrees(student, make):
    assert not agrees(student.f(), np.ones(2))
"""
    source = f"import numpy as np\ndef f(): return {returned}"
    (found,) = bench.outcomes(bench.course(suite, f=["measured", "agrees"]), source)
    assert str(found["f.measured"].status) == "failed"
    assert str(found["f.agrees"].status) == "passed"
