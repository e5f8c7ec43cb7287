"""``reserve surge``: what can be made and issued by when, what limits it, and what would help. Reads only."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, NoReturn

import typer
from sqlalchemy.orm import Session

from api.cli.opening import REFUSED, DatabaseOption, LanguageOption, clock_of, open_database, say, settings_of, words
from api.cli.surge_options import changes_typed, moment_typed
from api.cli.surge_text import assumed, beside, told
from api.errors import problem_line
from api.i18n import Language
from api.schemas.scenarios import ItemOut
from api.views.scenario_words import difference_sentence
from api.views.scenarios import item_out
from optimizer.surge.brief import brief
from reserve.capacity import queries as capacity_queries
from reserve.catalogue import queries as catalogue_queries
from reserve.errors import InvalidInput, NotFound, Problem, Refusal
from reserve.incidents import queries as incident_queries
from reserve.scenarios import planning, rules
from reserve.scenarios.drafts import MAX_DAYS, Change
from reserve.scenarios.terms import Assumptions, NeedLevel, ScenarioBase

EVERYWHERE = ("/",)
Several = list[str] | None


@dataclass(frozen=True, slots=True)
class Look:
    """What the database was asked for, what it says, and the names of things in both languages."""

    asked: Assumptions
    base: ScenarioBase
    names: dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one set of changes comes to."""

    instance_hash: str
    projection_hash: str
    items: list[ItemOut]


def surge(
    activate: Annotated[Several, typer.Option(help="启用产线 · LINE, LINE@DAY, all")] = None,
    delay: Annotated[Several, typer.Option(help="推迟 · LINE=DAYS")] = None,
    add_material: Annotated[Several, typer.Option(help="增加原料 · CODE=QUANTITY@DAY")] = None,
    need: Annotated[Several, typer.Option(help="改变需求 · ITEM=PIECES (每日 a day), ITEM=PERCENT%")] = None,
    supply_share: Annotated[Several, typer.Option(help="外部供应占比 · CODE=PERCENT")] = None,
    compare: Annotated[bool, typer.Option("--compare", help="与无变更的情景对照 · beside the base")] = False,
    item: Annotated[Several, typer.Option(help="只看这些物资 · only these items")] = None,
    days: Annotated[int, typer.Option(min=1, max=MAX_DAYS, help="天数 · horizon")] = 60,
    as_of: Annotated[str | None, typer.Option(help="时点,默认现在 · as of, now where empty")] = None,
    known_at: Annotated[str | None, typer.Option(help="截至何时所知 · as known at")] = None,
    incident: Annotated[
        Several, typer.Option(help="事件,默认全部未结束的 · incident, all open ones where empty")
    ] = None,
    need_level: Annotated[NeedLevel, typer.Option(help="需求估计 · low, base, high")] = NeedLevel.BASE,
    needs_go_on: Annotated[bool, typer.Option(help="估计期后按末日延续 · repeat the last estimated day")] = True,
    lang: LanguageOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="机器可读 · for machines")] = False,
    database: DatabaseOption = None,
) -> None:
    """推演扩产:何时能发出多少、受何限制、补什么最有用 · Project surge production by date of issue. Changes nothing."""
    try:
        moments = moment_typed("--as-of", as_of), moment_typed("--known-at", known_at)
        with open_database(settings_of(database)) as opened, opened.reading() as session:
            now = clock_of(opened).now()
            look = _look(session, now, *moments, days, tuple(incident or ()), need_level, needs_go_on)
        changes = changes_typed(
            look.base,
            activate=activate or (),
            delay=delay or (),
            add_material=add_material or (),
            need=need or (),
            supply_share=supply_share or (),
        )
        if problems := rules.change_problems(look.base, changes):
            raise InvalidInput(problems)
    except Refusal as refusal:
        _refuse(refusal)
    right = _outcome(look.base, changes, item)
    left = _outcome(look.base, (), item) if compare else None
    if as_json:
        typer.echo(json.dumps(_for_machines(look, changes, left, right), ensure_ascii=False, indent=1))
    else:
        _tell(look, changes, left, right)


def _look(
    session: Session,
    now: datetime,
    as_of: datetime | None,
    known_at: datetime | None,
    days: int,
    incidents: tuple[str, ...],
    need_level: NeedLevel,
    needs_go_on: bool,
) -> Look:
    """The base as asked. Where nothing is open now and no time is named: the last moment when something was."""
    at = as_of or now
    if as_of is None and not incident_queries.open_incidents(session, EVERYWHERE, now, now):
        at = incident_queries.last_open_moment(session, EVERYWHERE) or now
    known = known_at or at
    open_then = incident_queries.open_incidents(session, EVERYWHERE, at, known)
    codes = incidents or tuple(each.code for each in open_then)
    asked = Assumptions(at, known, days, codes, need_level, needs_go_on)
    names = {code: (each.name_zh, each.name_en) for code, each in catalogue_queries.items_by_code(session).items()}
    materials = capacity_queries.materials_by_code(session)
    names |= {code: (each.name_zh, each.name_en) for code, each in materials.items()}
    return Look(asked, planning.build_base(session, asked), names)


def _outcome(base: ScenarioBase, changes: Sequence[Change], only: Several) -> Outcome:
    instance = rules.with_changes(base, changes)
    worked_out = brief(instance)
    start_on = date.fromisoformat(instance.start_on)
    materials = {material.code: material for material in instance.materials}
    items = [item_out(each, start_on, materials) for each in worked_out.items if not only or each.item_code in only]
    return Outcome(instance.hash, worked_out.projection.hash, items)


def _for_machines(look: Look, changes: Sequence[Change], left: Outcome | None, right: Outcome) -> dict[str, Any]:
    answer = {
        "as_of": look.asked.as_of.isoformat(),
        "known_at": look.asked.known_at.isoformat(),
        "start_on": look.base.instance.start_on,
        "days": look.asked.days,
        "incident_codes": list(look.asked.incident_codes),
        "base_hash": look.base.hash,
        "changes": [change.model_dump(mode="json") for change in changes],
        **_plain(right),
    }
    return (
        answer if left is None else answer | {"compared_with": _plain(left), "differences": _differences(look, changes)}
    )


def _plain(outcome: Outcome) -> dict[str, Any]:
    return {
        "instance_hash": outcome.instance_hash,
        "projection_hash": outcome.projection_hash,
        "items": [item.model_dump(mode="json") for item in outcome.items],
    }


def _differences(look: Look, changes: Sequence[Change]) -> list[str]:
    found = rules.differences((look.asked, ()), (look.asked, changes))
    return [difference_sentence(words(), difference) for difference in found]


def _tell(look: Look, changes: Sequence[Change], left: Outcome | None, right: Outcome) -> None:
    text = words()
    names = {code: pair[text.language is Language.EN] or pair[0] for code, pair in look.names.items()}
    start_on = date.fromisoformat(look.base.instance.start_on)
    say(
        "Day 0 is {day}; {days} days; needs of {incidents}; base {base}.",
        day=look.base.instance.start_on,
        days=look.asked.days,
        incidents=", ".join(look.asked.incident_codes) or "–",
        base=look.base.hash[:12],
    )
    for line in assumed(text, changes):
        typer.echo(line)
    shown = told(text, right.items, names, start_on) if left is None else beside(text, left.items, right.items, names)
    for line in shown:
        typer.echo(line)


def _refuse(refusal: Refusal) -> NoReturn:
    problems: Sequence[Problem] = refusal.problems
    if isinstance(refusal, NotFound):
        typer.echo(words().error(refusal.code, refusal.details()) + f" ({refusal})", err=True)
    for problem in problems:
        line = problem_line(words(), problem)
        typer.echo(
            words().say(
                "{field}: {message} Expected: {expected}. Found: {found}.",
                field=line["field"],
                message=line["message"],
                expected=line["expected"],
                found=line["found"],
            ),
            err=True,
        )
    raise typer.Exit(REFUSED)
