"""What needs are for, in the words of the catalogue."""

from datetime import UTC, date, datetime, timedelta

import pytest

from reserve.dispatch import uses
from seed.goods import catalogue

JANUARY = datetime(2021, 1, 10, tzinfo=UTC)


def test_a_driver_that_says_nothing_and_a_request_have_no_words() -> None:
    assert uses.words_of("", JANUARY, JANUARY) == ()
    assert uses.words_of("injured_person", JANUARY, JANUARY) == ()


def test_intensive_care_is_named_with_its_season_and_the_first_hours() -> None:
    soon = uses.words_of("critical_bed_day", JANUARY, JANUARY - timedelta(hours=72))
    later = uses.words_of("critical_bed_day", JANUARY, JANUARY - timedelta(hours=73))

    assert {"ICU", "heating season", "first 72 h"} <= set(soon)
    assert set(soon) - set(later) == {"first 72 h"}


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2021, 1, 31), ("heating season",)),
        (date(2021, 3, 15), ("spring to autumn", "heating season")),
        (date(2021, 3, 16), ("spring to autumn",)),
        (date(2021, 5, 1), ("May to September", "spring to autumn")),
        (date(2021, 8, 31), ("summer", "May to September", "spring to autumn")),
        (date(2021, 11, 15), ("spring to autumn", "heating season")),
    ],
)
def test_seasons_begin_and_end_on_their_days(day: date, words: tuple[str, ...]) -> None:
    assert uses.season(day) == words


def test_every_word_of_a_driver_is_a_word_of_the_catalogue() -> None:
    """Or names a use that no pair speaks of, so that pairs which name others are kept from it."""
    spoken = {
        part.strip()
        for pair in catalogue().substitutions
        for text in (pair.allowed_context, pair.forbidden_context)
        for part in text.split(";")
    }
    own = {"isolation ward", "evacuees", "infants"}

    assert {word for words in uses.BY_DRIVER.values() for word in words} - spoken == own - spoken
