"""Scenarios inside a reader's scopes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy.orm import Session

from api.deps import found_in
from api.i18n import Text
from api.schemas.scenarios import (
    BesideOut,
    ComparisonOut,
    DifferenceOut,
    EffectOut,
    ItemOut,
    ProjectionOut,
    ReachableOut,
    ScenarioOut,
    ScenarioRef,
    SpanOut,
    VersionOut,
    WorthOut,
)
from api.views.scenario_words import difference_sentence
from optimizer.surge.brief import Brief, ItemBrief
from optimizer.surge.instance import Material, SurgeInstance
from reserve.scenarios import queries
from reserve.scenarios.models import Scenario, ScenarioVersion

Scopes = tuple[str, ...]


def scenario(session: Session, code: str, scopes: Scopes) -> ScenarioOut:
    """The base with every version made on it."""
    found = _find(session, code, scopes)
    versions = queries.versions_of(session, found.id)
    projected = queries.projection_hashes(session, (version.id for version in versions))
    return ScenarioOut(
        **ScenarioRef.model_validate(found).model_dump(),
        versions=[_version(each, projected.get(each.id)) for each in versions],
    )


def instance(session: Session, code: str, number: int, scopes: Scopes) -> SurgeInstance:
    """The world that a version makes, for the door to project."""
    return queries.instance_of(queries.get_version(session, _find(session, code, scopes), number))


def projection(session: Session, code: str, number: int | None, scopes: Scopes, *, with_paths: bool) -> ProjectionOut:
    found = _find(session, code, scopes)
    version = queries.get_version(session, found, number)
    row = queries.get_projection(session, found, version)
    instance, told = queries.instance_of(version), queries.brief_of(row)
    return ProjectionOut(
        code=found.code,
        number=version.number,
        start_on=date.fromisoformat(instance.start_on),
        days=instance.days,
        instance_hash=version.instance_hash,
        projection_hash=row.projection_hash,
        items=list(_items(instance, told).values()),
        paths=json.loads(told.projection.to_json()) if with_paths else None,
    )


def comparison(
    session: Session, left: tuple[str, int | None], right: tuple[str, int | None], scopes: Scopes, text: Text
) -> ComparisonOut:
    """Two versions side by side: in what they differ, in words, and what each comes to."""
    (one, first), (two, second) = (_found_version(session, each, scopes) for each in (left, right))
    differences = queries.differences(session, (one, first), (two, second))
    ours, theirs = (
        _items(queries.instance_of(version), queries.brief_of(queries.get_projection(session, found, version)))
        for found, version in ((one, first), (two, second))
    )
    return ComparisonOut(
        left=ScenarioRef.model_validate(one),
        left_version=first.number,
        right=ScenarioRef.model_validate(two),
        right_version=second.number,
        differences=[
            DifferenceOut(
                code=each.code, side=each.side, facts=dict(each.facts), sentence=difference_sentence(text, each)
            )
            for each in differences
        ],
        items=[
            BesideOut(item_code=code, left=ours.get(code), right=theirs.get(code))
            for code in sorted(ours.keys() | theirs.keys())
        ],
    )


def item_out(item: ItemBrief, start_on: date, materials: Mapping[str, Material]) -> ItemOut:
    """What is said of an item, with days as dates and amounts with their units."""
    short = item.short_from_day
    worths = [
        WorthOut(
            material_code=worth.material_code,
            unit=materials[worth.material_code].unit,
            scale=materials[worth.material_code].scale,
            quantity=worth.quantity,
            pieces=worth.pieces,
            helps_up_to=worth.helps_up_to,
            pieces_in_all=worth.pieces_in_all,
            needed_by_day=worth.needed_by_day,
            next_limit=worth.next_limit,
            others=[EffectOut.model_validate(effect) for effect in worth.others],
        )
        for worth in item.worths
    ]
    return ItemOut(
        item_code=item.item_code,
        needed=item.needed,
        opening=item.opening,
        issued=item.issued,
        arrived=item.arrived,
        stock=item.stock,
        missing=item.missing,
        short_from_day=short,
        short_on=None if short is None else start_on + timedelta(days=short),
        limits=[SpanOut.model_validate(span) for span in item.limits],
        worths=worths,
        reachable=[ReachableOut(day=day, quantity=quantity) for day, quantity in item.reachable],
    )


def _find(session: Session, code: str, scopes: Scopes) -> Scenario:
    found = queries.get_scenario(session, code)
    found_in(scopes, found.organisation_path, "scenario", code)
    return found


def _found_version(session: Session, asked: tuple[str, int | None], scopes: Scopes) -> tuple[Scenario, ScenarioVersion]:
    found = _find(session, asked[0], scopes)
    return found, queries.get_version(session, found, asked[1])


def _version(version: ScenarioVersion, projection_hash: str | None) -> VersionOut:
    return VersionOut(
        number=version.number,
        from_number=version.from_number,
        reason=version.reason,
        changes=json.loads(version.changes),
        instance_hash=version.instance_hash,
        projection_hash=projection_hash,
        recorded_at=version.recorded_at,
    )


def _items(instance: SurgeInstance, told: Brief) -> dict[str, ItemOut]:
    materials = {material.code: material for material in instance.materials}
    start_on = date.fromisoformat(instance.start_on)
    return {item.item_code: item_out(item, start_on, materials) for item in told.items}
