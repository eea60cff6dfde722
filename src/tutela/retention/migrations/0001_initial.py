from django.db import migrations, models

from tutela.db.rls import append_only, isolate


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Counter",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "operator_id",
                        "year",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("operator_id", models.UUIDField()),
                ("year", models.IntegerField()),
                ("last", models.IntegerField()),
            ],
            options={
                "db_table": "retention_counter",
            },
        ),
        migrations.CreateModel(
            name="HoldRow",
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
                ("ground", models.CharField(max_length=64)),
                ("fields", models.JSONField()),
                ("until", models.DateTimeField(null=True)),
                ("clause", models.CharField(max_length=64)),
                ("opened_at", models.DateTimeField()),
                ("released_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "retention_hold",
            },
        ),
        migrations.CreateModel(
            name="ObstacleRow",
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
                ("reason", models.CharField(max_length=32)),
                ("opened_at", models.DateTimeField()),
                ("opened_by", models.CharField(max_length=64)),
                ("closed_at", models.DateTimeField(null=True)),
                ("closed_by", models.CharField(default="", max_length=64)),
            ],
            options={
                "db_table": "retention_obstacle",
            },
        ),
        migrations.CreateModel(
            name="Act",
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
                ("kind", models.CharField(max_length=16)),
                ("year", models.IntegerField()),
                ("number", models.IntegerField()),
                ("made_at", models.DateTimeField()),
                ("sha256", models.CharField(max_length=64)),
                ("envelope", models.JSONField()),
                ("obligation_id", models.UUIDField(null=True)),
                ("cause", models.UUIDField(null=True)),
                ("first_act", models.UUIDField(null=True)),
            ],
            options={
                "db_table": "retention_act",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("operator_id", "year", "number"), name="retention_act_number"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Schedule",
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
                ("record", models.UUIDField()),
                ("rule", models.CharField(max_length=64)),
                ("scope", models.CharField(max_length=64)),
                ("clause", models.CharField(max_length=64)),
                ("event", models.CharField(max_length=64)),
                ("event_at", models.DateTimeField()),
                ("purposes", models.JSONField()),
                ("until", models.CharField(max_length=64)),
                ("ends_at", models.DateTimeField(null=True)),
                ("computation", models.JSONField(null=True)),
                ("policy_version", models.IntegerField()),
                ("next_at", models.DateTimeField(null=True)),
                ("attempts", models.IntegerField(default=0)),
                ("last_failure", models.CharField(default="", max_length=64)),
                ("done_at", models.DateTimeField(null=True)),
                ("act_id", models.UUIDField(null=True)),
            ],
            options={
                "db_table": "retention_schedule",
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at__isnull", True), ("next_at__isnull", False)),
                        fields=["operator_id", "next_at"],
                        name="retention_schedule_to_do",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("operator_id", "subject_id", "record", "rule", "scope"),
                        name="retention_schedule_once",
                    )
                ],
            },
        ),
        isolate("retention_schedule"),
        isolate("retention_act"),
        append_only("retention_act"),
        isolate("retention_counter"),
        isolate("retention_obstacle"),
        isolate("retention_hold"),
    ]
