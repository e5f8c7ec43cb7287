"""Studies in words: a policy, who gains and who loses, what holding back costs, what the loads come to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from api.i18n import Text
from api.schemas.studies import HoldBackOut, LoadingOut, PolicyTableOut
from optimizer.dispatch.policy import Between, Fairness, Policy


def policy_words(text: Text, policy: Policy) -> str:
    """A choice of policy in one phrase."""
    parts = [_BETWEEN[policy.between](text, policy), _FAIRNESS[policy.fairness](text)]
    if policy.kappa < 1.0:
        parts.append(text.say("{percent} percent of the fairest fill", percent=round(100 * policy.kappa)))
    return text.say("{first}; {second}", first=parts[0], second=text.say(", ").join(parts[1:]))


def shift_sentence(text: Text, facts: Mapping[str, Any]) -> str:
    if facts["gain"] < 0:
        return text.say("{place} loses {amount} of {item} (class {priority_class}): {first} → {second}.", **facts)
    return text.say("{place} gains {amount} of {item} (class {priority_class}): {first} → {second}.", **facts)


def policy_sentences(text: Text, table: PolicyTableOut) -> list[str]:
    """What a commission trades when it chooses the second policy."""
    lost = [row for row in table.rows if row.gain < 0]
    gained = [row for row in table.rows if row.gain > 0]
    if not table.rows:
        return [text.say("Nobody gains or loses: both policies give everybody the same.")]
    sentences = [
        text.say(
            "{losers} lines lose {lost} pieces, {gainers} lines gain {gained}.",
            losers=len(lost),
            lost=-sum(row.gain for row in lost),
            gainers=len(gained),
            gained=sum(row.gain for row in gained),
        )
    ]
    for priority in sorted({*table.unmet_first, *table.unmet_second}):
        first, second = table.unmet_first.get(priority, 0), table.unmet_second.get(priority, 0)
        sentences.append(
            text.say(
                "Class {priority}: {first} pieces unmet as planned, {second} under the other policy.",
                priority=priority,
                first=first,
                second=second,
            )
        )
    return sentences


def scenario_name(text: Text, name: str) -> str:
    return _SCENARIOS[name](text)


def hold_back_sentences(text: Text, table: HoldBackOut) -> list[str]:
    """Which share is regretted least, and by what each is regretted most."""
    best = table.least_regret_percent
    sentences = [text.say("Holding back {percent} percent is regretted least in the worst case.", percent=best)]
    for percent in sorted({row.held_percent for row in table.rows}):
        worst = max((row for row in table.rows if row.held_percent == percent), key=lambda row: row.regret)
        sentences.append(
            text.say(
                "{percent} percent held back: worst if the need turns out {scenario}, weighted regret {regret}.",
                percent=percent,
                scenario=worst.scenario_name,
                regret=worst.regret,
            )
        )
    return sentences


def loading_sentences(text: Text, loading: LoadingOut) -> list[str]:
    """How many vehicles, what came in late, what found none."""
    classes = text.say(", ").join(f"{count} × {name}" for name, count in sorted(loading.by_class.items()))
    sentences = [text.say("{vehicles} vehicles: {classes}.", vehicles=loading.vehicles, classes=classes)]
    if loading.late_stops:
        sentences.append(text.say("{stops} deliveries come after the hour they are wanted.", stops=loading.late_stops))
    if loading.left:
        pieces = sum(line.quantity for line in loading.left)
        sentences.append(text.say("{pieces} pieces find no vehicle.", pieces=pieces))
    return sentences


def weights_words(weights: Iterable[int]) -> str:
    return " : ".join(str(weight) for weight in weights)


_BETWEEN: Mapping[Between, Callable[[Text, Policy], str]] = {
    Between.STRICT: lambda text, policy: text.say("Classes strictly in order"),
    Between.WEIGHTED: lambda text, policy: text.say(
        "Classes weighted {weights}", weights=weights_words(policy.class_weights)
    ),
}
_FAIRNESS: Mapping[Fairness, Callable[[Text], str]] = {
    Fairness.MAX_MIN: lambda text: text.say("the worst served first"),
    Fairness.TOTAL: lambda text: text.say("least unmet in all"),
    Fairness.PROPORTIONAL: lambda text: text.say("equal shares of the need"),
    Fairness.NEED_WEIGHTED: lambda text: text.say("fill by weight of the place"),
}
_SCENARIOS: Mapping[str, Callable[[Text], str]] = {
    "low": lambda text: text.say("low"),
    "base": lambda text: text.say("as thought"),
    "high": lambda text: text.say("high"),
}
