"""Running the laws, one after the other, on one snapshot."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import islice
from typing import Literal

from sqlalchemy.exc import DBAPIError

from reserve.db import Database
from reserve.verify import engine, hashes, holds, ledger, machines, papers, requests, returns, schema
from reserve.verify.books import Books, finding, open_books
from reserve.verify.findings import Finding, Report

Level = Literal["quick", "full"]
Law = Callable[[Books], Iterator[Finding]]

LAWS: Mapping[str, Law] = {
    "S01": schema.schema_stands,
    "S02": engine.engine_is_whole,
    "L01": ledger.movements_balance,
    "L02": ledger.movements_have_entries,
    "L03": ledger.balances_equal_entries,
    "L04": ledger.never_negative,
    "L05": ledger.on_hand_is_explained,
    "L06": holds.held_equals_open_holds,
    "L07": holds.holds_end_once,
    "L08": holds.holds_taken_by_their_own_line,
    "L09": holds.unusable_lots_stay,
    "L10": ledger.reversals_are_exact,
    "L11": ledger.positions_are_one_order,
    "L12": ledger.lots_keep_their_identity,
    "L13": machines.machines_stand_once,
    "L14": returns.returns_follow_issues,
    "A01": papers.movements_rest_on_papers,
    "A02": papers.lines_move_no_more_than_approved,
    "A03": papers.states_follow_arrows,
    "A04": papers.moved_lines_are_signed,
    "I01": requests.one_effect_per_key,
    "U01": hashes.rows_keep_their_hash,
}
"""Every invariant of reliability that this version proves; the first line of each function is the law."""
QUICK = frozenset({"S01", "L01", "L02", "L03", "L04", "L05", "L06", "L07"})
MOST_FINDINGS = 100
"""Findings listed of one law; what goes beyond is counted."""


def run(database: Database, *, level: Level = "quick", only: Collection[str] = (), since: int | None = None) -> Report:
    """Prove the books on one read-only snapshot. Changes nothing and mends nothing.

    level  quick: schema and the cache of the ledger; full: every law
    only   ids of laws, in place of the level's own
    since  limits the laws of the ledger to what was touched after this position. On PostgreSQL a command that was
           still running then may hold a lower place: begin a little earlier than the last report's position
    """
    unknown = sorted(set(only) - LAWS.keys())
    if unknown:
        raise ValueError(f"no such law: {', '.join(unknown)}; known: {', '.join(LAWS)}")
    wanted = set(only) or (LAWS.keys() if level == "full" else QUICK)
    chosen = [law for law in LAWS if law in wanted]
    started = time.perf_counter()
    findings: list[Finding] = []
    left_out: dict[str, int] = {}
    with open_books(database, since) as books:
        for law in chosen:
            found = _check(books, law)
            findings += islice(found, MOST_FINDINGS)
            if more := sum(1 for _ in found):
                left_out[law] = more
        position = _position(books)
    return Report(level, chosen, findings, left_out, position, time.perf_counter() - started)


def _check(books: Books, law: str) -> Iterator[Finding]:
    """What one law finds. A schema so broken that the question fails is itself an answer, not an end of the run."""
    savepoint = books.connection.begin_nested()
    try:
        yield from LAWS[law](books)
    except DBAPIError as error:
        savepoint.rollback()
        yield finding(law, "not_checkable", {"law": law, "error": str(error.orig).split("\n")[0]})
    else:
        savepoint.rollback()


def _position(books: Books) -> int:
    savepoint = books.connection.begin_nested()
    try:
        return books.position()
    except DBAPIError:
        savepoint.rollback()
        return 0
