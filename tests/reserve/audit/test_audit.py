"""What people did is written down, without secrets, and found again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from reserve.audit import queries, service
from reserve.audit.models import AuditEntry, Outcome
from reserve.authority import Actor
from reserve.clock import StoryClock
from tests.conftest import NOW

KEEPER = Actor(7, 70, "keeper")


def record(session: Session, content: object, **more: object) -> AuditEntry:
    values: dict[str, object] = {"verb": "receive", "request_key": "k", "content": content, "now": NOW}
    service.record(session, KEEPER, **values | more)  # type: ignore[arg-type]
    return queries.list_entries(session)[-1]


@pytest.mark.parametrize("name", sorted(service.SECRET_FIELDS))
def test_a_secret_is_not_written_down_at_any_depth(session: Session, name: str) -> None:
    entry = record(session, {"user": {name: "hidden"}, "list": [{name: "hidden"}], name: "hidden", "kept": 1})

    assert "hidden" not in entry.content
    assert '"kept": 1' in entry.content


def test_an_entry_says_who_what_on_which_object_and_why(session: Session) -> None:
    entry = record(session, {"reason": "flood"}, subject="RCP-1")

    assert (entry.user_id, entry.person_id, entry.verb, entry.subject) == (7, 70, "receive", "RCP-1")
    assert (entry.reason, entry.outcome, entry.refusal, entry.recorded_at) == ("flood", Outcome.DONE, None, NOW)


def test_a_refused_attempt_says_so(session: Session) -> None:
    entry = record(session, {}, refusal="not_allowed")

    assert (entry.outcome, entry.refusal) == (Outcome.REFUSED, "not_allowed")


def test_a_very_long_draft_keeps_its_beginning(session: Session) -> None:
    entry = record(session, {"text": "长" * (service.MAX_CONTENT + 5)})

    assert len(entry.content) == service.MAX_CONTENT
    assert entry.content.startswith('{"text": "长长')


def test_a_reason_that_is_no_text_is_left_in_the_draft(session: Session) -> None:
    assert record(session, {"reason": ["a"]}).reason is None


def test_entries_are_found_by_subject_person_and_page(session: Session, clock: StoryClock) -> None:
    for number in range(3):
        service.record(
            session,
            Actor(7, 70 + number % 2, "x"),
            verb="v",
            request_key=f"k{number}",
            content={},
            now=clock.now() + timedelta(seconds=number),
            subject=f"S{number % 2}",
        )

    def keys(**filters: object) -> list[str]:
        return [each.request_key for each in queries.list_entries(session, **filters)]  # type: ignore[arg-type]

    assert keys() == ["k0", "k1", "k2"]
    assert keys(subject="S0") == ["k0", "k2"]
    assert keys(person_id=71) == ["k1"]
    first = queries.list_entries(session, limit=1)[0]
    assert keys(after_id=first.id, limit=1) == ["k1"]
