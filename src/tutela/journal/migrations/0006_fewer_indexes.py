from django.contrib.postgres.indexes import BrinIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Every entry pays for each index. The new ones are there before the old ones go, so that no
    question is slow in between."""

    atomic = False

    dependencies = [("journal", "0005_prune")]

    operations = [
        AddIndexConcurrently(
            model_name="entryrow",
            index=models.Index(
                condition=models.Q(("kind", "gate.permitted"), _negated=True),
                fields=["operator_id", "kind", "number"],
                name="journal_in_rare_kind",
            ),
        ),
        AddIndexConcurrently(
            model_name="entryrow",
            index=BrinIndex(
                autosummarize=True,
                fields=["clause"],
                name="journal_by_clause",
                opclasses=["text_bloom_ops"],
                pages_per_range=16,
            ),
        ),
        RemoveIndexConcurrently(model_name="entryrow", name="journal_of_kind"),
        RemoveIndexConcurrently(model_name="entryrow", name="journal_in_kind"),
        RemoveIndexConcurrently(model_name="entryrow", name="journal_of_clause"),
    ]
