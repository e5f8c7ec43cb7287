"""What a plan made again changes, line by line and in words."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from api.deps import found_in
from api.i18n import Text
from api.schemas.dispatch import ChangeOut
from api.views.naming import Names, names_in
from reserve.dispatch import queries
from reserve.dispatch.models import DispatchPlan
from reserve.dispatch.terms import CutReason

Facts = Mapping[str, Any]


def changes(session: Session, code: str, scopes: tuple[str, ...], text: Text) -> list[ChangeOut]:
    """First the promises that cannot stand, then what the plan adds, drops, raises, lowers or moves."""
    plan = queries.get_plan(session, code)
    found_in(scopes, plan.organisation_path, "plan", code)
    followed, result = queries.followed_of(plan), queries.find_result(session, plan.id)
    names = names_in(session, text)
    cuts = [_cut(cut, names, text) for cut in followed["cuts"]] if followed else []
    planned = json.loads(result.changes) if result else []
    return cuts + [_change(change, plan, names, text) for change in planned]


def _cut(cut: Facts, names: Names, text: Text) -> ChangeOut:
    facts = _named(names, cut["source_site"], cut["receiver_site"], cut["item_code"]) | {
        "before": cut["before"],
        "after": cut["after"],
    }
    sentence = _REASONS[CutReason(cut["reason"])](text, facts | {"order": cut["order_number"]})
    return ChangeOut(
        kind="cut",
        reason=cut["reason"],
        order_number=cut["order_number"],
        line_no=cut["line_no"],
        need_key=cut["need_key"],
        leave_at=None,
        sentence=sentence,
        **facts,
    )


def _change(change: Facts, plan: DispatchPlan, names: Names, text: Text) -> ChangeOut:
    key = change["need_code"].rpartition("|")[0]
    source, place = change["source_code"].partition("@")[2], key.split("|")[1]
    facts = _named(names, source, place, change["item_code"]) | {
        "before": change["before"],
        "after": change["after"],
    }
    leave_at = plan.as_of + timedelta(hours=max(0, change["leave_hour"]))
    return ChangeOut(
        kind=change["kind"],
        reason=change["reason"],
        order_number=None,
        line_no=None,
        need_key=key,
        leave_at=leave_at,
        sentence=_KINDS[change["kind"]](text, facts),
        **facts,
    )


def _named(names: Names, source: str, place: str, item: str) -> dict[str, Any]:
    return {
        "source_code": source,
        "source": names.site(source),
        "place_code": place,
        "place": names.site(place),
        "item_code": item,
        "item": names.item(item),
    }


_KINDS: Mapping[str, Callable[[Text, Facts], str]] = {
    "add": lambda text, facts: text.say("New: {after} of {item} from {source} to {place}.", **facts),
    "drop": lambda text, facts: text.say("Dropped: {before} of {item} from {source} to {place}.", **facts),
    "raise": lambda text, facts: text.say("Raised from {before} to {after}: {item} from {source} to {place}.", **facts),
    "lower": lambda text, facts: text.say(
        "Lowered from {before} to {after}: {item} from {source} to {place}.", **facts
    ),
    "move": lambda text, facts: text.say("Other hour: {after} of {item} from {source} to {place}.", **facts),
}
_REASONS: Mapping[CutReason, Callable[[Text, Facts], str]] = {
    CutReason.NEED_FELL: lambda text, facts: text.say(
        "To be cut in {order}: {item} for {place} from {before} to {after}, the need fell.", **facts
    ),
    CutReason.NO_WAY_IN_TIME: lambda text, facts: text.say(
        "To be cut in {order}: {item} for {place} from {before} to {after}, no way there in time.", **facts
    ),
}
