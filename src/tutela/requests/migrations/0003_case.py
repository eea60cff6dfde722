from django.db import migrations, models

from tutela.db.rls import isolate


class Migration(migrations.Migration):
    dependencies = [
        ("requests", "0002_asks"),
    ]

    operations = [
        migrations.CreateModel(
            name="Case",
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
                ("number", models.PositiveIntegerField()),
                ("kind", models.SlugField(max_length=32)),
                ("channel", models.SlugField(max_length=16)),
                ("asker", models.SlugField(max_length=16)),
                ("record", models.UUIDField(null=True)),
                ("language", models.CharField(max_length=8)),
                ("policy_number", models.PositiveIntegerField()),
                ("ground", models.SlugField(default="", max_length=32)),
                ("state", models.SlugField(max_length=16)),
                ("assignee", models.CharField(default="", max_length=64)),
                ("received_at", models.DateTimeField()),
                ("opened_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("due_from", models.SlugField(max_length=16)),
                ("due_reference", models.CharField(max_length=64)),
                ("computation", models.JSONField()),
                ("repeat_of", models.UUIDField(null=True)),
                ("justified", models.BooleanField(default=False)),
                ("complete", models.BooleanField(null=True)),
                ("outcome", models.SlugField(default="", max_length=16)),
                ("refusal", models.SlugField(default="", max_length=32)),
                ("decided_by", models.CharField(default="", max_length=64)),
                ("decided_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "requests_case",
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at", None)),
                        fields=["operator_id", "due_at"],
                        name="requests_case_waiting",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("operator_id", "id"), name="requests_case_by_id"
                    ),
                    models.UniqueConstraint(
                        fields=("operator_id", "number"), name="requests_case_number"
                    ),
                ],
            },
        ),
        isolate("requests_case"),
    ]
