"""The one road into append-only tables, claims, and the one order of everything."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from reserve.audit.models import AuditEntry, Outcome, RequestKey
from reserve.db import Database, append, claim, lock_row, next_positions, within
from reserve.hashing import content_hash
from reserve.organisations.models import Organisation
from reserve.papers.models import Document, NumberSeries
from tests.conftest import NOW


def entry(number: int) -> dict[str, object]:
    return {
        "recorded_at": NOW,
        "user_id": number,
        "person_id": 1,
        "verb": "v",
        "subject": None,
        "request_key": f"k{number}",
        "content": "{}",
        "reason": None,
        "outcome": Outcome.DONE,
        "refusal": None,
    }


def series(code: str) -> dict[str, object]:
    return {"kind": "receipt", "organisation_code": code, "year": 2026, "last": 0}


UNIQUE = ("kind", "organisation_code", "year")


# --- append ---------------------------------------------------------------------------------------------------------


def test_rows_come_back_with_ids_in_the_order_given(session: Session) -> None:
    ids = append(session, AuditEntry, [entry(number) for number in range(5)])

    found = [session.get_one(AuditEntry, each).user_id for each in ids]
    assert found == [0, 1, 2, 3, 4]


def test_each_row_carries_the_hash_of_its_content(session: Session) -> None:
    (row_id,) = append(session, AuditEntry, [entry(1)])

    found = session.get_one(AuditEntry, row_id)
    assert (found.hash_algorithm, found.row_hash) == ("sha256", content_hash("audit_entry", entry(1)))


def test_nothing_to_add_adds_nothing(session: Session) -> None:
    assert append(session, AuditEntry, []) == []


def test_a_column_that_does_not_exist_is_our_mistake(session: Session) -> None:
    with pytest.raises(AssertionError):
        append(session, AuditEntry, [entry(1) | {"colour": "red"}])


def test_other_tables_have_other_roads(session: Session) -> None:
    with pytest.raises(AssertionError):
        append(session, NumberSeries, [series("X")])


def test_an_append_only_object_is_not_added_by_itself(session: Session) -> None:
    session.add(AuditEntry(**entry(1), hash_algorithm="sha256", row_hash="x"))

    with pytest.raises(AssertionError, match="only appended"):
        session.flush()


def test_an_append_only_object_is_not_changed(session: Session) -> None:
    (row_id,) = append(session, AuditEntry, [entry(1)])
    session.get_one(AuditEntry, row_id).verb = "other"

    with pytest.raises(AssertionError, match="only appended"):
        session.flush()


def test_an_append_only_object_is_not_deleted(session: Session) -> None:
    (row_id,) = append(session, AuditEntry, [entry(1)])
    session.delete(session.get_one(AuditEntry, row_id))

    with pytest.raises(AssertionError, match="only appended"):
        session.flush()


@pytest.mark.parametrize(
    "statement",
    [
        sa.update(AuditEntry).values(verb="x"),
        sa.delete(AuditEntry),
        sa.insert(AuditEntry).values(verb="x"),
    ],
    ids=["update", "delete", "insert"],
)
def test_append_only_tables_take_no_bulk_statement(session: Session, statement: sa.Executable) -> None:
    with pytest.raises(AssertionError, match="only appended"):
        session.execute(statement)


# --- claim ----------------------------------------------------------------------------------------------------------


def test_the_first_claim_is_ours_and_the_second_is_not(session: Session) -> None:
    assert claim(session, NumberSeries, series("X"), unique=UNIQUE)
    assert not claim(session, NumberSeries, series("X") | {"last": 7}, unique=UNIQUE)
    assert claim(session, NumberSeries, series("Y"), unique=UNIQUE)

    assert session.scalars(sa.select(NumberSeries.last)).all() == [0, 0]


def test_of_many_who_claim_at_once_one_succeeds(database: Database) -> None:
    won: list[bool] = []
    barrier = threading.Barrier(4)

    def try_it() -> None:
        barrier.wait()
        with database.writing() as session:
            row = {"user_id": 1, "key": "k", "verb": "v", "body_hash": "h", "claimed_at": NOW}
            won.append(claim(session, RequestKey, row, unique=("user_id", "key")))
            session.commit()

    threads = [threading.Thread(target=try_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(won) == [False, False, False, True]


# --- the one order --------------------------------------------------------------------------------------------------


def test_positions_rise_by_one_and_none_is_given_twice(session: Session) -> None:
    first, second = next_positions(session, 3), next_positions(session, 2)

    assert first == list(range(first[0], first[0] + 3))
    assert second == [first[-1] + 1, first[-1] + 2]
    assert next_positions(session, 0) == []


def test_on_sqlite_a_command_that_fails_leaves_no_gap(database: Database) -> None:
    with database.writing() as session:
        (taken,) = next_positions(session, 1)
    with database.writing() as session:
        (again,) = next_positions(session, 1)

    assert again == (taken if database.is_sqlite else taken + 1)


# --- locks and scopes -----------------------------------------------------------------------------------------------


def test_a_row_that_nobody_may_change_can_be_locked(database: Database) -> None:
    """The second waits until the first is done."""
    order: list[str] = []
    inside = threading.Event()

    def second() -> None:
        inside.wait()
        with database.writing() as session:
            lock_row(session, Document, 1)
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with database.writing() as session:
        lock_row(session, Document, 1)
        inside.set()
        thread.join(0.3)
        order.append("first")
    thread.join()

    assert order == ["first", "second"]


def test_another_row_is_not_locked(database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("on SQLite a writing transaction is alone")
    with database.writing() as first, database.writing() as second:
        lock_row(first, Document, 1)
        lock_row(second, Document, 2)
        lock_row(second, Organisation, 1)
        second.execute(sa.text("SET LOCAL lock_timeout = '50ms'"))
        with pytest.raises(OperationalError) as same_row:
            lock_row(second, Document, 1)

    assert getattr(same_row.value.orig, "sqlstate", None) == "55P03"  # this one would have had to wait


@pytest.mark.parametrize(
    ("scopes", "inside"),
    [
        (["/HB/"], True),
        (["/HB/SJZ/"], False),
        ([], False),
        (["/%/"], False),
        (["/H_/"], False),
        (["/X/", "/HB/"], True),
    ],
)
def test_a_filter_lets_through_what_lies_below(session: Session, scopes: list[str], inside: bool) -> None:
    path = sa.literal("/HB/PB/", sa.Text())

    assert session.execute(sa.select(within(path, scopes))).scalar_one() in (inside, int(inside))
