"""``reserve user``: the first accounts, at the machine itself. There is no default password."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, NoReturn

import typer
from pydantic import BaseModel, ValidationError

from api.cli.opening import REFUSED, DatabaseOption, open_to_write, say, settings_of, words
from api.errors import problem_line
from api.faults import problems_of
from api.schemas.access import GrantOut, UserOut
from reserve.access import service
from reserve.access.passwords import Passwords, one_time_password
from reserve.access.rules import INSTALLER
from reserve.access.terms import GrantDraft, PasswordDraft, Role, UserDraft
from reserve.commands import Runner, Verb
from reserve.errors import Problem, Refusal

app = typer.Typer(no_args_is_help=True, help="账户 · accounts")

Login = Annotated[str, typer.Argument(help="登录名 · login")]
AskPassword = Annotated[bool, typer.Option("--ask-password", help="键入密码,不生成一次性密码 · type a password")]


@app.command()
def add(
    login: Login,
    name: Annotated[str, typer.Option(help="姓名或岗位 · name or post")],
    organisation: Annotated[str, typer.Option(help="所属单位代码 · code of the employing organisation")],
    role: Annotated[Role | None, typer.Option(help="角色,立即生效 · role, in force at once")] = None,
    scope: Annotated[str | None, typer.Option(help="角色管辖的单位代码,默认所属单位 · where the role holds")] = None,
    ask_password: AskPassword = False,
    database: DatabaseOption = None,
) -> None:
    """新建账户,打印一次性密码 · Open an account and print a one-time password."""
    settings = settings_of(database)
    with open_to_write(settings) as runner:
        password = _password(ask_password)
        try:
            hashed = Passwords(settings).new_hash(password, login=login)
            draft = UserDraft(
                login=login,
                display_name_zh=name,
                organisation_code=organisation,
                password_hash=hashed,
                is_one_time=not ask_password,
            )
            grant = GrantDraft(login=login, role=role, organisation_code=scope or organisation) if role else None
        except ValidationError as error:
            _refuse_problems(problems_of(error.errors())[0])
        except Refusal as refusal:
            _refuse(refusal)
        _run(runner, service.add_user, draft, UserOut)
        if grant is not None:
            _run(runner, service.grant_role, grant, GrantOut)
    _tell(login, password, ask_password)


@app.command()
def password(login: Login, ask_password: AskPassword = False, database: DatabaseOption = None) -> None:
    """重置密码,打印一次性密码 · Set a one-time password; ends all sessions of the account."""
    settings = settings_of(database)
    with open_to_write(settings) as runner:
        secret = _password(ask_password)
        try:
            draft = PasswordDraft(login=login, password_hash=Passwords(settings).new_hash(secret, login=login))
        except Refusal as refusal:
            _refuse(refusal)
        _run(runner, service.change_password, draft, UserOut)
    _tell(login, secret, ask_password)


def _password(ask: bool) -> str:
    if not ask:
        return one_time_password()
    typed: str = typer.prompt(words().say("Password"), hide_input=True, confirmation_prompt=True)
    return typed


def _run(runner: Runner, verb: Verb[Any], draft: BaseModel, answer: type[BaseModel]) -> None:
    try:
        runner.run(verb, draft, actor=INSTALLER, answer=answer)
    except Refusal as refusal:
        _refuse(refusal)


def _refuse(refusal: Refusal) -> NoReturn:
    if refusal.problems:
        _refuse_problems(refusal.problems)
    typer.echo(f"{words().error(refusal.code, refusal.details())} ({refusal})", err=True)
    raise typer.Exit(REFUSED)


def _refuse_problems(problems: Sequence[Problem]) -> NoReturn:
    for problem in problems:
        line = problem_line(words(), problem)
        say(
            "{field}: {message} Expected: {expected}. Found: {found}.",
            field=line["field"],
            message=line["message"],
            expected=line["expected"],
            found=line["found"],
        )
    raise typer.Exit(REFUSED)


def _tell(login: str, password: str, is_asked: bool) -> None:
    if is_asked:
        say("The account {login} is ready.", login=login)
    else:
        say(
            "One-time password of {login}, to be changed at the first sign-in: {password}",
            login=login,
            password=password,
        )
