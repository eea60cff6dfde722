"""``tutela keys``: looking at the keys, changing them, and the passphrase over them."""

from __future__ import annotations

import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from uuid import UUID

from tutela.cli.commands import command
from tutela.cli.say import progress, tell
from tutela.core.errors import NotFound
from tutela.db.scope import operator_scope
from tutela.policy import actions as policies
from tutela.vault import keyfiles, keyreport, passphrase, phrases, rotation

_REPEAT = 0.3  # seconds until a step that was busy is tried again
_TELL_EVERY = 1.0  # seconds between lines of progress


def _configure_show(parser: ArgumentParser) -> None:
    parser.add_argument("operator", nargs="?", help="the slug of an operator; all without it")


@command(
    "keys show",
    help="show the keys of operators: names, ages, what they protect, changes under way",
    configure=_configure_show,
)
def show(options: Namespace) -> int:
    for line in keyreport.home():
        tell(line)
    for operator in _operators(options.operator):
        tell("")
        for line in keyreport.of_operator(operator):
            tell(line)
    return 0


def _configure_rotate(parser: ArgumentParser) -> None:
    parser.add_argument(
        "kind", choices=[str(kind) for kind in rotation.Kind], help="which keys are changed"
    )
    parser.add_argument("operator", nargs="?", help="the slug of an operator; all without it")
    parser.add_argument(
        "--destroy-old",
        action="store_true",
        help="destroy the old key in the end; copies of the database from before open no more",
    )
    parser.add_argument(
        "--background",
        action="store_true",
        help="only begin, and leave the work to tutela up or tutela worker",
    )
    phrases.configure(parser)


@command(
    "keys rotate",
    help="change the operator's key, the key of the blind index, or the data keys of people",
    configure=_configure_rotate,
)
def rotate(options: Namespace) -> int:
    phrases.open_keys(options)
    kind = rotation.Kind(options.kind)
    for operator in _operators(options.operator):
        begun = rotation.begin(operator.id, kind, destroy_old=options.destroy_old)
        if options.background:
            tell(f"{operator.slug}: begun; tutela keys show tells how far it is.")
            continue
        people = _carry_out(operator.id, operator.slug, begun)
        destroyed = rotation.end_keys(operator.id)
        tell(f"{operator.slug}: done; people taken over: {people}, keys destroyed: {destroyed}.")
    return 0


def _carry_out(operator: UUID, slug: str, begun: UUID) -> int:
    """Interrupted, it is gone on with by the same command, or by the background work."""
    told = time.monotonic()
    while (outcome := rotation.step(operator, begun)) is not rotation.Outcome.ENDED:
        if outcome is rotation.Outcome.BUSY:
            time.sleep(_REPEAT)
        if time.monotonic() - told > _TELL_EVERY:
            progress("{}: {} of {} people".format(slug, *rotation.progress(operator, begun)))
            told = time.monotonic()
    return rotation.progress(operator, begun)[0]


def _configure_destroy(parser: ArgumentParser) -> None:
    parser.add_argument("operator", help="the slug of the operator")
    phrases.configure(parser)


@command(
    "keys destroy",
    help="destroy an operator's retired keys; copies of the database from before open no more",
    configure=_configure_destroy,
)
def destroy(options: Namespace) -> int:
    phrases.open_keys(options)
    for operator in _operators(options.operator):
        with operator_scope(operator.id):
            rotation.retire_for_good(operator.id)
        tell(f"{operator.slug}: keys destroyed: {rotation.end_keys(operator.id)}.")
    return 0


@command(
    "keys protect",
    help="protect the key files with a passphrase, which every start then asks for",
    configure=phrases.configure,
    database=False,
)
def protect(options: Namespace) -> int:
    phrase = phrases.old(options) if passphrase.is_protected() else phrases.new(options)
    with keyfiles.alone():
        passphrase.set_up(phrase)
        changed = keyfiles.rewrite(locked=True)
    told = phrases.unseal_running(phrase)
    tell(f"Protected: {changed} key files were locked now, {len(keyfiles.files())} there are.")
    tell(f"Running processes that go on unlocked: {told}. After the next start: tutela keys unseal")
    return 0


@command(
    "keys unprotect",
    help="take the passphrase from the key files, so that Tutela starts without it",
    configure=phrases.configure,
    database=False,
)
def unprotect(options: Namespace) -> int:
    if not passphrase.is_protected():
        tell("The key files are protected by no passphrase; nothing was changed.")
        return 0
    phrase = phrases.old(options)
    with keyfiles.alone():
        passphrase.unseal(phrase)
        changed = keyfiles.rewrite(locked=False)
        passphrase.remove()
    tell(f"{changed} key files are plain now. Whoever reads them reads everything.")
    return 0


@command(
    "keys passphrase",
    help="change the passphrase of the key files: the present one, then the new one",
    configure=phrases.configure,
    database=False,
)
def change(options: Namespace) -> int:
    if not passphrase.is_protected():
        raise NotFound("There is no passphrase to change; set one with tutela keys protect.")
    old, new = phrases.both(options)
    with keyfiles.alone():
        passphrase.change(old, new)
    tell("The passphrase is changed. The old one opens only copies of the keys from before.")
    return 0


def _configure_unseal(parser: ArgumentParser) -> None:
    phrases.configure(parser)
    parser.add_argument(
        "--wait",
        type=float,
        default=0.0,
        metavar="SECONDS",
        help="how long to wait for a process that is only starting (0)",
    )


@command(
    "keys unseal",
    help="give the passphrase to the running tutela up and tutela worker of this home",
    configure=_configure_unseal,
    database=False,
)
def unseal(options: Namespace) -> int:
    if not passphrase.is_protected():
        tell("The key files are protected by no passphrase; nothing is sealed.")
        return 0
    phrases.wait_for_running(options.wait)
    opened = phrases.unseal_running(phrases.old(options))
    if not opened:
        raise NotFound(
            "Nothing runs from this home that could be unsealed; start tutela up first, or name "
            "its home with --home."
        )
    tell(f"Unsealed: {opened}.")
    return 0


@command(
    "keys seal",
    help="let the running processes of this home forget the keys until they are unsealed again",
    database=False,
)
def seal(_options: Namespace) -> int:
    if not passphrase.is_protected():
        raise NotFound("Without a passphrase nothing can be sealed: tutela keys protect sets one.")
    tell(f"Sealed: {phrases.seal_running()}.")
    return 0


def _operators(slug: str | None) -> Iterable[policies.OperatorRow]:
    if not slug:
        return policies.operators()
    found = policies.operator_by_slug(slug)
    if found is None:
        known = ", ".join(each.slug for each in policies.operators()) or "none yet"
        raise NotFound(f"There is no operator “{slug}” here; there are: {known}.")
    return [found]
