from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Built beside the work that goes on: no writer waits for the index."""

    atomic = False

    dependencies = [("obligations", "0002_pauses")]

    operations = [
        AddIndexConcurrently(
            model_name="obligation",
            index=models.Index(
                fields=["operator_id", "paused_until"],
                condition=models.Q(paused_until__isnull=False),
                name="obligations_standing_still",
            ),
        ),
    ]
