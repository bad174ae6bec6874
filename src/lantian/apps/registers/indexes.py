"""Indexes over declared fields (``indexed: true``): expressions over the values, one for each field's name.

Registers that have a field of the same name share its index: it begins with the register, and ends with the key, by
which lists are ordered.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction
from django.db.models import CharField, F, Func

from lantian.registers import Register

TABLE = "registers_record"
PREFIX = "record_field_"


class Word(Func):
    """The text of a field's value, written as the index has it, so that both databases find it there."""

    output_field = CharField()

    def __init__(self, name: str) -> None:
        super().__init__(F("values"))
        self._name = name  # a declared name: lower case letters, digits and _

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """``json_extract("values", '$."name"')``."""
        return self.as_sql(compiler, connection, template=_sqlite("%(expressions)s", self._name), **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """``("values" ->> 'name')``."""
        return self.as_sql(compiler, connection, template=_postgresql("%(expressions)s", self._name), **context)


def _sqlite(column: str, name: str) -> str:
    return f"json_extract({column}, '$.\"{name}\"')"


def _postgresql(column: str, name: str) -> str:
    return f"({column} ->> '{name}')"


def wanted(registers: Iterable[Register]) -> set[str]:
    """The names of indexes that registers in the database declare."""
    return {PREFIX + item.name for one in registers if one.store == "table" for item in one.shown if item.indexed}


def kept() -> set[str]:
    """The names of those that there are."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, TABLE)
    return {name for name, facts in found.items() if facts["index"] and name.startswith(PREFIX)}


def ensure(*registers: Register) -> list[str]:
    """Create the indexes of registers that are not there; returns their names."""
    made = sorted(wanted(registers) - kept())
    for name in made:
        _create(name)
    return made


def drop_unused(registers: Iterable[Register]) -> list[str]:
    """Drop the indexes that no register declares any more; returns their names."""
    left = sorted(kept() - wanted(registers))
    with transaction.atomic(), connection.cursor() as cursor:
        if left and connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in left:
            cursor.execute(f'DROP INDEX IF EXISTS "{name}"')
    return left


def _create(name: str) -> None:
    write = _sqlite if connection.vendor == "sqlite" else _postgresql
    value = write('"values"', name.removeprefix(PREFIX))
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Rows that this transaction changed before have checks waiting for its end; with those no index is made.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f'CREATE INDEX IF NOT EXISTS "{name}" ON "{TABLE}" ("register", ({value}), "key")')
