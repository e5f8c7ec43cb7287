"""People and their rights."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import JSONResponse, Response

from api import auth
from api.auth import Caller, doors_of, read_caller, read_proven_caller, require_same_origin
from api.deps import After, AfterId, Command, Limit, Page, Question, needs, page_of
from api.schemas.access import (
    AccountOut,
    GrantOut,
    GrantRecordOut,
    HeldRole,
    MeOut,
    NewTokenOut,
    NewUserOut,
    OwnPasswordIn,
    PasswordResetIn,
    ProofIn,
    SignedInOut,
    SignInIn,
    TokenIn,
    TokenOut,
    UserIn,
    UserOut,
)
from reserve.access import queries, service, sessions
from reserve.access.passwords import one_time_password
from reserve.access.rules import csrf_token, secret_hash
from reserve.access.terms import (
    GrantConfirmationDraft,
    GrantDraft,
    GrantEndDraft,
    PasswordDraft,
    SignOutDraft,
    TokenDraft,
    TokenEndDraft,
    UserDraft,
    UserStateDraft,
)
from reserve.authority import Permission
from reserve.commands import Done
from reserve.errors import InvalidInput, Problem

router = APIRouter(tags=["access"])
PROOF = Depends(read_proven_caller)


@router.post("/sessions", status_code=201, response_model=SignedInOut)
def sign_in(body: SignInIn, request: Request) -> Response:
    """Sign in with a cookie; writes then carry the answered token as X-CSRF-Token."""
    require_same_origin(request)
    secret = auth.sign_in(request, body.login, body.password.get_secret_value())
    response = JSONResponse({"csrf_token": csrf_token(secret)}, 201)
    auth.set_cookie(response, doors_of(request), secret)
    return response


@router.post("/sessions/end", response_model=Done, dependencies=[needs()])
def sign_out(command: Command, everywhere: bool = False) -> Done:
    """End this session, or with ``everywhere`` all of one's sessions."""
    draft = SignOutDraft(session_id=command.caller.session_id, everywhere=everywhere)
    return command.run_real(sessions.sign_out, draft, answer=Done).value


@router.post("/sessions/proof", response_model=Done, dependencies=[needs()])
def prove(body: ProofIn, request: Request, caller: Annotated[Caller, Depends(read_caller)]) -> Done:
    """Give the password once more; for some minutes this session may then sign and give roles."""
    auth.prove(request, caller, body.password.get_secret_value())
    return Done()


@router.get("/me", response_model=MeOut, dependencies=[needs()])
def me(question: Question) -> MeOut:
    account = question.ask(queries.get_account, question.actor.login)
    return MeOut(
        account=AccountOut.model_validate(account),
        roles=[
            HeldRole(role=grant.role, organisation_path=grant.organisation_path, permissions=sorted(grant.permissions))
            for grant in question.actor.grants
        ],
        csrf_token=question.caller.csrf if question.caller.session_secret else "",
    )


@router.post("/me/password", response_model=UserOut, dependencies=[needs()])
def change_own_password(body: OwnPasswordIn, command: Command) -> Response:
    """Set one's own password; the present one is asked for. Ends all sessions of the account."""
    passwords, login = command.doors.passwords, command.actor.login
    stored, _ = command.doors.real.ask(queries.sign_in_facts, login)
    if not passwords.fits(body.password.get_secret_value(), stored):
        raise InvalidInput([Problem("password_wrong", "password", "the present password", "***")])
    new_hash = passwords.new_hash(body.new_password.get_secret_value(), login=login)
    return command.run(service.change_password, PasswordDraft(login=login, password_hash=new_hash), answer=UserOut)


@router.post("/me/tokens", status_code=201, response_model=NewTokenOut, dependencies=[needs()])
def create_token(body: TokenIn, command: Command) -> NewTokenOut:
    """A secret for one's own programs, shown once."""
    secret = auth.new_token()
    draft = TokenDraft(name=body.name, expires_at=body.expires_at, secret_hash=secret_hash(secret))
    answer = command.run_real(sessions.create_token, draft, answer=TokenOut)
    return NewTokenOut(token=answer.value, secret=None if answer.replayed else secret)


@router.post("/me/tokens/end", response_model=TokenOut, dependencies=[needs()])
def end_token(draft: TokenEndDraft, command: Command) -> TokenOut:
    return command.run_real(sessions.end_token, draft, answer=TokenOut).value


@router.get("/me/tokens", response_model=list[TokenOut], dependencies=[needs()])
def list_tokens(question: Question) -> list[TokenOut]:
    tokens = question.ask(queries.list_tokens, question.actor.user_id)
    return [TokenOut.model_validate(token) for token in tokens]


@router.post("/users", status_code=201, response_model=NewUserOut, dependencies=[needs(Permission.USER_WRITE)])
def add_user(body: UserIn, command: Command) -> NewUserOut:
    """Open an account without rights, with a one-time password that must be changed at the first sign-in."""
    password = one_time_password()
    hashed = command.doors.passwords.new_hash(password, login=body.login)
    draft = UserDraft(**body.model_dump(), password_hash=hashed)
    answer = command.answer(service.add_user, draft, answer=UserOut)
    return NewUserOut(user=answer.value, one_time_password=None if answer.replayed else password)


@router.get(
    "/users", response_model=Page[AccountOut], dependencies=[needs(Permission.USER_WRITE, Permission.GRANT_WRITE)]
)
def list_users(question: Question, after: After = "", limit: Limit = 100) -> Page[AccountOut]:
    scopes = question.scopes(Permission.USER_WRITE, Permission.GRANT_WRITE)
    rows = question.ask(queries.list_accounts, scopes, after, limit)
    return page_of(AccountOut, rows, limit, key=lambda row: row.login)


@router.post("/users/state", response_model=UserOut, dependencies=[needs(Permission.USER_WRITE)])
def set_user_state(draft: UserStateDraft, command: Command) -> Response:
    return command.run(service.set_user_state, draft, answer=UserOut)


@router.post("/users/password", response_model=NewUserOut, dependencies=[needs(Permission.USER_WRITE)])
def reset_password(body: PasswordResetIn, command: Command) -> NewUserOut:
    """Give somebody a one-time password; ends all sessions of the account."""
    password = one_time_password()
    hashed = command.doors.passwords.new_hash(password, login=body.login)
    draft = PasswordDraft(login=body.login, password_hash=hashed)
    answer = command.answer(service.change_password, draft, answer=UserOut)
    return NewUserOut(user=answer.value, one_time_password=None if answer.replayed else password)


@router.get(
    "/grants",
    response_model=Page[GrantRecordOut],
    dependencies=[needs(Permission.GRANT_WRITE, Permission.GRANT_CONFIRM)],
)
def list_grants(
    question: Question, login: str | None = None, after: AfterId = 0, limit: Limit = 100
) -> Page[GrantRecordOut]:
    scopes = question.scopes(Permission.GRANT_WRITE, Permission.GRANT_CONFIRM)
    rows = question.ask(queries.list_grants, scopes, login=login, after_id=after, limit=limit)
    return page_of(GrantRecordOut, rows, limit, key=lambda row: row.id)


@router.post("/grants", status_code=201, response_model=GrantOut, dependencies=[needs(Permission.GRANT_WRITE), PROOF])
def grant_role(draft: GrantDraft, command: Command) -> Response:
    """Record a grant. It takes effect when a second officer confirms it."""
    return command.run(service.grant_role, draft, answer=GrantOut)


@router.post("/grants/confirm", response_model=GrantOut, dependencies=[needs(Permission.GRANT_CONFIRM), PROOF])
def confirm_grant(draft: GrantConfirmationDraft, command: Command) -> Response:
    return command.run(service.confirm_grant, draft, answer=GrantOut)


@router.post("/grants/end", response_model=GrantOut, dependencies=[needs(Permission.GRANT_WRITE)])
def end_grant(draft: GrantEndDraft, command: Command) -> Response:
    return command.run(service.end_grant, draft, answer=GrantOut)
