"""Questions about scenarios: what they rest on, what they change, what they come to, in what two of them differ."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from optimizer.canonical import canonical_json
from optimizer.surge.brief import Brief
from optimizer.surge.instance import SurgeInstance
from reserve.db import within
from reserve.errors import NotFound
from reserve.scenarios import rules
from reserve.scenarios.drafts import Change
from reserve.scenarios.models import Scenario, ScenarioProjection, ScenarioVersion
from reserve.scenarios.terms import Assumptions, Difference, ScenarioBase

_CHANGES: TypeAdapter[tuple[Change, ...]] = TypeAdapter(tuple[Change, ...])


def get_scenario(session: Session, code: str) -> Scenario:
    scenario = session.scalar(select(Scenario).where(Scenario.code == code))
    if scenario is None:
        raise NotFound("scenario", code)
    return scenario


def list_scenarios(session: Session, scopes: Iterable[str], after_id: int = 0, limit: int = 100) -> Sequence[Scenario]:
    """Scenarios inside the given scopes, as they were made, one keyset page, without their frozen bases."""
    statement = select(Scenario).where(within(Scenario.organisation_path, scopes), Scenario.id > after_id)
    return session.scalars(statement.order_by(Scenario.id).limit(limit).options(defer(Scenario.base))).all()


def versions_of(session: Session, scenario_id: int) -> Sequence[ScenarioVersion]:
    """All versions of a scenario in their order, without the worlds that they make: a list needs none of them."""
    statement = select(ScenarioVersion).where(ScenarioVersion.scenario_id == scenario_id)
    return session.scalars(statement.order_by(ScenarioVersion.number).options(defer(ScenarioVersion.instance))).all()


def get_version(session: Session, scenario: Scenario, number: int | None = None) -> ScenarioVersion:
    """A version of a scenario, the last one where no number is given."""
    statement = select(ScenarioVersion).where(ScenarioVersion.scenario_id == scenario.id)
    if number is not None:
        statement = statement.where(ScenarioVersion.number == number)
    version = session.scalars(statement.order_by(ScenarioVersion.number.desc()).limit(1)).first()
    if version is None:
        raise NotFound("version", f"{scenario.code} {number}")
    return version


def get_projection(session: Session, scenario: Scenario, version: ScenarioVersion) -> ScenarioProjection:
    projection = find_projection(session, version.id)
    if projection is None:
        raise NotFound("projection", f"{scenario.code} {version.number}")
    return projection


def find_projection(session: Session, version_id: int) -> ScenarioProjection | None:
    return session.scalar(select(ScenarioProjection).where(ScenarioProjection.version_id == version_id))


def projection_hashes(session: Session, version_ids: Iterable[int]) -> dict[int, str]:
    """Hash of what each version came to; those not worked out yet are missing."""
    statement = select(ScenarioProjection.version_id, ScenarioProjection.projection_hash).where(
        ScenarioProjection.version_id.in_(sorted(set(version_ids)))
    )
    return {row.version_id: row.projection_hash for row in session.execute(statement)}


def projected_versions(session: Session, scopes: Iterable[str], limit: int = 100) -> list[tuple[str, str, int, str]]:
    """Versions inside the given scopes that were worked out, newest first: scenario, title, number, reason."""
    statement = (
        select(Scenario.code, Scenario.title, ScenarioVersion.number, ScenarioVersion.reason)
        .join(ScenarioVersion, ScenarioVersion.scenario_id == Scenario.id)
        .join(ScenarioProjection, ScenarioProjection.version_id == ScenarioVersion.id)
        .where(within(Scenario.organisation_path, scopes))
        .order_by(Scenario.id.desc(), ScenarioVersion.number.desc())
        .limit(limit)
    )
    return [(code, title, number, reason) for code, title, number, reason in session.execute(statement)]


def assumptions_of(scenario: Scenario) -> Assumptions:
    return Assumptions(
        as_of=scenario.as_of,
        known_at=scenario.known_at,
        days=scenario.days,
        incident_codes=tuple(code for code in scenario.incident_codes.split(";") if code),
        need_level=scenario.need_level,
        needs_go_on=scenario.needs_go_on,
    )


def base_of(scenario: Scenario) -> ScenarioBase:
    """What the scenario builds on, as it was frozen."""
    return ScenarioBase.from_json(zlib.decompress(scenario.base).decode())


def changes_of(version: ScenarioVersion) -> tuple[Change, ...]:
    return _CHANGES.validate_json(version.changes)


def instance_of(version: ScenarioVersion) -> SurgeInstance:
    """The world that a version makes, as it was frozen."""
    return SurgeInstance.from_json(zlib.decompress(version.instance).decode())


def brief_of(row: ScenarioProjection) -> Brief:
    """What a version comes to and what is said of it, as it was stored."""
    return Brief.from_json(zlib.decompress(row.projection).decode(), zlib.decompress(row.explanation).decode())


def written(changes: Sequence[Change]) -> str:
    """Changes as they are kept: canonical JSON."""
    return canonical_json([change.model_dump(mode="json") for change in changes])


def differences(
    session: Session, left: tuple[Scenario, ScenarioVersion], right: tuple[Scenario, ScenarioVersion]
) -> list[Difference]:
    """In what two versions differ, of one scenario or of two."""
    return rules.differences(
        (assumptions_of(left[0]), changes_of(left[1])), (assumptions_of(right[0]), changes_of(right[1]))
    )
