"""Laws of holds, L06–L09: what is promised, how promises end, and what may not leave the shelf."""

from __future__ import annotations

from collections.abc import Iterator

from reserve.verify.books import OUTSIDE_KINDS, Books, finding
from reserve.verify.findings import Finding
from reserve.verify.ledger import PLACE

WAITING_BINS = ("inspection", "rejected", "unreconciled")
"""Areas out of which nothing leaves for use."""


def held_equals_open_holds(books: Books) -> Iterator[Finding]:
    """L06: held is the sum of the open holds per account and lot, never below zero nor above what stands there."""
    sql = f"""
    WITH both_sides AS (
      SELECT h.account_id, h.lot_id, h.quantity AS open_holds, 0 AS held, 0 AS on_hand FROM stock_hold h
      WHERE NOT EXISTS (SELECT 1 FROM stock_hold_end e WHERE e.hold_id = h.id)
      UNION ALL SELECT account_id, lot_id, 0, held, on_hand FROM stock_balance),
    pair AS (
      SELECT account_id, lot_id, SUM(open_holds) AS open_holds, SUM(held) AS held, SUM(on_hand) AS on_hand
      FROM both_sides GROUP BY account_id, lot_id
      HAVING SUM(open_holds) <> SUM(held) OR SUM(held) < 0 OR SUM(held) > SUM(on_hand))
    SELECT pair.*, b.place, b.code AS bin, l.item_code AS item, l.code AS lot,
           (SELECT MAX(h.position) FROM stock_hold h
            WHERE h.account_id = pair.account_id AND h.lot_id = pair.lot_id) AS position
    FROM pair {PLACE.format(pair="pair")} WHERE 1 = 1 {books.touched("pair")}
    ORDER BY pair.account_id, pair.lot_id"""
    for row in books.rows(sql):
        yield finding("L06", "held_differs", row, f"stock_balance account {row['account_id']} lot {row['lot_id']}")


def holds_end_once(books: Books) -> Iterator[Finding]:
    """L07: a hold ends at most once, is used up to its quantity, and a rest that stands names its predecessor."""
    twice = f"""
    SELECT e.hold_id, COUNT(*) AS times, MAX(e.position) AS position FROM stock_hold_end e
    WHERE 1 = 1 {books.after("e.position")} GROUP BY e.hold_id HAVING COUNT(*) > 1 ORDER BY 1"""
    for row in books.rows(twice):
        yield finding("L07", "hold_ended_twice", row, f"stock_hold {row['hold_id']}")
    misused = f"""
    SELECT e.id AS end_id, e.hold_id, e.quantity_used AS used, h.quantity AS held, e.outcome, e.position,
           e.ended_at AS recorded_at
    FROM stock_hold_end e LEFT JOIN stock_hold h ON h.id = e.hold_id
    LEFT JOIN (SELECT n.hold_id, n.movement_id, SUM(n.quantity) AS quantity FROM stock_entry n
               WHERE n.hold_id IS NOT NULL GROUP BY n.hold_id, n.movement_id) AS taken
      ON taken.hold_id = e.hold_id AND taken.movement_id = e.movement_id
    WHERE (h.id IS NULL OR e.position <= h.position OR e.quantity_used < 0 OR e.quantity_used > h.quantity
       OR (e.outcome = 'fulfilled') <> (e.quantity_used > 0)
       OR (e.outcome = 'fulfilled' AND COALESCE(taken.quantity, 0) <> e.quantity_used)) {books.after("e.position")}
    ORDER BY e.position"""
    for row in books.rows(misused):
        yield finding("L07", "hold_misused", row, f"stock_hold_end {row['end_id']}", f"stock_hold {row['hold_id']}")
    rests = f"""
    SELECT h.id AS hold_id, h.replaces_id, h.quantity AS held, h.position, h.placed_at AS recorded_at
    FROM stock_hold h LEFT JOIN stock_hold p ON p.id = h.replaces_id LEFT JOIN stock_hold_end e ON e.hold_id = p.id
    WHERE h.replaces_id IS NOT NULL AND (p.id IS NULL OR e.id IS NULL OR e.outcome IN ('released', 'expired')
       OR h.document_line_id <> p.document_line_id OR h.lot_id <> p.lot_id
       OR h.quantity > p.quantity - e.quantity_used
       OR h.replaces_id IN (SELECT x.replaces_id FROM stock_hold x GROUP BY x.replaces_id HAVING COUNT(*) > 1))
      {books.after("h.position")} ORDER BY h.position"""
    for row in books.rows(rests):
        yield finding("L07", "hold_rest_wrong", row, f"stock_hold {row['hold_id']}")


def holds_taken_by_their_own_line(books: Books) -> Iterator[Finding]:
    """L08: a hold is taken only by its own order line, from its own goods, while it stands and before its end time."""
    sql = f"""
    SELECT e.id AS entry_id, h.id AS hold_id, h.document_line_id AS held_for, e.document_line_id AS taken_by,
           m.position, m.person_id, m.recorded_at,
           CASE WHEN n.id IS NULL OR n.position < m.position THEN 'hold_taken_unended'
                WHEN h.expires_at IS NOT NULL AND n.ended_at >= h.expires_at THEN 'hold_taken_late'
                WHEN e.lot_id <> h.lot_id OR e.from_account_id <> h.account_id THEN 'hold_taken_elsewhere'
                ELSE 'hold_taken_by_other' END AS fault
    FROM stock_entry e JOIN stock_hold h ON h.id = e.hold_id JOIN stock_movement m ON m.id = e.movement_id
    LEFT JOIN stock_hold_end n ON n.hold_id = h.id AND n.movement_id = m.id
    WHERE (e.lot_id <> h.lot_id OR e.from_account_id <> h.account_id
       OR COALESCE(e.document_line_id, -1) <> h.document_line_id
       OR COALESCE(n.document_line_id, -1) <> h.document_line_id
       OR n.position < m.position OR (h.expires_at IS NOT NULL AND n.ended_at >= h.expires_at))
      {books.after("m.position")}
    ORDER BY m.position"""
    for row in books.rows(sql):
        yield finding("L08", str(row["fault"]), row, f"stock_entry {row['entry_id']}", f"stock_hold {row['hold_id']}")


def unusable_lots_stay(books: Books) -> Iterator[Finding]:
    """L09: nothing of a blocked or expired lot leaves for use: only disposal, return, counting and facts move it."""
    sql = f"""
    SELECT e.id AS entry_id, l.id AS lot_id, l.item_code AS item, l.code AS lot, m.position, m.person_id, m.recorded_at,
           d.number AS document, k.id AS block_id, fb.kind AS bin_kind
    FROM stock_entry e JOIN stock_movement m ON m.id = e.movement_id JOIN stock_lot l ON l.id = e.lot_id
    JOIN document d ON d.id = m.document_id
    JOIN stock_account fa ON fa.id = e.from_account_id JOIN bin fb ON fb.id = fa.bin_id
    LEFT JOIN document_line dl ON dl.id = e.document_line_id
    LEFT JOIN stock_block k ON k.lot_id = l.id AND (k.bin_id IS NULL OR k.bin_id = fb.id) AND k.position < m.position
      AND NOT EXISTS (SELECT 1 FROM stock_block_end z WHERE z.block_id = k.id AND z.position < m.position
        AND (z.bin_id IS NULL OR z.bin_id = fb.id))
    WHERE (m.kind = 'depart' OR (m.kind = 'issue' AND COALESCE(dl.ground, 'use') = 'use'))
      AND fb.kind NOT IN {OUTSIDE_KINDS}
      AND (k.id IS NOT NULL OR fb.kind IN {WAITING_BINS}
           OR l.expires_on < {books.local_day("m.occurred_at")}) {books.after("m.position")}
    ORDER BY m.position"""
    for row in books.rows(sql):
        fault = "expired_lot_used" if row["bin_kind"] not in WAITING_BINS else "uninspected_lot_used"
        code = "blocked_lot_used" if row["block_id"] is not None else fault
        yield finding("L09", code, row, f"stock_entry {row['entry_id']}", f"stock_lot {row['lot_id']}")
