"""Verbs on scenarios: make one, change it into a new version, store what it comes to.

The projection itself is worked out with no transaction open, by the door; here it is only checked and stored.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from optimizer.surge.check import check
from optimizer.surge.plan import Projection
from reserve.authority import Actor, Permission, require, require_scope
from reserve.db import append, last_position, lock_row
from reserve.errors import Conflict, InvalidInput, Problem
from reserve.identifiers import uuid7
from reserve.incidents import queries as incident_queries
from reserve.organisations import queries as organisation_queries
from reserve.organisations.models import Organisation
from reserve.scenarios import planning, queries, rules
from reserve.scenarios.drafts import Change, ProjectionDraft, ScenarioChangesDraft, ScenarioDraft
from reserve.scenarios.models import Scenario, ScenarioProjection, ScenarioVersion
from reserve.scenarios.terms import Assumptions, ScenarioBase, VersionMade, VersionProjected


class ProjectionBreaksTheModel(Conflict):
    """The independent checker found the projection wrong: it is not stored as an answer."""

    code = "projection_breaks_the_model"


class AlreadyProjected(Conflict):
    """This version has its projection already."""

    code = "already_projected"


def create_scenario(session: Session, actor: Actor, draft: ScenarioDraft, *, now: datetime, today: date) -> VersionMade:
    """Freeze a base as of one time and as known at another, with the first changes: version 1."""
    require(actor, Permission.PLAN_WRITE)
    organisation = organisation_queries.get_organisation(session, draft.organisation_code)
    require_scope(actor, Permission.PLAN_WRITE, organisation_path=organisation.path)
    asked = _asked(session, actor, draft, organisation, now)
    base = planning.build_base(session, asked)
    row = {
        "code": f"SCN-{uuid7()}",
        "title": draft.title,
        "organisation_id": organisation.id,
        "organisation_path": organisation.path,
        "as_of": asked.as_of,
        "known_at": asked.known_at,
        "ledger_position": last_position(session),
        "days": asked.days,
        "incident_codes": ";".join(asked.incident_codes),
        "need_level": asked.need_level,
        "needs_go_on": asked.needs_go_on,
        "base": zlib.compress(base.to_json().encode(), 6),
        "base_hash": base.hash,
        "person_id": actor.person_id,
        "recorded_at": now,
    }
    (scenario_id,) = append(session, Scenario, [row])
    scenario = session.get_one(Scenario, scenario_id)
    return _add_version(session, actor, scenario, base, draft.changes, number=1, reason=draft.title, now=now)


def change_scenario(
    session: Session, actor: Actor, draft: ScenarioChangesDraft, *, now: datetime, today: date
) -> VersionMade:
    """Make a new version on the same base; the earlier versions and the base stay as they are."""
    require(actor, Permission.PLAN_WRITE)
    scenario = queries.get_scenario(session, draft.scenario_code)
    require_scope(actor, Permission.PLAN_WRITE, organisation_path=scenario.organisation_path)
    lock_row(session, Scenario, scenario.id)  # one new number at a time
    before = queries.get_version(session, scenario, draft.from_version)
    base = queries.base_of(scenario)
    number = queries.get_version(session, scenario).number + 1
    return _add_version(
        session,
        actor,
        scenario,
        base,
        draft.changes,
        number=number,
        from_number=before.number,
        reason=draft.reason,
        now=now,
    )


def record_projection(
    session: Session, actor: Actor, draft: ProjectionDraft, *, now: datetime, today: date
) -> VersionProjected:
    """Store what a version comes to, once the independent checker has found nothing wrong with it."""
    require(actor, Permission.PLAN_WRITE)
    scenario = queries.get_scenario(session, draft.scenario_code)
    require_scope(actor, Permission.PLAN_WRITE, organisation_path=scenario.organisation_path)
    lock_row(session, Scenario, scenario.id)
    version = queries.get_version(session, scenario, draft.version)
    if queries.find_projection(session, version.id) is not None:
        found = f"{scenario.code} {version.number}"
        raise AlreadyProjected(f"{found} has its projection", found=found)
    projection = _read_projection(draft.projection)
    if projection.instance_hash != version.instance_hash:
        problem = Problem("projection_of_other_data", "projection", version.instance_hash, projection.instance_hash)
        raise InvalidInput([problem])
    if violations := check(queries.instance_of(version), projection):
        raise ProjectionBreaksTheModel(f"{len(violations)} violations: {violations[0]}", found=len(violations))
    row = {
        "version_id": version.id,
        "projection": zlib.compress(draft.projection.encode(), 6),
        "projection_hash": projection.hash,
        "explanation": zlib.compress(draft.explanation.encode(), 6),
        "person_id": actor.person_id,
        "recorded_at": now,
    }
    append(session, ScenarioProjection, [row])
    return VersionProjected(scenario.code, version.number, projection.hash, now)


def _asked(
    session: Session, actor: Actor, draft: ScenarioDraft, organisation: Organisation, now: datetime
) -> Assumptions:
    """What the base will look at; each incident named is one whose needs this actor may plan for."""
    as_of, known_at = draft.as_of or now, min(draft.known_at or now, now)
    codes = tuple(dict.fromkeys(draft.incident_codes))
    problems = []
    for place, code in enumerate(codes):
        incident = incident_queries.find_incident(session, code)
        if incident is None:
            problems.append(Problem("unknown_incident", f"incident_codes.{place}", "a declared incident", code))
        else:
            require_scope(actor, Permission.PLAN_WRITE, organisation_path=incident.organisation_path)
    if problems:
        raise InvalidInput(problems)
    return Assumptions(
        as_of=as_of,
        known_at=known_at,
        days=draft.days,
        incident_codes=codes
        or tuple(each.code for each in incident_queries.open_incidents(session, [organisation.path], as_of, known_at)),
        need_level=draft.need_level,
        needs_go_on=draft.needs_go_on,
    )


def _add_version(
    session: Session,
    actor: Actor,
    scenario: Scenario,
    base: ScenarioBase,
    changes: Sequence[Change],
    *,
    number: int,
    reason: str,
    now: datetime,
    from_number: int | None = None,
) -> VersionMade:
    """Changes that have no problems, and the world they make, frozen with it. Raises InvalidInput."""
    if problems := rules.change_problems(base, changes):
        raise InvalidInput(problems)
    instance = rules.with_changes(base, changes)
    row = {
        "scenario_id": scenario.id,
        "number": number,
        "from_number": from_number,
        "changes": queries.written(changes),
        "reason": reason,
        "instance": zlib.compress(instance.to_json().encode(), 6),
        "instance_hash": instance.hash,
        "person_id": actor.person_id,
        "recorded_at": now,
    }
    append(session, ScenarioVersion, [row])
    return VersionMade(scenario.code, number, from_number, scenario.base_hash, instance.hash, now)


def _read_projection(text: str) -> Projection:
    """The projection that a door worked out; nonsense is refused like a lie."""
    try:
        return Projection.from_json(text)
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidInput([Problem("invalid_value", "projection", "a valid value", str(error))]) from error
