from django.db import migrations, models

from tutela.db.rls import isolate


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Row",
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
                ("run", models.UUIDField()),
                ("slug", models.CharField(max_length=64)),
                ("aggregated", models.CharField(blank=True, max_length=64)),
                ("content", models.JSONField()),
                ("times", models.IntegerField()),
            ],
            options={
                "db_table": "anonymisation_row",
                "indexes": [
                    models.Index(
                        fields=["operator_id", "slug", "run"], name="anonymisation_row_of_run"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Run",
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
                ("slug", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("policy_version", models.IntegerField()),
                ("people", models.IntegerField()),
                ("turned_away", models.IntegerField()),
                ("how", models.JSONField()),
                ("asked", models.JSONField()),
                ("found", models.JSONField()),
            ],
            options={
                "db_table": "anonymisation_run",
                "indexes": [
                    models.Index(
                        fields=["operator_id", "slug", "at"], name="anonymisation_run_of_set"
                    )
                ],
            },
        ),
        isolate("anonymisation_run"),
        isolate("anonymisation_row"),
    ]
