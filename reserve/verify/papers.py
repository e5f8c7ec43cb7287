"""Laws of papers, A01–A04: what moved, moved on a paper that allowed it, signed by those who must sign.

The tables of grounds and arrows stand here a second time, on purpose: a slip in the rules of the slices shows as a
finding. A test compares the two copies.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reserve.hashing import content_hash, from_microseconds
from reserve.verify.books import Books, finding
from reserve.verify.findings import Finding

IN_FORCE = ("issued", "in_execution", "cancelled")

GROUNDS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("opening_balance", ("open",), ("posted",)),
    ("receipt", ("receive", "inspect", "return", "count"), ("posted",)),
    ("issue_note", ("issue", "count"), ("posted",)),
    ("transfer_note", ("transfer", "count"), ("posted",)),
    ("adjustment", ("adjust", "lose", "find", "count"), ("posted",)),
    ("count_sheet", ("count",), ("posted",)),
    ("reversal", ("reverse",), ("posted",)),
    ("disposal", ("dispose",), ("approved",)),
    ("production_order", ("receive",), IN_FORCE),
    ("dispatch_order", ("depart", "accept", "return", "lose", "find", "count"), IN_FORCE),
)
"""Kind of paper, the movements it carries, the states that allow them (A01)."""

AT_ONCE = (
    "opening_balance",
    "receipt",
    "issue_note",
    "transfer_note",
    "adjustment",
    "reversal",
    "block_notice",
    "request",
    "offer",
)
SIGNED = (
    "count_variance",
    "disposal",
    "response_activation",
    "dispatch_order",
    "production_order",
    "floor_release",
    "strategic_floor_release",
    "requisition_decision",
    "direct_call",
    "aid_request",
    "cut",
)
AT_ONCE_ARROWS = (("", "posted"), ("posted", "reversed"))
COUNTED_ARROWS = (
    ("", "counting"),
    ("counting", "posted"),
    ("counting", "submitted"),
    ("counting", "withdrawn"),
    ("submitted", "posted"),
    ("submitted", "rejected"),
    ("posted", "reversed"),
)
SIGNED_ARROWS = (
    ("", "draft"),
    ("", "submitted"),
    ("draft", "submitted"),
    ("draft", "withdrawn"),
    ("submitted", "approved"),
    ("submitted", "rejected"),
    ("submitted", "withdrawn"),
    ("approved", "issued"),
    ("approved", "withdrawn"),
    ("approved", "closed"),
    ("issued", "in_execution"),
    ("issued", "cancelled"),
    ("issued", "closed"),
    ("in_execution", "cancelled"),
    ("in_execution", "closed"),
    ("cancelled", "closed"),
)
ARROWS = (
    *((kind, before, after) for kind in AT_ONCE for before, after in AT_ONCE_ARROWS),
    *(("count_sheet", before, after) for before, after in COUNTED_ARROWS),
    *((kind, before, after) for kind in SIGNED for before, after in SIGNED_ARROWS),
)
"""Kind of paper, state before (empty: none), state after (A03)."""
OUTWARD = "('issue', 'transfer', 'depart', 'dispose', 'receive', 'inspect', 'open')"
"""Movements that use up what a line approves; what follows them (acceptance, loss, return) moves it a second time."""


def _values(rows: Iterable[tuple[str, ...]]) -> str:
    return "VALUES " + ", ".join("(" + ", ".join(f"'{cell}'" for cell in row) + ")" for row in rows)


def movements_rest_on_papers(books: Books) -> Iterator[Finding]:
    """A01: each movement names a paper of the right kind, in a state that allowed it at that position."""
    grounds = [(kind, move, state) for kind, moves, states in GROUNDS for move in moves for state in states]
    sql = f"""
    WITH grounds (paper, movement, state) AS ({_values(grounds)}),
    stood AS (
      SELECT m.id AS movement_id, m.kind AS movement, m.position, m.person_id, m.recorded_at, d.number AS document,
             d.kind AS paper, (
               SELECT t.state FROM document_state t WHERE t.document_id = m.document_id AND t.position < m.position
               ORDER BY t.position DESC LIMIT 1) AS state
      FROM stock_movement m LEFT JOIN document d ON d.id = m.document_id WHERE 1 = 1 {books.after("m.position")})
    SELECT * FROM stood WHERE NOT EXISTS (
      SELECT 1 FROM grounds g WHERE g.paper = stood.paper AND g.movement = stood.movement AND g.state = stood.state)
    ORDER BY position"""
    for row in books.rows(sql):
        yield finding("A01", "movement_without_ground", row, f"stock_movement {row['movement_id']}")


def lines_move_no_more_than_approved(books: Books) -> Iterator[Finding]:
    """A02: what moves under a line of a paper is at most what is approved on it."""
    sql = f"""
    WITH approved AS (
      SELECT l.id AS line_id, l.document_id, l.line_no, l.quantity,
             (SELECT MIN(s.ceiling) FROM signature s WHERE s.document_id = l.document_id AND s.line_no = l.line_no
              AND s.decision = 'approve') AS ceiling
      FROM document_line l),
    moved AS (
      SELECT e.document_line_id AS line_id, m.kind AS movement, SUM(e.quantity) AS moved, MAX(m.position) AS position
      FROM stock_entry e JOIN stock_movement m ON m.id = e.movement_id
      WHERE e.document_line_id IS NOT NULL AND m.kind IN {OUTWARD}
        AND NOT EXISTS (SELECT 1 FROM stock_movement r WHERE r.reverses_id = m.id)
      GROUP BY e.document_line_id, m.kind)
    SELECT moved.*, approved.line_no, approved.quantity AS approved, approved.ceiling, d.number AS document
    FROM moved JOIN approved ON approved.line_id = moved.line_id JOIN document d ON d.id = approved.document_id
    WHERE moved.moved > CASE WHEN approved.ceiling < approved.quantity THEN approved.ceiling ELSE approved.quantity END
      {books.after("moved.position")} ORDER BY moved.position"""
    for row in books.rows(sql):
        yield finding("A02", "moved_beyond_approval", row, f"document_line {row['line_id']}")


def states_follow_arrows(books: Books) -> Iterator[Finding]:
    """A03: states of papers follow the allowed arrows only; each has actor, time and, where it takes back, reason."""
    sql = f"""
    WITH arrows (paper, before, after) AS ({_values(ARROWS)}),
    history AS (
      SELECT t.id AS state_id, t.document_id, d.number AS document, d.kind AS paper, t.state, t.position, t.person_id,
             t.user_id, t.recorded_at, t.reason, COALESCE(t.previous, '') AS claimed,
             COALESCE(LAG(t.state) OVER (PARTITION BY t.document_id ORDER BY t.position), '') AS before,
             LAG(t.recorded_at) OVER (PARTITION BY t.document_id ORDER BY t.position) AS earlier
      FROM document_state t JOIN document d ON d.id = t.document_id)
    SELECT * FROM history WHERE (claimed <> before OR user_id IS NULL OR person_id IS NULL
      OR (state IN ('withdrawn', 'cancelled') AND TRIM(reason) = '') OR recorded_at < earlier
      OR NOT EXISTS (SELECT 1 FROM arrows a
                     WHERE a.paper = history.paper AND a.before = history.before AND a.after = history.state))
      {books.after("position")} ORDER BY position"""
    for row in books.rows(sql):
        yield finding("A03", "arrow_not_allowed", row, f"document_state {row['state_id']}")
    stateless = """
    SELECT d.id AS document_id, d.number AS document, d.drafted_by_person AS person_id, d.recorded_at FROM document d
    WHERE NOT EXISTS (SELECT 1 FROM document_state t WHERE t.document_id = d.id) ORDER BY d.id"""
    for row in books.rows(stateless):
        yield finding("A03", "document_without_state", row, f"document {row['document_id']}")


def moved_lines_are_signed(books: Books) -> Iterator[Finding]:
    """A04: every moved line has the signatures it needs, each of equal content and a ceiling not below the quantity."""
    sql = f"""
    WITH moved AS (
      SELECT e.document_line_id AS line_id, MIN(m.position) AS position, SUM(e.quantity) AS moved
      FROM stock_entry e JOIN stock_movement m ON m.id = e.movement_id
      WHERE e.document_line_id IS NOT NULL AND m.kind IN {OUTWARD}
        AND NOT EXISTS (SELECT 1 FROM stock_movement r WHERE r.reverses_id = m.id)
      GROUP BY e.document_line_id, m.kind),
    wanted AS (
      SELECT moved.*, l.document_id, l.line_no, l.content_hash, d.number AS document, d.kind AS paper,
             p.step, p.role, p.quorum
      FROM moved JOIN document_line l ON l.id = moved.line_id JOIN document d ON d.id = l.document_id
      LEFT JOIN approval_step p ON p.document_id = d.id
      WHERE d.kind IN ({", ".join(f"'{kind}'" for kind in SIGNED)})),
    signed AS (
      SELECT wanted.*, (
        SELECT COUNT(DISTINCT s.person_id) FROM signature s
        WHERE s.document_id = wanted.document_id AND s.line_no = wanted.line_no AND s.step = wanted.step
          AND s.role = wanted.role AND s.decision = 'approve' AND s.content_hash = wanted.content_hash
          AND s.ceiling >= wanted.moved AND s.position < wanted.position) AS found
      FROM wanted)
    SELECT line_id, line_no, document, step, role, quorum, found, moved, position FROM signed
    WHERE (step IS NULL OR found < quorum) {books.after("position")} ORDER BY position, step"""
    for row in books.rows(sql):
        code = "line_without_case" if row["step"] is None else "line_unsigned"
        yield finding("A04", code, row, f"document_line {row['line_id']}")
    yield from _lines_with_other_content(books)


def _lines_with_other_content(books: Books) -> Iterator[Finding]:
    """Lines under signature whose text no longer gives the hash that was signed."""
    sql = """
    SELECT l.id AS line_id, l.line_no, l.item_code, l.source_code, l.receiver_code, l.owner_code, l.ground,
           l.latest_arrival_at, l.content_hash, d.number AS document
    FROM document_line l JOIN document d ON d.id = l.document_id
    WHERE EXISTS (SELECT 1 FROM signature s WHERE s.document_id = d.id AND s.line_no = l.line_no) ORDER BY l.id"""
    for row in books.rows(sql):
        arrival = row["latest_arrival_at"]
        content = {
            "line_no": row["line_no"],
            "item": row["item_code"],
            "source": row["source_code"],
            "receiver": row["receiver_code"],
            "owner": row["owner_code"],
            "ground": row["ground"],
            "latest_arrival": from_microseconds(arrival) if isinstance(arrival, int) else arrival,
        }
        if content_hash("line", content) != row["content_hash"]:
            facts = {name: row[name] for name in ("line_id", "line_no", "document")}
            yield finding("A04", "line_content_changed", facts, f"document_line {row['line_id']}")
