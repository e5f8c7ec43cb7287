"""How ``verify`` runs: on one snapshot, without writing, saying what it did."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import DBAPIError

from reserve.clock import StoryClock
from reserve.commands import Runner
from reserve.db import Database
from reserve.models import append_only_tables, metadata
from reserve.papers.terms import NUMBER_CODE, DocumentKind, arrows
from reserve.sites.terms import OUTSIDE, BinKind
from reserve.stock.rules import MOVEMENT_GROUNDS
from reserve.verify import LAWS, QUICK, run
from reserve.verify import papers as paper_laws
from reserve.verify.books import OUTSIDE_KINDS, POSITION_TABLES, open_books
from reserve.verify.running import MOST_FINDINGS
from reserve.verify.sentences import SENTENCES
from tests.ledger_text import book
from tests.planting import owner, plant
from tests.reserve.verify.worlds import ENGINES, world

LATER = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_report_says_what_was_checked_and_how_far_the_books_go(engine: str) -> None:
    with world(engine, "rich") as database:
        quick, full, one = run(database), run(database, level="full"), run(database, only=["L05", "A01"])
        with open_books(database) as books:
            last = books.position()

    assert set(quick.laws) == QUICK
    assert list(full.laws) == list(LAWS)
    assert one.laws == ["L05", "A01"]
    assert quick.position == full.position == last > 0
    assert quick.clean
    assert full.clean


@pytest.mark.parametrize("engine", ENGINES)
def test_a_finding_says_where_first_when_and_by_whom(engine: str) -> None:
    with world(engine, "small") as database:
        runner = Runner(database, StoryClock(LATER))
        book(runner, "2026-03-02  receive  5  lot 7  SUPPLIER -> A1")
        taken = book(runner, "2026-03-03  issue    5  lot 7  A1 -> H1")
        with owner(database) as connection:
            plant(connection, "UPDATE stock_entry SET quantity = 6 WHERE id = 2")
        found = run(database, only=["L04"]).findings

    assert [(each.code, each.position, each.person_id) for each in found] == [
        ("negative_at_position", taken.positions[0], 1),
        ("negative_at_time", taken.positions[0], 1),
    ]
    assert found[0].at is not None
    assert found[0].at.date().isoformat() == "2026-03-05"
    assert found[1].en == "M0000001, lot 7 at W1/A1: on 2026-03-03 it would be -1, as known now."
    assert found[1].zh == "W1/A1 的 M0000001 批次 7 在 2026-03-03 为 -1(按现在所知)。"


@pytest.mark.parametrize("engine", ENGINES)
def test_since_looks_only_at_what_was_touched_afterwards(engine: str) -> None:
    with world(engine, "small") as database:
        runner = Runner(database, StoryClock(LATER))
        book(runner, "2026-03-02  receive  5  lot 7  SUPPLIER -> A1")
        proven = run(database).position
        book(runner, "2026-03-02  receive  5  lot 8  SUPPLIER -> A1")
        with owner(database) as connection:
            plant(connection, "UPDATE stock_balance SET on_hand = on_hand + 1")

        everywhere = run(database, only=["L03"]).findings
        afterwards = run(database, only=["L03"], since=proven).findings

    assert [each.facts["lot"] for each in everywhere] == ["7", "8"]
    assert [each.facts["lot"] for each in afterwards] == ["8"]


@pytest.mark.parametrize("engine", ENGINES)
def test_since_asks_every_law_without_stumbling(engine: str) -> None:
    with world(engine, "rich") as database:
        assert run(database, level="full", since=10).findings == []


@pytest.mark.parametrize("engine", ENGINES)
def test_the_snapshot_stays_while_people_work(engine: str) -> None:
    with world(engine, "small") as database:
        with open_books(database) as books:
            before = books.position()
            book(Runner(database, StoryClock(LATER)), "2026-03-02  receive  5  lot 7  SUPPLIER -> A1")
            during = books.position()
        after = run(database).position

    assert (before, during) == (0, 0)
    assert after == 2


@pytest.mark.parametrize("engine", ENGINES)
def test_verify_cannot_write(engine: str) -> None:
    with world(engine, "small") as database, open_books(database) as books, pytest.raises(DBAPIError):
        books.connection.exec_driver_sql("UPDATE stock_balance SET held = 0")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_schema_too_broken_to_ask_is_itself_a_finding(engine: str) -> None:
    with world(engine, "small") as database:
        with owner(database) as connection:
            connection.exec_driver_sql("DROP TABLE stock_hold_end")
        report = run(database, level="full")

    codes = {(each.law, each.code) for each in report.findings}
    assert ("S01", "schema_missing") in codes
    assert ("L06", "not_checkable") in codes
    assert ("A01", "not_checkable") not in codes
    assert list(report.laws) == list(LAWS)


def test_many_findings_are_counted_and_not_all_listed() -> None:
    with world("sqlite", "small") as database:
        with owner(database) as connection:
            rows = ", ".join(f"({number}, 1, 'key{number}', 'verb', '', 0)" for number in range(1000, 1130))
            plant(connection, "INSERT INTO request_key (id, user_id, key, verb, body_hash, claimed_at) VALUES " + rows)
        report = run(database, only=["I01"])

    assert len(report.findings) == MOST_FINDINGS
    assert report.left_out == {"I01": 2 * 130 - MOST_FINDINGS}


def test_an_unknown_law_is_refused_with_the_known_ones() -> None:
    with (
        world("sqlite", "small") as database,
        pytest.raises(ValueError, match="no such law: L99; known: S01, S02, L01"),
    ):
        run(database, only=["L99"])


# --- two roads to one truth: the copies in verify say what the slices say ------------------------------------------


def test_grounds_are_those_of_the_stock_rules() -> None:
    copied = {kind: (set(moves), set(states)) for kind, moves, states in paper_laws.GROUNDS}

    assert copied == {
        kind.value: ({move.value for move in moves}, {state.value for state in states})
        for kind, (moves, states) in MOVEMENT_GROUNDS.items()
    }


def test_arrows_are_those_of_the_papers() -> None:
    assert set(paper_laws.ARROWS) == {
        (kind.value, before.value if before else "", after.value)
        for kind in DocumentKind
        for before, targets in arrows(kind).items()
        for after in targets
    }
    assert {kind for kind, _, _ in paper_laws.ARROWS} == {kind.value for kind in NUMBER_CODE}


def test_outside_bins_are_those_of_the_sites() -> None:
    assert {kind.value for kind in BinKind if f"'{kind}'" in OUTSIDE_KINDS} == {kind.value for kind in OUTSIDE}


def test_every_table_in_the_one_order_is_known() -> None:
    numbered = {name for name in append_only_tables() if "position" in metadata.tables[name].columns}

    assert numbered == set(POSITION_TABLES)


# --- sentences ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_every_sentence_is_there_in_both_languages(code: str) -> None:
    sentence = SENTENCES[code]

    assert any("\u4e00" <= character <= "\u9fff" for character in sentence.zh + sentence.todo_zh)
    assert not any("\u4e00" <= character <= "\u9fff" for character in sentence.en + sentence.todo_en)
    braces = [{word.partition("}")[0] for word in text.split("{")[1:]} for text in (sentence.zh, sentence.en)]
    assert braces[0] == braces[1], "both languages tell the same facts"


def test_an_empty_database_is_clean(database: Database) -> None:
    assert run(database, level="full").findings == []
