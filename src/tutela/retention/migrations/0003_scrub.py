from django.db import migrations, models

from tutela.db.rls import append_only, isolate


class Migration(migrations.Migration):
    dependencies = [("retention", "0002_who_held")]

    operations = [
        migrations.CreateModel(
            name="Scrub",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "operator_id",
                        "id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("operator_id", models.UUIDField()),
                ("id", models.UUIDField()),
                ("made_at", models.DateTimeField()),
                ("values", models.BigIntegerField()),
                ("proven", models.BooleanField()),
                ("envelope", models.JSONField()),
            ],
            options={"db_table": "retention_scrub"},
        ),
        isolate("retention_scrub"),
        append_only("retention_scrub"),
    ]
