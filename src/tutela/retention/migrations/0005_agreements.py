"""Agreements that end on a day of their own."""

from django.db import migrations, models

from tutela.db.rls import isolate


class Migration(migrations.Migration):
    dependencies = [("retention", "0004_purges")]

    operations = [
        migrations.CreateModel(
            name="Agreement",
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
                ("until", models.DateTimeField()),
                ("told_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "retention_agreement",
                "indexes": [
                    models.Index(
                        condition=models.Q(("told_at__isnull", True)),
                        fields=["operator_id", "until"],
                        name="retention_agreement_to_end",
                    )
                ],
            },
        ),
        isolate("retention_agreement"),
    ]
