"""Scenarios in words: what a change assumes, what binds, what helps. One sentence each, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from api.i18n import Text
from api.schemas.scenarios import WorthOut
from optimizer.surge.plan import CAPACITY, CHANGEOVER, IDLE, ORDER, RAMP
from reserve.scenarios.terms import ChangeKind, Difference, Side

Facts = Mapping[str, Any]


def difference_sentence(text: Text, difference: Difference) -> str:
    """An assumption in which two scenarios differ, and which of them makes it."""
    if difference.side is None:
        return _BASE[difference.code](text, difference.facts)
    sentence = change_sentence(text, ChangeKind(difference.code), difference.facts)
    if difference.side is Side.LEFT:
        return text.say("Only the left: {sentence}", sentence=sentence)
    return text.say("Only the right: {sentence}", sentence=sentence)


def change_sentence(text: Text, kind: ChangeKind, facts: Facts) -> str:
    return _CHANGES[kind](text, facts)


def limit_words(text: Text, limit: str, names: Mapping[str, str]) -> str:
    """What binds; a material with its name."""
    own = _LIMITS.get(limit)
    return own(text) if own else f"{limit} {names.get(limit, '')}".strip()


def worth_sentence(text: Text, worth: WorthOut, names: Mapping[str, str]) -> str:
    """What more of a material that binds would bring, and what binds after it."""
    return text.say(
        "{more} more of {material}, there by day {day}, bring {pieces} pieces; beyond that {next} binds.",
        more=amount(worth.helps_up_to, worth.scale),
        material=f"{worth.material_code} {names.get(worth.material_code, '')}".strip(),
        day=worth.needed_by_day,
        pieces=f"{worth.pieces_in_all:,}",
        next=limit_words(text, worth.next_limit, names),
    )


def amount(quantity: int, scale: int) -> str:
    """An exact quantity of a material in its own unit, three decimals at most."""
    whole = f"{quantity / scale:,.3f}" if scale > 1 else f"{quantity:,}"
    return whole.rstrip("0").rstrip(".") if "." in whole else whole


def _activate(text: Text, facts: Facts) -> str:
    if facts["per_day"] is None:
        sentence = text.say("Line {line_code} is activated from day {from_day}.", **facts)
    else:
        sentence = text.say("Line {line_code} is activated from day {from_day}, at most {per_day} a day.", **facts)
    if facts["yield_permille"] == 1000:
        return sentence
    return f"{sentence} {text.say('Of a thousand {yield_permille} are good.', **facts)}"


def _delay(text: Text, facts: Facts) -> str:
    return text.say("Line {line_code} begins {days} days later.", **facts)


def _add_material(text: Text, facts: Facts) -> str:
    return text.say("{quantity} of {material_code} come in on day {day}.", **facts)


def _change_need(text: Text, facts: Facts) -> str:
    if facts["per_day"] is None:
        return text.say("The need of {item_code} as a share of the estimate: {percent} %.", **facts)
    return text.say("{per_day} of {item_code} are needed every day.", **facts)


def _supply_share(text: Text, facts: Facts) -> str:
    return text.say(
        "Share of the normal supply of {material_code} that comes in besides what listed lines make: {percent} %.",
        **facts,
    )


_CHANGES: Mapping[ChangeKind, Callable[[Text, Facts], str]] = {
    ChangeKind.ACTIVATE: _activate,
    ChangeKind.DELAY: _delay,
    ChangeKind.ADD_MATERIAL: _add_material,
    ChangeKind.CHANGE_NEED: _change_need,
    ChangeKind.SUPPLY_SHARE: _supply_share,
}
_BASE: Mapping[str, Callable[[Text, Facts], str]] = {
    "base_as_of": lambda text, facts: text.say("The left looks at {left}, the right at {right}.", **facts),
    "base_known_at": lambda text, facts: text.say("The left is as known at {left}, the right at {right}.", **facts),
    "base_days": lambda text, facts: text.say("The left looks {left} days ahead, the right {right}.", **facts),
    "base_incident_codes": lambda text, facts: text.say(
        "The left counts the needs of {left}, the right of {right}.", **facts
    ),
    "base_need_level": lambda text, facts: text.say(
        "The left counts with the estimate “{left}”, the right with “{right}”.", **facts
    ),
    "base_needs_go_on": lambda text, facts: text.say(
        "Needs go on after the last estimated day: left {left}, right {right}.", **facts
    ),
}
_LIMITS: Mapping[str, Callable[[Text], str]] = {
    IDLE: lambda text: text.say("no line runs"),
    CHANGEOVER: lambda text: text.say("conversion"),
    RAMP: lambda text: text.say("ramp-up"),
    CAPACITY: lambda text: text.say("line capacity"),
    ORDER: lambda text: text.say("the order's limit"),
}
