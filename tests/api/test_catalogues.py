from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from api.i18n import Language, text_in
from tests.api.message_ids import ROOT, wanted

LANGUAGES = ["zh_CN", "en"]


def folder(language: str) -> Path:
    return ROOT / "api" / "locale" / language / "LC_MESSAGES"


def catalogue(language: str) -> Catalog:
    with (folder(language) / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_a_reader_can_meet_is_said(language: str) -> None:
    said = {(message.context, message.id) for message in catalogue(language) if message.id and message.string}

    assert sorted(wanted() - said, key=str) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_said_that_nobody_meets(language: str) -> None:
    said = {(message.context, message.id) for message in catalogue(language) if message.id}

    assert sorted(said - wanted(), key=str) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_equals_the_edited_one(language: str) -> None:
    compiled = BytesIO()
    write_mo(compiled, catalogue(language))

    assert (folder(language) / "messages.mo").read_bytes() == compiled.getvalue()


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_the_places_of_values(language: str) -> None:
    broken = [
        message.id
        for message in catalogue(language)
        if message.context == "expected" and {"{1}" in message.id, "{2}" in message.id} != places(message.string)
    ]

    assert broken == []


def places(text: str) -> set[bool]:
    return {"{1}" in text, "{2}" in text}


def test_an_expectation_is_found_by_its_pattern() -> None:
    assert text_in(Language.ZH).expected("at most 500") == "至多 500"
    assert text_in(Language.EN).expected("at most 500") == "at most 500"
    assert text_in(Language.ZH).expected("A1, A2") == "A1, A2"


def test_a_fact_that_is_missing_shows_as_a_dash() -> None:
    assert text_in(Language.EN).error("wrong_state", {"number": "RCP-1"}) == "RCP-1 is –; this is not possible now."


def test_words_of_closed_lists_are_said_as_people_say_them() -> None:
    facts = {"number": "DSP-1", "found": "submitted"}

    assert text_in(Language.ZH).error("wrong_state", facts) == "单据 DSP-1 现为“待签批”,不能这样做。"
