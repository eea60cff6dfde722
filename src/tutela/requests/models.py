"""What people send us, and the letters we send them: opaque rows, no personal data."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tutela.db.tables import Holds, declare


@declare(
    holds=Holds.OPAQUE,
    kept="as long as the consent it proves: it says that a form was sent, never what was in it",
)
class Submission(models.Model):
    """One form sent at one collection point. ``idempotency`` makes a repeat return the first."""

    pk = models.CompositePrimaryKey("operator_id", "subject_id", "id")
    operator_id = models.UUIDField()
    subject_id = models.UUIDField()
    id = models.UUIDField(help_text="Also the identifier of the sealed record.")
    point = models.SlugField(max_length=64)
    language = models.CharField(max_length=8)
    policy_number = models.PositiveIntegerField()
    received_at = models.DateTimeField()
    idempotency = models.CharField(max_length=64)

    class Meta:
        db_table = "requests_submission"
        constraints = [
            models.UniqueConstraint(
                fields=["operator_id", "idempotency"], name="requests_submission_once"
            )
        ]


@declare(holds=Holds.OPAQUE, kept="until the link is on its way, seconds later")
class Ask(models.Model):
    """Somebody asked for a sign-in link. The same row is written whether anybody is known by the
    address or not: ``subject_id`` is empty then, and nothing follows."""

    pk = models.CompositePrimaryKey("operator_id", "id")
    operator_id = models.UUIDField()
    id = models.UUIDField()
    subject_id = models.UUIDField(null=True)
    language = models.CharField(max_length=8)
    asked_at = models.DateTimeField()

    class Meta:
        db_table = "requests_ask"


@declare(
    holds=Holds.OPAQUE,
    kept="as evidence that the person was told; it holds neither the address nor the text",
)
class Letter(models.Model):
    """A letter to a subject. The address and the text are made when it is sent, never kept."""

    class State(models.TextChoices):
        QUEUED = "queued"
        SENT = "sent"
        UNDELIVERABLE = "undeliverable"

    pk = models.CompositePrimaryKey("operator_id", "subject_id", "id")
    operator_id = models.UUIDField()
    subject_id = models.UUIDField()
    id = models.UUIDField()
    kind = models.SlugField(max_length=64)
    language = models.CharField(max_length=8)
    about = models.UUIDField(null=True, help_text="The submission or withdrawal it speaks of.")
    state = models.CharField(max_length=16, choices=State.choices, default=State.QUEUED)
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    retry_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        db_table = "requests_letter"
        indexes = [models.Index(fields=["operator_id", "state", "queued_at"])]


@declare(
    holds=Holds.OPAQUE,
    kept="for good, as evidence that people were told of a version",
    keyed="It goes through all people of an operator; each letter is a row of its own.",
)
class Announcement(models.Model):
    """A version that is told by mail. ``after`` is the last person it has come to."""

    pk = models.CompositePrimaryKey("operator_id", "id")
    operator_id = models.UUIDField()
    id = models.UUIDField()
    number = models.PositiveIntegerField()
    kind = models.SlugField(max_length=64)
    after = models.UUIDField(null=True)
    told = models.PositiveIntegerField(default=0)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "requests_announcement"
        constraints = [
            models.UniqueConstraint(
                fields=["operator_id", "number", "kind"], name="requests_announcement_once"
            ),
        ]


@declare(
    holds=Holds.OPAQUE,
    kept="for good, as the register of what was asked and how it ended; what was written is sealed",
    told="requests",
)
class Case(models.Model):
    """One thing somebody asked for, from its receipt to the answer. ``id`` is also the cause of
    the obligations it opened; ``record`` is the sealed original, if there is one. ``subject_id``
    is ``NOBODY`` while it is not known whom the request is about. ``due_from`` says whether the
    date is promised by the policy, set by the law or the operator's own target."""

    pk = models.CompositePrimaryKey("operator_id", "subject_id", "id")
    operator_id = models.UUIDField()
    subject_id = models.UUIDField()
    id = models.UUIDField()
    number = models.PositiveIntegerField()
    kind = models.SlugField(max_length=32)
    channel = models.SlugField(max_length=16)
    asker = models.SlugField(max_length=16)
    record = models.UUIDField(null=True)
    language = models.CharField(max_length=8)
    policy_number = models.PositiveIntegerField()
    ground = models.SlugField(max_length=32, default="")
    state = models.SlugField(max_length=16)
    assignee = models.CharField(max_length=64, default="")
    received_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    due_from = models.SlugField(max_length=16)
    due_reference = models.CharField(max_length=64)
    computation = models.JSONField()
    repeat_of = models.UUIDField(null=True)
    justified = models.BooleanField(default=False)
    complete = models.BooleanField(null=True)
    outcome = models.SlugField(max_length=16, default="")
    refusal = models.SlugField(max_length=32, default="")
    decided_by = models.CharField(max_length=64, default="")
    decided_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "requests_case"
        constraints = [
            models.UniqueConstraint(fields=["operator_id", "id"], name="requests_case_by_id"),
            models.UniqueConstraint(fields=["operator_id", "number"], name="requests_case_number"),
        ]
        indexes = [
            models.Index(
                fields=["operator_id", "due_at"],
                condition=Q(ended_at=None),
                name="requests_case_waiting",
            ),
        ]


@declare(
    holds=Holds.OPAQUE,
    kept="for good, as the proof that an answer was given; its text is sealed with the person",
)
class Reply(models.Model):
    """One answer, or internal note, to a request. ``record`` is the sealed text; it is empty where
    the answer went to somebody about whom nothing is held, such as an authority. ``said`` names
    the sections it has, ``letter`` the letter by which it left."""

    pk = models.CompositePrimaryKey("operator_id", "subject_id", "id")
    operator_id = models.UUIDField()
    subject_id = models.UUIDField()
    id = models.UUIDField()
    case = models.UUIDField()
    step = models.SlugField(max_length=16)
    language = models.CharField(max_length=8)
    said = models.JSONField(default=list)
    refusal = models.SlugField(max_length=32, default="")
    clause = models.CharField(max_length=64, default="")
    record = models.UUIDField(null=True)
    letter = models.UUIDField(null=True)
    by = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        db_table = "requests_reply"
        indexes = [models.Index(fields=["operator_id", "case"], name="requests_reply_of_case")]


@declare(
    holds=Holds.OPAQUE,
    kept="for good, as the proof that those who received data were told what became of it",
)
class Recall(models.Model):
    """One earlier recipient who has to be told that data was corrected, stopped or destroyed."""

    pk = models.CompositePrimaryKey("operator_id", "subject_id", "id")
    operator_id = models.UUIDField()
    subject_id = models.UUIDField()
    id = models.UUIDField()
    case = models.UUIDField()
    recipient = models.SlugField(max_length=64)
    opened_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    told_by = models.CharField(max_length=64, default="")
    remind_at = models.DateTimeField(null=True)
    reminders = models.PositiveSmallIntegerField(default=0)
    acknowledged_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "requests_recall"
        constraints = [
            models.UniqueConstraint(
                fields=["operator_id", "case", "recipient"], name="requests_recall_once"
            )
        ]


@declare(
    holds=Holds.OPAQUE,
    kept="for good, as the proof that the person was given the data; the address itself is hashed",
)
class Package(models.Model):
    """Everything about one person, to be taken once by whoever has the address. Nothing is kept
    of the package itself: it is made when it is taken. ``fields`` counts the values in it, ``held``
    those that the vault held then, ``redacted`` the places where others were left out."""

    pk = models.CompositePrimaryKey("operator_id", "subject_id", "id")
    operator_id = models.UUIDField()
    subject_id = models.UUIDField()
    id = models.UUIDField()
    case = models.UUIDField(null=True)
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    fields = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)
    redacted = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "requests_package"
        constraints = [
            models.UniqueConstraint(
                fields=["operator_id", "digest"], name="requests_package_by_address"
            )
        ]


@declare(
    holds=Holds.OPAQUE,
    kept="as long as the value: where in it others are spoken of, never what is said of them",
    erased_by="requests.others.erase",
    untold="it says where others are spoken of, and is about them; how many places is said",
)
class Hidden(models.Model):
    """What an officer decided of one place in the data that tells of somebody else: from
    ``start`` to ``end`` of a version of a value (of a file the whole). ``hidden`` is False for a
    place that was proposed and is shown."""

    pk = models.CompositePrimaryKey("operator_id", "subject_id", "id")
    operator_id = models.UUIDField()
    subject_id = models.UUIDField()
    id = models.UUIDField()
    case = models.UUIDField()
    record = models.UUIDField()
    field = models.SlugField(max_length=64)
    version = models.PositiveIntegerField()
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    why = models.SlugField(max_length=16)
    hidden = models.BooleanField()
    by = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        db_table = "requests_hidden"
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "operator_id",
                    "subject_id",
                    "record",
                    "field",
                    "version",
                    "start",
                    "end",
                    "why",
                ],
                name="requests_hidden_once",
            )
        ]


@declare(
    holds=Holds.NOTHING,
    kept="until its member of staff ends it or makes another; the address itself is hashed",
)
class CalendarAddress(models.Model):
    """The secret address at which a member of staff’s own calendar asks for the due dates."""

    pk = models.CompositePrimaryKey("operator_id", "staff")
    operator_id = models.UUIDField()
    staff = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    language = models.CharField(max_length=8)
    made_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "requests_calendar_address"
        constraints = [
            models.UniqueConstraint(
                fields=["operator_id", "digest"], name="requests_calendar_by_address"
            )
        ]


@declare(holds=Holds.NOTHING, kept="until its member of staff removes it; it names no person")
class SavedView(models.Model):
    """Filters of the queue that a member of staff keeps under a name of their own."""

    pk = models.CompositePrimaryKey("operator_id", "id")
    operator_id = models.UUIDField()
    id = models.UUIDField()
    staff = models.CharField(max_length=64)
    name = models.CharField(max_length=40)
    chosen = models.JSONField()
    kept_at = models.DateTimeField()

    class Meta:
        db_table = "requests_saved_view"
        constraints = [
            models.UniqueConstraint(
                fields=["operator_id", "staff", "name"], name="requests_saved_view_once"
            )
        ]


@declare(
    holds=Holds.OPAQUE,
    kept="as long as the person; that it was made and looked at again stays in the journal",
    erased_by="requests.machine_decisions.erase",
    told="machine_decisions",
)
class MachineDecision(models.Model):
    """One decision that a program made about a person alone, by the name of its rule and the
    fields it went by. One that does not take effect waits for a person, or was cancelled."""

    pk = models.CompositePrimaryKey("operator_id", "subject_id", "id")
    operator_id = models.UUIDField()
    subject_id = models.UUIDField()
    id = models.UUIDField()
    purpose = models.CharField(max_length=64)
    fields = models.JSONField()
    rule = models.CharField(max_length=64)
    outcome = models.CharField(max_length=64)
    legal = models.BooleanField()
    takes_effect = models.BooleanField()
    policy_number = models.PositiveIntegerField()
    made_by = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    result = models.SlugField(max_length=16, default="")
    reviewed_by = models.CharField(max_length=64, default="")
    reviewed_at = models.DateTimeField(null=True)
    case = models.UUIDField(null=True)

    class Meta:
        db_table = "requests_machine_decision"
        constraints = [
            models.UniqueConstraint(
                fields=["operator_id", "id"], name="requests_machine_decision_by_id"
            )
        ]
        indexes = [
            models.Index(
                fields=["operator_id", "takes_effect", "made_at"], name="requests_machine_waiting"
            )
        ]


@declare(
    holds=Holds.OPAQUE,
    kept="for good, as the register of what state bodies were given and of who was told of it; who "
    "signed stands by office alone, the paper itself is sealed",
)
class OfficialRequest(models.Model):
    """The formal check of an authority's request about one person; ``id`` is that of the request.
    ``asked`` and ``granted`` are fields of the policy; ``untold_by`` is the law that forbids to
    tell the person, and otherwise ``notice`` the letter that told them."""

    pk = models.CompositePrimaryKey("operator_id", "subject_id", "id")
    operator_id = models.UUIDField()
    subject_id = models.UUIDField()
    id = models.UUIDField()
    signed_by = models.SlugField(max_length=32)
    ground = models.CharField(max_length=80)
    checked = models.JSONField(default=list)
    asked = models.JSONField(default=list)
    granted = models.JSONField(default=list)
    untold_by = models.CharField(max_length=80, default="")
    notice = models.UUIDField(null=True)
    told_at = models.DateTimeField(null=True)
    given_at = models.DateTimeField(null=True)
    by = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        db_table = "requests_official"
        constraints = [
            models.UniqueConstraint(fields=["operator_id", "id"], name="requests_official_once")
        ]
