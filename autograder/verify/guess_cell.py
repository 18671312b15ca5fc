"""Code that a guess adds to the notebook: replace a part by code that computes nothing.

The text of this file is put into the cell that defines the part (`autograder.verify.guesses`), so
it runs where the notebook runs, in this process or in the sandbox, with the standard library and
NumPy only. All its names start with ``guess_``, to keep out of the way of the notebook's own.

What a call does is its *effect*: what it returns or raises, which of its array arguments it changed
in place, and which attributes of its object it set.
"""

import base64
import copy
import functools
import pickle
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np

GUESS_BYTES = 8 * 2**20
"""Size of a table, which has to fit into a notebook; attributes beyond it are left out."""

guess_calls: list[Any] = []


def guess_alike(right: Callable[..., Any], kind: str, is_method: bool) -> Callable[..., Any]:
    """A function that gives results of the same form as ``right``, and the same exceptions.

    Args:
        right: the teaching solution.
        kind: what it puts in place of each array and number: "zeros", "ones", "input" (the first
            argument, resized), "blind" (the right one for arrays of zeros) or "first" (those of
            the first call).
        is_method: whether the first argument is ``self``.
    """
    first: list[Any] = []

    @functools.wraps(right)
    def function(*args: Any, **kwargs: Any) -> Any:
        if kind == "first" and first:
            return guess_repeat(copy.deepcopy(first[0]), args, is_method)
        given = args[is_method:]
        before = [array.copy() for array in guess_arrays((given, kwargs))]
        if kind == "blind":
            shown = guess_map((given, kwargs), np.zeros_like, numbers=not before)
            effect = guess_effect(right, (*args[:is_method], *shown[0]), shown[1], is_method)
        else:
            effect = guess_effect(right, args, kwargs, is_method)
        if kind == "first":
            first.append(copy.deepcopy(effect))
        elif kind != "blind":
            for place in effect["changed"]:
                guess_arrays((given, kwargs))[place][...] = before[place]
            numbers = [*before, *(value for value in given if guess_is_number(value)), 0]
            changes: dict[str, Callable[[Any], Any]] = {
                "zeros": np.zeros_like,
                "ones": np.ones_like,
                "input": functools.partial(guess_resized, numbers[0]),
            }
            change = changes[kind]
            for name in ("value", "attributes"):
                effect[name] = guess_map(effect[name], change)
            effect["changed"] = {} if kind == "input" else guess_map(effect["changed"], change)
        return guess_repeat(effect, args, is_method)

    return function


def guess_nothing(right: Callable[..., Any]) -> Callable[..., Any]:
    """A function that returns None."""
    return functools.wraps(right)(lambda *_args, **_kwargs: None)


def guess_error(right: Callable[..., Any]) -> Callable[..., Any]:
    """A function that raises ValueError."""

    @functools.wraps(right)
    def function(*_args: Any, **_kwargs: Any) -> Any:
        raise ValueError("no")

    return function


def guess_recorded(right: Callable[..., Any], is_method: bool) -> Callable[..., Any]:
    """``right``; ``guess_table()`` then returns the effects of all calls, as text."""

    @functools.wraps(right)
    def function(*args: Any, **kwargs: Any) -> Any:
        place = len(guess_calls)
        guess_calls.append(None)  # calls made by this one come after it
        key = guess_key((args[is_method:], kwargs))
        effect = guess_effect(right, args, kwargs, is_method)
        room = GUESS_BYTES - sum(len(call[1]) for call in guess_calls if call)
        if len(guess_pickled(effect["attributes"])) < room:
            guess_calls[place] = key, guess_pickled(effect)
        else:
            guess_calls[place] = key, guess_pickled(effect | {"attributes": {}})
        return guess_outcome(effect)

    return function


def guess_table() -> str:
    """The recorded calls, as text for `guess_looked_up`; "" if there are none."""
    calls = [call for call in guess_calls if call is not None]
    return base64.b85encode(zlib.compress(pickle.dumps(calls), 1)).decode() if calls else ""


def guess_looked_up(
    right: Callable[..., Any], by_arguments: bool, is_method: bool, table: str
) -> Callable[..., Any]:
    """A function that repeats recorded effects.

    Args:
        right: the teaching solution, which is not called.
        by_arguments: repeat that of a call whose arguments had the same shapes and numbers, if
            there was one; else that of the call at the same place in the order of calls.
        is_method: whether the first argument is ``self``.
        table: the text of the recorded calls.
    """
    calls = pickle.loads(zlib.decompress(base64.b85decode(table)))
    of_key: dict[str, list[bytes]] = {}
    for key, effect in calls:
        of_key.setdefault(key, []).append(effect)
    made: list[str] = []

    @functools.wraps(right)
    def function(*args: Any, **kwargs: Any) -> Any:
        key = guess_key((args[is_method:], kwargs))
        place = made.count(key) if by_arguments and key in of_key else len(made)
        found = of_key.get(key) if by_arguments else None
        effects = found or [effect for _, effect in calls]
        made.append(key)
        effect = pickle.loads(effects[min(place, len(effects) - 1)])
        return guess_repeat(effect, args, is_method)

    return function


def guess_effect(
    right: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], is_method: bool
) -> dict[str, Any]:
    """Call ``right``; what the call did."""
    arrays = guess_arrays((args[is_method:], kwargs))
    before = [array.tobytes() for array in arrays]
    own = vars(args[0]) if is_method else {}
    attributes = {name: guess_pickled(value) for name, value in own.items()}
    value = raised = None
    try:
        value = right(*args, **kwargs)
    except Exception as error:
        # In parts: with some packages installed, exceptions are pickled with their tracebacks.
        raised = type(error), error.args, vars(error)
    return {
        "value": value,
        "raised": raised,
        "changed": {
            place: array.copy()
            for place, array in enumerate(arrays)
            if array.tobytes() != before[place]
        },
        "attributes": {
            name: value
            for name, value in own.items()
            if guess_pickled(value) != attributes.get(name)
        },
    }


def guess_repeat(effect: dict[str, Any], args: tuple[Any, ...], is_method: bool) -> Any:
    """Do what a call did."""
    arrays = guess_arrays((args[is_method:], {}))
    for place, values in effect["changed"].items():
        if place < len(arrays) and arrays[place].shape == values.shape:
            arrays[place][...] = values
    if is_method:
        vars(args[0]).update(effect["attributes"])
    return guess_outcome(effect)


def guess_outcome(effect: dict[str, Any]) -> Any:
    """What a call returned; raises what it raised."""
    if effect["raised"] is None:
        return effect["value"]
    kind, args, attributes = effect["raised"]
    error = kind.__new__(kind, *args)
    error.args = args
    vars(error).update(attributes)
    raise error


def guess_pickled(value: Any) -> bytes:
    """The value as bytes; of a dictionary whatever can be pickled, else nothing."""
    try:
        return pickle.dumps(value)
    except Exception:
        if not isinstance(value, dict):
            return b"N."  # None
        kept = {key: guess_kept(item) for key, item in value.items()}
        return pickle.dumps({key: item[0] for key, item in kept.items() if item})


def guess_kept(value: Any) -> list[Any]:
    """The value, or what is left of it, in a list; an empty one if it cannot be pickled."""
    data = guess_pickled(value)
    return [] if data == b"N." and value is not None else [pickle.loads(data)]


def guess_arrays(value: Any) -> list[Any]:
    """The arrays in nested tuples, lists and dictionaries, in order."""
    if isinstance(value, np.ndarray):
        return [value]
    inner = value.values() if isinstance(value, dict) else value
    if not isinstance(value, (tuple, list, dict)):
        return []
    return [array for item in inner for array in guess_arrays(item)]


def guess_map(value: Any, change: Callable[[Any], Any], numbers: bool = True) -> Any:
    """Nested tuples, lists and dictionaries with ``change`` applied to arrays, and to numbers."""
    if isinstance(value, np.ndarray):
        return change(value)
    if numbers and guess_is_number(value):
        changed = np.asarray(change(np.asarray(value)))
        return changed.dtype.type(changed) if isinstance(value, np.generic) else changed.item()
    if isinstance(value, dict):
        return {key: guess_map(item, change, numbers) for key, item in value.items()}
    if type(value) in (tuple, list):
        return type(value)(guess_map(item, change, numbers) for item in value)
    return value


def guess_is_number(value: Any) -> bool:
    """Whether it is a Python or NumPy number."""
    return isinstance(value, (bool, int, float, complex, np.number, np.bool_))


def guess_resized(given: Any, result: Any) -> Any:
    """The numbers that were given, in the form of the result."""
    given = np.asarray(given)
    if not given.size:
        given = np.zeros(1)
    return np.resize(given, result.shape).astype(result.dtype)


def guess_key(value: Any) -> str:
    """What is alike in calls under two salts: all but the numbers in arrays."""
    if isinstance(value, np.ndarray):
        return repr((value.shape, value.dtype.str))
    if isinstance(value, dict):
        return repr([(key, guess_key(item)) for key, item in value.items()])
    if isinstance(value, (tuple, list)):
        return repr([guess_key(item) for item in value])
    plain = value is None or guess_is_number(value) or isinstance(value, (str, bytes))
    return repr(value) if plain else type(value).__name__
