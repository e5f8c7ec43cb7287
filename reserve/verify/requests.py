"""The law of requests, I01: one effect for each person and key, and an answer exactly where the work is."""

from __future__ import annotations

from collections.abc import Iterator

from reserve.verify.books import Books, finding
from reserve.verify.findings import Finding


def one_effect_per_key(books: Books) -> Iterator[Finding]:
    """I01: one effect per user and key; the body's hash is kept; an answer is there exactly where the work is."""
    unanswered = """
    SELECT r.id AS request_id, r.user_id, r.key AS request_key, r.verb, r.claimed_at AS recorded_at FROM request_key r
    WHERE r.answer IS NULL OR r.status IS NULL OR LENGTH(r.body_hash) <> 64 ORDER BY r.id"""
    for row in books.rows(unanswered):
        yield finding("I01", "request_unanswered", row, f"request_key {row['request_id']}")
    sides = """
    SELECT user_id, request_key, verb, MAX(request_id) AS request_id, MAX(audit_id) AS audit_id,
           COUNT(request_id) AS requests, COUNT(audit_id) AS effects, MAX(recorded_at) AS recorded_at
    FROM (SELECT user_id, key AS request_key, verb, id AS request_id, NULL AS audit_id, claimed_at AS recorded_at
          FROM request_key
          UNION ALL SELECT user_id, request_key, verb, NULL, id, recorded_at FROM audit_entry WHERE outcome = 'done')
      AS sides
    GROUP BY user_id, request_key, verb HAVING COUNT(request_id) <> 1 OR COUNT(audit_id) <> 1
    ORDER BY user_id, request_key, verb"""
    for row in books.rows(sides):
        if row["requests"] == 0:
            yield finding("I01", "effect_without_request", row, f"audit_entry {row['audit_id']}")
        elif row["requests"] > 1:
            yield finding("I01", "request_key_twice", row, f"request_key {row['request_id']}")
        else:
            yield finding("I01", "request_effects_differ", row, f"request_key {row['request_id']}")
