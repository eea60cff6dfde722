from django.db import migrations, models

from tutela.db.rls import isolate


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Finding",
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
                ("field", models.CharField(max_length=64)),
                ("kinds", models.JSONField()),
                ("found_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.CharField(blank=True, max_length=64)),
                ("outcome", models.CharField(blank=True, max_length=16)),
            ],
            options={
                "db_table": "inventory_finding",
            },
        ),
        migrations.CreateModel(
            name="Tally",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "operator_id",
                        "day",
                        "point",
                        "what",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("operator_id", models.UUIDField()),
                ("day", models.DateField()),
                ("point", models.CharField(max_length=64)),
                ("what", models.CharField(max_length=16)),
                ("times", models.BigIntegerField()),
            ],
            options={
                "db_table": "inventory_tally",
            },
        ),
        isolate("inventory_tally"),
        isolate("inventory_finding"),
    ]
