"""Equipment in use: a need for so many units from its due hour until an hour, after which they can serve again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optimizer.dispatch.instance import Instance


@dataclass(frozen=True)
class Stay:
    """The units of a need are in use from its due hour, included, until ``until_hour``, excluded."""

    need_code: str
    until_hour: int


def stay_problems(instance: Instance) -> Iterator[str]:
    """What is wrong with the stays of an instance, and what this model cannot plan together with them."""
    needs = {need.code: need for need in instance.needs}
    stays = {stay.need_code: stay for stay in instance.stays}
    for code, found in Counter(stay.need_code for stay in instance.stays).items():
        if found > 1:
            yield f"stay of {code}: expected once, found {found} times"
    lent: set[str] = set()
    for code, stay in stays.items():
        need = needs.get(code)
        if need is None:
            yield f"stay of {code}: need unknown"
            continue
        lent.add(need.item_code)
        if stay.until_hour <= need.due_hour:
            yield f"stay of {code}: until_hour expected after due_hour {need.due_hour}, found {stay.until_hour}"
        if need.kind.value != "flow" or need.rounding.value != "open":
            yield f"stay of {code}: expected of a flow in single units"
    for need in instance.needs:
        if need.item_code in lent and need.code not in stays:
            yield f"need {need.code}: {need.item_code} is lent elsewhere, expected a stay here too"
    for pair in instance.substitutions:
        for item_code in sorted(lent & {pair.needed_item, pair.substitute_item}):
            yield f"substitution of {pair.needed_item} by {pair.substitute_item}: {item_code} is lent, not used up"
