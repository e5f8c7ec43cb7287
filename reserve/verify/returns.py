"""The law of returns, L14: what comes back from use is what had been issued."""

from __future__ import annotations

from collections.abc import Iterator

from reserve.verify.books import Books, finding
from reserve.verify.findings import Finding


def returns_follow_issues(books: Books) -> Iterator[Finding]:
    """L14: what came back from a user follows the issue on which it left, and all of it never exceeds that issue."""
    sql = """
    WITH back AS (
      SELECT m.follows_id, e.lot_id, e.from_account_id AS account_id, SUM(e.quantity) AS back,
             MAX(m.position) AS position
      FROM stock_movement m JOIN stock_entry e ON e.movement_id = m.id
      JOIN stock_account a ON a.id = e.from_account_id JOIN bin b ON b.id = a.bin_id
      WHERE m.kind = 'return' AND b.kind = 'consumed'
        AND NOT EXISTS (SELECT 1 FROM stock_movement r WHERE r.reverses_id = m.id)
      GROUP BY m.follows_id, e.lot_id, e.from_account_id),
    compared AS (
      SELECT back.*, COALESCE((
        SELECT SUM(e.quantity) FROM stock_movement i JOIN stock_entry e ON e.movement_id = i.id
        WHERE i.id = back.follows_id AND i.kind = 'issue' AND e.lot_id = back.lot_id
          AND e.to_account_id = back.account_id
          AND NOT EXISTS (SELECT 1 FROM stock_movement r WHERE r.reverses_id = i.id)), 0) AS issued
      FROM back)
    SELECT c.lot_id, c.back, c.issued, c.position, m.id AS movement_id, m.person_id, m.recorded_at,
           l.item_code AS item, l.code AS lot
    FROM compared c JOIN stock_movement m ON m.position = c.position JOIN stock_lot l ON l.id = c.lot_id
    WHERE c.back > c.issued ORDER BY c.position"""
    for row in books.rows(sql):
        yield finding("L14", "return_exceeds_issue", row, f"stock_movement {row['movement_id']}")
