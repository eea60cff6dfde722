from django.db import migrations, models

from tutela.db.rls import isolate


class Migration(migrations.Migration):
    dependencies = [("policy", "0002_in_force")]

    operations = [
        migrations.CreateModel(
            name="Scheduled",
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
                ("number", models.IntegerField()),
                ("digest", models.TextField()),
                ("publish_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("published", "Published"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=16,
                    ),
                ),
                ("sources", models.JSONField()),
            ],
            options={
                "db_table": "policy_scheduled",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")),
                        fields=("operator_id", "digest"),
                        name="policy_scheduled_once",
                    )
                ],
            },
        ),
        isolate("policy_scheduled"),
    ]
