"""SQL of the lake in Spark's dialect: where DuckDB and Spark read the same words differently, it is said here."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot import exp, parse_one

# (paths, columns with their DuckDB types) of files that are read, to the name of a view that holds their rows.
Reading = Callable[[Sequence[str], Sequence[tuple[str, str]]], str]

_WHOLE = {exp.DType.BIGINT, exp.DType.INT}


def on_spark(text: str, reading: Reading | None = None) -> str:
    """DuckDB's SQL as Spark's. ``reading`` makes a view of the files that `lantian.lake.query.parquet` reads."""
    return in_spark(parse_one(text, dialect="duckdb"), reading)


def in_spark(tree: exp.Expr, reading: Reading | None = None) -> str:
    """The same of a parsed query, which is changed."""
    if reading is not None:
        for union in list(tree.find_all(exp.Union)):
            if union.args.get("by_name"):
                _replace_files(union, reading)
    # Parts before wholes: what replaces a whole is made of its parts.
    for node in reversed(list(tree.walk(bfs=False))):
        mend = _MENDED.get(type(node))
        if mend is not None:
            mend(node)
    return tree.sql("spark", identify=True)


def _replace_files(union: exp.Union, reading: Reading) -> None:
    """The typed columns and the files of `parquet`, which stand in one UNION BY NAME, as one view."""
    found = union.expression.find(exp.ReadParquet)
    assert found is not None, "only files are united by name"
    paths = [item.name for item in found.expressions[0].expressions]
    columns = [(item.alias, item.this.to.sql("duckdb")) for item in union.this.selects]
    view = reading(paths, columns)
    union.replace(exp.select("*").from_(exp.to_table(view, quoted=True)))


def _literal(node: exp.Literal) -> None:
    """Figures with a point are doubles: Spark would divide them as decimals and round at the sixth digit."""
    if not node.is_string and not node.name.isdigit() and not isinstance(node.parent, exp.Interval):
        node.replace(exp.Cast(this=node.copy(), to=exp.DataType.build("double")))


def _cast(node: exp.Cast) -> None:
    """To whole numbers DuckDB rounds, half to even, and Spark cuts off; 2^63 is too much, and Spark takes one less."""
    if node.to.this in _WHOLE:
        double, decimal = node.copy(), node.copy()
        double.set("to", exp.DataType.build("double"))
        decimal.set("to", exp.DataType.build("decimal(38, 0)"))
        decimal.set("this", exp.Anonymous(this="rint", expressions=[double]))
        node.set("this", decimal)


def _round(node: exp.Round) -> None:
    """Spark rounds what a double prints as, DuckDB the double itself: 2.675 to two places is 2.68 or 2.67."""
    places = node.args.get("decimals")
    if places is None:
        return
    scale = exp.Cast(
        this=exp.Pow(this=exp.Literal.number(10), expression=places.copy()), to=exp.DataType.build("double")
    )
    scaled = exp.Mul(this=exp.Paren(this=node.this.copy()), expression=scale)
    node.replace(exp.Paren(this=exp.Div(this=exp.Round(this=scaled), expression=scale.copy())))


def _like(node: exp.Like) -> None:
    """A backslash in a pattern is itself in DuckDB; in Spark it takes the next sign literally."""
    pattern = node.expression
    if isinstance(pattern, exp.Literal):
        pattern.replace(exp.Literal.string(pattern.name.replace("\\", "\\\\")))
    else:
        slash, two = exp.Literal.string("\\"), exp.Literal.string("\\\\")
        pattern.replace(exp.Anonymous(this="replace", expressions=[pattern.copy(), slash, two]))


def _days(node: exp.DateDiff) -> None:
    """DuckDB counts midnights, Spark between times full days: between dates both count the same."""
    for part in ("this", "expression"):
        node.set(part, exp.Cast(this=node.args[part].copy(), to=exp.DataType.build("date")))


def _count_if(node: exp.CountIf) -> None:
    """Over nothing that is known it is null in DuckDB and 0 in Spark."""
    yes = exp.If(this=node.this.copy(), true=exp.Literal.number(1))
    no = exp.If(this=exp.Not(this=exp.Paren(this=node.this.copy())), true=exp.Literal.number(0))
    one = exp.Case(ifs=[yes, no])
    node.replace(exp.Sum(this=one))


def _micros(node: exp.Anonymous) -> None:
    if node.name.lower() == "epoch_us":
        node.set("this", "unix_micros")


def _from_micros(node: exp.UnixToTime) -> None:
    """Times in China have no zone; Spark's timestamp_micros has one (UTC, by the session)."""
    instant = exp.Anonymous(this="timestamp_micros", expressions=[node.this.copy()])
    node.replace(exp.Cast(this=instant, to=exp.DataType.build("timestamp", dialect="duckdb")))


_MENDED: dict[type[exp.Expr], Callable[..., None]] = {
    exp.Literal: _literal,
    exp.Cast: _cast,
    exp.TryCast: _cast,
    exp.Round: _round,
    exp.Like: _like,
    exp.DateDiff: _days,
    exp.CountIf: _count_if,
    exp.Anonymous: _micros,
    exp.UnixToTime: _from_micros,
}
