"""Studies in words: a policy, who gains and who loses, what holding back costs, what the loads come to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from api.i18n import Text
from api.schemas.studies import ChoiceOut, HoldBackOut, LoadingOut, PolicyTableOut
from api.views.naming import Names
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


def choice_sentences(text: Text, choice: ChoiceOut, names: Names) -> list[str]:
    """What a wish costs, or what the next best source would have cost; who gains and who loses by it."""
    otherwise = _from(text, choice.from_second, names)
    said = [text.say("As planned the place is served from: {sources}.", sources=_from(text, choice.from_first, names))]
    if choice.is_wish:
        said.append(text.say("Without the wish it would be served from: {sources}.", sources=otherwise))
    else:
        said.append(text.say("Without this source it would be served from: {sources}.", sources=otherwise))
    for priority in sorted({*choice.unmet_first, *choice.unmet_second}):
        first, second = choice.unmet_first.get(priority, 0), choice.unmet_second.get(priority, 0)
        if first != second:
            said.append(
                text.say(
                    "Class {priority}: {first} pieces unmet as planned, {second} otherwise.",
                    priority=priority,
                    first=first,
                    second=second,
                )
            )
    if choice.unmet_first == choice.unmet_second:
        said.append(text.say("No class would have more or less unmet."))
    km = {"first": f"{choice.unit_km_first:,}", "second": f"{choice.unit_km_second:,}"}
    said.append(text.say("Piece-kilometres in all: {first} as planned, {second} otherwise.", **km))
    return said + [row.sentence for row in choice.rows]


def _from(text: Text, sent: Mapping[str, int], names: Names) -> str:
    shares = [f"{names.site(source.rpartition('@')[2])} {units:,}" for source, units in sorted(sent.items())]
    return text.say(", ").join(shares) or text.say("nowhere")


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
