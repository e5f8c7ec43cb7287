"""Papers on a database: numbers without gaps, arrows, four eyes in any order of acts."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from reserve.authority import Actor, Grant, Permission
from reserve.clock import StoryClock, local_day
from reserve.commands import Runner
from reserve.db import append
from reserve.drafts import Draft
from reserve.errors import Conflict, InvalidInput, NotAllowed, NotFound, Refusal
from reserve.identifiers import is_document_number
from reserve.organisations import queries as organisation_queries
from reserve.papers import drafting, queries, service
from reserve.papers.drafting import NoLawfulApprover, WrongState
from reserve.papers.models import ApprovalStep, Document, DocumentLine, DocumentState, Signature
from reserve.papers.signing import NotYourSignature
from reserve.papers.terms import (
    Decision,
    DocumentKind,
    LineContent,
    LineDecision,
    SignatureDraft,
    State,
    WithdrawalDraft,
    arrows,
)
from tests.conftest import NOW
from tests.small_world import MASK, Anything, actor, build, run

TODAY = local_day(NOW)
DRAFTER, REQUESTER = 1, 2
ROLES = {3: "member", 4: "chair", 5: "member", 6: "chair"}


def person(number: int, role: str = "", *, account: int = 0, path: str = "/HB/") -> Actor:
    """A person holding one role over a path; ``account`` tells two accounts of one person apart."""
    grants = (Grant(role or ROLES.get(number, "keeper"), path, frozenset(Permission)),)
    return Actor(user_id=100 * account + number, person_id=number, login=f"p{number}-{account}", grants=grants)


def line(number: int, quantity: int = 100) -> LineContent:
    return LineContent(number, MASK, quantity, source_code="W1", receiver_code="H1", owner_code="PB", ground="own")


def order(
    session: Session,
    *,
    lines: int = 1,
    steps: tuple[tuple[int, str, int], ...] = ((1, "member", 1), (2, "chair", 1)),
    kind: DocumentKind = DocumentKind.DISPATCH_ORDER,
) -> Document:
    """A submitted order that needs the steps given: (step, role, quorum)."""
    document = drafting.draft_document(
        session,
        person(DRAFTER),
        kind,
        organisation_queries.get_organisation(session, "PB"),
        state=State.SUBMITTED,
        now=NOW,
        lines=[line(number) for number in range(1, lines + 1)],
        requested_by_person=REQUESTER,
    )
    rows = [
        {
            "document_id": document.id,
            "step": step,
            "role": role,
            "quorum": quorum,
            "scope_path": "/HB/",
            "recorded_at": NOW,
        }
        for step, role, quorum in steps
    ]
    append(session, ApprovalStep, rows)
    return document


def sign(session: Session, document: Document, by: Actor, *decisions: tuple[int, int], reject: bool = False) -> State:
    """Sign as somebody; the state that the document is in afterwards."""
    draft = SignatureDraft(
        document_number=document.number,
        decision=Decision.REJECT if reject else Decision.APPROVE,
        lines=tuple(LineDecision(line_no=number, ceiling=ceiling) for number, ceiling in decisions),
        reason="seen",
    )
    service.sign(session, by, draft, now=NOW, today=TODAY)
    return queries.state_of(session, document.id)


@pytest.fixture
def world(runner: Runner) -> Runner:
    build(runner)
    return runner


@pytest.fixture
def open_session(world: Runner) -> Iterator[Session]:
    with world.database.writing() as session:
        yield session


# --- numbers --------------------------------------------------------------------------------------------------------


class PaperDraft(Draft):
    fails: bool = False


def write_paper(session: Session, by: Actor, draft: PaperDraft, *, now: datetime, today: date) -> Document:
    pb = organisation_queries.get_organisation(session, "PB")
    document = drafting.draft_document(session, by, DocumentKind.RECEIPT, pb, state=State.POSTED, now=now)
    if draft.fails:
        raise Conflict("after the number was taken")
    return document


def test_numbers_have_no_gaps_however_many_write_and_fail(world: Runner) -> None:
    numbers: list[str] = []

    def write(fails: tuple[bool, ...]) -> None:
        for fail in fails:
            try:
                numbers.append(run(world, write_paper, PaperDraft(fails=fail)).number)
            except Conflict:
                continue

    threads = [
        threading.Thread(target=write, args=(fails,)) for fails in ((False, True, False), (True, False, False)) * 2
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert all(is_document_number(number) for number in numbers)
    assert sorted(int(number.split("-")[3]) for number in numbers) == list(range(1, 9))


def test_each_kind_organisation_and_year_counts_for_itself(world: Runner, clock: StoryClock) -> None:
    first = run(world, write_paper, PaperDraft()).number
    clock.move_to(datetime.fromisoformat("2026-12-31T16:00:00+00:00"))  # New Year's Day in Hebei
    second = run(world, write_paper, PaperDraft()).number

    assert [number.rpartition("-")[0] for number in (first, second)] == ["RCP-PB-2026-000001", "RCP-PB-2027-000001"]


# --- arrows ---------------------------------------------------------------------------------------------------------


def test_a_state_that_no_arrow_reaches_is_refused_and_nothing_is_written(open_session: Session) -> None:
    document = order(open_session)
    before = len(queries.history_of(open_session, document.id))

    for state in State:
        if state not in arrows(DocumentKind.DISPATCH_ORDER)[State.SUBMITTED]:
            with pytest.raises(WrongState):
                drafting.enter_state(open_session, person(DRAFTER), document, state, now=NOW)

    assert len(queries.history_of(open_session, document.id)) == before


def test_every_arrow_says_who_when_and_why(open_session: Session) -> None:
    document = order(open_session, kind=DocumentKind.CUT)
    service.withdraw(
        open_session,
        actor(9),
        WithdrawalDraft(document_number=document.number, reason="not needed any more"),
        now=NOW,
        today=TODAY,
    )

    submitted, withdrawn = queries.history_of(open_session, document.id)
    assert (submitted.previous, submitted.state, submitted.person_id) == (None, State.SUBMITTED, DRAFTER)
    assert (withdrawn.previous, withdrawn.state, withdrawn.person_id) == (State.SUBMITTED, State.WITHDRAWN, 9)
    assert (withdrawn.recorded_at, withdrawn.reason) == (NOW, "not needed any more")
    assert submitted.position < withdrawn.position


def test_an_order_that_holds_goods_is_not_withdrawn_like_other_papers(open_session: Session) -> None:
    document = order(open_session)

    with pytest.raises(drafting.WrongState):
        service.withdraw(
            open_session,
            actor(9),
            WithdrawalDraft(document_number=document.number, reason="not needed any more"),
            now=NOW,
            today=TODAY,
        )

    assert queries.state_of(open_session, document.id) is State.SUBMITTED


# --- signatures -----------------------------------------------------------------------------------------------------


def test_the_last_signature_makes_a_paper_approved(open_session: Session) -> None:
    document = order(open_session)

    assert sign(open_session, document, person(3)) is State.SUBMITTED
    assert sign(open_session, document, person(4)) is State.APPROVED
    assert queries.approved_quantities(open_session, document) == {1: 100}


@pytest.mark.parametrize("number", [DRAFTER, REQUESTER])
def test_who_drafts_or_asks_does_not_sign(open_session: Session, number: int) -> None:
    document = order(open_session)

    for account in (0, 1):
        with pytest.raises(NotYourSignature) as refusal:
            sign(open_session, document, person(number, "member", account=account))
        assert refusal.value.facts["reason"] == "own_paper"

    assert queries.signatures_of(open_session, document.id) == []


def test_one_person_signs_once_whatever_the_role_and_account(open_session: Session) -> None:
    document = order(open_session)
    sign(open_session, document, person(3))

    with pytest.raises(NotYourSignature) as refusal:
        sign(open_session, document, person(3, "chair", account=1))

    assert refusal.value.facts["reason"] == "signed_already"
    assert queries.state_of(open_session, document.id) is State.SUBMITTED


def test_steps_are_signed_in_their_order(open_session: Session) -> None:
    document = order(open_session)

    with pytest.raises(NotYourSignature) as refusal:
        sign(open_session, document, person(4))

    assert (refusal.value.facts["reason"], refusal.value.facts["step"]) == ("other_role", 1)


def test_a_role_elsewhere_does_not_sign_and_sees_no_paper(open_session: Session) -> None:
    document = order(open_session)

    with pytest.raises(NotFound):
        sign(open_session, document, person(3, path="/HB/SJZ/"))


def test_without_the_permission_nobody_signs(open_session: Session) -> None:
    document = order(open_session)
    powerless = Actor(3, 3, "p3", (Grant("member", "/HB/", frozenset()),))

    with pytest.raises(NotAllowed):
        sign(open_session, document, powerless)


def test_a_lower_ceiling_lowers_what_is_approved(open_session: Session) -> None:
    document = order(open_session, lines=2)
    sign(open_session, document, person(3), (1, 70), (2, 100))
    sign(open_session, document, person(4), (1, 90), (2, 0))

    assert queries.approved_quantities(open_session, document) == {1: 70, 2: 0}


def test_every_bad_line_of_a_signature_is_named(open_session: Session) -> None:
    document = order(open_session)

    with pytest.raises(InvalidInput) as refusal:
        sign(open_session, document, person(3), (1, 101), (7, 5))

    found = [(each.code, each.field, each.expected, each.found) for each in refusal.value.problems]
    assert found == [
        ("ceiling_too_high", "lines.0.ceiling", "at most 100", "101"),
        ("unknown_line", "lines.1.line_no", "1 to 1", "7"),
    ]
    assert queries.signatures_of(open_session, document.id) == []


def test_a_rejected_line_falls_alone(open_session: Session) -> None:
    document = order(open_session, lines=2)

    assert sign(open_session, document, person(3), (1, 0), reject=True) is State.SUBMITTED
    assert sign(open_session, document, person(5), (2, 100)) is State.SUBMITTED
    assert sign(open_session, document, person(4), (2, 100)) is State.APPROVED
    assert queries.approved_quantities(open_session, document) == {1: 0, 2: 100}


def test_a_paper_whose_every_line_falls_is_rejected(open_session: Session) -> None:
    document = order(open_session, kind=DocumentKind.PRODUCTION_ORDER)

    assert sign(open_session, document, person(3), reject=True) is State.REJECTED
    with pytest.raises(WrongState):
        sign(open_session, document, person(4))


def test_a_paper_that_nobody_may_lawfully_sign_is_not_opened(open_session: Session) -> None:
    pb = organisation_queries.get_organisation(open_session, "PB")
    document = drafting.draft_document(
        open_session, person(1), DocumentKind.REQUISITION_DECISION, pb, state=State.SUBMITTED, now=NOW, lines=[line(1)]
    )

    with pytest.raises(NoLawfulApprover):
        drafting.open_case(open_session, document, lead=pb, quantity=100, now=NOW)


def test_a_line_can_be_read_back_as_it_was_written(open_session: Session) -> None:
    document = order(open_session, lines=2)

    assert queries.line_contents(open_session, document.id) == [line(1), line(2)]
    assert open_session.scalars(select(DocumentLine.line_no).order_by(DocumentLine.line_no)).all() == [1, 2]


# --- four eyes, by exhaustion and by chance -------------------------------------------------------------------------


def assert_four_eyes(session: Session, document: Document) -> None:
    """No person twice in the chain, none of the asking side; an approved paper has every signature it needs."""
    signatures = session.scalars(select(Signature).where(Signature.document_id == document.id)).all()
    steps = queries.steps_of(session, document.id)
    assert not {each.person_id for each in signatures} & {DRAFTER, REQUESTER}
    places = Counter((each.person_id, each.line_no) for each in signatures)
    assert max(places.values(), default=1) == 1
    assert len({(each.person_id, each.step, each.role) for each in signatures}) == len(
        {each.person_id for each in signatures}
    )
    states = {each.state for each in session.scalars(select(DocumentState).filter_by(document_id=document.id))}
    if State.APPROVED in states:
        rejected = {each.line_no for each in signatures if each.decision is Decision.REJECT}
        for number in {each.line_no for each in queries.lines_of(session, document.id)} - rejected:
            for step in steps:
                persons = {
                    each.person_id
                    for each in signatures
                    if (each.line_no, each.step, each.role) == (number, step.step, step.role)
                }
                assert len(persons) >= step.quorum


def test_no_order_of_five_people_lets_one_do_two_parts(open_session: Session) -> None:
    """Everybody tries with every role, under two accounts, in every order of five people."""
    approved = 0
    for people in permutations((DRAFTER, REQUESTER, 3, 4, 5)):
        savepoint = open_session.begin_nested()
        document = order(open_session)
        for number in people:
            for role, account in (("member", 0), ("chair", 1), ("member", 1), ("chair", 0)):
                try:
                    sign(open_session, document, person(number, role, account=account))
                except Refusal:
                    continue
        assert_four_eyes(open_session, document)
        approved += queries.state_of(open_session, document.id) is State.APPROVED
        savepoint.rollback()
        open_session.expire_all()

    assert approved == 120, "each order ends approved by two of the three who neither drafted nor asked"


ACTS = st.tuples(
    st.integers(1, 6),
    st.sampled_from(["member", "chair", "deputy"]),
    st.integers(0, 1),
    st.lists(st.tuples(st.integers(1, 2), st.integers(0, 100)), max_size=2, unique_by=lambda each: each[0]),
    st.booleans(),
)
CASES = st.lists(
    st.tuples(st.integers(1, 2), st.sampled_from(["member", "chair", "deputy"]), st.integers(1, 2)),
    min_size=1,
    max_size=3,
    unique_by=lambda each: each[:2],
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=CASES, acts=st.lists(ACTS, max_size=14))
def test_four_eyes_hold_in_any_order_of_acts(
    open_session: Session,
    steps: list[tuple[int, str, int]],
    acts: list[tuple[int, str, int, list[tuple[int, int]], bool]],
) -> None:
    savepoint = open_session.begin_nested()
    document = order(open_session, lines=2, steps=tuple(steps))
    for number, role, account, decisions, reject in acts:
        try:
            sign(open_session, document, person(number, role, account=account), *decisions, reject=reject)
        except Refusal:
            continue
    assert_four_eyes(open_session, document)
    savepoint.rollback()
    open_session.expire_all()


def test_two_signers_at_once_leave_one_signature_each(world: Runner) -> None:
    """Both would be the last: one waits, and the paper is approved once."""
    with world.database.writing() as session:
        document = order(session, steps=((1, "member", 2),))
        session.commit()
    draft = SignatureDraft(document_number=document.number)
    barrier, failures = threading.Barrier(2), []

    def send(number: int) -> None:
        barrier.wait()
        try:
            world.run(service.sign, draft, actor=person(number), answer=Anything)
        except Refusal as refusal:
            failures.append(refusal)

    threads = [threading.Thread(target=send, args=(number,)) for number in (3, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    states = world.ask(lambda session: [each.state for each in queries.history_of(session, document.id)])
    assert states == [State.SUBMITTED, State.APPROVED]
