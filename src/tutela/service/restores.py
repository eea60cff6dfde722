"""``tutela restore`` and ``tutela vault``: from a backup back into service, and drills of it."""

from __future__ import annotations

import time
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID, uuid5

from django.conf import settings

from tutela.cli.commands import command
from tutela.cli.database import opened
from tutela.cli.say import complain, progress, tell
from tutela.core.errors import NotFound
from tutela.db import dumping
from tutela.db.connect import inside
from tutela.db.locks import Lock, in_use
from tutela.db.migrate import bring_up_to_date
from tutela.db.scope import operator_scope
from tutela.gate import stopping
from tutela.journal import actions as journal
from tutela.journal import importing
from tutela.journal import tasks as journal_tasks
from tutela.journal.importing import Leafed
from tutela.policy import actions as policies
from tutela.service import backups, homes
from tutela.vault import actions as vault
from tutela.vault import damages, endings, repairing, restoring
from tutela.vault import wording as vault_wording
from tutela.vault.backups import copied, files, keys, register
from tutela.vault.backups.errors import AlreadyThere
from tutela.vault.backups.register import Outcome
from tutela.vault.ending_lines import Line, operator_of, read_file
from tutela.vault.entries import NotRepeated
from tutela.vault.errors import KeysSealed, NotInBackup

_TELL_EVERY = 2.0  # seconds between lines of progress
_WAITS = 3
"""Exit code where all went well and Tutela stays closed until somebody decides about a journal."""
_PEOPLE = 500
"""Of how many people a drill opens what it finds."""


def _configure_data(parser: ArgumentParser) -> None:
    backups.configure_opening(parser)
    parser.add_argument(
        "--replace", action="store_true", help="although the database in use serves operators"
    )
    _configure_journal(parser)


def _configure_journal(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--journal",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="an export of a journal from after the backup; may be repeated",
    )
    parser.add_argument(
        "--list",
        dest="lists",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a newer list of what is over (endings-….log); may be repeated",
    )
    parser.add_argument(
        "--lost",
        action="store_true",
        help="give up entries that no export brings back; the journal says so, under a new key",
    )


@command(
    "restore data",
    help="put a backup of the database in the place of the database, and end again what is over",
    configure=_configure_data,
    database=False,
)
def restore_data(options: Namespace) -> int:
    files.check(options.file)
    opener = backups.opener(options)
    homes.claim_as_it_is(Path(settings.TUTELA_HOME))
    with opened(join=False):
        if not dumping.is_empty() and not options.replace:
            raise AlreadyThere(
                "The database serves operators already. To put the backup in its place add "
                "--replace; everything since the backup is then lost, but what is over stays over."
            )
        with files.read(options.file, opener, files.DATA) as (manifest, content):
            progress("Putting the database back")
            name = dumping.load(_counted(content))
        dumping.take_the_place(name)
        bring_up_to_date(progress)
        return _end_again(options, manifest.id)


@command(
    "restore finish",
    help="after a restore by other means: bring journals and endings together with the database",
    configure=_configure_journal,
    database=False,
)
def finish(options: Namespace) -> int:
    with opened(join=False):
        return _end_again(options, None)


def _end_again(options: Namespace, backup: UUID | None) -> int:
    """Journals first, because their entries tell what else is over; then the endings."""
    _forget()
    for path in options.lists:
        _take_list(path)
    for path in options.journal:
        _take_journal(path)
    if options.lost:
        for operator in policies.operators():
            if missing := importing.go_on_without(operator.id):
                tell(f"{operator.slug}: {missing} entries of the journal are given up.")
    waits = False
    try:
        done = restoring.replay_all(_Told())
        tell(f"Ended again: {done.ended}; shares put right: {done.shares}.")
    except KeysSealed:
        waits = True
        complain("The keys are sealed; what is over is ended again once they are unsealed.")
    if not journal_tasks.is_whole():
        waits = True
        complain(
            "The journal lacks entries that were signed already, and Tutela stays closed. Repeat "
            "with tutela restore finish --journal FILE, or give them up with --lost."
        )
    if backup is not None and not waits:
        register.note_restore(backup, _look_over(None), drill=False)
    tell("Restored." if not waits else "Restored; Tutela is closed until the rest is done.")
    return _WAITS if waits else 0


def _take_list(path: Path) -> None:
    operator = _known(operator_of(path), path)
    taken = endings.take_in(operator.id, read_file(path))
    tell(f"{operator.slug}: {taken} endings taken from {path.name}.")


def _take_journal(path: Path) -> None:
    """Entries that came back tell what was destroyed and withdrawn since the backup."""
    operator = _known(importing.operator_of(path), path)
    new = importing.bring_back(operator.id, path)
    taken = endings.take_in(operator.id, _endings_in(new))
    _list_the_rest(operator.id, new)
    tell(f"{operator.slug}: {len(new)} entries of the journal are back, {taken} endings in them.")


def _list_the_rest(operator: UUID, new: Iterable[Leafed]) -> None:
    """For the officer: what was begun since the backup, and is not repeated."""
    begun = Counter(
        said.get("action", "") if said["kind"] == "gate.permitted" else said["kind"]
        for said in (each.entry for each in new)
    )
    with operator_scope(operator):
        for what, words in vault_wording.BEGUN.items():
            if times := begun[what]:
                journal.append(operator, NotRepeated(what=what, times=times))
                tell(f"Not repeated: {words} ({times})")


def _known(owner: UUID, path: Path) -> policies.OperatorRow:
    operator = next((each for each in policies.operators() if each.id == owner), None)
    if operator is None:
        raise NotFound(f"{path} is of no operator of this database.")
    return operator


def _endings_in(new: Iterable[Leafed]) -> Iterator[Line]:
    for each in new:
        said, data = each.entry, each.entry.get("data", {})
        if not said.get("subject"):
            continue
        subject, at = UUID(said["subject"]), importing.moment(said)
        own = uuid5(UUID(said["id"]), said["kind"])
        match said["kind"]:
            case "consent.withdrawn":
                what = {"purposes": data["purposes"], "channel": data["channel"]}
                own = UUID(data["withdrawal"])
                yield Line(0, own, subject, endings.WITHDRAWN, at, what)
            case "vault.destroyed-part":
                what = {"whole": False, "places": {data["record"]: data["fields"]}, "slots": []}
                yield Line(0, own, subject, endings.DESTROYED, at, what)
            case "block.set" | "block.lifted" as kind:
                what = stopping.of_entry(kind, said, at)
                yield Line(0, own, subject, endings.STOPPED, at, what)
            case "retention.held":
                what = {"until": None, **data, "clause": said.get("clause", "")}
                yield Line(0, UUID(data["hold"]), subject, endings.HELD, at, what)
            case "retention.released":
                what = {"hold": data["hold"], "released": True}
                yield Line(0, own, subject, endings.HELD, at, what)
            case "retention.destroyed" if data["whole"]:
                what = {"whole": True, "places": {}, "slots": []}
                yield Line(0, own, subject, endings.DESTROYED, at, what)


def _configure_keys(parser: ArgumentParser) -> None:
    backups.configure_opening(parser)
    parser.add_argument(
        "--replace", action="store_true", help="although the home has keys; the newer are lost"
    )


@command(
    "restore keys",
    help="put a backup of the keys into the home",
    configure=_configure_keys,
    database=False,
)
def restore_keys(options: Namespace) -> int:
    files.check(options.file)
    opener = backups.opener(options)
    home = Path(settings.TUTELA_HOME)
    homes.claim_as_it_is(home)
    with _nobody_runs(home), files.read(options.file, opener, files.KEYS) as (_known, content):
        count = keys.put_back(home, content, replace=options.replace)
    tell(f"Keys put back: {count} files. What is over is ended again at the next start.")
    return 0


@contextmanager
def _nobody_runs(home: Path) -> Iterator[None]:
    held = Lock(home / "lock")
    try:
        if not held.take():
            raise in_use(home)
        yield
    finally:
        held.release()


@command(
    "restore drill",
    help="restore a backup of the database beside the one in use, look at it, and drop it",
    configure=backups.configure_opening,
)
def drill(options: Namespace) -> int:
    files.check(options.file)
    with files.read(options.file, backups.opener(options), files.DATA) as (manifest, content):
        progress("Putting the database back beside the one in use")
        name = dumping.load(_counted(content))
    try:
        with inside(name):
            _forget()
            bring_up_to_date(progress)
            done = restoring.replay_all(_Told())
            came_to = _look_over(done)
    finally:
        dumping.drop(name)
        _forget()
    register.note_restore(manifest.id, came_to, drill=True)
    tell(
        f"Values: {came_to.held}, opened: {came_to.opened}. Ended again: {came_to.again}. "
        f"Destroyed people who came back: {came_to.back}."
    )
    return 0 if came_to.opened == came_to.held and not came_to.back else 1


def _look_over(done: restoring.Replayed | None) -> Outcome:
    """Open what is held of some people of every operator, and count who should not be there."""
    held = opened_ = back = 0
    for operator in policies.operators():
        with operator_scope(operator.id):
            people = damages.people_after(operator.id, UUID(int=0), _PEOPLE)
        for subject in people:
            with operator_scope(operator.id):
                values = damages.count(operator.id, subject)
                closed = damages.not_opening(operator.id, subject)
            held, opened_ = held + values, opened_ + values - closed
        with operator_scope(operator.id):
            back += vault.left_of_destroyed(operator.id)
    return Outcome(held, opened_, done.ended if done else 0, back)


@command("vault check", help="look whether everything in the vault is as it was left")
def check(_options: Namespace) -> int:
    wrong, told = 0, time.monotonic()
    for operator in policies.operators():
        after, people = UUID(int=0), 0
        while page := _page(operator.id, after):
            for subject in page:
                with operator_scope(operator.id):
                    damages.examine(operator.id, subject)
            after, people = page[-1], people + len(page)
            if time.monotonic() - told > _TELL_EVERY:
                progress(f"{operator.slug}: {people} people looked at")
                told = time.monotonic()
        with operator_scope(operator.id):
            found = damages.open_damages(operator.id)
        wrong += len(found)
        tell(f"{operator.slug}: {people} people looked at, found: {len(found)}")
        for each in found:
            place = f"record {each.record_id} {each.field}".rstrip()
            tell(f"  {each.kind:<14}  subject {each.subject_id}  {place}")
    if wrong:
        complain("Bring it back with tutela vault repair --from BACKUP.")
    return 1 if wrong else 0


def _page(operator: UUID, after: UUID) -> list[UUID]:
    with operator_scope(operator):
        return damages.people_after(operator, after, 100)


def _configure_repair(parser: ArgumentParser) -> None:
    parser.add_argument("--from", dest="file", type=Path, metavar="BACKUP", help="the backup")
    parser.add_argument(
        "--from-history",
        action="store_true",
        help="let the version before a broken one be in force, where no backup has it",
    )
    parser.add_argument(
        "--key", type=Path, metavar="FILE", help="the private half of the key it is sealed for"
    )
    backups.configure_phrase(parser)


@command(
    "vault repair",
    help="put back what tutela vault check has found changed or gone",
    configure=_configure_repair,
)
def repair(options: Namespace) -> int:
    if options.file is None and not options.from_history:
        raise NotInBackup("Say from where: --from BACKUP, or --from-history.")
    left = 0
    for operator in policies.operators():
        with operator_scope(operator.id):
            people = {each.subject_id for each in damages.open_damages(operator.id)}
        if not people:
            continue
        if options.file is None:
            done = repairing.from_history(operator.id)
        else:
            done = repairing.from_backup(operator.id, _copied(options, operator.id, people))
        left += done.left
        tell(f"{operator.slug}: records put back: {done.records}, left: {done.left}")
    return 1 if left else 0


def _copied(options: Namespace, operator: UUID, people: set[UUID]) -> copied.Copied:
    files.check(options.file)
    tables = [each._meta.db_table for each in copied.TABLES]  # noqa: SLF001 - documented
    with files.read(options.file, backups.opener(options), files.DATA) as (_manifest, content):
        return copied.read(dumping.rows_of(content, tables), operator, people)


def _forget() -> None:
    restoring.forget()
    journal_tasks.forget()


def _counted(parts: Iterable[bytes]) -> Iterator[bytes]:
    size, told = 0, time.monotonic()
    for part in parts:
        size += len(part)
        if time.monotonic() - told > _TELL_EVERY:
            progress(f"{size / 1e6:.0f} MB read")
            told = time.monotonic()
        yield part


class _Told:
    """Progress of the replay, now and then."""

    def __init__(self) -> None:
        self._next = time.monotonic() + _TELL_EVERY

    def __call__(self, slug: str, done: int, of: int) -> None:
        if time.monotonic() >= self._next:
            progress(f"{slug}: {done} of {of} ended again")
            self._next = time.monotonic() + _TELL_EVERY
