"""Who may sign in at the stewards' desk: made and taken away on the command line, never in the browser."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.home import WrongUsage, existing_home

if TYPE_CHECKING:
    from dedupe.desk.accounts import Accounts

app = typer.Typer(no_args_is_help=True, help="Who may sign in at the stewards' desk.")

HomeOption = Annotated[Path | None, typer.Option("--home", help="The folder that holds everything.")]
Generate = Annotated[bool, typer.Option("--generate", help="Make a password and print it once.")]


@app.command()
def add(
    name: str,
    role: Annotated[str, typer.Option(help="steward or admin.")] = "steward",
    generate: Generate = False,
    home: HomeOption = None,
) -> None:
    """Make an account; the password is asked for, or read from standard input."""
    with _accounts(home) as accounts:
        accounts.add(name, role, _password(generate=generate))


@app.command()
def password(name: str, generate: Generate = False, home: HomeOption = None) -> None:
    """Give an account another password; whoever is signed in with it must sign in again."""
    with _accounts(home) as accounts:
        accounts.change(name, _password(generate=generate))


@app.command()
def remove(name: str, home: HomeOption = None) -> None:
    """Take an account away; what it decided stays in the journal."""
    with _accounts(home) as accounts:
        accounts.remove(name)


@app.command("list")
def list_users(home: HomeOption = None) -> None:
    """List names and roles."""
    with _accounts(home) as accounts:
        for account in accounts.all().values():
            print(f"{account.name}\t{account.role}")  # noqa: T201


@contextmanager
def _accounts(home: Path | None) -> Iterator["Accounts"]:
    from dedupe.desk.accounts import AccountError, Accounts
    from flows.settings import Settings

    settings = Settings()
    try:
        yield Accounts(existing_home(home or settings.home, settings.var).desk / "accounts.json")
    except AccountError as error:
        raise WrongUsage(str(error)) from error


def _password(*, generate: bool) -> str:
    from dedupe.desk.accounts import first_password

    if generate:
        made = first_password()
        print(made)  # noqa: T201
        return made
    if not sys.stdin.isatty():  # a script: one line
        return sys.stdin.readline().rstrip("\n")
    asked: str = typer.prompt("Passwort", hide_input=True, confirmation_prompt="Noch einmal")
    return asked
