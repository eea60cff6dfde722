from django.db import migrations, models

from tutela.db.rls import isolate


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Count",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "operator_id",
                        "day",
                        "page",
                        "device",
                        "language",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("operator_id", models.UUIDField()),
                ("day", models.DateField()),
                ("page", models.CharField(max_length=32)),
                ("device", models.CharField(max_length=16)),
                ("language", models.CharField(max_length=8)),
                ("visits", models.BigIntegerField()),
            ],
            options={
                "db_table": "stats_count",
            },
        ),
        isolate("stats_count"),
    ]
