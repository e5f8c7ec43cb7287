"""Column types mean the same on both engines."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlalchemy.orm import Session

from reserve.db import Base, UtcDateTime, enum_type
from reserve.jobs.models import Job, JobState
from reserve.models import append_only_tables, kept_tables, metadata
from tests.conftest import NOW

COLUMN_TYPES = {"INTEGER", "TEXT", "REAL", "BLOB"}


def job(session: Session, **values: object) -> Job:
    row = {
        "code": "j1",
        "kind": "k",
        "subject": "s",
        "payload": "{}",
        "state": JobState.WAITING,
        "created_at": NOW,
        "attempts": 0,
        "progress_percent": 0,
    }
    found = Job(**row | values)
    session.add(found)
    session.flush()
    session.expire(found)
    return found


@pytest.mark.parametrize(
    "instant",
    [
        datetime(2026, 3, 1, 2, 0, 0, 1, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(2026, 3, 1, 10, 0, tzinfo=timezone(timedelta(hours=8))),
    ],
)
def test_an_instant_comes_back_to_the_microsecond_in_utc(session: Session, instant: datetime) -> None:
    found = job(session, created_at=instant).created_at

    assert found == instant
    assert found.utcoffset() == timedelta(0)


def test_a_naive_instant_is_refused(session: Session) -> None:
    with pytest.raises(StatementError, match="without a zone"):
        job(session, created_at=datetime(2026, 3, 1))  # noqa: DTZ001 - the fault under test


def test_instants_compare_in_the_database_as_they_do_here(session: Session) -> None:
    for number in range(3):
        job(session, code=f"j{number}", created_at=NOW + timedelta(microseconds=number))

    later = session.scalars(sa.select(Job.code).where(Job.created_at > NOW).order_by(Job.created_at.desc()))
    assert later.all() == ["j2", "j1"]


@pytest.mark.parametrize("text", ["口罩𠮷🩹", "a\u200db", "\u202eabc", "x" * 100_000, "'; DROP TABLE job; --", ""])
def test_text_comes_back_exactly(session: Session, text: str) -> None:
    assert job(session, payload=text).payload == text


@pytest.mark.parametrize("number", [0, -1, 2**63 - 1, -(2**63)])
def test_whole_numbers_are_64_bits_wide(session: Session, number: int) -> None:
    assert job(session, attempts=number).attempts == number


def test_a_number_too_large_is_refused_and_not_cut(session: Session) -> None:
    with pytest.raises((DBAPIError, OverflowError)):
        job(session, attempts=2**63)


def test_a_text_in_a_number_column_is_refused(session: Session) -> None:
    statement = "INSERT INTO number_series (kind, organisation_code, year, last) VALUES ('receipt', 'X', 'no', 1)"
    with pytest.raises(DBAPIError):
        session.execute(sa.text(statement))


def test_an_enum_is_stored_by_value_and_checked(session: Session) -> None:
    found = job(session, state=JobState.DONE)

    assert session.execute(sa.text("SELECT state FROM job")).scalar_one() == "done"
    assert found.state is JobState.DONE
    with pytest.raises(IntegrityError):
        session.execute(sa.text("UPDATE job SET state = 'lost'"))


def test_an_enum_used_twice_names_its_second_check() -> None:
    class Colour(StrEnum):
        RED = "red"

    assert enum_type(Colour).name == "colour"
    assert enum_type(Colour, "before").name == "before"


def test_every_column_compiles_to_a_type_that_strict_tables_know() -> None:
    dialect = sqlite.dialect()
    others = {
        f"{table.name}.{column.name}": kind
        for table in metadata.tables.values()
        for column in table.columns
        if (kind := column.type.compile(dialect)) not in COLUMN_TYPES
    }

    assert others == {}


def test_instants_are_timestamps_with_zone_on_postgresql() -> None:
    assert UtcDateTime().compile(postgresql.dialect()) == "TIMESTAMP WITH TIME ZONE"


def test_no_float_counts_anything() -> None:
    """Coordinates are the only numbers with a fraction."""
    floats = {
        column.name
        for table in metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, sa.Float)
    }

    assert floats <= {"latitude", "longitude"}


def test_no_append_only_row_holds_a_float_or_a_value_of_the_database() -> None:
    """Their hash is taken before they are written, over what was given."""
    unfit = [
        f"{name}.{column.name}"
        for name in append_only_tables()
        for column in metadata.tables[name].columns
        if isinstance(column.type, sa.Float | sa.JSON)
        or column.default is not None
        or column.server_default is not None
    ]

    assert unfit == []


def test_every_table_is_append_only_or_kept_and_has_one_key() -> None:
    assert sorted(append_only_tables() + kept_tables()) == sorted(metadata.tables)
    assert not set(append_only_tables()) & set(kept_tables())
    assert all(
        [column.name for column in table.primary_key.columns] == ["id"] for table in Base.metadata.tables.values()
    )


def test_a_day_comes_back_as_a_day(session: Session) -> None:
    statement = sa.select(sa.literal(date(2026, 3, 1), sa.Date()))

    assert session.execute(statement).scalar_one() == date(2026, 3, 1)
