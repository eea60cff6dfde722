"""Tables of the policy room: the registry of operators, and every published version whole."""

from __future__ import annotations

from django.db import models

from tutela.db.tables import Holds, declare


@declare(
    holds=Holds.NOTHING,
    kept="as long as the installation serves the operator",
    keyed="It is the list of operators itself; every page finds its operator here.",
)
class Operator(models.Model):
    """An operator this installation serves. No row-level security: it is public knowledge."""

    id = models.UUIDField(primary_key=True)
    slug = models.TextField(unique=True)
    brand = models.TextField()
    registered_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "policy_operator"


@declare(
    holds=Holds.NOTHING,
    kept="for ever: evidence of what was promised, and of what a consent was given to",
    keyed="A published text is about an operator, never about a subject.",
)
class Version(models.Model):
    """A published version. ``sources`` maps file names to contents, so that a running system
    never depends on a folder; ``digest`` is the SHA-256 over them."""

    pk = models.CompositePrimaryKey("operator_id", "number")
    operator_id = models.UUIDField()
    number = models.IntegerField()
    digest = models.TextField()
    dated = models.DateField()
    posted_at = models.DateTimeField()
    effective_from = models.DateTimeField()
    sources = models.JSONField()

    class Meta:
        db_table = "policy_version"
        constraints = [
            models.UniqueConstraint(fields=["operator_id", "digest"], name="policy_version_once"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="policy_version_number"),
            models.CheckConstraint(
                condition=models.Q(effective_from__gte=models.F("posted_at")),
                name="policy_version_posted_first",
            ),
        ]


@declare(
    holds=Holds.NOTHING,
    kept="for ever: what was meant to be published, and when",
    keyed="A text is about an operator, never about a subject.",
)
class Scheduled(models.Model):
    """A version that waits to be published. ``sources`` are kept whole, as in ``Version``."""

    class State(models.TextChoices):
        WAITING = "waiting"
        PUBLISHED = "published"
        FAILED = "failed"
        CANCELLED = "cancelled"

    pk = models.CompositePrimaryKey("operator_id", "id")
    operator_id = models.UUIDField()
    id = models.UUIDField()
    number = models.IntegerField()
    digest = models.TextField()
    publish_at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=State, default=State.WAITING)
    sources = models.JSONField()

    class Meta:
        db_table = "policy_scheduled"
        constraints = [
            models.UniqueConstraint(
                fields=["operator_id", "digest"],
                condition=models.Q(state="waiting"),
                name="policy_scheduled_once",
            ),
        ]


@declare(
    holds=Holds.NOTHING,
    kept="for ever: which version was in force in which product, and from when",
    keyed="A published text is about an operator, never about a subject.",
)
class Posting(models.Model):
    """A version came to a product or site by an act of its own (003 12.3)."""

    APPEND_ONLY = True

    pk = models.CompositePrimaryKey("operator_id", "place", "number")
    operator_id = models.UUIDField()
    place = models.TextField()
    number = models.IntegerField()
    posted_at = models.DateTimeField()

    class Meta:
        db_table = "policy_posting"


@declare(
    holds=Holds.NOTHING,
    kept="for ever: that a published version never took force",
    keyed="A published text is about an operator, never about a subject.",
)
class Cancelled(models.Model):
    """A version that was published for a later day and cancelled before."""

    APPEND_ONLY = True

    pk = models.CompositePrimaryKey("operator_id", "number")
    operator_id = models.UUIDField()
    number = models.IntegerField()
    at = models.DateTimeField()

    class Meta:
        db_table = "policy_cancelled"
