from django.db import migrations, models

from tutela.db.rls import isolate


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0004_handover"),
    ]

    operations = [
        migrations.CreateModel(
            name="Visitor",
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
                ("digest", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("subject_id", models.UUIDField(null=True)),
            ],
            options={
                "db_table": "identity_visitor",
                "indexes": [
                    models.Index(fields=["operator_id", "ends_at"], name="identity_visitor_over")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("operator_id", "digest"), name="identity_visitor_once"
                    )
                ],
            },
        ),
        isolate("identity_visitor"),
    ]
