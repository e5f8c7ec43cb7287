"""Verbs on sign-in, sessions and API tokens. They run on real time, also in a drill."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pydantic import SecretStr
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from reserve.access import queries, rules
from reserve.access.models import ApiToken, SignInSession, User
from reserve.access.terms import (
    ProofDraft,
    SeenDraft,
    SignInDraft,
    SignInOutcome,
    SignInResult,
    SignOutDraft,
    TokenDraft,
    TokenEndDraft,
)
from reserve.authority import Actor
from reserve.errors import InvalidInput, NotAllowed, NotFound, Problem

MAX_TOKEN_LIFE = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class SessionsTouched:
    """How many sessions a verb ended or brought up to date."""

    count: int


def sign_in(session: Session, actor: Actor, draft: SignInDraft, *, now: datetime, today: date) -> SignInResult:
    """Open a session, or count a failure. A failure must stay, so it is an outcome and not an error.

    While a lock holds nothing is looked at and nothing counted. A password that was changed since it was checked is
    no longer known.
    """
    user = session.scalar(select(User).where(User.login == draft.login).with_for_update())
    if user is None:
        return SignInResult(outcome=SignInOutcome.REFUSED)
    refused = _refused(session, user, draft.fitting_hash, now)
    if refused is not None:
        return refused
    session.add(
        SignInSession(
            secret_hash=draft.session_hash.get_secret_value(),
            user_id=user.id,
            address=draft.address,
            created_at=now,
            last_seen_at=now,
            proved_at=now,
        )
    )
    session.flush()
    return SignInResult(outcome=SignInOutcome.SIGNED_IN, user_id=user.id)


def prove(session: Session, actor: Actor, draft: ProofDraft, *, now: datetime, today: date) -> SignInResult:
    """Give the password once more in one's own session. Failures count and lock as at sign-in."""
    _require_signed_in(actor)
    user = session.scalars(select(User).where(User.id == actor.user_id).with_for_update()).one()
    refused = _refused(session, user, draft.fitting_hash, now)
    if refused is not None:
        return refused
    mine = (SignInSession.id == draft.session_id, SignInSession.user_id == user.id, SignInSession.ended_at.is_(None))
    session.execute(update(SignInSession).where(*mine).values(proved_at=now))
    return SignInResult(outcome=SignInOutcome.SIGNED_IN, user_id=user.id)


def _refused(session: Session, user: User, fitting_hash: SecretStr | None, now: datetime) -> SignInResult | None:
    """What is said to a password that does not fit, or comes too soon; None, and no failures any more, when it fits."""
    if user.locked_until is not None and now < user.locked_until:
        return SignInResult(outcome=SignInOutcome.LOCKED, retry_at=user.locked_until)
    fitting = fitting_hash.get_secret_value() if fitting_hash else None
    if not user.is_active or not rules.is_password_known(user.password_hash, fitting):
        user.failed_sign_ins += 1
        user.locked_until = now + rules.pause_after(user.failed_sign_ins)
        session.flush()
        return SignInResult(outcome=SignInOutcome.REFUSED, retry_at=user.locked_until)
    user.failed_sign_ins = 0
    user.locked_until = None
    session.flush()
    return None


def sign_out(session: Session, actor: Actor, draft: SignOutDraft, *, now: datetime, today: date) -> SessionsTouched:
    """End one's own session, or all of one's sessions."""
    _require_signed_in(actor)
    mine = [SignInSession.user_id == actor.user_id, SignInSession.ended_at.is_(None)]
    if not draft.everywhere:
        mine.append(SignInSession.id == draft.session_id)
    ended = session.scalars(update(SignInSession).where(*mine).values(ended_at=now).returning(SignInSession.id)).all()
    return SessionsTouched(len(ended))


def record_seen(session: Session, actor: Actor, draft: SeenDraft, *, now: datetime, today: date) -> SessionsTouched:
    """Write down when sessions were last used; an older time never overwrites a newer one.

    Called by the web process itself, every few minutes and not at every request: reading must not write.
    """
    for seen in draft.sessions:
        session.execute(
            update(SignInSession)
            .where(SignInSession.id == seen.session_id, SignInSession.last_seen_at < seen.at)
            .values(last_seen_at=seen.at)
        )
    return SessionsTouched(len(draft.sessions))


def create_token(session: Session, actor: Actor, draft: TokenDraft, *, now: datetime, today: date) -> ApiToken:
    """Give one's own programs a secret that acts as oneself until a day at most a year ahead."""
    _require_signed_in(actor)
    problems = []
    if not now < draft.expires_at <= now + MAX_TOKEN_LIFE:
        expected = f"after now and at most {MAX_TOKEN_LIFE.days} days ahead"
        problems.append(Problem("token_life", "expires_at", expected, draft.expires_at.isoformat()))
    if any(token.name == draft.name for token in queries.list_tokens(session, actor.user_id)):
        problems.append(Problem("token_name_taken", "name", "a name not used before", draft.name))
    if problems:
        raise InvalidInput(problems)
    token = ApiToken(
        secret_hash=draft.secret_hash.get_secret_value(),
        user_id=actor.user_id,
        name=draft.name,
        created_at=now,
        expires_at=draft.expires_at,
    )
    session.add(token)
    session.flush()
    return token


def end_token(session: Session, actor: Actor, draft: TokenEndDraft, *, now: datetime, today: date) -> ApiToken:
    """End one of one's own tokens. Ending it twice changes nothing."""
    _require_signed_in(actor)
    token = next((each for each in queries.list_tokens(session, actor.user_id) if each.name == draft.name), None)
    if token is None:
        raise NotFound("token", draft.name)
    token.ended_at = token.ended_at or now
    session.flush()
    return token


def _require_signed_in(actor: Actor) -> None:
    if actor.user_id <= 0:
        raise NotAllowed("sign_in")
