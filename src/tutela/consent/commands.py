"""``tutela consent proof``: the evidence of one consent as a file that is verified elsewhere."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from uuid import UUID

from tutela.cli.commands import command
from tutela.consent import evidence
from tutela.core.errors import TutelaError
from tutela.core.vocabulary import SYSTEM
from tutela.db.scope import operator_scope
from tutela.identity import actions as identity
from tutela.journal import actions as journal
from tutela.journal.commands import find_operator


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument("operator", help="the operator's slug or identifier")
    parser.add_argument("subject", type=UUID, help="the opaque identifier of the person")
    parser.add_argument("purpose", help="the purpose, as the policy names it")
    parser.add_argument("path", type=Path, help="the file to write; it must not exist")
    parser.add_argument(
        "--use", type=UUID, help="a permitted use in the journal, such as one message that was sent"
    )
    parser.add_argument(
        "--record", action="store_true", help="write the record of ISO/IEC TS 27560 instead"
    )


@command(
    "consent proof",
    help="write what proves one consent, or that there is none, to a file for `tutela verify`",
    configure=_configure,
)
def proof(arguments: Namespace) -> int:
    try:
        operator_id = find_operator(arguments.operator)
        journal.sequence(operator_id)
        with operator_scope(operator_id):
            identity.subject(operator_id, arguments.subject)
            file = evidence.take(
                operator_id,
                arguments.subject,
                arguments.purpose,
                actor=SYSTEM,
                reason="command",
                form="record" if arguments.record else "proof",
                use=arguments.use,
            )
            handle = os.open(arguments.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as written:
                written.write(file.content)
    except FileExistsError:
        return _refuse(f"{arguments.path} exists already; name a new file.")
    except OSError as error:
        return _refuse(f"{arguments.path} cannot be written: {error.strerror}.")
    except TutelaError as error:
        return _refuse(str(error))
    sys.stdout.write(f"{arguments.path}: written; check it with: tutela verify {arguments.path}\n")
    return 0


def _refuse(sentence: str) -> int:
    sys.stderr.write(sentence + "\n")
    return 2
