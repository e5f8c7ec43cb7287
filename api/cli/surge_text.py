"""What ``reserve surge`` prints: a few lines for each item, and two scenarios side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from api.i18n import Text
from api.schemas.scenarios import ItemOut, WorthOut
from api.views.scenario_words import amount, change_sentence, limit_words
from reserve.scenarios.drafts import ActivateDraft, Change

NAMED_ONE_BY_ONE = 5
"""Up to so many activations alike are named."""
Names = Mapping[str, str]
"""Names of items and materials in the reader's language."""


def assumed(text: Text, changes: Sequence[Change]) -> Iterator[str]:
    """Changes one sentence each; many activations alike are counted."""
    alike = Counter(_unnamed(change) for change in changes if isinstance(change, ActivateDraft))
    many = {key: lines for key, lines in alike.items() if lines > NAMED_ONE_BY_ONE}
    for key, lines in many.items():
        yield text.say("{lines} lines are activated from day {day}.", lines=lines, day=key.from_day)
    for change in changes:
        if not isinstance(change, ActivateDraft) or _unnamed(change) not in many:
            yield change_sentence(text, change.kind, change.model_dump(mode="json", exclude={"kind"}))


def _unnamed(change: ActivateDraft) -> ActivateDraft:
    """The change without its line."""
    return change.model_copy(update={"line_code": ""})


def told(text: Text, items: Sequence[ItemOut], names: Names, start_on: date) -> Iterator[str]:
    """Items that are needed, each in a block of its own; then what is made besides."""
    needed = [item for item in items if item.needed]
    for item in needed:
        yield ""
        yield from _block(text, item, names, start_on)
    made = [item for item in items if item.issued and not item.needed]
    if made:
        yield ""
        yield text.say("Made without a need in this scenario:")
        for item in made:
            yield f"  {_named(item.item_code, names)}  {item.issued:,}"
    if not needed and not made:
        yield text.say("Nothing is needed and nothing is made. Name a line: --activate, or a need: --need.")


def beside(text: Text, left: Sequence[ItemOut], right: Sequence[ItemOut], names: Names) -> Iterator[str]:
    """For each item that either needs: what is missing, short from when, and reachable at the end, left → right."""
    ours = {item.item_code: item for item in left}
    for item in right:
        before = ours[item.item_code]
        if not before.needed and not item.needed:
            continue
        yield ""
        yield _named(item.item_code, names)
        yield "  " + text.say("missing {left} → {right}", left=f"{before.missing:,}", right=f"{item.missing:,}")
        yield "  " + text.say("short from {left} → {right}", left=_day(before.short_on), right=_day(item.short_on))
        for one, two in zip(before.reachable, item.reachable, strict=True):
            facts = {"day": one.day, "left": f"{one.quantity:,}", "right": f"{two.quantity:,}"}
            yield "  " + text.say("reachable by day {day}: {left} → {right}", **facts)


def _block(text: Text, item: ItemOut, names: Names, start_on: date) -> Iterator[str]:
    yield _named(item.item_code, names)
    facts = {
        name: f"{getattr(item, name):,}" for name in ("needed", "opening", "arrived", "issued", "stock", "missing")
    }
    yield "  " + text.say(
        "needed {needed}; at hand {opening}, waiting for release {arrived}, issued by lines {issued}", **facts
    )
    if item.short_on is None:
        yield "  " + text.say("never short; {stock} left at the end", **facts)
    else:
        short_on = item.short_on.isoformat()
        yield "  " + text.say(
            "short from {day} (day {number}); {missing} missing in all",
            day=short_on,
            number=item.short_from_day,
            **facts,
        )
    reachable = " · ".join(f"{each.day}: {each.quantity:,}" for each in item.reachable)
    yield "  " + text.say("reachable by day {reachable}", reachable=reachable)
    for span in item.limits:
        days = f"{span.first_day}–{span.last_day}" if span.last_day > span.first_day else str(span.first_day)
        yield "  " + text.say("day {days}: limited by {limit}", days=days, limit=limit_words(text, span.limit, names))
    for worth in item.worths:
        yield from _worth(text, worth, names, start_on)


def _worth(text: Text, worth: WorthOut, names: Names, start_on: date) -> Iterator[str]:
    facts = {
        "material": _named(worth.material_code, names),
        "unit": worth.unit,
        "quantity": amount(worth.quantity, worth.scale),
        "pieces": f"{worth.pieces:,}",
        "most": amount(worth.helps_up_to, worth.scale),
        "all": f"{worth.pieces_in_all:,}",
        "day": (start_on + timedelta(days=worth.needed_by_day)).isoformat(),
        "next": limit_words(text, worth.next_limit, names),
    }
    yield "  " + text.say("{quantity} {unit} more of {material} bring {pieces}", **facts)
    yield "    " + text.say("at most {most} {unit} by {day} help: {all} in all; then {next} binds", **facts)
    for effect in worth.others:
        facts = {"item": _named(effect.item_code, names), "pieces": f"{abs(effect.pieces):,}"}
        if effect.pieces < 0:
            yield "    " + text.say("{item} loses {pieces}", **facts)
        else:
            yield "    " + text.say("{item} gains {pieces}", **facts)


def _named(code: str, names: Names) -> str:
    return f"{code} {names.get(code, '')}".rstrip()


def _day(day: date | None) -> str:
    return "–" if day is None else day.isoformat()
