"""Verbs on the catalogue, on both engines."""

import pytest
from sqlalchemy.orm import Session

from reserve.authority import Permission
from reserve.catalogue import queries, service
from reserve.catalogue.terms import CatalogueDraft, CatalogueRecorded, SubstitutionDecisionDraft
from reserve.commands import Done, Runner
from reserve.errors import InvalidInput, NotAllowed, NotFound
from tests.conftest import NOW
from tests.reserve.catalogue.goods import (
    MASK,
    SUIT,
    SURGICAL,
    make_actor,
    make_catalogue,
    make_item,
    make_substitution,
)

TODAY = NOW.date()
EDITOR = make_actor(Permission.CATALOGUE_WRITE)


def record(session: Session, draft: CatalogueDraft) -> CatalogueRecorded:
    return service.record_catalogue(session, EDITOR, draft, now=NOW, today=TODAY)


def decision(reason: str = "physicians agreed") -> SubstitutionDecisionDraft:
    return SubstitutionDecisionDraft(needed_item=SURGICAL, substitute_item=MASK, reason=reason)


def with_substitution(session: Session) -> None:
    record(session, make_catalogue(make_item(), make_item(SURGICAL), substitutions=(make_substitution(),)))


def test_recording_twice_changes_rows_and_adds_none(session: Session) -> None:
    record(session, make_catalogue())

    recorded = record(session, make_catalogue(make_item(unit_price_minor=70, reserve_modes=("physical", "capacity"))))

    items = queries.items_by_code(session)
    assert recorded == CatalogueRecorded(categories=1, items=1, substitutions=0)
    assert list(items) == [MASK]
    assert items[MASK].unit_price_minor == 70
    assert items[MASK].reserve_modes == "physical;capacity"


def test_a_refused_catalogue_leaves_no_trace(runner: Runner) -> None:
    draft = make_catalogue(make_item(), make_item(SUIT, category="toys"))

    with pytest.raises(InvalidInput) as refusal:
        runner.run(service.record_catalogue, draft, actor=EDITOR, answer=Done)

    (problem,) = refusal.value.problems
    assert (problem.field, problem.expected, problem.found) == ("items.1.category", "a known category", "toys")
    assert runner.ask(queries.items_by_code) == {}
    assert runner.ask(queries.categories_by_code) == {}


def test_without_the_right_nothing_is_recorded(runner: Runner) -> None:
    with pytest.raises(NotAllowed):
        runner.run(service.record_catalogue, make_catalogue(), actor=make_actor(), answer=Done)

    assert runner.ask(queries.items_by_code) == {}


def test_a_decision_lets_a_substitute_stand_in_and_is_kept(session: Session) -> None:
    with_substitution(session)
    assert queries.substitutions(session, enabled_only=True) == []

    service.enable_substitution(session, EDITOR, decision(), now=NOW, today=TODAY)
    service.disable_substitution(session, EDITOR, decision("batch was bad"), now=NOW, today=TODAY)
    enabled = service.enable_substitution(session, EDITOR, decision("mended"), now=NOW, today=TODAY)

    assert queries.substitutions(session, enabled_only=True) == [enabled]
    kept = queries.decisions_on(session, enabled.id)
    assert [(each.is_enabled, each.reason) for each in kept] == [
        (True, "physicians agreed"),
        (False, "batch was bad"),
        (True, "mended"),
    ]


def test_recording_again_does_not_undo_a_decision(session: Session) -> None:
    with_substitution(session)
    service.enable_substitution(session, EDITOR, decision(), now=NOW, today=TODAY)

    record(session, CatalogueDraft(substitutions=(make_substitution(numerator=2),)))

    substitution = queries.get_substitution(session, SURGICAL, MASK)
    assert (substitution.numerator, substitution.is_enabled) == (2, True)


def test_deciding_what_stands_already_is_refused(session: Session) -> None:
    with_substitution(session)

    with pytest.raises(service.AlreadyDecided):
        service.disable_substitution(session, EDITOR, decision(), now=NOW, today=TODAY)

    assert queries.decisions_on(session, queries.get_substitution(session, SURGICAL, MASK).id) == []


def test_an_unknown_substitution_cannot_be_enabled(session: Session) -> None:
    with pytest.raises(NotFound):
        service.enable_substitution(session, EDITOR, decision(), now=NOW, today=TODAY)


def test_items_are_found_by_code_and_by_either_name(session: Session) -> None:
    suit = make_item(SUIT, name_zh="医用防护服", name_en="Protective suit")
    record(session, make_catalogue(make_item(), make_item(SURGICAL, name_en="Surgical MASK"), suit))

    def found(search: str) -> list[str]:
        return [item.code for item in queries.list_items(session, search=search)]

    assert found("h20101") == [SURGICAL, MASK]
    assert found("防护服") == [SUIT]
    assert found("mask") == [SURGICAL, MASK]
    assert found("100%") == []


def test_a_page_goes_on_after_the_last_code(session: Session) -> None:
    record(session, make_catalogue(make_item(), make_item(SURGICAL), make_item(SUIT)))

    first = [item.code for item in queries.list_items(session, limit=2)]
    rest = [item.code for item in queries.list_items(session, after=first[-1], limit=2)]

    assert (first, rest) == ([SURGICAL, MASK], [SUIT])


def test_facts_of_unknown_items_are_missing(session: Session) -> None:
    record(session, make_catalogue())

    facts = queries.item_facts(session, [MASK, SUIT])

    assert list(facts) == [MASK]
    assert facts[MASK].pack_size == 2000
    with pytest.raises(NotFound):
        queries.get_item(session, SUIT)
