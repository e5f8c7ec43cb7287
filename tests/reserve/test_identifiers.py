"""Request keys are ordered by time; document numbers catch a slip of the pen."""

from __future__ import annotations

import string
import time

from hypothesis import given
from hypothesis import strategies as st

from reserve.identifiers import check_digit, document_number, is_document_number, uuid7

BODIES = st.text(string.digits, min_size=1, max_size=12)


def test_uuid7_says_its_version_and_its_millisecond() -> None:
    before = time.time_ns() // 1_000_000
    key = uuid7()
    after = time.time_ns() // 1_000_000

    assert (key.version, key.variant) == (7, "specified in RFC 4122")
    assert before <= key.int >> 80 <= after


def test_uuid7_does_not_repeat() -> None:
    assert len({uuid7() for _ in range(10_000)}) == 10_000


def test_document_number_carries_kind_organisation_year_serial_and_check_digit() -> None:
    number = document_number("RCP", "130109", 2026, 123)

    assert number == f"RCP-130109-2026-000123-{check_digit('RCP-130109-2026-000123')}"
    assert is_document_number(number)


@given(BODIES, st.data())
def test_one_wrong_digit_is_caught(body: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(body) - 1))
    other = data.draw(st.sampled_from([digit for digit in string.digits if digit != body[place]]))

    assert check_digit(body) != check_digit(body[:place] + other + body[place + 1 :])


@given(st.integers(1, 999_999), st.integers(0, 5))
def test_a_mistyped_serial_is_not_a_document_number(serial: int, place: int) -> None:
    number = document_number("DSP", "130000", 2021, serial)
    at = number.rindex("-") - 6 + place
    slip = number[:at] + str((int(number[at]) + 1) % 10) + number[at + 1 :]

    assert not is_document_number(slip)


def test_nearly_every_swap_of_neighbours_is_caught() -> None:
    swapped = [
        (body, body[:place] + body[place + 1] + body[place] + body[place + 2 :])
        for body in (f"{number:04d}" for number in range(10_000))
        for place in range(3)
        if body[place] != body[place + 1]
    ]
    missed = sum(check_digit(body) == check_digit(other) for body, other in swapped)

    assert missed / len(swapped) < 1 / 40


def test_other_texts_are_not_document_numbers() -> None:
    assert [is_document_number(text) for text in ("", "7", "RCP-7", "RCP-130109-2026-000123-x")] == [False] * 4
