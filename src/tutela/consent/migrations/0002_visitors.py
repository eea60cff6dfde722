from django.db import migrations, models

from tutela.db.rls import isolate


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Choice",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "operator_id",
                        "visitor_id",
                        "purpose",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("operator_id", models.UUIDField()),
                ("visitor_id", models.UUIDField()),
                ("purpose", models.CharField(max_length=64)),
                ("agreed", models.BooleanField()),
                ("at", models.DateTimeField()),
                ("language", models.CharField(max_length=8)),
                ("policy_version", models.IntegerField()),
            ],
            options={
                "db_table": "consent_choice",
                "indexes": [models.Index(fields=["operator_id", "at"], name="consent_choice_age")],
            },
        ),
        isolate("consent_choice"),
    ]
