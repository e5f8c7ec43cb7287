"""One text for one value, on every engine and in every year."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from reserve.hashing import canonical, content_hash, from_microseconds, microseconds
from reserve.papers.terms import State


def test_an_instant_is_whole_microseconds_whatever_its_zone() -> None:
    utc = datetime(2026, 3, 1, 2, 0, 0, 7, tzinfo=UTC)
    local = utc.astimezone(timezone(timedelta(hours=8)))

    assert microseconds(utc) == microseconds(local) == 1_772_330_400_000_007
    assert from_microseconds(1_772_330_400_000_007) == utc


def test_a_naive_instant_has_no_hash() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        content_hash("x", {"at": datetime(2026, 3, 1)})  # noqa: DTZ001 - the fault under test


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (State.POSTED, "posted"),
        (date(2026, 3, 1), "2026-03-01"),
        (b"\x01\xff", "01ff"),
        (True, 1),
        (None, None),
        (7, 7),
    ],
)
def test_values_enter_the_hash_in_one_form(value: object, text: object) -> None:
    assert canonical(value) == text
    assert type(canonical(value)) is type(text)


def test_the_order_of_the_columns_makes_no_difference() -> None:
    assert content_hash("t", {"a": 1, "b": "口罩"}) == content_hash("t", {"b": "口罩", "a": 1})


def test_the_hash_is_the_one_that_was_stored_in_earlier_years() -> None:
    assert content_hash("t", {"a": 1, "b": "口罩"}) == (
        "4e9e320b0a143bd8b668034720abf89f0685b965dd69c49bca899f566ab33ce9"
    )


def test_table_name_and_every_value_count() -> None:
    hashes = {
        content_hash("t", {"a": 1}),
        content_hash("u", {"a": 1}),
        content_hash("t", {"a": 2}),
        content_hash("t", {"a": "1"}),
    }

    assert len(hashes) == 4
