"""How a network's `params` dictionary and its layers' attributes stay one and the same.

A network keeps its parameters by name in `params`, where optimisers and tests find them, and each
layer keeps its own in an attribute (`conv.W`). `Owners` says which name belongs to which attribute
of which layer. Networks pass `params` on to the layers before every forward pass, so both ways of
changing a parameter work: in place (`params["W1"] -= ...`) and by another array
(`params["W1"] = ...`).
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

from source_lib.checks import Array

Owners: TypeAlias = Mapping[str, tuple[Any, str]]
"""Name of a parameter -> the layer that uses it, and the attribute it is there."""


def pass_on(params: Mapping[str, Array], owners: Owners) -> None:
    """Give every layer the arrays (not copies) that `params` holds now."""
    for name, (layer, attribute) in owners.items():
        setattr(layer, attribute, params[name])


def collect_parameters(owners: Owners) -> dict[str, Array]:
    """Return the arrays that the layers hold, by name."""
    return {name: getattr(layer, attribute) for name, (layer, attribute) in owners.items()}


def collect_gradients(owners: Owners) -> dict[str, Array]:
    """Return the gradients that the last backward pass left in the layers (dW for W), by name."""
    return {name: getattr(layer, f"d{attribute}") for name, (layer, attribute) in owners.items()}
