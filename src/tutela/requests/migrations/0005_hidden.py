"""What an officer decided of the places in somebody’s data that tell of others."""

from django.db import migrations, models

from tutela.db.rls import isolate


class Migration(migrations.Migration):
    dependencies = [
        ("requests", "0004_answers"),
    ]

    operations = [
        migrations.CreateModel(
            name="Hidden",
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
                ("record", models.UUIDField()),
                ("field", models.SlugField(max_length=64)),
                ("version", models.PositiveIntegerField()),
                ("start", models.PositiveIntegerField()),
                ("end", models.PositiveIntegerField()),
                ("why", models.SlugField(max_length=16)),
                ("hidden", models.BooleanField()),
                ("by", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "requests_hidden",
                "constraints": [
                    models.UniqueConstraint(
                        fields=(
                            "operator_id",
                            "subject_id",
                            "record",
                            "field",
                            "version",
                            "start",
                            "end",
                            "why",
                        ),
                        name="requests_hidden_once",
                    )
                ],
            },
        ),
        isolate("requests_hidden"),
    ]
