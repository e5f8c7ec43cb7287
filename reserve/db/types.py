"""Column types and the base of every table: the same meaning on both engines."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import Enum as PythonEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from reserve.hashing import from_microseconds, microseconds


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant: ``timestamptz`` on PostgreSQL, whole microseconds on SQLite, which has no time type."""

    impl = sa.BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> Any:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(sa.TIMESTAMP(timezone=True))
        return dialect.type_descriptor(sa.BigInteger())

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> Any:
        if value is None:
            return None
        count = microseconds(value)
        return value.astimezone(UTC) if dialect.name == "postgresql" else count

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if isinstance(value, datetime) else from_microseconds(value)


# STRICT tables know INTEGER, TEXT, REAL and BLOB only.
@compiles(sa.BigInteger, "sqlite")
@compiles(sa.Boolean, "sqlite")
def _integer(type_: Any, compiler: Any, **options: Any) -> str:
    return "INTEGER"


@compiles(sa.Date, "sqlite")
@compiles(sa.String, "sqlite")
@compiles(sa.Text, "sqlite")
@compiles(sa.Enum, "sqlite")
@compiles(sa.JSON, "sqlite")
def _text(type_: Any, compiler: Any, **options: Any) -> str:
    return "TEXT"


@compiles(sa.Float, "sqlite")
@compiles(sa.Double, "sqlite")
def _real(type_: Any, compiler: Any, **options: Any) -> str:
    return "REAL"


NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def enum_type(enum: type[PythonEnum], name: str | None = None) -> sa.Enum:
    """An enum stored by value and checked. A table that uses one enum twice names the second check itself."""
    named = {"name": name} if name else {}
    return sa.Enum(
        enum,
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda members: [member.value for member in members],
        **named,
    )


class Base(DeclarativeBase):
    """Every table. Whole numbers are 64 bits wide, texts unbounded, enums stored by value and checked."""

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        int: sa.BigInteger(),
        str: sa.Text(),
        bool: sa.Boolean(),
        date: sa.Date(),
        datetime: UtcDateTime(),
        bytes: sa.LargeBinary(),
        dict[str, Any]: sa.JSON(),
        PythonEnum: enum_type(PythonEnum),
    }

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        table = cls.__dict__.get("__table__")
        if isinstance(table, sa.Table):
            table.dialect_options["sqlite"]["strict"] = True


class AppendOnly:
    """A table whose rows are added and never changed or deleted; each row carries the hash of its content.

    Rows come in through ``append`` alone. Three things hold this: the session listeners below, triggers in the
    database, and on PostgreSQL the rights of the application role.
    """

    id: Mapped[int] = mapped_column(primary_key=True, sort_order=-1)
    hash_algorithm: Mapped[str] = mapped_column(sort_order=900)
    row_hash: Mapped[str] = mapped_column(sort_order=901)
