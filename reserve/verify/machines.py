"""The law of machines, L13: each stands in one place, once."""

from __future__ import annotations

from collections.abc import Iterator

from reserve.verify.books import OUTSIDE_KINDS, Books, finding
from reserve.verify.findings import Finding


def machines_stand_once(books: Books) -> Iterator[Finding]:
    """L13: a machine was never more than one piece, at no position; what was found of it is about a machine."""
    sql = f"""
    WITH steps AS (
      SELECT s.lot_id, m.position, SUM(s.quantity) AS quantity
      FROM stock_machine x JOIN ledger_signed s ON s.lot_id = x.lot_id
      JOIN stock_movement m ON m.id = s.movement_id
      JOIN stock_account a ON a.id = s.account_id JOIN bin b ON b.id = a.bin_id
      WHERE b.kind NOT IN {OUTSIDE_KINDS} GROUP BY s.lot_id, m.position),
    running AS (SELECT steps.*, SUM(quantity) OVER (PARTITION BY lot_id ORDER BY position) AS stood FROM steps),
    bad AS (SELECT lot_id, MIN(position) AS position, MAX(stood) AS stood FROM running WHERE stood > 1 GROUP BY lot_id)
    SELECT bad.lot_id, bad.stood, bad.position, m.person_id, m.recorded_at, l.item_code AS item, l.code AS lot
    FROM bad JOIN stock_movement m ON m.position = bad.position JOIN stock_lot l ON l.id = bad.lot_id
    ORDER BY bad.position"""
    for row in books.rows(sql):
        yield finding("L13", "machine_stands_twice", row, f"stock_lot {row['lot_id']}")
