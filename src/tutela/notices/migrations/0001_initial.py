from django.db import migrations, models

from tutela.db.rls import append_only, isolate


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Shown",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "operator_id",
                        "sha256",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("operator_id", models.UUIDField()),
                ("sha256", models.CharField(max_length=64)),
                ("kind", models.CharField(max_length=16)),
                ("place", models.CharField(max_length=64)),
                ("language", models.CharField(max_length=8)),
                ("policy_version", models.IntegerField()),
                ("content", models.JSONField()),
                ("first_shown_at", models.DateTimeField()),
            ],
            options={"db_table": "notices_shown"},
        ),
        migrations.CreateModel(
            name="Acceptance",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "operator_id",
                        "subject_id",
                        "id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("operator_id", models.UUIDField()),
                ("subject_id", models.UUIDField()),
                ("id", models.UUIDField()),
                ("old_version", models.IntegerField()),
                ("new_version", models.IntegerField()),
                ("mode", models.CharField(max_length=16)),
                ("accepted", models.BooleanField()),
                ("act", models.CharField(max_length=64)),
                ("language", models.CharField(max_length=8)),
                ("at", models.DateTimeField()),
            ],
            options={"db_table": "notices_acceptance"},
        ),
        isolate("notices_shown"),
        append_only("notices_shown"),
        isolate("notices_acceptance"),
        append_only("notices_acceptance"),
    ]
