from django.db import migrations, models

from tutela.db.rls import isolate


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="StandingRow",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "operator_id",
                        "subject_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("operator_id", models.UUIDField()),
                ("subject_id", models.UUIDField()),
                ("state", models.JSONField()),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "db_table": "gate_standing",
            },
        ),
        isolate("gate_standing"),
    ]
