"""Makes the reference pages from the code: ``python -m docs.tools.reference`` writes them.

Each page is a function without arguments that returns Markdown; ``PAGES`` lists them by file. The
tests of ``tests/docs`` compare every file with what its function returns.
"""

from __future__ import annotations

import os
import sys
from argparse import SUPPRESS, Action
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import django
from docs.tools import translations
from docs.tools.markdown import cell, code, page, table

FOLDER = Path(__file__).parents[1] / "reference"


def wire() -> None:
    """Load every room, so that the registers are full. Needs no database."""
    translations.compile_stale()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tutela.settings")
    django.setup()
    from tutela import app

    app.wire()


def commands() -> str:
    from tutela.cli.commands import COMMANDS
    from tutela.cli.main import parser_of

    opening = (
        "`tutela COMMAND --help` says the same. Every command takes `--home PATH`, the folder of "
        "all state, which goes before `TUTELA_HOME` (see [settings](settings.md)).\n\n"
        "Exit codes: 0 it is done; 1 what was checked does not hold (`policy check`, `verify`, "
        "`rehearse`); 2 something you can mend, said in a sentence; 3 an error in Tutela; 130 you "
        "interrupted it."
    )
    parts = [opening]
    for name in sorted(COMMANDS):
        command = COMMANDS[name]
        rows = [_argument(each) for each in _actions(parser_of(command))]
        database = (
            "Opens the database: that of `DATABASE_URL`, the one that runs from the home, or a "
            "server of its own."
            if command.database
            else ""
        )
        parts += [f"## `tutela {name}`", f"{_capital(command.help)}. {database}".strip()]
        if rows:
            parts.append(table(("argument", "what it says"), rows))
    return page("Commands", *parts)


def _actions(parser: Any) -> list[Action]:
    shown = (each for each in parser._actions if each.help != SUPPRESS)  # noqa: SLF001
    return [each for each in shown if not {"--help", "--home"} & set(each.option_strings)]


def _argument(action: Action) -> tuple[str, str]:
    value = str(action.metavar or (action.dest.upper() if action.option_strings else action.dest))
    if action.option_strings:
        name = action.option_strings[-1] + (f" {value}" if action.nargs != 0 else "")
    else:
        name = f"{value}…" if action.nargs == "+" else value
    words = str(action.help or "")
    if action.choices is not None:
        words += f" — one of {', '.join(str(each) for each in action.choices)}"
    return code(name), words.removeprefix(" — ")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def settings() -> str:
    from tutela.core.variables import SETTINGS

    opening = (
        "Tutela reads variables of the environment, nothing else; there is no settings file. "
        "What an operator promises is not a setting: it stands in [its policy](policy-format.md)."
    )
    rows = [(code(each.name), each.default, each.help) for each in SETTINGS]
    return page("Settings", opening, table(("variable", "without it", "what it does"), rows))


def scenario() -> str:
    from tutela.rehearsal.reference import page as made

    return made()


def pages() -> dict[str, Callable[[], str]]:
    """Every generated page by its file name."""
    from docs.tools import acceptance, endpoints, registers, requests

    return {
        "commands.md": commands,
        "settings.md": settings,
        "scenario.md": scenario,
        "acceptance.md": acceptance.acceptance,
        "journal-entries.md": registers.journal_entries,
        "tables.md": registers.tables,
        "controls.md": registers.controls,
        "gate.md": registers.gate,
        "pages.md": registers.routes,
        "metrics.md": registers.metrics,
        "request-kinds.md": requests.kinds,
        "api.md": endpoints.page_of_endpoints,
        "openapi.json": endpoints.description,
    }


def differing(folder: Path = FOLDER) -> Mapping[str, str]:
    """The pages whose file is missing or says something else, with what they should say."""
    made = {name: make() for name, make in pages().items()}
    return {
        name: text
        for name, text in made.items()
        if not (folder / name).exists() or (folder / name).read_text(encoding="utf-8") != text
    }


def main() -> int:
    wire()
    changed = differing()
    for name, text in changed.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    sys.stdout.write(f"{cell(', '.join(changed)) or 'Nothing'} changed in docs/reference.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
