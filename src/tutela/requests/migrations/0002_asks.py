from django.db import migrations, models

from tutela.db.rls import isolate


class Migration(migrations.Migration):
    dependencies = [
        ("requests", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Ask",
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
                ("subject_id", models.UUIDField(null=True)),
                ("language", models.CharField(max_length=8)),
                ("asked_at", models.DateTimeField()),
            ],
            options={
                "db_table": "requests_ask",
            },
        ),
        isolate("requests_ask"),
    ]
