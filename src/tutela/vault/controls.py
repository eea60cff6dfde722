"""Is what lies in the vault sealed, and is it only what the policy declares?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from tutela.core import clock
from tutela.core.controls import Answer, Figure, Question, control, settled
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.policy.parameters import NOTE
from tutela.vault import rotation
from tutela.vault.actions import left_of_destroyed
from tutela.vault.models import Key, OperatorKey, Record, State, Use, Value
from tutela.vault.provenance import KINDS
from tutela.vault.sealing import BLOCK, FORMAT, NONCE_SIZE
from tutela.web.plurals import plural

_TAG = 16
_LOOKED_INTO = 100
"""Of so many of the newest values the bytes themselves are looked at."""

_SEALED = """
SELECT count(*), count(DISTINCT v.subject_id),
       count(*) FILTER (WHERE substr(v.sealed, 1, 1) <> %(mark)s
           OR length(v.sealed) < %(least)s OR (length(v.sealed) - %(around)s) %% %(block)s <> 0),
       count(*) FILTER (WHERE k.subject_id IS NULL)
FROM vault_value v
LEFT JOIN vault_key k ON (k.operator_id, k.subject_id) = (v.operator_id, v.subject_id)
WHERE v.operator_id = %(operator)s
"""


_STRAY = """
SELECT count(*) FROM vault_chunk c LEFT JOIN vault_value v USING
    (operator_id, subject_id, record_id, field, version)
WHERE c.operator_id = %(operator)s AND v.slot IS NULL
"""


@control(
    "vault.encrypt",
    how=_(
        "Every stored value must have the form of sealed bytes and a key of its person, wrapped "
        "with a key of the operator that stands in the register and is in use; nothing, not even "
        "a key, may be left of people who were destroyed."
    ),
)
def vault_encrypt(question: Question) -> Answer:
    """152-FZ article 19, GDPR article 32(1)(a)."""
    values, people, open_, keyless, left = question.once(
        "vault.encrypt", lambda: _sealed(question.operator_id)
    )
    keys = question.once("vault.keys", lambda: _keys(question))
    (stray,) = question.once("vault.chunks", lambda: _fetched(_STRAY, question.operator_id))
    figures = [
        Figure(plural("%(count)d sealed value", "%(count)d sealed values"), values - open_),
        Figure(
            plural("of %(count)d person, with a key", "of %(count)d people, each with a key"),
            people,
        ),
        *keys.figures(),
    ]
    wrong = [
        (plural("%(count)d not sealed", "%(count)d not sealed"), open_),
        (plural("%(count)d without a key", "%(count)d without a key"), keyless),
        (plural("%(count)d row left behind", "%(count)d rows left behind"), left),
        (
            plural(
                "%(count)d data key under a key that is not in use",
                "%(count)d data keys under a key that is not in use",
            ),
            keys.stray,
        ),
        (
            plural(
                "%(count)d chunk of a file without its value",
                "%(count)d chunks of files without their value",
            ),
            stray,
        ),
    ]
    figures += [Figure(words, count) for words, count in wrong if count]
    return Answer(settled(values, open_ + keyless + left + keys.stray + stray), tuple(figures))


@dataclass(frozen=True, slots=True)
class _Keys:
    """The register of keys in figures: ``stray`` data keys are wrapped with none that is in use."""

    used: int
    retired: int
    destroyed: int
    days: int
    changes: int
    stray: int

    def figures(self) -> list[Figure]:
        told = [
            (
                plural(
                    "%(count)d key of the operator in use", "%(count)d keys of the operator in use"
                ),
                self.used,
            ),
            (
                plural("the oldest %(count)d day old", "the oldest %(count)d days old"),
                self.days,
            ),
            (
                plural(
                    "%(count)d retired, kept for backups", "%(count)d retired, kept for backups"
                ),
                self.retired,
            ),
            (plural("%(count)d destroyed", "%(count)d destroyed"), self.destroyed),
            (
                plural("%(count)d change of keys under way", "%(count)d changes of keys under way"),
                self.changes,
            ),
        ]
        return [Figure(words, count) for words, count in told if count]


def _keys(question: Question) -> _Keys:
    registered = OperatorKey.objects.filter(operator_id=question.operator_id)
    used = registered.filter(state__in=(State.CURRENT, State.LEAVING))
    oldest = used.order_by("made_at").values_list("made_at", flat=True).first()
    wrapping = used.filter(use=Use.WRAPPING).values_list("name", flat=True)
    wrapped = Key.objects.filter(operator_id=question.operator_id)
    stray = wrapped.exclude(wrapper__in=list(wrapping)).count() if registered.exists() else 0
    return _Keys(
        used=used.count(),
        retired=registered.filter(state=State.RETIRED).count(),
        destroyed=registered.filter(state=State.DESTROYED).count(),
        days=max((clock.now() - oldest).days, 0) if oldest else 0,
        changes=len(rotation.open_ones(question.operator_id)),
        stray=stray,
    )


def _sealed(operator_id: UUID) -> tuple[int, int, int, int, int]:
    around = len(FORMAT) + NONCE_SIZE + _TAG
    asked: dict[str, Any] = {
        "operator": operator_id,
        "mark": FORMAT,
        "around": around,
        "least": around + BLOCK,
        "block": BLOCK,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SEALED, asked)
        values, people, misshapen, keyless = cursor.fetchone()
    newest = Value.objects.filter(operator_id=operator_id).order_by("-slot")
    looked = newest.values_list("sealed", flat=True)[:_LOOKED_INTO]
    legible = sum(_is_text(bytes(each)) for each in looked)
    return values, people, max(misshapen, legible), keyless, left_of_destroyed(operator_id)


def _is_text(sealed: bytes) -> bool:
    """Whether the bytes read as text: sealed ones, being as good as random, never do."""
    try:
        sealed.decode()
    except UnicodeDecodeError:
        return False
    return True


def _declared_ever(question: Question, part: str) -> frozenset[str]:
    """What any published version declared: data taken under an old one is still declared."""
    every: list[Policy] = question.once(
        "policy.versions",
        lambda: [
            policies.version(question.operator_id, each.number)
            for each in policies.versions(question.operator_id)
        ],
    )
    return frozenset(slug for policy in every for slug in getattr(policy, part))


def _stored(question: Question, part: str, counted: dict[str, int]) -> tuple[int, int]:
    """How many of ``counted`` belong to this clause, and how many nobody declared."""
    declared = getattr(question.policy, part)
    mine = {slug for slug, each in declared.items() if question.clause in each.clauses}
    categories = {
        slug for slug, each in question.policy.categories.items() if question.clause in each.clauses
    }
    if part == "fields":
        mine |= {slug for slug, each in declared.items() if each.category in categories}
    known = _declared_ever(question, part)
    about = sum(count for slug, count in counted.items() if not mine or slug in mine)
    return about, sum(count for slug, count in counted.items() if slug not in known)


@control(
    "inventory.categories",
    how=_(
        "The fields that are really stored are counted; a stored field that no version of the "
        "policy declares breaks the clause."
    ),
)
def inventory_categories(question: Question) -> Answer:
    """152-FZ article 18.1(1)(2), GDPR article 30(1)(c)."""
    counted = question.once("vault.fields", lambda: _counted(question.operator_id, "field"))
    about, undeclared = _stored(question, "fields", counted)
    figures = [Figure(plural("%(count)d value held", "%(count)d values held"), about)]
    if undeclared:
        words = plural("%(count)d of no declared field", "%(count)d of no declared field")
        figures.append(Figure(words, undeclared))
    return Answer(settled(about, undeclared), tuple(figures))


@control(
    "inventory.points",
    how=_(
        "Every stored record names the form at which it was taken; one from a form that no "
        "version of the policy declares breaks the clause."
    ),
    parameters={"only": NOTE},
)
def inventory_points(question: Question) -> Answer:
    """004 2.15, 3.1: data comes from the person, at the places that the policy names."""
    counted = question.once("vault.points", lambda: _counted(question.operator_id, "point"))
    about, undeclared = _stored(question, "points", counted)
    figures = [Figure(plural("%(count)d record held", "%(count)d records held"), about)]
    if undeclared:
        words = plural("%(count)d from elsewhere", "%(count)d from elsewhere")
        figures.append(Figure(words, undeclared))
    return Answer(settled(about, undeclared), tuple(figures))


def _counted(operator_id: UUID, name: str) -> dict[str, int]:
    table = Value if name == "field" else Record
    rows = table.objects.filter(operator_id=operator_id).values_list(name)
    return dict(rows.annotate(times=Count("pk" if table is Record else "slot")).order_by(name))


_HISTORY = """
SELECT count(*) FILTER (WHERE superseded_at IS NULL),
       count(*) FILTER (WHERE superseded_at IS NOT NULL),
       count(*) FILTER (WHERE source <> ALL (%(kinds)s)),
       (SELECT count(*) FROM (
            SELECT 1 FROM vault_value WHERE operator_id = %(operator)s
            GROUP BY subject_id, record_id, field
            HAVING max(version) <> count(*) OR count(*) FILTER (WHERE superseded_at IS NULL) <> 1
        ) AS gap)
FROM vault_value WHERE operator_id = %(operator)s
"""


@control(
    "vault.history",
    how=_(
        "Every value must say where it is from, and every earlier version must still be there "
        "until the value is destroyed."
    ),
    parameters={"origins": NOTE},
)
def vault_history(question: Question) -> Answer:
    """003 8.2.1-8.2.6, 004 2.10/b3: what was public before, or came from others, can be shown."""
    now, before, sourceless, gaps = question.once(
        "vault.history", lambda: _fetched(_HISTORY, question.operator_id, kinds=list(KINDS))
    )
    figures = [
        Figure(
            plural("%(count)d value with its source", "%(count)d values with their source"),
            now + before - sourceless,
        )
    ]
    more = [
        (plural("%(count)d earlier version kept", "%(count)d earlier versions kept"), before),
        (plural("%(count)d without a source", "%(count)d without a source"), sourceless),
        (
            plural("%(count)d with a gap in its versions", "%(count)d with gaps in their versions"),
            gaps,
        ),
    ]
    figures += [Figure(words, count) for words, count in more if count]
    return Answer(settled(now, sourceless + gaps), tuple(figures))


@control(
    "data.accuracy",
    how=_("Every value must say whether the person only stated it or it was confirmed, and when."),
)
def data_accuracy(question: Question) -> Answer:
    """152-FZ article 5(6), GDPR article 5(1)(d); 004 2.4(c), 2.17.6."""
    counted: dict[str, int] = question.once(
        "vault.accuracy", lambda: _statuses(question.operator_id)
    )
    known = {
        "stated": plural(
            "%(count)d value stated by the person", "%(count)d values stated by the person"
        ),
        "corrected": plural("%(count)d corrected", "%(count)d corrected"),
        "confirmed": plural("%(count)d confirmed", "%(count)d confirmed"),
    }
    figures = [
        Figure(words, counted[status], (CONFIRMED,) if status == "confirmed" else ())
        for status, words in known.items()
        if counted.get(status)
    ]
    unknown = sum(count for status, count in counted.items() if status not in known)
    if unknown:
        words = plural("%(count)d of unknown standing", "%(count)d of unknown standing")
        figures.append(Figure(words, unknown))
    return Answer(settled(sum(counted.values()), unknown), tuple(figures))


CONFIRMED = "value.confirmed"


def _statuses(operator_id: UUID) -> dict[str, int]:
    """How many current values have each status; a confirmation without its day counts as none."""
    rows = Value.objects.filter(operator_id=operator_id, superseded_at=None)
    dayless = rows.filter(status="confirmed", confirmed_at=None).count()
    counted = dict(rows.values_list("status").annotate(times=Count("slot")).order_by("status"))
    if dayless:
        counted["confirmed"] -= dayless
        counted["undated"] = dayless
    return counted


def _fetched(statement: str, operator_id: UUID, **asked: Any) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"operator": operator_id, **asked})
        row: tuple[Any, ...] = cursor.fetchone()
    return row
