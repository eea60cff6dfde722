from django.db import migrations, models

from tutela.db.rls import isolate


class Migration(migrations.Migration):
    dependencies = [
        ("requests", "0003_case"),
    ]

    operations = [
        migrations.CreateModel(
            name="Package",
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
                ("case", models.UUIDField(null=True)),
                ("digest", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("taken_at", models.DateTimeField(null=True)),
                ("fields", models.PositiveIntegerField(default=0)),
                ("held", models.PositiveIntegerField(default=0)),
                ("redacted", models.PositiveIntegerField(default=0)),
            ],
            options={
                "db_table": "requests_package",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("operator_id", "digest"), name="requests_package_by_address"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Recall",
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
                ("case", models.UUIDField()),
                ("recipient", models.SlugField(max_length=64)),
                ("opened_at", models.DateTimeField()),
                ("told_at", models.DateTimeField(null=True)),
                ("told_by", models.CharField(default="", max_length=64)),
                ("remind_at", models.DateTimeField(null=True)),
                ("reminders", models.PositiveSmallIntegerField(default=0)),
                ("acknowledged_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "requests_recall",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("operator_id", "case", "recipient"), name="requests_recall_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Reply",
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
                ("case", models.UUIDField()),
                ("step", models.SlugField(max_length=16)),
                ("language", models.CharField(max_length=8)),
                ("said", models.JSONField(default=list)),
                ("refusal", models.SlugField(default="", max_length=32)),
                ("clause", models.CharField(default="", max_length=64)),
                ("record", models.UUIDField(null=True)),
                ("letter", models.UUIDField(null=True)),
                ("by", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "requests_reply",
                "indexes": [
                    models.Index(fields=["operator_id", "case"], name="requests_reply_of_case")
                ],
            },
        ),
        isolate("requests_reply"),
        isolate("requests_recall"),
        isolate("requests_package"),
    ]
