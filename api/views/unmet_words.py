"""Why a need is unmet and what would help, sentence by sentence in the reader's language.

What a sentence promises was proven on a re-solve when the plan was made (``optimizer.dispatch.unlocks``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from api.i18n import Text
from api.schemas.dispatch import ReasonOut
from api.views.naming import Names

Facts = Mapping[str, Any]
Say = Callable[[Text, Facts], str]


def reason(text: Text, names: Names, start: datetime, facts: Facts) -> ReasonOut:
    """One unmet need of a plan that starts at ``start``; facts: one explanation of the plan."""
    key, _, _ = facts["need_code"].rpartition("|")
    _, place, item, *_ = f"{key}||".split("|")
    told = _Told(text, names, start)
    return ReasonOut(
        need_code=facts["need_code"],
        place_code=place,
        place=names.site(place),
        item_code=item,
        item=names.item(item),
        unmet=facts["unmet"],
        because=[*told.limits(facts), *told.shared(facts), *told.kept_out(facts), *told.went(facts)],
        help=list(told.help(facts)),
    )


def summary(text: Text, names: Names, start: datetime, needs: Sequence[Facts]) -> tuple[list[str], list[str]]:
    """Many unmet needs told as one: what their units wait for, added up; what is kept out, once; and what would help.

    Goods that a rule keeps out are the same for many needs: the greatest quantity is told, never a sum. What helps is
    proven for one need at a time: the one that lacks most speaks.
    """
    told = _Told(text, names, start)
    limits: Counter[tuple[str, str]] = Counter()
    kept: dict[tuple[Any, ...], Facts] = {}
    for facts in needs:
        for row in facts.get("limits", ()):
            limits[row["name"], row["code"]] += row["quantity"]
        for row in facts["excluded"]:
            key = row["rule"], tuple(row["sources"])
            kept[key] = max(kept.get(key, row), row, key=lambda each: each["quantity"])
    rows = [{"name": name, "code": code, "quantity": some} for (name, code), some in limits.most_common()]
    because = [*told.limits({"limits": rows}), *told.kept_out({"excluded": _widest(kept.values())})]
    most = max(needs, key=lambda facts: facts["unmet"])
    place = most["need_code"].split("|")[1]
    helps = list(told.help(most))
    return because, [text.say("For {place}:", place=names.site(place)), *helps] if helps else []


def _widest(rows: Iterable[Facts]) -> list[Facts]:
    """Without what another row tells as well: the same rule, all its sources among others, no greater quantity."""
    found: list[Facts] = []
    for row in sorted(rows, key=lambda each: (-len(each["sources"]), -each["quantity"])):
        same = (each for each in found if each["rule"] == row["rule"] and set(row["sources"]) <= set(each["sources"]))
        if not any(each["quantity"] >= row["quantity"] for each in same):
            found.append(row)
    return found


class _Told:
    """Sentences of one language, with names for codes."""

    def __init__(self, text: Text, names: Names, start: datetime) -> None:
        self.text, self.names, self.start = text, names, start

    def limits(self, facts: Facts) -> Iterator[str]:
        """What each unmet unit waits for."""
        for row in facts.get("limits", ()):
            yield _LIMITS[row["name"]](self.text, {"quantity": row["quantity"], "where": self._place(row["code"])})

    def shared(self, facts: Facts) -> Iterator[str]:
        """Who would go without if this place got more; plans of earlier versions do not say."""
        sharing = facts.get("sharing")
        if sharing is None:
            return
        losses = [
            self.text.say(
                "{place} {quantity} of {item} (class {priority_class})",
                place=self._place(row["place_code"]),
                quantity=row["quantity"],
                item=self.names.item(row["item_code"]),
                priority_class=row["priority_class"],
            )
            for row in sharing["losses"]
        ]
        yield self.text.say(
            "{quantity} could only come from others: {gain} more for this place over all its hours would cost others "
            "{lost}, most of all {losses}: solved again.",
            quantity=sharing["quantity"],
            gain=sharing["gain"],
            lost=sharing["lost"],
            losses=self.text.say("; ").join(losses),
        )

    def kept_out(self, facts: Facts) -> Iterator[str]:
        """Goods that one rule keeps out, and who could sign."""
        for row in facts["excluded"]:
            told = {
                "quantity": row["quantity"],
                "sources": self.text.say(", ").join(self._place(code) for code in row["sources"]),
                "step": row["step"],
                "authority": self._authority(row["authority"]),
                "hour": self._hour(row["first_hour"]),
            }
            yield _RULES[row["rule"]](self.text, told)

    def went(self, facts: Facts) -> Iterator[str]:
        """Who has the goods of the lawful lanes."""
        for row in facts["bindings"]:
            yield _WENT[row["limit"]](self.text, row)

    def help(self, facts: Facts) -> Iterator[str]:
        """What would help, proven; nothing where nothing is proven."""
        unlock = facts["unlock"]
        if unlock is None or not unlock["verified"]:
            return
        if unlock["kind"] == "accept_late":
            told = {"source": self._place(unlock["source_code"]), "hour": self._hour(unlock["hour"])}
            yield self.text.say(
                "{quantity} could be there late: from {source}, at {hour}.", quantity=unlock["quantity"], **told
            )
            return
        for row in unlock["measures"]:
            told = {
                "where": self._place(row["code"]),
                "amount": row["amount"],
                "step": row["step"],
                "authority": self._authority(row["authority"]),
            }
            yield _MEASURES[row["kind"]](self.text, told | _rates(row["amount"]))
        yield self.text.say(
            "That brings {quantity} here, {gain} to this place over all its hours, and nobody gets less: solved again.",
            quantity=unlock["quantity"],
            gain=unlock["gain"],
        )
        if unlock["also"]:
            yield self.text.say("Higher classes lack {also}; they come first.", also=unlock["also"])

    def _authority(self, code: str) -> str:
        """Who signs; a member is one of the holder's own commission, at its level."""
        if code == "holder_commission_member":
            return self.text.say("a commission member of the holder")
        return self.text.word(code)

    def _place(self, code: str) -> str:
        """A source, a site, or a way between two of them, by name."""
        ends = [self.names.site(end.rpartition("@")[2]) for end in code.split(">")]
        return " → ".join(ends)

    def _hour(self, hour: int | None) -> str:
        return "" if hour is None else (self.start + timedelta(hours=hour)).isoformat(timespec="minutes")


def _rates(amount: int) -> dict[str, str]:
    """Cubic centimetres an hour as cubic metres, and cubic centimetre kilometres as cubic metre kilometres."""
    metres = f"{amount / 1_000_000:,.3f}".rstrip("0").rstrip(".")
    return {"metres": metres if metres != "0" else "0.001"}


_LIMITS: Mapping[str, Say] = {
    "authority": lambda text, row: text.say("{quantity} wait for a signature, at {where}.", **row),
    "floor": lambda text, row: text.say("{quantity} wait for a floor, at {where}.", **row),
    "dock": lambda text, row: text.say("{quantity} wait for loading, at {where}.", **row),
    "lane": lambda text, row: text.say("{quantity} wait for room on the way {where}.", **row),
    "fleet": lambda text, row: text.say("{quantity} wait for vehicles, of {where}.", **row),
    "stock": lambda text, row: text.say("{quantity} wait for goods that do not exist, nearest at {where}.", **row),
    "life": lambda text, row: text.say("{quantity} wait for goods that live long enough, at {where}.", **row),
    "deadline": lambda text, row: text.say("{quantity} cannot come in time from anywhere.", **row),
    "road": lambda text, row: text.say("No road leads here for {quantity}.", **row),
    "pack": lambda text, row: text.say("{quantity} are less than a whole pack.", **row),
    "plan": lambda text, row: text.say(
        "{quantity} could come and nobody else would get less: the plan left them, in rounding or in its fairness.",
        **row,
    ),
}
_RULES: Mapping[str, Say] = {
    "no_step": lambda text, row: text.say("{quantity} at {sources}: no step of the cascade draws on them.", **row),
    "level_too_low": lambda text, row: text.say(
        "{quantity} at {sources}: step {step} opens at a graver level; {authority} signs it.", **row
    ),
    "paper_missing": lambda text, row: text.say(
        "{quantity} at {sources}: step {step} wants a paper; {authority} signs it.", **row
    ),
    "no_route": lambda text, row: text.say("{quantity} at {sources}: no road.", **row),
    "road_closed": lambda text, row: text.say("{quantity} at {sources}: the road is closed until too late.", **row),
    "too_late": lambda text, row: text.say("{quantity} at {sources}: not before {hour}.", **row),
    "life_too_short": lambda text, row: text.say("{quantity} at {sources}: they expire too early.", **row),
    "kept_by_floor": lambda text, row: text.say("{quantity} at {sources}: kept by a floor.", **row),
    "use_forbidden": lambda text, row: text.say("{quantity} at {sources}: a substitute forbidden for this use.", **row),
    "use_not_permitted": lambda text, row: text.say(
        "{quantity} at {sources}: a substitute not permitted for this use.", **row
    ),
}
_WENT: Mapping[str, Say] = {
    "higher_class": lambda text, row: text.say("{quantity} of what could come go to higher classes.", **row),
    "same_class": lambda text, row: text.say("{quantity} of what could come go to other places of this class.", **row),
    "lower_class": lambda text, row: text.say("{quantity} of what could come go to lower classes.", **row),
    "left_over": lambda text, row: text.say("{quantity} of what could come stay on the shelf.", **row),
    "no_lane": lambda text, row: text.say("Nothing may come from anywhere.", **row),
}
_MEASURES: Mapping[str, Say] = {
    "open_step": lambda text, row: text.say("Open step {step} for {amount} at {where}; {authority} signs it.", **row),
    "lower_floor": lambda text, row: text.say("Lower the operating floor at {where} by {amount}.", **row),
    "more_loading": lambda text, row: text.say("Load {metres} m³ an hour more at {where}.", **row),
    "more_room": lambda text, row: text.say("Let {metres} m³ an hour more pass on the way {where}.", **row),
    "more_vehicles": lambda text, row: text.say("Give {where} vehicles for {metres} m³ km an hour more.", **row),
    "more_stock": lambda text, row: text.say("Bring {amount} more to {where}.", **row),
}
