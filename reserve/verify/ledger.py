"""Laws of the ledger, L01–L05 and L10–L12: what moved, what stands, and that both say the same."""

from __future__ import annotations

from collections.abc import Iterator

from reserve.verify.books import OUTSIDE_KINDS, POSITION_TABLES, Books, finding
from reserve.verify.findings import Finding
from reserve.verify.hashes import changed_rows

WALLS = """
walls (kind, outside, way) AS (VALUES
  ('open', 'supplier', 'in'), ('receive', 'supplier', 'in'), ('issue', 'consumed', 'out'),
  ('return', 'consumed', 'in'), ('lose', 'lost', 'out'), ('find', 'lost', 'in'), ('dispose', 'waste', 'out'),
  ('count', 'count_difference', 'in'), ('count', 'count_difference', 'out'))
"""
"""Through which wall each kind of movement may bring goods in or take them out; a reversal goes back the same way."""

PLACE = """
JOIN stock_account a ON a.id = {pair}.account_id JOIN bin b ON b.id = a.bin_id JOIN stock_lot l ON l.id = {pair}.lot_id
"""


def movements_balance(books: Books) -> Iterator[Finding]:
    """L01: each movement balances per lot, and the signed view holds each entry's two sides and nothing else."""
    sql = f"""
    SELECT s.movement_id, s.lot_id, SUM(s.quantity) AS quantity, MIN(m.position) AS position,
           MIN(m.person_id) AS person_id, MIN(m.recorded_at) AS recorded_at
    FROM ledger_signed s LEFT JOIN stock_movement m ON m.id = s.movement_id
    WHERE 1 = 1 {books.after("m.position")}
    GROUP BY s.movement_id, s.lot_id HAVING SUM(s.quantity) <> 0 ORDER BY 4"""
    for row in books.rows(sql):
        yield finding("L01", "movement_unbalanced", row, f"stock_movement {row['movement_id']}")
    both = books.rows("""
    SELECT (SELECT COUNT(*) FROM ledger_signed) AS found, (SELECT 2 * COUNT(*) FROM stock_entry) AS expected""")[0]
    if both["found"] != both["expected"]:
        yield finding("L01", "signed_view_differs", both, "ledger_signed")


def movements_have_entries(books: Books) -> Iterator[Finding]:
    """L02: each movement has entries, each of a quantity above zero, from one account to another, one unit per item."""
    empty = f"""
    SELECT m.id AS movement_id, m.position, m.person_id, m.recorded_at FROM stock_movement m
    WHERE NOT EXISTS (SELECT 1 FROM stock_entry e WHERE e.movement_id = m.id) {books.after("m.position")}
    ORDER BY m.position"""
    for row in books.rows(empty):
        yield finding("L02", "movement_empty", row, f"stock_movement {row['movement_id']}")
    wrong = f"""
    SELECT e.id AS entry_id, e.quantity, m.position, m.person_id, m.recorded_at
    FROM stock_entry e LEFT JOIN stock_movement m ON m.id = e.movement_id
    LEFT JOIN stock_lot l ON l.id = e.lot_id LEFT JOIN item i ON i.id = l.item_id
    WHERE (m.id IS NULL OR i.id IS NULL OR e.quantity <= 0 OR e.from_account_id = e.to_account_id
           OR l.item_code <> i.code) {books.after("m.position")}
    ORDER BY m.position"""
    for row in books.rows(wrong):
        yield finding("L02", "entry_malformed", row, f"stock_entry {row['entry_id']}")


def balances_equal_entries(books: Books) -> Iterator[Finding]:
    """L03: what a balance says is what its entries add up to; none is missing, none is spare.

    A row without entries is no fault while it is empty: a hold that found nothing opens one.
    """
    sql = f"""
    WITH both_sides AS (
      SELECT s.account_id, s.lot_id, s.quantity AS entries, 0 AS cached, 0 AS row_count, 1 AS moved FROM ledger_signed s
      JOIN stock_account a ON a.id = s.account_id JOIN bin b ON b.id = a.bin_id WHERE b.kind NOT IN {OUTSIDE_KINDS}
      UNION ALL SELECT account_id, lot_id, 0, on_hand, 1, 0 FROM stock_balance),
    pair AS (
      SELECT account_id, lot_id, SUM(entries) AS entries, SUM(cached) AS cached, SUM(row_count) AS row_count
      FROM both_sides GROUP BY account_id, lot_id
      HAVING SUM(entries) <> SUM(cached) OR SUM(row_count) > 1 OR (SUM(row_count) = 0 AND SUM(moved) > 0))
    SELECT pair.*, b.place, b.code AS bin, l.item_code AS item, l.code AS lot
    FROM pair {PLACE.format(pair="pair")} WHERE 1 = 1 {books.touched("pair")}
    ORDER BY pair.account_id, pair.lot_id"""
    for row in books.rows(sql):
        where = f"stock_balance account {row['account_id']} lot {row['lot_id']}"
        code = "balance_missing" if row["row_count"] == 0 else "balance_differs"
        yield finding("L03", code, row, where, position=_last_position(books, row["account_id"], row["lot_id"]))
    outside = f"""
    SELECT x.id AS balance_id, x.on_hand AS cached, b.place, b.code AS bin
    FROM stock_balance x JOIN stock_account a ON a.id = x.account_id JOIN bin b ON b.id = a.bin_id
    WHERE b.kind IN {OUTSIDE_KINDS} ORDER BY x.id"""
    for row in books.rows(outside):
        yield finding("L03", "balance_outside", row, f"stock_balance {row['balance_id']}")


def _last_position(books: Books, account_id: int, lot_id: int) -> int | None:
    """The last movement of a pair: the books were right at the latest before it, or the cache was changed alone."""
    sql = """
    SELECT MAX(m.position) AS position FROM ledger_signed s JOIN stock_movement m ON m.id = s.movement_id
    WHERE s.account_id = :account AND s.lot_id = :lot"""
    position: int | None = books.rows(sql, account=account_id, lot=lot_id)[0]["position"]
    return position


def never_negative(books: Books) -> Iterator[Finding]:
    """L04: no account of ours ever held less than nothing, at any position and at any effective time as known now."""
    for order, code in (("position", "negative_at_position"), ("occurred_at", "negative_at_time")):
        sql = f"""
        WITH steps AS (
          SELECT s.account_id, s.lot_id, m.{order} AS place_in_order, MIN(m.position) AS position,
                 SUM(s.quantity) AS quantity
          FROM ledger_signed s JOIN stock_movement m ON m.id = s.movement_id
          JOIN stock_account a ON a.id = s.account_id JOIN bin b ON b.id = a.bin_id
          WHERE b.kind NOT IN {OUTSIDE_KINDS} {books.touched("s")}
          GROUP BY s.account_id, s.lot_id, m.{order}),
        running AS (
          SELECT steps.*, SUM(quantity) OVER (PARTITION BY account_id, lot_id ORDER BY place_in_order) AS stood
          FROM steps),
        bad AS (
          SELECT running.*, ROW_NUMBER() OVER (PARTITION BY account_id, lot_id ORDER BY place_in_order) AS nth
          FROM running WHERE stood < 0)
        SELECT bad.account_id, bad.lot_id, bad.stood, bad.position, m.person_id, m.recorded_at,
               {books.local_day("m.occurred_at")} AS day, b.place, b.code AS bin, l.item_code AS item, l.code AS lot
        FROM bad JOIN stock_movement m ON m.position = bad.position {PLACE.format(pair="bad")}
        WHERE bad.nth = 1 ORDER BY bad.position"""
        for row in books.rows(sql):
            yield finding("L04", code, row, f"account {row['account_id']} lot {row['lot_id']}")


def on_hand_is_explained(books: Books) -> Iterator[Finding]:
    """L05: receipts − issues ± counts − losses = on hand, per item, owner and region; no other way in or out."""
    sql = f"""
    WITH {WALLS},
    parts AS (
      SELECT l.item_code AS item, a.owner_id, COALESCE(site.region_code, '') AS region, 0 AS explained,
             x.on_hand AS stands
      FROM stock_balance x JOIN stock_account a ON a.id = x.account_id JOIN bin b ON b.id = a.bin_id
      JOIN stock_lot l ON l.id = x.lot_id LEFT JOIN site ON site.id = b.site_id
      UNION ALL
      SELECT l.item_code, ta.owner_id, COALESCE(site.region_code, ''), e.quantity, 0
      FROM stock_entry e JOIN stock_movement m ON m.id = e.movement_id
      LEFT JOIN stock_movement o ON o.id = m.reverses_id JOIN stock_lot l ON l.id = e.lot_id
      JOIN stock_account fa ON fa.id = e.from_account_id JOIN bin fb ON fb.id = fa.bin_id
      JOIN stock_account ta ON ta.id = e.to_account_id JOIN bin tb ON tb.id = ta.bin_id
      LEFT JOIN site ON site.id = tb.site_id
      WHERE tb.kind NOT IN {OUTSIDE_KINDS} AND (fb.kind NOT IN {OUTSIDE_KINDS} OR EXISTS (
        SELECT 1 FROM walls w WHERE w.outside = fb.kind AND ((w.kind = m.kind AND w.way = 'in')
               OR (m.kind = 'reverse' AND w.kind = o.kind AND w.way = 'out'))))
      UNION ALL
      SELECT l.item_code, fa.owner_id, COALESCE(site.region_code, ''), -e.quantity, 0
      FROM stock_entry e JOIN stock_movement m ON m.id = e.movement_id
      LEFT JOIN stock_movement o ON o.id = m.reverses_id JOIN stock_lot l ON l.id = e.lot_id
      JOIN stock_account fa ON fa.id = e.from_account_id JOIN bin fb ON fb.id = fa.bin_id
      JOIN stock_account ta ON ta.id = e.to_account_id JOIN bin tb ON tb.id = ta.bin_id
      LEFT JOIN site ON site.id = fb.site_id
      WHERE fb.kind NOT IN {OUTSIDE_KINDS} AND (tb.kind NOT IN {OUTSIDE_KINDS} OR EXISTS (
        SELECT 1 FROM walls w WHERE w.outside = tb.kind AND ((w.kind = m.kind AND w.way = 'out')
               OR (m.kind = 'reverse' AND w.kind = o.kind AND w.way = 'in')))))
    SELECT p.item, o.code AS owner, p.region, SUM(p.explained) AS explained, SUM(p.stands) AS stands
    FROM parts p LEFT JOIN organisation o ON o.id = p.owner_id
    GROUP BY p.item, o.code, p.region HAVING SUM(p.explained) <> SUM(p.stands) ORDER BY 1, 2, 3"""
    for row in books.rows(sql):
        yield finding("L05", "on_hand_unexplained", row, f"item {row['item']} owner {row['owner']}")


def reversals_are_exact(books: Books) -> Iterator[Finding]:
    """L10: a reversal is the exact opposite of one movement, once, later, and never of a reversal."""
    links = f"""
    SELECT m.id AS movement_id, m.reverses_id, m.position, m.person_id, m.recorded_at FROM stock_movement m
    LEFT JOIN stock_movement o ON o.id = m.reverses_id
    WHERE ((m.kind = 'reverse') <> (m.reverses_id IS NOT NULL)
       OR (m.reverses_id IS NOT NULL AND (o.id IS NULL OR o.kind = 'reverse' OR o.position >= m.position))
       OR EXISTS (SELECT 1 FROM stock_movement x WHERE x.reverses_id = m.reverses_id AND x.position < m.position))
      {books.after("m.position")} ORDER BY m.position"""
    for row in books.rows(links):
        yield finding("L10", "reversal_misplaced", row, f"stock_movement {row['movement_id']}")
    exact = f"""
    SELECT m.id AS movement_id, m.reverses_id, MIN(m.position) AS position, MIN(m.person_id) AS person_id,
           MIN(m.recorded_at) AS recorded_at
    FROM stock_movement m JOIN (
      SELECT r.id, s.lot_id, s.account_id FROM stock_movement r
      JOIN ledger_signed s ON s.movement_id IN (r.id, r.reverses_id)
      WHERE r.reverses_id IS NOT NULL
      GROUP BY r.id, s.lot_id, s.account_id HAVING SUM(s.quantity) <> 0) AS rest ON rest.id = m.id
    WHERE 1 = 1 {books.after("m.position")} GROUP BY m.id, m.reverses_id ORDER BY 3"""
    for row in books.rows(exact):
        yield finding("L10", "reversal_inexact", row, f"stock_movement {row['movement_id']}")


def positions_are_one_order(books: Books) -> Iterator[Finding]:
    """L11: no place in the order of everything is given twice; on SQLite none is left out."""
    places = " UNION ALL ".join(f"SELECT '{table}' AS source, id, position FROM {table}" for table in POSITION_TABLES)
    twice = f"""
    SELECT position, COUNT(*) AS times, MIN(source) AS first, MAX(source) AS last FROM ({places}) AS places
    GROUP BY position HAVING COUNT(*) > 1 ORDER BY position"""
    for row in books.rows(twice):
        yield finding("L11", "position_twice", row, f"position {row['position']}")
    given = "SELECT value FROM ledger_position"
    if not books.is_sqlite:
        given = "SELECT COALESCE(pg_sequence_last_value('ledger_position'), 0) AS value"
    last = int(books.rows(given)[0]["value"])
    if books.is_sqlite:
        gaps = f"""
        SELECT before + 1 AS position, position - before - 1 AS missing FROM (
          SELECT position, COALESCE(LAG(position) OVER (ORDER BY position), 0) AS before FROM ({places})
          UNION ALL SELECT :last + 1, (SELECT COALESCE(MAX(position), 0) FROM ({places})))
        WHERE position - before > 1 ORDER BY position"""
        for row in books.rows(gaps, last=last):
            yield finding("L11", "position_missing", row, f"position {row['position']}")
    beyond = f"SELECT MIN(position) AS position FROM ({places}) AS places WHERE position > :last OR position < 1"
    for row in books.rows(beyond, last=last):
        if row["position"] is not None:
            yield finding("L11", "position_never_given", row, f"position {row['position']}", last=last)


def lots_keep_their_identity(books: Books) -> Iterator[Finding]:
    """L12: item, maker, code and expiry of a lot stand as first written; owner and fund are the account's."""
    expiry = "COALESCE(l.expires_on, '')" if books.is_sqlite else "COALESCE(l.expires_on::text, '')"
    wrong = f"""
    SELECT l.id AS lot_id, l.item_code AS item, l.code AS lot, l.recorded_at FROM stock_lot l
    LEFT JOIN item i ON i.id = l.item_id
    WHERE i.id IS NULL OR l.item_code <> i.code OR l.expiry_key <> {expiry}
       OR (SELECT COUNT(*) FROM stock_lot x WHERE x.item_id = l.item_id AND x.maker = l.maker
           AND x.code_normalised = l.code_normalised AND x.expiry_key = l.expiry_key) > 1
    ORDER BY l.id"""
    for row in books.rows(wrong):
        yield finding("L12", "lot_identity_wrong", row, f"stock_lot {row['lot_id']}")
    for lot_id in changed_rows(books, "stock_lot"):
        (row,) = books.rows(
            "SELECT id AS lot_id, item_code AS item, code AS lot FROM stock_lot WHERE id = :i", i=lot_id
        )
        yield finding("L12", "lot_changed", row, f"stock_lot {lot_id}")
    doubled = """
    SELECT MIN(id) AS account_id, COUNT(*) AS times FROM stock_account GROUP BY bin_id, owner_id, fund
    HAVING COUNT(*) > 1 ORDER BY 1"""
    for row in books.rows(doubled):
        yield finding("L12", "account_doubled", row, f"stock_account {row['account_id']}")
    others = f"""
    SELECT e.id AS entry_id, d.number AS document, dl.line_no, dl.owner_code AS owner, o.code AS found, m.position,
           m.person_id, m.recorded_at
    FROM stock_entry e JOIN stock_movement m ON m.id = e.movement_id
    JOIN document_line dl ON dl.id = e.document_line_id JOIN document d ON d.id = dl.document_id
    JOIN stock_account a ON a.id IN (e.from_account_id, e.to_account_id) JOIN organisation o ON o.id = a.owner_id
    WHERE m.kind IN ('open', 'receive', 'issue', 'transfer', 'dispose') AND dl.owner_code <> ''
      AND o.code <> dl.owner_code {books.after("m.position")}
    ORDER BY m.position"""
    for row in books.rows(others):
        yield finding("L12", "owner_differs", row, f"stock_entry {row['entry_id']}")
