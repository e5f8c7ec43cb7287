"""Refusals say what happened, in a form that a door can show."""

from __future__ import annotations

import pytest

from reserve.errors import (
    Conflict,
    InvalidInput,
    NotAllowed,
    NotFound,
    Problem,
    Refusal,
    RequestKeyReused,
    Unavailable,
)


def test_problem_reads_as_place_expected_and_found() -> None:
    problem = Problem("unknown_item", "lines.2.item_code", "an item of the catalogue", "M9", row=3)

    assert str(problem) == "unknown_item at row 3, lines.2.item_code: expected an item of the catalogue, found M9"


def test_problem_outside_a_list_names_no_row() -> None:
    assert str(Problem("in_the_past", "due_at", "later", "now")) == "in_the_past at due_at: expected later, found now"


def test_invalid_input_keeps_every_problem_in_order() -> None:
    first, second = Problem("a", "x", "1", "2"), Problem("b", "y", "3", "4")

    refusal = InvalidInput(problem for problem in (first, second))

    assert refusal.problems == (first, second)
    assert str(refusal) == f"{first}; {second}"


def test_not_found_tells_what_was_looked_for() -> None:
    assert NotFound("region", "139999").details() == {"what": "region", "found": "139999"}


def test_not_allowed_names_the_permission_and_not_the_scope() -> None:
    """Which organisation lies out of reach is nobody's business outside."""
    assert NotAllowed("stock_receive", "/130000/130100/").details() == {"permission": "stock_receive"}


@pytest.mark.parametrize(
    ("refusal", "kind", "code"),
    [
        (Refusal(), "refusal", "refused"),
        (InvalidInput([]), "invalid", "invalid_input"),
        (NotFound("item", "M9"), "not_found", "not_found"),
        (NotAllowed("verify"), "not_allowed", "not_allowed"),
        (Conflict("stale"), "conflict", "conflict"),
        (RequestKeyReused("reused"), "unprocessable", "request_key_reused"),
        (Unavailable("later"), "unavailable", "unavailable"),
    ],
)
def test_each_refusal_has_its_kind_and_code(refusal: Refusal, kind: str, code: str) -> None:
    assert (refusal.kind, refusal.code) == (kind, code)


def test_refusal_without_a_message_says_its_code() -> None:
    assert str(Refusal()) == "refused"
    assert Conflict("stale", line=3).details() == {"line": 3}
    assert Conflict("stale").problems == ()
