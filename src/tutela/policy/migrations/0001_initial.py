from django.db import migrations, models

from tutela.db.rls import append_only, isolate


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Operator",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("slug", models.TextField(unique=True)),
                ("brand", models.TextField()),
                ("registered_at", models.DateTimeField()),
            ],
            options={"db_table": "policy_operator"},
        ),
        migrations.CreateModel(
            name="Version",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "operator_id",
                        "number",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("operator_id", models.UUIDField()),
                ("number", models.IntegerField()),
                ("digest", models.TextField()),
                ("dated", models.DateField()),
                ("posted_at", models.DateTimeField()),
                ("effective_from", models.DateTimeField()),
                ("sources", models.JSONField()),
            ],
            options={
                "db_table": "policy_version",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["operator_id", "digest"], name="policy_version_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(number__gte=1), name="policy_version_number"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(effective_from__gte=models.F("posted_at")),
                        name="policy_version_posted_first",
                    ),
                ],
            },
        ),
        isolate("policy_version"),
        append_only("policy_version"),
    ]
