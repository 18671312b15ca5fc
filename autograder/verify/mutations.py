"""Change a function in one place, in every way that a mutation operator knows.

Pure functions on syntax trees. An operator imitates a slip: another operator or comparison, a
constant off by one, two neighbouring arguments, axes or indices exchanged, an argument forgotten,
height taken for width, a call or a statement left out.

What no test can or should tell apart is left alone: docstrings, decorators, annotations, texts of
exceptions, ``self.x = None`` (which declares an attribute), the order of the axes of a sum or of
the choices of an ``in``, and which negative number means the rest in a ``reshape``.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Mapping, Sequence

Mutated = Iterator[ast.expr]

_BINARY: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult, ast.MatMult: ast.Mult,
}  # fmt: skip
_COMPARE: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt), ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt), ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
}  # fmt: skip
_FUNCTIONS = {
    "max": "min", "min": "max", "argmax": "argmin", "sum": "mean", "mean": "sum", "zeros": "ones",
    "ones": "zeros", "zeros_like": "ones_like", "ones_like": "zeros_like", "any": "all",
    "all": "any", "maximum": "minimum", "minimum": "maximum", "exp": "log", "log": "exp",
    "sqrt": "square", "var": "std", "floor": "ceil", "ceil": "floor", "sin": "cos", "cos": "sin",
}  # fmt: skip
_SIDES = (("h", "w"), ("H", "W"), ("y", "x"), ("height", "width"), ("row", "column"))


def mutations(function: ast.FunctionDef) -> Iterator[ast.FunctionDef]:
    """Copies of a function that differ from it in one place, each only once."""
    seen = {ast.unparse(function)}
    names = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    names |= {node.attr for node in ast.walk(function) if isinstance(node, ast.Attribute)}
    parents = {child: node for node in ast.walk(function) for child in ast.iter_child_nodes(node)}
    for node in _places(function):
        changes: Iterator[Sequence[ast.AST]]
        if isinstance(node, ast.expr):
            changes = ([new] for new in _expression(node, names))
        elif isinstance(node, ast.stmt):
            changes = _statement(node)
        else:
            continue
        for new in changes:
            mutant = _replaced(node, new, parents)
            assert isinstance(mutant, ast.FunctionDef)
            if (text := ast.unparse(mutant)) not in seen and _compiles(text):
                seen.add(text)
                yield mutant


def _places(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """The nodes that may be changed, in the order of the source."""
    todo: list[ast.AST] = [*reversed(function.body)]
    todo += reversed([each for each in function.args.kw_defaults if each is not None])
    todo += reversed(function.args.defaults)
    while todo:
        node = todo.pop()
        yield node
        todo += reversed(_children(node))


def _children(node: ast.AST) -> list[ast.AST]:
    match node:
        case ast.Raise() | ast.Assign(value=ast.Constant(None)):
            return []
        case ast.FunctionDef():
            return [*node.args.defaults, *node.body]
        case ast.AnnAssign(target, _, value):
            return [target, *([value] if value else [])]
        case ast.keyword(arg="axis", value=ast.Tuple(elements)):
            return list(elements)
        case ast.Compare(left, [ast.In() | ast.NotIn()], [ast.Tuple(elements)]):
            return [left, *elements]
        case ast.Call(ast.Attribute(attr="reshape"), arguments):
            rest = [each for each in arguments if not _is_rest(each)]
            return [node.func, *rest, *node.keywords]
    return list(ast.iter_child_nodes(node))


def _is_rest(node: ast.AST) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant)


def _expression(node: ast.expr, names: set[str]) -> Mutated:
    match node:
        case ast.BinOp(left, operator, right):
            yield ast.BinOp(left, _BINARY.get(type(operator), type(operator))(), right)
            yield from (left, right)
        case ast.UnaryOp(_, operand):
            yield operand
        case ast.Compare(left, [operator], comparators):
            for other in _COMPARE[type(operator)]:
                yield ast.Compare(left, [other()], comparators)
        case ast.BoolOp(operator, values):
            other_way = ast.Or() if isinstance(operator, ast.And) else ast.And()
            yield ast.BoolOp(other_way, values)
            yield from values
        case ast.IfExp(_, body, orelse):
            yield from (body, orelse)
        case ast.Constant(value):
            yield from (ast.Constant(other) for other in _constants(value))
        case ast.Name(name, ast.Load()):
            yield from (ast.Name(other, ast.Load()) for other in _twins(name) if other in names)
        case ast.Attribute(value, name, ast.Load()):
            others = [*(_twins(name) & names), *filter(None, [_FUNCTIONS.get(name)])]
            yield from (ast.Attribute(value, other, ast.Load()) for other in others)
        case ast.Call():
            yield from _call(node)
        case ast.Tuple(elements, context) | ast.List(elements, context):
            for order in _swaps(elements):
                yield type(node)(order, context)
        case ast.Slice(lower, upper, step):
            if lower is not None:
                yield ast.Slice(None, upper, step)
            if upper is not None:
                yield ast.Slice(lower, None, step)
            if step is not None:
                yield ast.Slice(lower, upper, None)


def _constants(value: object) -> Iterator[str | int | float]:
    match value:
        case bool():
            yield not value
        case int():
            yield from (value + 1, value - 1)
        case float():
            yield value * 2 if value else 1.0
        case str() if value:
            yield ""


def _call(node: ast.Call) -> Mutated:
    for order in _swaps(node.args):
        yield ast.Call(node.func, order, node.keywords)
    for place in range(len(node.args)):
        rest = [*node.args[:place], *node.args[place + 1 :]]
        yield ast.Call(node.func, rest, node.keywords)
    for place in range(len(node.keywords)):
        rest_named = [*node.keywords[:place], *node.keywords[place + 1 :]]
        yield ast.Call(node.func, node.args, rest_named)
    # The call left out: what it was made on, or its first argument.
    if isinstance(node.func, ast.Attribute) and not _is_module(node.func.value):
        yield node.func.value
    if node.args and not isinstance(node.args[0], ast.Starred):
        yield node.args[0]


def _is_module(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and node.id in ("np", "plt")


def _swaps(elements: list[ast.expr]) -> Iterator[list[ast.expr]]:
    """The elements with two neighbours exchanged."""
    for place in range(len(elements) - 1):
        order = list(elements)
        order[place : place + 2] = reversed(order[place : place + 2])
        yield order


def _twins(name: str) -> set[str]:
    """Names of the same thing in the other direction: ``out_w`` for ``out_h``."""
    words = name.split("_")
    found = set()
    for one, other in (*_SIDES, *(pair[::-1] for pair in _SIDES)):
        for place, word in enumerate(words):
            if word == one or (len(word) == 2 and word[1] == one):
                new = word[:-1] + other if len(word) == 2 and word != one else other
                found.add("_".join([*words[:place], new, *words[place + 1 :]]))
    return found


def _statement(node: ast.stmt) -> Iterator[Sequence[ast.AST]]:
    match node:
        case ast.Expr(ast.Constant()) | ast.Pass() | ast.FunctionDef():
            return
        case ast.Assign(value=ast.Constant(None)):
            return
        case ast.Assign() | ast.Expr() | ast.Raise() | ast.Delete() | ast.AnnAssign():
            yield [ast.Pass()]
        case ast.AugAssign(target, operator, value):
            yield [ast.Pass()]
            yield [ast.AugAssign(target, _BINARY.get(type(operator), type(operator))(), value)]
            yield [ast.Assign([target], value)]
        case ast.Return(value):
            if value is not None:
                yield [ast.Return(ast.Constant(None))]
        case ast.If(test, body, orelse):
            yield [ast.If(ast.UnaryOp(ast.Not(), test), body, orelse)]
            yield body
            yield orelse or [ast.Pass()]
        case ast.For(target, iterator, body, orelse):
            yield [ast.Pass()]
            once = ast.Subscript(
                ast.List([ast.Starred(iterator)]), ast.Slice(None, ast.Constant(1))
            )
            yield [ast.For(target, once, body, orelse)]
        case ast.While(test, body, orelse):
            yield [ast.Pass()]
            yield [ast.While(test, [*body, ast.Break()], orelse)]
        case ast.Break():
            yield [ast.Continue()]
        case ast.Continue():
            yield [ast.Break()]


def _replaced(node: ast.AST, new: Sequence[ast.AST], parents: Mapping[ast.AST, ast.AST]) -> ast.AST:
    """What is at the top of the tree with a node replaced; all that does not change is shared."""
    for each in new:
        ast.fix_missing_locations(each)  # unparse asks statements for their lines
    while (parent := parents.get(node)) is not None:
        changed = copy.copy(parent)
        for name, value in ast.iter_fields(parent):
            if value is node:
                setattr(changed, name, new[0])
            elif isinstance(value, list):
                items = [each for item in value for each in (new if item is node else [item])]
                setattr(changed, name, items)
        node, new = parent, [changed]
    return new[0]


def _compiles(source: str) -> bool:
    try:
        compile(source, "<mutant>", "exec")
    except SyntaxError:
        return False
    return True
