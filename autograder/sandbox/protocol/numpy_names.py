"""Names that NumPy has removed, and the former meaning of each as an expression.

Learners' notebooks follow books and answers from many years. Using a name that has been removed
since does not mean that the learner is wrong, so it keeps its former meaning in the sandbox, and a
remark tells what to write today.
"""

from __future__ import annotations

REMOVED = {
    # Aliases of Python's own types, since NumPy 1.24.
    "np.int": "int",
    "np.float": "float",
    "np.complex": "complex",
    "np.object": "object",
    "np.str": "str",
    "np.bool": "bool",
    "np.long": "int",
    "np.unicode": "str",
    "np.bool8": "np.bool_",
    "np.int0": "np.intp",
    "np.uint0": "np.uintp",
    "np.object0": "np.object_",
    "np.str0": "np.str_",
    "np.bytes0": "np.bytes_",
    # Other spellings of types, since NumPy 2.0.
    "np.float_": "np.float64",
    "np.complex_": "np.complex128",
    "np.singlecomplex": "np.complex64",
    "np.cfloat": "np.complex128",
    "np.longfloat": "np.longdouble",
    "np.longcomplex": "np.clongdouble",
    "np.clongfloat": "np.clongdouble",
    "np.string_": "np.bytes_",
    "np.unicode_": "np.str_",
    # Other spellings of constants.
    "np.Inf": "np.inf",
    "np.Infinity": "np.inf",
    "np.infty": "np.inf",
    "np.PINF": "np.inf",
    "np.NINF": "-np.inf",
    "np.NaN": "np.nan",
    "np.NAN": "np.nan",
    "np.PZERO": "0.0",
    "np.NZERO": "-0.0",
    # Functions under another name.
    "np.product": "np.prod",
    "np.cumproduct": "np.cumprod",
    "np.sometrue": "np.any",
    "np.alltrue": "np.all",
    "np.round_": "np.round",
    "np.in1d": "np.isin",
    "np.trapz": "np.trapezoid",
    "np.row_stack": "np.vstack",
    "np.mat": "np.asmatrix",
    "np.rank": "np.ndim",
    "np.alen": "len",
    "np.find_common_type": "np.promote_types",
    "np.issubclass_": "issubclass",
    "np.typeDict": "np.sctypeDict",
    "np.math": "math",
    # Functions without a direct replacement.
    "np.msort": "lambda a: np.sort(a, axis=0)",
    "np.asscalar": "lambda a: a.item()",
    "np.asfarray": "lambda a, dtype=np.float64: np.asarray(a, dtype)",
    "np.fastCopyAndTranspose": "lambda a: np.asarray(a).T.copy()",
    "np.obj2sctype": "lambda rep: np.dtype(rep).type",
    "np.sctype2char": "lambda sctype: np.dtype(sctype).char",
    "np.disp": "print",
    # Exceptions and warnings, which have moved to a separate module.
    "np.AxisError": "np.exceptions.AxisError",
    "np.ComplexWarning": "np.exceptions.ComplexWarning",
    "np.RankWarning": "np.exceptions.RankWarning",
    "np.VisibleDeprecationWarning": "np.exceptions.VisibleDeprecationWarning",
    "np.DTypePromotionError": "np.exceptions.DTypePromotionError",
    "np.TooHardError": "np.exceptions.TooHardError",
    # Modules that have become private.
    "np.lib.pad": "np.pad",
    "np.lib.arraypad": "np",
    "np.lib.index_tricks": "np",
    "np.lib.function_base": "np",
    "np.linalg.linalg": "np.linalg",
    "np.random.random_integers": "lambda low, high=None, size=None: "
    "np.random.randint(low if high is not None else 1, (high or low) + 1, size)",
}
"""The name as it is written after ``import numpy as np`` → what it meant.

Names that the installed NumPy still has are left alone.
"""
