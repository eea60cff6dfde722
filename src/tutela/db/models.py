"""What the installation remembers about its own database."""

from __future__ import annotations

from django.db import models

from tutela.db.tables import Holds, declare


@declare(
    holds=Holds.NOTHING,
    kept="as long as the installation lives",
    keyed="It is about the installation, not about an operator or a subject.",
)
class Fact(models.Model):
    """A named fact, such as the fingerprint of the migrations that have been applied."""

    name = models.TextField(primary_key=True)
    value = models.TextField()

    class Meta:
        db_table = "db_fact"
