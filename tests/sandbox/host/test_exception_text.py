"""What of an exception reaches a page: the interpreter's own words, never the student's data."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest

from autograder.sandbox.host.exception_text import ExceptionText

SOURCE = """class Pooling:
    def forward(self, x):
        raise ValueError("the window is too large")
params["W1"]
"""
A, B = np.ones((2, 3)), np.ones((4, 5))


class Pooling:
    def __init__(self, x: int) -> None:
        self.forward = x


def unpack() -> None:
    _one, _two = (1, 2, 3)


OF_THE_INTERPRETER: dict[str, Callable[[], object]] = {
    "broadcasting": lambda: A + B,
    "matmul": lambda: A @ B,
    "dot": lambda: A.dot(B),
    "reshape": lambda: A.reshape(4, 5),
    "reshape with -1": lambda: A.reshape(-1, 4),
    "an index": lambda: A[5],
    "too many indices": lambda: A[1, 2, 3],
    "a float as an index": lambda: A[1.5],  # type: ignore[index]
    "transpose": lambda: A.transpose(0, 1, 2),
    "concatenate": lambda: np.concatenate([A, B]),
    "stack": lambda: np.stack([A, B]),
    "assignment": lambda: A.__setitem__(slice(None), B),
    "an axis": lambda: A.max(axis=7),
    "einsum": lambda: np.einsum("ij,k->ijk", A, B),
    "einsum with sizes that differ": lambda: np.einsum("ij,ik->jk", A, B),
    "einsum with many axes": lambda: np.einsum("cf,nchw->nfhw", B, np.ones((2, 3, 5, 6))),
    "einsum with too few arrays": lambda: np.einsum("ij,jk->ik", A),
    "casting": lambda: A.__iadd__(1j),
    "an empty maximum": lambda: np.max(np.zeros(0)),
    "a truth value": lambda: bool(A),
    "a ragged list": lambda: np.array([[1], [1, 2]], float),
    "no attribute": lambda: Pooling(1).W1,  # type: ignore[attr-defined]
    "no argument": lambda: Pooling(),  # type: ignore[call-arg]
    "None": lambda: None + 1,  # type: ignore[operator]
    "None's shape": lambda: None.shape,  # type: ignore[attr-defined]
    "a list": lambda: [1][3],
    "a key": lambda: {}["W1"],
    "division": lambda: 1 / 0,
    "unpacking": unpack,
    "range": lambda: range(2.5),  # type: ignore[call-overload]
    "calling a number": lambda: len(A)(2),  # type: ignore[operator]
}


@pytest.mark.parametrize("name", OF_THE_INTERPRETER)
@pytest.mark.filterwarnings("ignore")
def test_what_python_and_numpy_say_is_shown_whole(name: str) -> None:
    with pytest.raises(Exception) as raised:  # noqa: PT011 - each raises its own
        OF_THE_INTERPRETER[name]()
    text = " ".join(str(raised.value).split())
    shown = ExceptionText([(0, SOURCE)]).message(text)
    assert shown.replace("…", "__init__") == text  # dunder names of ours are not in the source


def test_a_message_that_the_student_wrote_is_shown() -> None:
    assert ExceptionText([(0, SOURCE)]).message("the window is too large") != ""


X = np.random.default_rng(0).standard_normal((3, 3))

SMUGGLED = {
    "bytes": X.tobytes().hex(),
    "numbers": str(X.ravel().tolist()),
    "decimal commas": str(X.ravel().tolist()).replace(", ", ";").replace(".", ","),
    "digits as words": " ".join("abcdefghij"[int(d)] for d in "3141592653"),
    "a name of Python's form": "name 'deadbeef' is not defined",
    "an attribute": "'deadbeef' object has no attribute 'cafe'",
    "a module": "No module named 'deadbeef'",
    "a function": "deadbeef() takes no arguments",
    "a key": "'deadbeef'",
    "a type": "unsupported operand type(s) for +: 'deadbeef' and 'int'",
    "base64": "YXNkZmFzZGZhc2Rm",
    "other letters": "деадбеф",
    "many lines": "a\nb\nc",
}


@pytest.mark.parametrize("name", SMUGGLED)
def test_what_it_makes_of_the_input_is_not(name: str) -> None:
    shown = ExceptionText([(0, SOURCE)]).message(SMUGGLED[name])
    for secret in ("deadbeef", "cafe", "YXNk", "дea", "-0", "0.1", "d b e b"):
        assert secret not in shown


def test_sizes_carry_little() -> None:
    """Shapes are the student's choice: nine digits of an input fit into one size."""
    text = "operands could not be broadcast together with shapes (123456789,2) (3,)"
    assert "123456789" not in ExceptionText().message(text)
    many = "cannot reshape array of size 6 into shape (" + ",".join(["12345"] * 20) + ")"
    assert ExceptionText().message(many).count("12345") < 8


def test_a_class_made_up_at_run_time_goes_by_its_base() -> None:
    shown = ExceptionText([(0, SOURCE)])
    assert shown.type_name("deadbeef", ["deadbeef", "ValueError", "Exception"]) == "ValueError"
    assert shown.type_name("deadbeef", []) == "Exception"
    assert shown.type_name("Pooling", []) == "Pooling"


def test_so_does_the_class_of_an_object_that_comes_back() -> None:
    shown = ExceptionText([(0, SOURCE + "\nimport pandas\nx = pandas.DataFrame")])
    for name in (
        "Pooling", "matrix", "array of object", "array of void32", "dict with unusual keys", "list",
        "nothing (pandas.DataFrame is not here)", "deeply nested list",
    ):  # fmt: skip
        assert shown.kind(name) == name
    assert shown.kind("deadbeef0123") == "…"
    assert shown.kind("nothing (plt.deadbeef is not here)") == "nothing (….… is not here)"
    assert "0123456789" not in shown.kind("void0123456789")


def test_lines_come_from_the_source_that_was_handed_in() -> None:
    shown = ExceptionText([(4, SOURCE)])
    assert shown.line(4, 2) == "def forward(self, x):"
    odd = ExceptionText([(0, "raise\tError('\x1b[31m\u202e赤\u3000い')")])
    assert odd.line(0, 1) == "raise Error('\ufffd[31m\ufffd赤\u3000い')"
    assert [shown.line(*at) for at in ((4, 0), (4, 99), (5, 1), (None, 1), (4, None))] == [""] * 5


def test_functions_go_by_names_of_the_source() -> None:
    shown = ExceptionText([(0, SOURCE)])
    assert shown.function("Pooling.forward") == "Pooling.forward"
    assert shown.function("Pooling.forward.<locals>.<lambda>") != ""
    assert shown.function("deadbeef") == ""


DICTIONARY = " ".join(f"x{number:02x}" for number in range(256))
SPELT = "x3f x9a " * 12


@pytest.mark.parametrize(
    "text",
    [
        f"'{SPELT}' object has no attribute '{SPELT}'",
        f"module '{SPELT.strip().replace(' ', '.')}' has no attribute 'x'",
        f"cannot unpack non-iterable {SPELT[:79].replace(' ', '.')} object",
        f"'{SPELT}'",
        f"f() missing 3 required positional arguments: '{SPELT}', '{SPELT}', and '{SPELT}'",
        f"the function you were given cannot take this: '{SPELT}' is not in list",
    ],
)
def test_a_source_that_is_a_dictionary_cannot_spell_out_an_input(text: str) -> None:
    shown = ExceptionText([(0, DICTIONARY)])
    assert sum(map(shown.message(text).count, ("x3f", "x9a"))) <= 6
    assert shown.kind(SPELT).count("x") <= 3


def test_few_digits_are_shown_altogether() -> None:
    shown = ExceptionText()
    many = "cannot reshape array of size 57721 into shape (11111,22222,33333,44444,55555)"
    assert sum(map(str.isdigit, shown.message(many))) <= 20
    fine = "index 57721.56649 is out of bounds for axis 0 with size 3"
    assert "57721" not in shown.message(fine)
    assert "5772156" not in shown.kind("array of datetime64[5772156s]")


@pytest.mark.parametrize("piece", ["'", "' '", "', '", "'x', ", "((", "(1,", "`", "<W>.", "W()"])
def test_no_text_keeps_the_grader_busy(piece: str) -> None:
    shown = ExceptionText()
    shown.message("x")  # makes the forms
    text = "f() missing 5 required positional arguments: " + piece * 400
    began = time.process_time()
    shown.message(text[:400])
    assert time.process_time() - began < 0.5
