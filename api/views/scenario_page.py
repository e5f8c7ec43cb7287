"""What a planner sees of a scenario: its versions, what each assumes, and the curves that follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from api.charts.curves import Figure, supply_against_need
from api.i18n import Text
from api.schemas.scenarios import ItemOut, ProjectionOut, ScenarioOut, VersionOut
from api.views import scenarios
from api.views.naming import names_in
from api.views.scenario_words import change_sentence, limit_words
from reserve.scenarios.terms import ChangeKind

Scopes = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Curve:
    """One item: its figure, and the same in words and numbers."""

    item: ItemOut
    name: str
    figure: Figure
    limits: list[str]
    days: list[tuple[int, int, int, int]]
    """Day, supply of the day, need of the day, unmet of the day."""


@dataclass(frozen=True, slots=True)
class ScenarioPage:
    scenario: ScenarioOut
    version: VersionOut
    changes: list[str]
    curves: list[Curve]


def scenario_page(session: Session, code: str, number: int | None, scopes: Scopes, text: Text) -> ScenarioPage:
    """A version of a scenario, the last one where none is named; curves once it was worked out."""
    found = scenarios.scenario(session, code, scopes)
    version = next((each for each in found.versions if each.number == number), found.versions[-1])
    sentences = [change_sentence(text, ChangeKind(str(change["kind"])), change) for change in version.changes]
    if version.projection_hash is None:
        return ScenarioPage(found, version, sentences, [])
    projection = scenarios.projection(session, code, version.number, scopes, with_paths=True)
    return ScenarioPage(found, version, sentences, _curves(session, projection, text))


def _curves(session: Session, projection: ProjectionOut, text: Text) -> list[Curve]:
    names = names_in(session, text)
    rows: Any = projection.paths
    paths: dict[str, Mapping[str, Any]] = {row["item_code"]: row for row in rows["items"]}
    curves = []
    for item in sorted(projection.items, key=lambda each: (each.short_from_day is None, each.item_code)):
        path = paths[item.item_code]
        supply = [issued + arrived for issued, arrived in zip(path["issued"], path["arrived"], strict=True)]
        need = [flow + lump for flow, lump in zip(path["needs"], path["lumps"], strict=True)]
        curves.append(
            Curve(
                item=item,
                name=names.item(item.item_code),
                figure=supply_against_need([supply[0] + item.opening, *supply[1:]], need, item.short_from_day),
                limits=[limit_words(text, span.limit, names.items) for span in item.limits],
                days=list(zip(range(projection.days), supply, need, path["unmet"], strict=True)),
            )
        )
    return curves
