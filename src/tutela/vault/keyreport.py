"""The keys of an operator in lines for a terminal: names, ages and counts, nothing secret."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Max, Min

from tutela.core import clock
from tutela.db.scope import operator_scope
from tutela.policy.actions import OperatorRow
from tutela.vault import custody, keyfiles, passphrase, rotation
from tutela.vault.errors import KeyServiceUnset
from tutela.vault.models import Identifier, Key, OperatorKey, State, Use
from tutela.vault.wrappers import choice


def home() -> Iterator[str]:
    """What holds for all operators of this home."""
    files = keyfiles.files()
    locked = sum(passphrase.is_locked(each.read_bytes()) for each in files)
    if passphrase.is_protected():
        yield f"key files: {len(files)}, locked by the passphrase: {locked}"
        if locked < len(files):
            yield "  some are plain still; run tutela keys protect again"
    else:
        yield f"key files: {len(files)}, protected by no passphrase"


def of_operator(operator: OperatorRow) -> Iterator[str]:
    with operator_scope(operator.id):
        yield operator.slug
        yield f"  the next key is made in: {_service(operator)}"
        yield from _keys(operator)
        yield from _people(operator)
        yield from _changes(operator)


def _service(operator: OperatorRow) -> str:
    try:
        return choice.chosen_for(operator.id).kind
    except KeyServiceUnset as error:
        return str(error)


def _keys(operator: OperatorRow) -> Iterator[str]:
    wrapped = Key.objects.filter(operator_id=operator.id).values_list("wrapper")
    digests = Identifier.objects.filter(operator_id=operator.id).values_list("key")
    counts = {
        Use.WRAPPING: dict(wrapped.annotate(times=Count("subject_id")).order_by("wrapper")),
        Use.INDEX: dict(digests.annotate(times=Count("subject_id")).order_by("key")),
    }
    words = {Use.WRAPPING: "data keys wrapped", Use.INDEX: "index rows"}
    registered = OperatorKey.objects.filter(operator_id=operator.id).order_by("use", "made_at")
    for key in registered:
        use = Use(key.use)
        count = counts[use].get(key.name, 0)
        if use is Use.INDEX and key.state == State.CURRENT:
            count += counts[use].get("", 0)
        yield (
            f"  {use.value:<8}  {key.state:<9}  {key.name}  {_age(key.made_at)}, "
            f"{count} {words[use]}, in the journal {custody.fingerprint(key.name)}"
        )
    if not registered:
        yield "  no key yet: the first value that is stored makes them"


def _people(operator: OperatorRow) -> Iterator[str]:
    keys = Key.objects.filter(operator_id=operator.id)
    told = keys.aggregate(count=Count("subject_id"), oldest=Min("made_at"), newest=Max("made_at"))
    if told["count"]:
        yield (
            f"  data keys of people: {told['count']}, the oldest {_age(told['oldest'])}, "
            f"the newest {_age(told['newest'])}"
        )


def _changes(operator: OperatorRow) -> Iterator[str]:
    for row in rotation.open_ones(operator.id):
        yield (
            f"  change under way: {row.kind}, {row.done} of {max(row.total, row.done)} people, "
            f"begun {row.began_at:%Y-%m-%d %H:%M} UTC"
        )


def _age(made: datetime) -> str:
    return f"{max((clock.now() - made).days, 0)} days old"
