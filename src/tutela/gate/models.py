"""What the gate keeps: standings now and before, decisions of the office, who may be let in."""

from __future__ import annotations

from django.db import models

from tutela.db.tables import Holds, declare


@declare(
    holds=Holds.OPAQUE,
    kept="for good, by opaque identifiers, so that a destroyed person stays destroyed",
)
class StandingRow(models.Model):
    """``state`` is ``rules.Standing`` as JSON: slugs, moments, hashes and clauses."""

    pk = models.CompositePrimaryKey("operator_id", "subject_id")
    operator_id = models.UUIDField()
    subject_id = models.UUIDField()
    state = models.JSONField()
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "gate_standing"


@declare(
    holds=Holds.OPAQUE,
    kept="for the policy’s term for past standings, three years where it names none, by opaque "
    "identifiers, so that a past answer of the gate can be explained",
)
class StandingBefore(models.Model):
    """A standing as it was from ``since`` until it was replaced. Rows are added and, when their
    term is over, removed by the sweep; the database refuses to change them."""

    pk = models.CompositePrimaryKey("operator_id", "subject_id", "id")
    operator_id = models.UUIDField()
    subject_id = models.UUIDField()
    id = models.UUIDField()
    state = models.JSONField()
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        db_table = "gate_standing_before"
        indexes = [
            models.Index(fields=["operator_id", "until"], name="gate_standing_before_by_end"),
        ]


@declare(
    holds=Holds.OPAQUE,
    kept="for good, as the decision that permits rest on",
    keyed="A standing decision is about everybody; only a single one names a person.",
)
class ApprovalRow(models.Model):
    """A decision of an authorised representative, or an act that two people agree to.

    ``act`` is empty for a decision on operations, and else the four-eyes act that is done to
    ``target``. ``outcome`` is empty until somebody has decided: agreed or declined.
    """

    pk = models.CompositePrimaryKey("operator_id", "id")
    operator_id = models.UUIDField()
    id = models.UUIDField()
    act = models.CharField(max_length=32, default="")
    target = models.CharField(max_length=64, default="")
    operations = models.JSONField()
    purposes = models.JSONField()
    subject_id = models.UUIDField(null=True)
    ground = models.CharField(max_length=32)
    interest = models.CharField(max_length=32)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    proposed_at = models.DateTimeField()
    proposed_by = models.CharField(max_length=64)
    outcome = models.CharField(max_length=16, default="")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=64, default="")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=64, default="")

    class Meta:
        db_table = "gate_approval"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decided_by="") | ~models.Q(decided_by=models.F("proposed_by")),
                name="gate_approval_two_people",
            ),
        ]


@declare(holds=Holds.NOTHING, kept="for good, as evidence that staff know what they carry out")
class Acknowledgement(models.Model):
    """A member of staff has read a version of the policy and said so."""

    pk = models.CompositePrimaryKey("operator_id", "user_id", "policy_number")
    operator_id = models.UUIDField()
    user_id = models.BigIntegerField()
    policy_number = models.IntegerField()
    at = models.DateTimeField()

    class Meta:
        db_table = "gate_acknowledgement"


@declare(holds=Holds.NOTHING, kept="for good, as evidence that roles were looked over")
class Review(models.Model):
    """Somebody has confirmed that a member of staff still needs a role."""

    pk = models.CompositePrimaryKey("operator_id", "id")
    operator_id = models.UUIDField()
    id = models.UUIDField()
    user_id = models.BigIntegerField()
    role = models.CharField(max_length=32)
    at = models.DateTimeField()
    by = models.CharField(max_length=64)

    class Meta:
        db_table = "gate_review"
        indexes = [
            models.Index(fields=["operator_id", "user_id", "role", "at"], name="gate_review_last"),
        ]


@declare(holds=Holds.NOTHING, kept="as long as the installation runs, one day for each role held")
class Used(models.Model):
    """The last day on which a member of staff was let do something in a role."""

    pk = models.CompositePrimaryKey("operator_id", "user_id", "role")
    operator_id = models.UUIDField()
    user_id = models.BigIntegerField()
    role = models.CharField(max_length=32)
    day = models.DateField()

    class Meta:
        db_table = "gate_used"
