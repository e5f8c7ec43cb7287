"""Laws of papers: which arrow exists, who must sign, what is approved."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reserve.organisations.terms import Tier
from reserve.papers import rules
from reserve.papers.terms import (
    NUMBER_CODE,
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

LINE = LineContent(1, "M0000001", 100, source_code="W1", receiver_code="H1", owner_code="PB", ground="own")
MEMBER, CHAIR = Step(1, "member", 1, "/HB/"), Step(2, "chair", 1, "/HB/")


def signed(person: int, step: Step = MEMBER, *, ceiling: int = 100, line: LineContent = LINE) -> SignatureGiven:
    return SignatureGiven(step.step, step.role, person, line.line_no, ceiling, rules.line_hash(line), Decision.APPROVE)


def rejected(person: int, step: Step = MEMBER, line: LineContent = LINE) -> SignatureGiven:
    return replace(signed(person, step, line=line), decision=Decision.REJECT, ceiling=0)


def rule(
    step: int, role: str, *, level: str = "any", relation: str = "any", value: int = 0, quantity: int | None = None
) -> StepRule:
    return StepRule("dispatch_order", level, relation, value, quantity, step, role, 1)


# --- numbers and arrows ---------------------------------------------------------------------------------------------


def test_every_kind_of_paper_has_a_number_code_of_its_own() -> None:
    assert set(NUMBER_CODE) == set(DocumentKind)
    assert len(set(NUMBER_CODE.values())) == len(DocumentKind)


@pytest.mark.parametrize("kind", DocumentKind)
def test_every_paper_can_begin_and_its_arrows_never_circle(kind: DocumentKind) -> None:
    ahead = arrows(kind)
    assert ahead[None]

    def walk(state: State, passed: frozenset[State]) -> None:
        assert state not in passed, f"{kind} comes back to {state}"
        for following in ahead.get(state, frozenset()):
            walk(following, passed | {state})

    for first in ahead[None]:
        walk(first, frozenset())


def test_only_the_drawn_arrows_exist() -> None:
    assert rules.may_follow(DocumentKind.RECEIPT, State.POSTED, State.REVERSED)
    assert not rules.may_follow(DocumentKind.RECEIPT, State.POSTED, State.APPROVED)
    assert not rules.may_follow(DocumentKind.RECEIPT, State.REVERSED, State.POSTED)
    assert not rules.may_follow(DocumentKind.DISPATCH_ORDER, State.SUBMITTED, State.ISSUED), "unsigned"
    assert not rules.may_follow(DocumentKind.DISPATCH_ORDER, State.REJECTED, State.APPROVED)
    assert not rules.may_follow(DocumentKind.DISPATCH_ORDER, State.IN_EXECUTION, State.WITHDRAWN)


# --- who must sign --------------------------------------------------------------------------------------------------


def required(
    matrix: list[StepRule], *, level: ResponseLevel | None = None, value: int = 0, quantity: int = 1
) -> list[str]:
    found = rules.required_steps(
        matrix, DocumentKind.DISPATCH_ORDER, level=level, relation="own", value_minor=value, quantity=quantity
    )
    return [step.role for step in found]


def test_a_row_applies_from_its_value_or_from_its_quantity() -> None:
    matrix = [rule(1, "member"), rule(2, "chair", value=1_000, quantity=50)]

    assert required(matrix, value=999, quantity=49) == ["member"]
    assert required(matrix, value=1_000, quantity=49) == ["member", "chair"]
    assert required(matrix, value=999, quantity=50) == ["member", "chair"]


def test_rows_of_another_level_or_relation_do_not_apply() -> None:
    matrix = [rule(1, "member", level="II"), rule(1, "head", level="IV"), rule(2, "chair", relation="neighbour")]

    assert required(matrix, level=ResponseLevel.II) == ["member"]
    assert required(matrix) == []


def test_no_row_means_no_lawful_approver() -> None:
    assert required([]) == []


def test_the_holders_role_is_that_of_the_government_that_answers() -> None:
    assert [
        rules.concrete_role("holder_commission_chair", tier, both_asked=False)
        for tier in (Tier.COUNTY, Tier.CITY, Tier.PROVINCE)
    ] == ["county_head", "city_commission_chair", "provincial_commission_deputy"]
    assert rules.concrete_role("holder_commission_chair", Tier.COUNTY, both_asked=True) == "city_commission_chair"
    assert rules.concrete_role("planner", Tier.COUNTY, both_asked=True) == "planner"


# --- what is approved -----------------------------------------------------------------------------------------------


def test_a_line_is_approved_at_the_smallest_ceiling_of_all_steps() -> None:
    assert rules.approved_quantity([MEMBER, CHAIR], [signed(1), signed(2, CHAIR, ceiling=60)], LINE) == 60


def test_a_line_is_not_approved_while_a_step_is_open() -> None:
    assert rules.approved_quantity([MEMBER, CHAIR], [signed(1)], LINE) == 0


def test_a_line_without_steps_is_not_approved() -> None:
    assert rules.approved_quantity([], [], LINE) == 0


def test_one_rejection_fells_the_line() -> None:
    assert rules.approved_quantity([MEMBER, CHAIR], [signed(1), rejected(2, CHAIR)], LINE) == 0


@pytest.mark.parametrize(
    "changed",
    [
        replace(LINE, item_code="M0000002"),
        replace(LINE, source_code="W2"),
        replace(LINE, receiver_code="H2"),
        replace(LINE, owner_code="SJZ"),
        replace(LINE, ground="requisition"),
        replace(LINE, latest_arrival_at=datetime(2026, 3, 1, tzinfo=UTC)),
    ],
)
def test_a_signature_falls_when_what_it_covers_changes(changed: LineContent) -> None:
    assert rules.approved_quantity([MEMBER], [signed(1)], changed) == 0


def test_a_signature_stays_good_for_less_and_not_for_more() -> None:
    given_signatures = [signed(1, ceiling=100)]

    assert rules.approved_quantity([MEMBER], given_signatures, replace(LINE, quantity=40)) == 40
    assert rules.approved_quantity([MEMBER], given_signatures, replace(LINE, quantity=400)) == 100


def test_a_quorum_is_counted_in_persons() -> None:
    two = replace(MEMBER, quorum=2)

    assert rules.open_step([two], [signed(1), signed(1)], 1) == two
    assert rules.open_step([two], [signed(1), signed(2)], 1) is None


def test_two_roles_of_one_step_are_two_signatures() -> None:
    also = replace(CHAIR, step=1)

    assert rules.open_step([MEMBER, also], [signed(1, also)], 1) == MEMBER
    assert rules.open_step([MEMBER, also], [signed(1, also), signed(2)], 1) is None


def test_lines_are_decided_one_by_one() -> None:
    second = replace(LINE, line_no=2)

    assert rules.decided_state([MEMBER], [rejected(1)], [LINE, second]) is State.SUBMITTED
    assert rules.decided_state([MEMBER], [rejected(1), signed(2, line=second)], [LINE, second]) is State.APPROVED
    assert rules.decided_state([MEMBER], [rejected(1), rejected(2, line=second)], [LINE, second]) is State.REJECTED


@given(
    st.lists(st.builds(Step, st.integers(1, 3), st.sampled_from("abc"), st.integers(1, 2), st.just("/")), max_size=4),
    st.lists(st.tuples(st.integers(1, 3), st.sampled_from("abc"), st.integers(1, 5), st.booleans()), max_size=10),
)
def test_never_more_is_approved_than_each_step_signed(
    steps: list[Step], acts: list[tuple[int, str, int, bool]]
) -> None:
    signatures = [
        signed(person, Step(step, role, 1, "/"), ceiling=10 * person)
        if approves
        else rejected(person, Step(step, role, 1, "/"))
        for step, role, person, approves in acts
    ]
    approved = rules.approved_quantity(steps, signatures, LINE)

    if approved:
        assert not any(each.decision is Decision.REJECT for each in signatures)
        for step in steps:
            mine = [each for each in signatures if (each.step, each.role) == (step.step, step.role)]
            assert len({each.person_id for each in mine}) >= step.quorum
            assert approved <= max(each.ceiling for each in mine)
