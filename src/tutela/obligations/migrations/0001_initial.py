from django.db import migrations, models

from tutela.db.rls import isolate


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Obligation",
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
                ("promise", models.CharField(max_length=64)),
                ("event", models.CharField(max_length=64)),
                ("outcome", models.CharField(max_length=32)),
                ("clause", models.CharField(max_length=64)),
                ("policy_version", models.IntegerField()),
                ("cause", models.UUIDField()),
                ("purposes", models.JSONField(default=list)),
                ("event_at", models.DateTimeField()),
                ("opened_at", models.DateTimeField()),
                ("act_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("computation", models.JSONField()),
                ("state", models.CharField(max_length=16)),
                ("extension", models.JSONField(null=True)),
                ("attempts", models.IntegerField(default=0)),
                ("next_attempt_at", models.DateTimeField()),
                ("last_failure", models.CharField(default="", max_length=64)),
                ("late_since", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("evidence", models.JSONField(null=True)),
                ("fallback_of", models.UUIDField(null=True)),
            ],
            options={
                "db_table": "obligations_obligation",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["open", "late"])),
                        fields=["operator_id", "next_attempt_at"],
                        name="obligations_to_act_on",
                    ),
                    models.Index(
                        condition=models.Q(("state", "open")),
                        fields=["operator_id", "due_at"],
                        name="obligations_to_watch",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("fallback_of__isnull", True)),
                        fields=("operator_id", "cause", "promise"),
                        name="obligations_once",
                    ),
                    models.UniqueConstraint(
                        fields=("operator_id", "fallback_of"), name="obligations_one_fallback"
                    ),
                    models.UniqueConstraint(fields=("operator_id", "id"), name="obligations_by_id"),
                ],
            },
        ),
        isolate("obligations_obligation"),
    ]
