"""Jupyter's packages without the part of their imports that takes longest and is of no use here.

nbformat and nbgrader import jsonschema. Where `rfc3987_syntax` is installed, jsonschema imports it
to check international web addresses, and it parses their grammar while it is imported: a CPU
second, a third of what generating a notebook takes. Where it is not installed, jsonschema leaves
these addresses unchecked. The schemas of notebooks contain none.
"""

from __future__ import annotations

import sys
from contextlib import suppress

_GRAMMAR = "rfc3987_syntax"


def import_jsonschema() -> None:
    """Import jsonschema as if the grammar were not installed; call it before nbformat's import."""
    if "jsonschema" in sys.modules or _GRAMMAR in sys.modules:
        return
    sys.modules[_GRAMMAR] = None  # type: ignore[assignment]  # importing it is an ImportError
    try:
        with suppress(ImportError):  # nbformat will say what is missing
            import jsonschema  # noqa: F401
    finally:
        del sys.modules[_GRAMMAR]
