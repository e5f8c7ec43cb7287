"""``reserve``: the command line. Each command says in one sentence what it does; the work is done elsewhere."""

from __future__ import annotations

import typer

from api.cli import databases, demo, serving, surge, users

app = typer.Typer(
    name="reserve",
    help="冀备 Jibei: 应急物资储备与调拨 · emergency supplies reserve. RESERVE_LANG=en speaks English.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(demo.demo)
app.command()(surge.surge)
app.command()(serving.serve)
app.command()(serving.worker)
app.command()(databases.migrate)
app.command()(databases.verify)
app.add_typer(users.app, name="user")
