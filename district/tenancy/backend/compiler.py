"""Django's own compilers, with its plain INSERT, which is compiled once for each kind of row."""

from collections.abc import Sequence
from typing import Any, Final

from django.db.models.sql.compiler import (
    SQLAggregateCompiler,
    SQLCompiler,
    SQLDeleteCompiler,
    SQLUpdateCompiler,
)
from django.db.models.sql.compiler import SQLInsertCompiler as PlainInsertCompiler

__all__ = [
    "SQLAggregateCompiler",
    "SQLCompiler",
    "SQLDeleteCompiler",
    "SQLInsertCompiler",
    "SQLUpdateCompiler",
]

_compiled: Final[dict[Any, str]] = {}  # by model and columns


class SQLInsertCompiler(PlainInsertCompiler):
    """The text of an INSERT of one row of plain values depends on its columns alone: it is kept.

    Compiling it anew is a good part of what saving a row costs.
    """

    query: Any

    def as_sql(self) -> Any:  # type: ignore[override]
        if not self._is_plain():
            return super().as_sql()
        columns = tuple(self.query.fields)
        values = self._values(columns)
        if any(hasattr(value, "as_sql") for value in values):
            return super().as_sql()
        kind = (self.query.model, columns)
        if kind not in _compiled:
            _compiled[kind] = super().as_sql()[0][0]
        return [(_compiled[kind], values)]

    def _is_plain(self) -> bool:
        query = self.query
        return len(query.objs) == 1 and not (
            query.raw or query.on_conflict or self.returning_fields or not query.fields
        )

    def _values(self, columns: Sequence[Any]) -> list[Any]:
        (row,) = self.query.objs
        return [
            column.get_db_prep_save(column.pre_save(row, add=True), self.connection)
            for column in columns
        ]
