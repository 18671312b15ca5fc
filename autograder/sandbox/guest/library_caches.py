"""What NumPy's own functions keep between calls, so that each counted call begins without it.

`np.einsum` with ``optimize`` plans 150 lines long when it meets a shape for the first time. If an
earlier call had the smaller of two shapes, the larger one would seem to take more Python.
"""

from __future__ import annotations

import functools
import sys

# Found, and bound, before any student code runs.
_CLEAR = tuple(
    value.cache_clear
    for name, module in [*sys.modules.items()]
    if name.partition(".")[0] == "numpy"
    for value in [*vars(module).values()]
    if isinstance(value, functools._lru_cache_wrapper)
)


def forget() -> None:
    """Empty all of them."""
    for clear in _CLEAR:
        clear()
