"""The forms of Python's and NumPy's own messages: one for each line, with placeholders.

A message of another form may be made up by the student's code; see `exception_text`.
"""

from __future__ import annotations

import builtins
import re
from functools import cache

WORD = re.compile(r"[^\W\d]\w*")

# Q is something quoted, N a number, S a shape, W a name. The rest is literal.
_FORMS = """
Q
the value has more than N N parts
the value is larger than N MB, or has more than N N arrays
a value is nested too deeply or has too many parts
an integer of too many bits
it is too large
Q was imported from Q, which is not available where notebooks are graded
name Q is not defined
name Q is not defined. Did you mean: Q?
name Q is not defined. Did you forget to import Q?
name Q is not defined. Did you mean: Q? Or did you forget to import Q?
cannot access local variable Q where it is not associated with a value
local variable Q referenced before assignment
cannot access free variable Q where it is not associated with a value in enclosing scope
Q object has no attribute Q
Q object has no attribute Q. Did you mean: Q?
module Q has no attribute Q
module Q has no attribute Q. Did you mean: Q?
type object Q has no attribute Q
type object Q has no attribute Q. Did you mean: Q?
Q object attribute Q is read-only
W() missing N required positional argument: Q
W() missing N required positional arguments: Q and Q
W() missing N required positional arguments: Q, Q, and Q
W() missing N required positional arguments: Q, Q, Q, and Q
W() missing N required positional arguments: Q, Q, Q, Q, and Q
W() missing N required keyword-only argument: Q
W() takes N positional arguments but N were given
W() takes N positional argument but N were given
W() takes N positional argument but N was given
W() takes from N to N positional arguments but N were given
W() takes from N to N positional arguments but N was given
W() takes no arguments
W() takes no keyword arguments
W() takes exactly one argument (N given)
W() takes exactly N arguments (N given)
W() got an unexpected keyword argument Q
W() got an unexpected keyword argument Q. Did you mean Q?
W() got multiple values for argument Q
W() got some positional-only arguments passed as keyword arguments: Q
W() argument after * must be an iterable, not W
W() argument after ** must be a mapping, not W
W expected at least N argument, got N
W expected at least N arguments, got N
W expected at most N argument, got N
W expected at most N arguments, got N
W expected N argument, got N
W expected N arguments, got N
unsupported operand type(s) for OP: Q and Q
bad operand type for unary OP: Q
Q not supported between instances of Q and Q
Q object is not callable
Q object is not iterable
Q object is not subscriptable
Q object is not reversible
Q object does not support item assignment
Q object does not support item deletion
Q object cannot be interpreted as an integer
Q object does not support the context manager protocol
cannot unpack non-iterable W object
cannot convert W to integer
object of type Q has no len()
argument of type Q is not iterable
unhashable type: Q
list indices must be integers or slices, not W
tuple indices must be integers or slices, not W
string indices must be integers, not Q
slice indices must be integers or None or have an __index__ method
can only concatenate W (not Q) to W
must be str, not W
must be real number, not W
can't multiply sequence by non-int of type Q
int() argument must be a string, a bytes-like object or a real number, not Q
float() argument must be a string or a real number, not Q
object Q can't be used in Q expression
can't set attribute
property Q of Q object has no setter
super(type, obj): obj must be an instance or subtype of type
Can't instantiate abstract class W with abstract method W
Can't instantiate abstract class W without an implementation for abstract method Q
metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases
not enough values to unpack (expected N, got N)
too many values to unpack (expected N)
too many values to unpack (expected N, got N)
max() arg is an empty sequence
min() arg is an empty sequence
max() iterable argument is empty
min() iterable argument is empty
range() arg N must not be zero
list index out of range
tuple index out of range
string index out of range
list assignment index out of range
pop from empty list
pop from an empty deque
pop index out of range
list.remove(x): x not in list
generator already executing
dictionary changed size during iteration
dictionary update sequence element #N has length N; N is required
division by zero
float division by zero
integer division or modulo by zero
integer modulo by zero
float modulo
float floor division by zero
math domain error
math range error
int too large to convert to float
cannot convert float NaN to integer
cannot convert float infinity to integer
Exceeds the limit (N digits) for integer string conversion
maximum recursion depth exceeded
maximum recursion depth exceeded while calling a Python object
maximum recursion depth exceeded in comparison
maximum recursion depth exceeded in __instancecheck__
maximum recursion depth exceeded in __subclasscheck__
No module named Q
No module named Q; Q is not a package
cannot import name Q from Q
cannot import name Q from Q (unknown location)
Q is not in list
N is not in list
No active exception to reraise
exceptions must derive from BaseException
catching classes that do not inherit from BaseException is not allowed
operands could not be broadcast together with shapes S S
operands could not be broadcast together with shapes S S S
operands could not be broadcast together with remapped shapes [original->remapped]: S S
operands could not be broadcast together with remapped shapes [original->remapped]: S S S
operands could not be broadcast together with remapped shapes [original->remapped]: S and requested shape S
operands could not be broadcast together with remapped shapes [original->remapped]: S S and requested shape S
non-broadcastable output operand with shape S doesn't match the broadcast shape S
could not broadcast input array from shape S into shape S
shape mismatch: objects cannot be broadcast to a single shape
shape mismatch: objects cannot be broadcast to a single shape. Mismatch is between arg N with shape S and arg N with shape S.
shape mismatch: indexing arrays could not be broadcast together with shapes S S
shape mismatch: indexing arrays could not be broadcast together with shapes S S S
shape mismatch: value array of shape S could not be broadcast to indexing result of shape S
cannot reshape array of size N into shape S
can only specify one unknown dimension
total size of new array must be unchanged
shapes S and S not aligned: N (dim N) != N (dim N)
shape-mismatch for sum
axes don't match array
axis N is out of bounds for array of dimension N
source: axis N is out of bounds for array of dimension N
destination: axis N is out of bounds for array of dimension N
repeated axis in transpose
invalid axis for this array
duplicate value in Q
index N is out of bounds for axis N with size N
index N is out of bounds for size N
too many indices for array: array is N-dimensional, but N were indexed
too many indices for array
only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or boolean arrays are valid indices
arrays used as indices must be of integer (or boolean) type
boolean index did not match indexed array along axis N; size of axis is N but size of corresponding boolean axis is N
boolean index did not match indexed array along dimension N; dimension is N but corresponding boolean dimension is N
NumPy boolean array indexing assignment cannot assign N input values to the N output values where the mask is true
an index can only have a single ellipsis (Q)
cannot do a non-empty take from an empty axes.
invalid index to scalar variable.
iteration over a 0-d array
len() of unsized object
only length-1 arrays can be converted to Python scalars
only 0-dimensional arrays can be converted to Python scalars
only integer scalar arrays can be converted to a scalar index
setting an array element with a sequence.
setting an array element with a sequence. The requested array has an inhomogeneous shape after N dimensions. The detected shape was S + inhomogeneous part.
all the input array dimensions except for the concatenation axis must match exactly, but along dimension N, the array at index N has size N and the array at index N has size N
all the input arrays must have same number of dimensions, but the array at index N has N dimension(s) and the array at index N has N dimension(s)
all input arrays must have the same shape
zero-dimensional arrays cannot be concatenated
need at least one array to concatenate
need at least one array to stack
negative dimensions are not allowed
maximum supported dimension for an ndarray is N, found N
array is too big; `arr.size * arr.dtype.itemsize` is larger than the maximum possible size.
Maximum allowed dimension exceeded
Maximum allowed size exceeded
array split does not result in an equal division
zero-size array to reduction operation W which has no identity
attempt to get argmax of an empty sequence
attempt to get argmin of an empty sequence
The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()
The truth value of an empty array is ambiguous. Use `array.size > 0` to check that an array is not empty.
assignment destination is read-only
output array is read-only
cannot select an axis to squeeze out which has size not equal to one
matmul: Input operand N has a mismatch in its core dimension N, with gufunc signature (n?,k),(k,m?)->(n?,m?) (size N is different from N)
matmul: Input operand N does not have enough dimensions (has N, gufunc core with signature (n?,k),(k,m?)->(n?,m?) requires N)
fewer operands provided to einstein sum function than specified in the subscripts string
more operands provided to einstein sum function than specified in the subscripts string
einstein sum subscripts string contains too many subscripts for operand N
einstein sum subscripts string included output subscript Q which never appeared in an input
fancy indexing not supported
operand has more dimensions than subscripts given in einstein sum, but no '...' ellipsis provided to broadcast the extra dimensions.
pad_width should be a scalar, or a sequence
`pad_width` must be of integral type.
index can't contain negative values
Cannot cast ufunc Q output from dtype(Q) to dtype(Q) with casting rule Q
Cannot cast ufunc Q input N from dtype(Q) to dtype(Q) with casting rule Q
ufunc Q did not contain a loop with signature matching types (<class Q>, <class Q>) -> None
ufunc Q not supported for the input types, and the inputs could not be safely coerced to any supported types according to the casting rule Q
loop of ufunc does not support argument N of type W which has no callable W method
Cannot interpret Q as a data type
data type Q not understood
The numpy boolean negative, the `-` operator, is not supported, use the `~` operator or the logical_not function instead.
numpy boolean subtract, the `-` operator, is not supported, use the bitwise_xor, the `^` operator, or the logical_xor function instead.
Integers to negative integer powers are not allowed.
Python integer N out of bounds for W
high is out of bounds for W
low >= high
a must be greater than 0 unless no samples are taken
Cannot take a larger sample than population when 'replace=False'
divide by zero encountered in W
invalid value encountered in W
overflow encountered in W
underflow encountered in W
Singular matrix
Unable to allocate N W for an array with shape S and data type W
Weights sum to zero, can't be normalized
mode not understood
zero-size array is not allowed
"""

_SHAPE = r"[\[(](?:\d+(?:,\s?\d+)*,?|)(?:,?newaxis)?[\])](?:->[\[(][\dnewaxis, ]*[\])])?"
_PLACEHOLDERS = {
    "Q": r"""(?:'[^'\n]{0,120}'|"[^"\n]{0,120}"|`[^`\n]{0,120}`)""",
    "N": r"-?\d+(?:\.\d*)?",
    "S": _SHAPE,
    "W": r"[\w<>]{1,60}(?:\.[\w<>]{1,40}){0,2}",
    "OP": r"[-+*/%@&|^<>=~]{1,3}(?: or [\w()]{1,8})?",
}

WORDS_OF_MESSAGES = frozenset(WORD.findall(_FORMS)) | frozenset(dir(builtins))
WORDS_OF_MESSAGES |= {
    *("NoneType", "ndarray", "dtype", "method", "function", "module", "generator"),
    *("builtin_function_or_method", "type", "axis", "axes", "shape"),
    *("order", "out", "self", "args"),
    *("float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint64"),
    *("complex64", "complex128", "bool_", "object_", "str_", "same_kind", "safe", "unsafe"),
    *("add", "subtract", "multiply", "divide", "matmul", "exp", "log", "power", "sqrt", "dot"),
    *("maximum", "minimum", "square", "scalar", "KiB", "MiB", "GiB", "TiB", "PiB"),
}
"""Words that a message may have without taking them from the notebook."""


@cache
def forms() -> re.Pattern[str]:
    """All forms as one expression, made when the first exception comes: it takes 20 ms."""
    forms = [form for form in _FORMS.splitlines() if form]
    return re.compile("|".join(f"(?:{_pattern(form)})" for form in forms))


def _pattern(form: str) -> str:
    parts = re.split(r"(?<![\w])(Q|N|S|W|OP)(?![\w])", form)
    return "".join(_PLACEHOLDERS.get(part, re.escape(part)) for part in parts)
