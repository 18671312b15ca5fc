"""Four ways of going downhill. Each changes the parameters in place.

`update(params, grads)` takes two dictionaries with the same keys and changes the arrays in
`params`, so that layers which hold the same arrays see the new values. An optimiser keeps its
memory by name and belongs to one network.
"""

from collections.abc import Mapping, MutableMapping
from typing import Protocol

import numpy as np

from source_lib.checks import Array, has_shape


class Optimizer(Protocol):
    """What all of them can do."""

    def update(self, params: Mapping[str, Array], grads: Mapping[str, Array]) -> None:
        """Change `params` in place by one step against `grads`.

        Raises:
            TypeError: a parameter is not a float array.
            ValueError: the keys, or the shapes under one key, differ.
        """


class SGD:
    """Stochastic gradient descent: p -= lr * g."""

    def __init__(self, lr: float = 0.01) -> None:
        """Set the learning rate."""
        self.lr = _positive("lr", lr)

    def update(self, params: Mapping[str, Array], grads: Mapping[str, Array]) -> None:
        """Change `params` in place by one step against `grads`; see `Optimizer.update`."""
        _check(params, grads)
        for name, parameter in params.items():
            parameter -= self.lr * grads[name]


class Momentum:
    """SGD with inertia: v = momentum * v + g; p -= lr * v.

    That is PyTorch's form. The book has v = momentum * v - lr * g; p += v, which makes the same
    steps as long as lr does not change.
    """

    def __init__(self, lr: float = 0.01, momentum: float = 0.9) -> None:
        """Set the learning rate, and how much of the last step is kept."""
        self.lr = _positive("lr", lr)
        self.momentum = _share("momentum", momentum)
        self.v: dict[str, Array] = {}

    def update(self, params: Mapping[str, Array], grads: Mapping[str, Array]) -> None:
        """Change `params` in place by one step against `grads`; see `Optimizer.update`."""
        _check(params, grads)
        for name, parameter in params.items():
            v = _memory(self.v, name, parameter)
            v *= self.momentum
            v += grads[name]
            parameter -= self.lr * v


class AdaGrad:
    """A learning rate of its own for each weight (Duchi et al. 2011).

    h += g * g; p -= lr * g / (sqrt(h) + eps). eps is PyTorch's 1e-10; the book has 1e-7.
    """

    def __init__(self, lr: float = 0.01, eps: float = 1e-10) -> None:
        """Set the learning rate, and what keeps the division from 0 / 0."""
        self.lr = _positive("lr", lr)
        self.eps = _positive("eps", eps)
        self.h: dict[str, Array] = {}

    def update(self, params: Mapping[str, Array], grads: Mapping[str, Array]) -> None:
        """Change `params` in place by one step against `grads`; see `Optimizer.update`."""
        _check(params, grads)
        for name, parameter in params.items():
            h = _memory(self.h, name, parameter)
            h += np.square(grads[name])
            parameter -= self.lr * grads[name] / (np.sqrt(h) + self.eps)


class Adam:
    """Adaptive moments (Kingma & Ba 2015, algorithm 1).

    m = beta1*m + (1-beta1)*g, v = beta2*v + (1-beta2)*g*g; both start at 0 and are divided by
    1 - beta**t in step t = 1, 2, ... to make up for it. Then p -= lr * m / (sqrt(v) + eps).
    eps stands outside the root and is added after the correction, as in the paper and in PyTorch;
    the book's code has both otherwise.
    """

    def __init__(
        self, lr: float = 0.001, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8
    ) -> None:
        """Set the learning rate, how slowly m and v forget, and what is added to the root."""
        self.lr = _positive("lr", lr)
        self.beta1 = _share("beta1", beta1)
        self.beta2 = _share("beta2", beta2)
        self.eps = _positive("eps", eps)
        self.t = 0
        self.m: dict[str, Array] = {}
        self.v: dict[str, Array] = {}

    def update(self, params: Mapping[str, Array], grads: Mapping[str, Array]) -> None:
        """Change `params` in place by one step against `grads`; see `Optimizer.update`."""
        _check(params, grads)
        self.t += 1
        m_grown = 1 - self.beta1**self.t
        v_grown = 1 - self.beta2**self.t
        for name, parameter in params.items():
            g = grads[name]
            m = _memory(self.m, name, parameter)
            v = _memory(self.v, name, parameter)
            m += (1 - self.beta1) * (g - m)
            v += (1 - self.beta2) * (np.square(g) - v)
            parameter -= (self.lr / m_grown) * m / (np.sqrt(v / v_grown) + self.eps)


def _memory(memory: MutableMapping[str, Array], name: str, parameter: Array) -> Array:
    """Return what an optimiser remembers of a parameter: zeros the first time."""
    if name not in memory:
        memory[name] = np.zeros_like(parameter)
    return memory[name]


def _check(params: Mapping[str, Array], grads: Mapping[str, Array]) -> None:
    if params.keys() != grads.keys():
        raise ValueError(
            f"grads must have the keys of params, {sorted(params)}, got {sorted(grads)}"
        )
    for name, parameter in params.items():
        if not isinstance(parameter, np.ndarray) or parameter.dtype.kind != "f":
            kind = getattr(parameter, "dtype", type(parameter).__name__)
            raise TypeError(f'params["{name}"] must be an array of floats, got {kind}')
        gradient = np.asarray(grads[name])
        has_shape(f'grads["{name}"]', gradient, parameter.shape, f'that of params["{name}"]')


def _positive(name: str, value: float) -> float:
    if not value > 0:
        raise ValueError(f"{name} must be a positive number, got {value!r}")
    return value


def _share(name: str, value: float) -> float:
    if not 0 <= value < 1:
        raise ValueError(f"{name} must be from 0 to below 1, got {value!r}")
    return value
