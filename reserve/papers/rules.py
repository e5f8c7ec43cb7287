"""Laws of papers: who must sign what, and when a document is approved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from reserve.authority import Actor
from reserve.hashing import content_hash
from reserve.organisations.terms import Tier
from reserve.papers.terms import (
    Decision,
    DocumentKind,
    LineContent,
    ResponseLevel,
    SignatureGiven,
    State,
    Step,
    StepRule,
    arrows,
)


def line_hash(line: LineContent) -> str:
    """What a signature binds: everything but the quantity, which is a ceiling, and the value, which follows from it."""
    return content_hash(
        "line",
        {
            "line_no": line.line_no,
            "item": line.item_code,
            "source": line.source_code,
            "receiver": line.receiver_code,
            "owner": line.owner_code,
            "ground": line.ground,
            "latest_arrival": line.latest_arrival_at,
        },
    )


def may_follow(kind: DocumentKind, previous: State | None, state: State) -> bool:
    """Whether the arrow exists (A03)."""
    return state in arrows(kind).get(previous, frozenset())


def required_steps(
    rules: Iterable[StepRule],
    kind: DocumentKind,
    *,
    level: ResponseLevel | None,
    relation: str,
    value_minor: int,
    quantity: int,
) -> tuple[StepRule, ...]:
    """The rows of the matrix that apply, in the order of their steps. Empty: no lawful approver exists.

    A row applies from its value or, where it names one, from its quantity; every further row adds a signature.
    """
    fitting = [
        rule
        for rule in rules
        if rule.document_kind == kind
        and rule.response_level in ("any", level.value if level else "any")
        and rule.holder_relation in ("any", relation)
        and _reached(rule, value_minor, quantity)
    ]
    return tuple(sorted(fitting, key=lambda rule: (rule.step, rule.role)))


def _reached(rule: StepRule, value_minor: int, quantity: int) -> bool:
    if rule.quantity_from is not None and quantity >= rule.quantity_from:
        return True
    return value_minor >= rule.value_minor_from


def open_step(steps: Sequence[Step], given: Iterable[SignatureGiven], line_no: int) -> Step | None:
    """The first step that still wants a signature on this line; None when all are given."""
    approvals = [each for each in given if each.line_no == line_no and each.decision is Decision.APPROVE]
    for step in sorted(steps, key=lambda each: (each.step, each.role)):
        persons = {each.person_id for each in approvals if (each.step, each.role) == (step.step, step.role)}
        if len(persons) < step.quorum:
            return step
    return None


def lines_open_for(
    actor: Actor, steps: Sequence[Step], given: Sequence[SignatureGiven], line_nos: Iterable[int]
) -> list[int]:
    """The lines that wait for a role which this person holds there. One person signs a paper once."""
    if any(each.person_id == actor.person_id for each in given):
        return []
    fallen = {each.line_no for each in given if each.decision is Decision.REJECT}
    waiting = {line_no: open_step(steps, given, line_no) for line_no in line_nos if line_no not in fallen}
    return [
        line_no
        for line_no, step in waiting.items()
        if step and any(grant.role == step.role and grant.covers(step.scope_path) for grant in actor.grants)
    ]


def approved_quantity(steps: Sequence[Step], given: Sequence[SignatureGiven], line: LineContent) -> int:
    """What is approved on a line: the smallest ceiling of all steps, or 0 while a step is open or one rejects.

    A signature whose content differs from the line's does not count (A04).
    """
    expected = line_hash(line)
    mine = [each for each in given if each.line_no == line.line_no]
    if any(each.decision is Decision.REJECT for each in mine):
        return 0
    valid = [each for each in mine if each.content_hash == expected]
    if not steps or open_step(steps, valid, line.line_no) is not None:
        return 0
    return min(line.quantity, *(each.ceiling for each in valid))


def decided_state(steps: Sequence[Step], given: Sequence[SignatureGiven], lines: Sequence[LineContent]) -> State:
    """Where the signatures leave a submitted document: approved when every line is decided, rejected when all fell."""
    rejected = {each.line_no for each in given if each.decision is Decision.REJECT}
    waiting = [line for line in lines if line.line_no not in rejected and open_step(steps, given, line.line_no)]
    if waiting:
        return State.SUBMITTED
    return State.REJECTED if len(rejected) == len(lines) else State.APPROVED


HOLDER_ROLES: Mapping[str, Mapping[Tier, str]] = {
    "holder_commission_member": {
        Tier.COUNTY: "county_head",
        Tier.CITY: "city_commission_member",
        Tier.PROVINCE: "provincial_commission_member",
    },
    "holder_commission_chair": {
        Tier.COUNTY: "county_head",
        Tier.CITY: "city_commission_chair",
        Tier.PROVINCE: "provincial_commission_deputy",
    },
}
"""The matrix's relative roles, by the government tier that answers for the owner (seed/data/PROVENANCE.md)."""


def concrete_role(role: str, holder_tier: Tier, *, both_asked: bool) -> str:
    """The role of a person for a role of the matrix. In a county the second of two asked is the chair of the city."""
    if role not in HOLDER_ROLES:
        return role
    if role == "holder_commission_chair" and holder_tier is Tier.COUNTY and both_asked:
        return "city_commission_chair"
    return HOLDER_ROLES[role][holder_tier]


def tier_of_role(role: str) -> Tier | None:
    """The government tier in whose name a role signs; None: wherever the body itself stands."""
    if role.startswith("provincial_"):
        return Tier.PROVINCE
    if role.startswith("city_"):
        return Tier.CITY
    return Tier.COUNTY if role == "county_head" else None
