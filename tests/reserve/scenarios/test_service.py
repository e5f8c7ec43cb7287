"""Scenarios on both engines: frozen, changed into new versions, projected, checked, compared."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from optimizer.surge.brief import brief
from optimizer.surge.plan import Projection
from reserve.authority import Permission
from reserve.capacity import service as capacity_service
from reserve.capacity.drafts import MaterialsDraft, MaterialSupplyDraft
from reserve.errors import InvalidInput, NotAllowed, NotFound
from reserve.scenarios import queries, service
from reserve.scenarios.drafts import (
    ActivateDraft,
    AddMaterialDraft,
    ChangeNeedDraft,
    ProjectionDraft,
    ScenarioChangesDraft,
    ScenarioDraft,
)
from reserve.scenarios.models import Scenario, ScenarioProjection, ScenarioVersion
from reserve.scenarios.service import AlreadyProjected, ProjectionBreaksTheModel
from reserve.scenarios.terms import Side, VersionMade
from tests.conftest import NOW
from tests.reserve.capacity.works import LINE, OFFICE, lay_out_line
from tests.reserve.catalogue.goods import SUIT, make_actor
from tests.reserve.sites.places import TODAY

PLANNER = make_actor(Permission.PLAN_WRITE, user_id=6)
CITY = make_actor(Permission.PLAN_WRITE, path="/130000/130100/", user_id=7)
READER = make_actor(Permission.PLAN_READ, user_id=8)
ACTIVATE = ActivateDraft(line_code=LINE)
NEED = ChangeNeedDraft(item_code=SUIT, per_day=280)
FABRIC = AddMaterialDraft(material_code="M07", quantity=400, day=1)


@pytest.fixture
def works(session: Session) -> Session:
    """A line declared at 300 suits a day, ramping from 100 in two days; fabric for 250 a day."""
    lay_out_line(session)
    return session


def create(session: Session, *changes: object, **values: object) -> VersionMade:
    draft = {"organisation_code": "130000", "title": "扩产", "days": 10, "changes": changes, **values}
    return service.create_scenario(session, PLANNER, ScenarioDraft.model_validate(draft), now=NOW, today=TODAY)


def change(session: Session, code: str, *changes: object, **values: object) -> VersionMade:
    draft = ScenarioChangesDraft.model_validate({"scenario_code": code, "changes": changes, "reason": "试", **values})
    return service.change_scenario(session, PLANNER, draft, now=NOW, today=TODAY)


def worked_out(session: Session, made: VersionMade) -> ProjectionDraft:
    version = queries.get_version(session, queries.get_scenario(session, made.code), made.number)
    told = brief(queries.instance_of(version))
    return ProjectionDraft(
        scenario_code=made.code,
        version=made.number,
        projection=told.projection.to_json(),
        explanation=told.explanation(),
    )


def record(session: Session, draft: ProjectionDraft) -> None:
    service.record_projection(session, PLANNER, draft, now=NOW, today=TODAY)


def projected(session: Session, made: VersionMade) -> Projection:
    scenario = queries.get_scenario(session, made.code)
    version = queries.get_version(session, scenario, made.number)
    return queries.brief_of(queries.get_projection(session, scenario, version)).projection


def rows(session: Session) -> list[int]:
    models = (Scenario, ScenarioVersion, ScenarioProjection)
    return [session.scalar(select(func.count()).select_from(model)) or 0 for model in models]


def test_a_scenario_is_a_frozen_base_and_its_first_changes(works: Session) -> None:
    made = create(works, ACTIVATE, NEED)

    scenario = queries.get_scenario(works, made.code)
    base = queries.base_of(scenario)
    assert (made.number, made.from_number, base.hash) == (1, None, scenario.base_hash)
    assert [line.code for line in base.available] == [LINE]
    assert base.instance.demands[0].needs == (0,) * 10
    assert queries.changes_of(queries.get_version(works, scenario)) == (ACTIVATE, NEED)
    assert rows(works) == [1, 1, 0]


def test_a_change_makes_a_new_version_and_touches_nothing_before_it(works: Session) -> None:
    first = create(works, ACTIVATE)
    second = change(works, first.code, ACTIVATE, FABRIC)
    third = change(works, first.code, NEED, from_version=1)

    scenario = queries.get_scenario(works, first.code)
    assert [(each.number, each.from_number) for each in (second, third)] == [(2, 1), (3, 1)]
    assert {each.base_hash for each in (first, second, third)} == {scenario.base_hash}
    assert queries.get_version(works, scenario, 1).instance_hash == first.instance_hash
    assert rows(works) == [1, 3, 0]


def test_what_is_learnt_later_does_not_reach_a_frozen_base(works: Session) -> None:
    first = create(works, ACTIVATE)
    later = NOW + timedelta(hours=1)
    supply = MaterialsDraft(supplies=(MaterialSupplyDraft(material_code="M07", daily_quantity=4000),))
    capacity_service.record_materials(works, OFFICE, supply, now=later, today=TODAY)

    again = change(works, first.code, ACTIVATE)
    draft = ScenarioDraft(organisation_code="130000", title="后来", days=10, changes=(ACTIVATE,))
    new = service.create_scenario(works, PLANNER, draft, now=later, today=TODAY)
    as_before = draft.model_copy(update={"as_of": NOW, "known_at": NOW})
    rebuilt = service.create_scenario(works, PLANNER, as_before, now=later, today=TODAY)

    assert again.instance_hash == first.instance_hash
    assert new.base_hash != first.base_hash
    assert rebuilt.base_hash == first.base_hash


def test_a_checked_projection_is_kept_once(works: Session) -> None:
    made = create(works, ACTIVATE, NEED)
    draft = worked_out(works, made)

    record(works, draft)

    path = projected(works, made).item(SUIT)
    # Fabric for 250 a day: what the ramp leaves over carries the full rate of 300 for four days.
    assert path.issued == (0, 0, 100, 200, 300, 300, 300, 300, 250, 250)
    assert path.short_from_day == 0
    with pytest.raises(AlreadyProjected):
        record(works, draft)
    assert rows(works) == [1, 1, 1]


def test_a_projection_that_breaks_the_model_is_refused(works: Session) -> None:
    made = create(works, ACTIVATE)
    honest = worked_out(works, made)
    lie = json.loads(honest.projection)
    lie["items"][0]["issued"][3] += 1
    other = worked_out(works, create(works, NEED)).model_copy(update={"scenario_code": made.code})

    with pytest.raises(ProjectionBreaksTheModel):
        record(works, honest.model_copy(update={"projection": json.dumps(lie)}))
    with pytest.raises(InvalidInput) as of_other_data:
        record(works, other)
    with pytest.raises(InvalidInput) as nonsense:
        record(works, honest.model_copy(update={"projection": "{}"}))

    codes = [each.value.problems[0].code for each in (of_other_data, nonsense)]
    assert codes == ["projection_of_other_data", "invalid_value"]
    assert rows(works) == [2, 2, 0]


def test_two_versions_differ_in_what_only_one_assumes(works: Session) -> None:
    one = create(works, ACTIVATE)
    change(works, one.code, ACTIVATE, FABRIC)
    scenario = queries.get_scenario(works, one.code)
    left, right = (queries.get_version(works, scenario, number) for number in (1, 2))

    (difference,) = queries.differences(works, (scenario, left), (scenario, right))

    assert (difference.code, difference.side) == ("add_material", Side.RIGHT)
    assert difference.facts == {"material_code": "M07", "quantity": 400, "day": 1}


def test_faults_are_all_named_and_nothing_is_written(works: Session) -> None:
    with pytest.raises(InvalidInput) as refusal:
        create(works, ActivateDraft(line_code="NOPE"), AddMaterialDraft(material_code="M99", quantity=1))
    with pytest.raises(InvalidInput) as incident:
        create(works, incident_codes=("NOTHING",))

    assert [each.code for each in refusal.value.problems] == ["line_not_available", "unknown_material"]
    assert [each.code for each in incident.value.problems] == ["unknown_incident"]


def test_rights_and_scope_are_asked_for(works: Session) -> None:
    made = create(works, ACTIVATE)
    draft = ScenarioDraft(organisation_code="130000", title="x")
    changes = ScenarioChangesDraft(scenario_code=made.code, changes=(), reason="x")

    for actor in (READER, CITY):
        with pytest.raises(NotAllowed):
            service.create_scenario(works, actor, draft, now=NOW, today=TODAY)
        with pytest.raises(NotAllowed):
            service.change_scenario(works, actor, changes, now=NOW, today=TODAY)
        with pytest.raises(NotAllowed):
            service.record_projection(works, actor, worked_out(works, made), now=NOW, today=TODAY)
    assert rows(works) == [1, 1, 0]


def test_lists_show_only_ones_own_and_unknown_ones_are_not_found(works: Session) -> None:
    made = create(works, ACTIVATE)

    assert [each.code for each in queries.list_scenarios(works, ["/130000/"])] == [made.code]
    assert queries.list_scenarios(works, ["/130000/130100/"]) == []
    with pytest.raises(NotFound):
        queries.get_version(works, queries.get_scenario(works, made.code), 9)
    with pytest.raises(NotFound):
        queries.get_scenario(works, "SCN-0")
