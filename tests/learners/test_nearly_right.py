"""Right values in something that is not the array asked for do not earn what right arrays earn."""

from __future__ import annotations

import pytest

from autograder.sandbox.host.session import Budget

from .conftest import teaching_cells

PATIENT = Budget(cell_s=2, cells_s=4, call_cpu_s=2)

IM2COL = """
right = im2col
def im2col(x, filter_h, filter_w, stride=1, pad=0):
    col = right(x, filter_h, filter_w, stride, pad)
    return {}
"""
POOLING = """
class Pooling(Pooling):
    def forward(self, x):
        out = super().forward(x)
        return {}
    def backward(self, dout):
        return super().backward(dout)
"""

# What comes back in place of the right array, and the type or dtype that feedback names.
WRONG_EVERYWHERE = {
    "a matrix": ("np.asmatrix(col)", "`matrix`"),
    "everything under a mask": ("np.ma.array(col, mask=True)", "hidden by a mask"),
    "zeros under a mask": ("np.ma.masked_equal(col, col.flat[0])", "hidden by a mask"),
    "squeezed through float32": ("col.astype(np.float32).astype(col.dtype)", "float32"),
    "squeezed through float16": ("col.astype(np.float16).astype(col.dtype)", "float16"),
    "rounded to nine digits": ("np.round(col, 9)", "float32 or rounded"),
    "objects": ("col.astype(object)", "`array of object`"),
    "complex numbers": ("col.astype(complex)", "complex128"),
    "bools": ("col.astype(bool)", "bool"),
    "rows in lists": ("col.tolist()", "`list`"),
    "rows in a list of arrays": ("list(col)", "`list`"),
    "a memoryview": ("memoryview(col)", "`memoryview object`"),
    "a record for each number": ("col.view([('x', col.dtype)])", "`array of"),
}
# These are right apart from their dtype, which is one criterion's business.
WRONG_DTYPE = {
    "always float64": "col.astype(float)",
    "always float32": "col.astype(np.float32)",
    "longdouble": "col.astype(np.longdouble)",
    "whole numbers turned to floats": "col * 1.0 if col.dtype.kind in 'iu' else col",
    "whole numbers of another size": "col.astype(np.int32) if col.dtype.kind in 'iu' else col",
}
RIGHT = {
    "Fortran order": "np.asfortranarray(col)",
    "a read-only view": "col.setflags(write=False) or col",
    "every other row of a larger array": "np.repeat(col, 2, axis=0)[::2]",
    "a masked array that hides nothing": "np.ma.array(col)",
    "a class of arrays that only has a name": (
        "col.view(type('Named', (np.ndarray,), {'double': lambda self: 2 * self}))"
    ),
    "the other byte order": "col.astype(col.dtype.newbyteorder())",
}


@pytest.fixture(scope="module")
def graded(grade_books):
    wrong = {name: answer for name, (answer, _) in WRONG_EVERYWHERE.items()}
    books = {
        name: ("02_im2col", [*teaching_cells("02_im2col").values(), IM2COL.format(answer)])
        for name, answer in (wrong | WRONG_DTYPE | RIGHT).items()
    }
    pooling = [*teaching_cells("04_pooling").values()]
    squeezed = "out.astype(np.float32).astype(x.dtype)"
    books["pooling"] = "04_pooling", [*pooling, POOLING.format(squeezed)]
    return grade_books(books, PATIENT)


def criteria_of(part: str, told) -> set[str]:
    return {entry.id for entry in told.result.criteria if entry.part == part}


@pytest.mark.parametrize("name", WRONG_EVERYWHERE)
def test_it_earns_nothing_and_feedback_says_what_came_back(graded, name):
    assert graded[name].lost == criteria_of("im2col", graded[name])
    assert any(WRONG_EVERYWHERE[name][1] in message for message in graded[name].messages)
    assert not graded[name].notes


@pytest.mark.parametrize("name", WRONG_DTYPE)
def test_another_dtype_costs_the_criterion_on_dtypes(graded, name):
    assert graded[name].lost == {"im2col.float32"}


@pytest.mark.parametrize("name", RIGHT)
def test_an_unusual_array_is_an_array(graded, name):
    assert not graded[name].lost, graded[name].messages


def test_the_largest_number_is_one_of_those_that_were_there(graded):
    assert graded["pooling"].lost == criteria_of("Pooling.forward", graded["pooling"])
