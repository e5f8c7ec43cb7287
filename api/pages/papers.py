"""Papers: the list, one paper with what it rests on and what rests on it, and signing it."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter
from starlette.responses import Response

from api import auth
from api.deps import needs
from api.desk import Form, FormDesk, Page, PageDesk
from api.filling import Filled, draft_fields
from api.schemas.papers import DocumentRef
from api.views import paper_page as views
from reserve.authority import Permission
from reserve.dispatch import service
from reserve.errors import Refusal
from reserve.papers.terms import DocumentKind, SignatureDraft

router = APIRouter(dependencies=[needs(Permission.DOCUMENT_READ)])


@router.get("/papers")
def papers(page: Page, kind: str = "", number: str = "", before: int | None = None) -> Response:
    """The newest first, keyset by age."""
    chosen = next((each for each in DocumentKind if each == kind), None)
    rows, next_key = page.ask(views.newest, page.scopes(Permission.DOCUMENT_READ), chosen, number.strip(), before)
    context = {
        "rows": rows,
        "next": next_key,
        "before": before,
        "kind": kind,
        "number": number,
        "kinds": list(DocumentKind),
    }
    return page.show("papers.html", context)


@router.get("/papers/{number}")
def paper(page: Page, number: str) -> Response:
    """The audit trail is for those who may read it, and reading it is written down."""
    return _paper(page, number, page.form())


@router.post("/papers/{number}/signature", dependencies=[needs(Permission.DOCUMENT_SIGN)])
def sign(form: Form, number: str) -> Response:
    """Decide the lines that wait for this person."""
    return sign_on(form, number, f"/papers/{number}", lambda filled: _paper(form.page, number, filled))


def sign_on(form: FormDesk, number: str, here: str, again: Callable[[Filled], Response]) -> Response:
    """Take the password where it is due, then sign. Every refusal shows the page again, as typed but the password."""
    typed = dict(form.typed)
    password = typed.pop("password", "")
    page, form = form.page, form.refilled(typed)
    try:
        if password:
            auth.prove(page.request, page.caller, password)
        else:
            auth.read_proven_caller(page.request, page.caller)
    except Refusal as refusal:
        return again(form.refused(refusal))
    return form.run(
        service.sign,
        SignatureDraft,
        answer=DocumentRef,
        then=lambda done: here,
        again=again,
        fields={**draft_fields(typed), "document_number": number},
    )


def proof_of(page: PageDesk) -> dict[str, object]:
    """Whether signing wants the reader's password again, and how long one lasts."""
    minutes = auth.doors_of(page.request).settings.signing_minutes
    return {"proof_due": not auth.has_proof(page.request, page.caller), "minutes": minutes}


def _paper(page: PageDesk, number: str, filled: Filled) -> Response:
    with_audit = page.may(Permission.AUDIT_READ)
    if with_audit:
        page.question.note_reading(f"/papers/{number}", Permission.AUDIT_READ)
    found = page.ask(
        views.paper_page,
        number,
        page.actor,
        page.scopes(Permission.DOCUMENT_READ),
        page.scopes(Permission.STOCK_READ),
        with_audit=with_audit,
    )
    context = {
        "found": found,
        "paper": found.paper,
        "with_audit": with_audit,
        "filled": filled,
        **proof_of(page),
    }
    return page.show("paper.html", context, status=filled.status)
