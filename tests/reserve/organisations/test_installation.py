"""A database says once what it is."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from reserve.access.rules import GUEST, INSTALLER
from reserve.clock import local_day
from reserve.errors import Conflict, NotAllowed
from reserve.organisations import queries, service
from reserve.organisations.terms import InstallationDraft

NOW = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
DRILL = InstallationDraft(
    is_drill=True, title_zh="演练", title_en="Drill", created_at=NOW, story_ends_at=datetime(2021, 1, 20, tzinfo=UTC)
)


def test_a_drill_keeps_its_storys_last_instant(session: Session) -> None:
    service.set_up_installation(session, INSTALLER, DRILL, now=NOW, today=local_day(NOW))

    found = queries.find_installation(session)
    assert found is not None
    assert (found.is_drill, found.story_ends_at, found.created_at) == (True, DRILL.story_ends_at, NOW)


def test_a_drill_never_becomes_real(session: Session) -> None:
    service.set_up_installation(session, INSTALLER, DRILL, now=NOW, today=local_day(NOW))
    real = DRILL.model_copy(update={"is_drill": False})

    with pytest.raises(Conflict):
        service.set_up_installation(session, INSTALLER, real, now=NOW, today=local_day(NOW))

    found = queries.find_installation(session)
    assert found is not None
    assert found.is_drill


def test_only_the_installer_says_what_a_database_is(session: Session) -> None:
    with pytest.raises(NotAllowed):
        service.set_up_installation(session, GUEST, DRILL, now=NOW, today=local_day(NOW))

    assert queries.find_installation(session) is None
