"""What a planner sees of a scenario: its versions, what each assumes, the curves that follow, and two side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

from sqlalchemy.orm import Session

from api.i18n import Text
from api.schemas.scenarios import ComparisonOut, ItemOut, ProjectionOut, ScenarioOut, VersionOut
from api.views import scenarios
from api.views.naming import Names, names_in
from api.views.scenario_choices import Choices, choices_of, products_named
from api.views.scenario_words import change_sentence, limit_words, worth_sentence
from reserve.scenarios import queries
from reserve.scenarios.terms import ChangeKind

Scopes = tuple[str, ...]
Asked = tuple[str, int | None]
"""A scenario and one of its versions; the last one where there is no number."""


@dataclass(frozen=True, slots=True)
class CurveDay:
    """One day of an item, base units; ``reached`` and ``wanted`` are added up from the first day."""

    on: date
    supply: int
    need: int
    reached: int
    wanted: int
    stock: int
    unmet: int
    limit: str


@dataclass(frozen=True, slots=True)
class LimitSpan:
    """What binds the output of an item from one day to another, in words."""

    limit: str
    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True)
class Curve:
    """One item day by day, what binds when, and what more of what binds would bring."""

    item: ItemOut
    name: str
    days: list[CurveDay]
    spans: list[LimitSpan]
    worths: list[str]


@dataclass(frozen=True, slots=True)
class ScenarioPage:
    scenario: ScenarioOut
    version: VersionOut
    changes: list[str]
    curves: list[Curve]
    choices: Choices
    others: list[tuple[str, str]]
    """Versions that this one can be put beside: scenario and number, and what they are called."""


@dataclass(frozen=True, slots=True)
class Beside:
    """An item under two versions; one of them may know nothing of it."""

    code: str
    name: str
    left: ItemOut | None
    right: ItemOut | None


@dataclass(frozen=True, slots=True)
class ComparisonPage:
    comparison: ComparisonOut
    rows: list[Beside]


def scenario_page(session: Session, code: str, number: int | None, scopes: Scopes, text: Text) -> ScenarioPage:
    """A version of a scenario, the last one where none is named; curves once it was worked out."""
    found = scenarios.scenario(session, code, scopes)
    version = next((each for each in found.versions if each.number == number), found.versions[-1])
    names = names_in(session, text)
    sentences = [change_sentence(text, ChangeKind(str(change["kind"])), change) for change in version.changes]
    choices = choices_of(session, queries.base_of(queries.get_scenario(session, code)), names, text)
    others = [
        (f"{other}:{made}", f"{title} · {made} · {reason}")
        for other, title, made, reason in queries.projected_versions(session, scopes)
        if (other, made) != (code, version.number)
    ]
    if version.projection_hash is None:
        return ScenarioPage(found, version, sentences, [], choices, others)
    projection = scenarios.projection(session, code, version.number, scopes, with_paths=True)
    return ScenarioPage(found, version, sentences, _curves(session, projection, names, text), choices, others)


def curves(session: Session, asked: Asked, scopes: Scopes, text: Text) -> list[Curve]:
    """Every item of a version that was worked out, what is short first."""
    projection = scenarios.projection(session, *asked, scopes, with_paths=True)
    return _curves(session, projection, names_in(session, text), text)


def comparison_page(session: Session, left: Asked, right: Asked, scopes: Scopes, text: Text) -> ComparisonPage:
    """Two versions that were worked out: in what they differ, and every item that comes out differently, first."""
    compared = scenarios.comparison(session, left, right, scopes, text)
    names = names_in(session, text)
    rows = [Beside(each.item_code, names.item(each.item_code), each.left, each.right) for each in compared.items]
    return ComparisonPage(compared, sorted(rows, key=lambda row: (row.left == row.right, row.code)))


def _curves(session: Session, projection: ProjectionOut, names: Names, text: Text) -> list[Curve]:
    called = products_named(session, names, text)
    told: Any = projection.paths
    paths: dict[str, Mapping[str, Any]] = {row["item_code"]: row for row in told["items"]}
    ordered = sorted(projection.items, key=lambda each: (each.short_from_day is None, each.item_code))
    return [_curve(item, paths[item.item_code], projection.start_on, called, text) for item in ordered]


def _curve(item: ItemOut, path: Mapping[str, Any], start: date, called: Mapping[str, str], text: Text) -> Curve:
    supply = [issued + arrived for issued, arrived in zip(path["issued"], path["arrived"], strict=True)]
    need = [flow + lump for flow, lump in zip(path["needs"], path["lumps"], strict=True)]
    reached, wanted = accumulate(supply, initial=item.opening), accumulate(need)
    next(reached)
    spans = [
        LimitSpan(
            limit=limit_words(text, span.limit, called),
            first_on=start + timedelta(days=span.first_day),
            last_on=start + timedelta(days=span.last_day),
        )
        for span in item.limits
    ]
    limits = [span.limit for span in spans for _ in range((span.last_on - span.first_on).days + 1)]
    rows = zip(supply, need, reached, wanted, path["stock"], path["unmet"], limits, strict=True)
    return Curve(
        item=item,
        name=called.get(item.item_code, item.item_code),
        days=[CurveDay(start + timedelta(days=day), *row) for day, row in enumerate(rows)],
        spans=spans,
        worths=[worth_sentence(text, worth, called) for worth in item.worths],
    )
