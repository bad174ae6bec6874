"""Small arithmetic over named facts: ``20 * share / 100 - min(late, 5)``. Nothing else is evaluated.

Allowed are numbers, the names of the item's facts, ``+ - * /``, parentheses and ``min max abs``. The text is parsed
into a tree and every node is looked at; nothing is ever executed.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from decimal import Context, Decimal, DecimalException

LONGEST = 200
_LARGEST = Decimal(10) ** 9
_CONTEXT = Context(prec=28)
_STEPS: dict[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: _CONTEXT.add,
    ast.Sub: _CONTEXT.subtract,
    ast.Mult: _CONTEXT.multiply,
    ast.Div: _CONTEXT.divide,
}
_CALLS: dict[str, Callable[..., Decimal]] = {"min": min, "max": max, "abs": abs}


class FormulaError(Exception):
    """A formula that cannot be read (``code`` of problems.yaml) or computed; ``part`` is what it is about."""

    def __init__(self, code: str, part: str = "") -> None:
        super().__init__(code, part)
        self.code, self.part = code, part


def names_of(text: str) -> frozenset[str]:
    """The names that a formula uses.

    :raises FormulaError: it is too long, no arithmetic, or uses more than what is allowed.
    """
    found: set[str] = set()
    _walk(_parsed(text), found)
    return frozenset(found)


def compute(text: str, values: Mapping[str, Decimal]) -> Decimal:
    """The value of a formula that :func:`names_of` accepted.

    :raises FormulaError: it divides by nought or leaves all bounds (``formula_failed``).
    """
    try:
        return _value(_parsed(text), values)
    except (DecimalException, ZeroDivisionError):
        raise FormulaError("formula_failed") from None


def _parsed(text: str) -> ast.expr:
    if len(text) > LONGEST:
        raise FormulaError("formula_long", str(LONGEST))
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise FormulaError("formula_syntax") from None


def _walk(node: ast.expr, found: set[str]) -> None:
    match node:
        case ast.BinOp(left, step, right) if type(step) in _STEPS:
            _walk(left, found)
            _walk(right, found)
        case ast.UnaryOp(ast.UAdd() | ast.USub(), operand):
            _walk(operand, found)
        case ast.Call(ast.Name(name), [_, *_] as args, []) if name in _CALLS:
            _count(name, args)
            for arg in args:
                _walk(arg, found)
        case ast.Name(name):
            found.add(name)
        case ast.Constant(value) if type(value) in (int, float):
            _number(value)  # type: ignore[arg-type]  # one of the two
        case _:
            raise FormulaError("formula_part", ast.unparse(node)[:40])


def _count(name: str, args: list[ast.expr]) -> None:
    if (name == "abs") != (len(args) == 1):
        raise FormulaError("formula_part", name)


def _number(value: int | float) -> Decimal:
    number = Decimal(repr(value)) if abs(value) <= _LARGEST else None
    if number is None or not number.is_finite():
        raise FormulaError("formula_number")
    return number


def _value(node: ast.expr, values: Mapping[str, Decimal]) -> Decimal:
    match node:
        case ast.BinOp(left, step, right):
            return _STEPS[type(step)](_value(left, values), _value(right, values))
        case ast.UnaryOp(step, operand):
            number = _value(operand, values)
            return -number if isinstance(step, ast.USub) else number
        case ast.Call(ast.Name(name), args):
            return _CALLS[name](*(_value(arg, values) for arg in args))
        case ast.Name(name):
            return values[name]
        case ast.Constant(int() | float() as value):
            return _number(value)
    raise FormulaError("formula_part", ast.unparse(node)[:40])
