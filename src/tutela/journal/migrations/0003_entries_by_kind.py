from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Built beside the work that goes on: no writer waits for the index."""

    atomic = False

    dependencies = [("journal", "0002_tallies_witnesses_pruning")]

    operations = [
        AddIndexConcurrently(
            model_name="entryrow",
            index=models.Index(fields=["operator_id", "kind", "number"], name="journal_in_kind"),
        ),
    ]
