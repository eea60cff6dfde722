from django.db import migrations, models

from tutela.db.rls import isolate


class Migration(migrations.Migration):
    dependencies = [
        ("vault", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="identifier",
            name="key",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.AddField(
            model_name="key",
            name="renewed_by",
            field=models.UUIDField(null=True),
        ),
        migrations.CreateModel(
            name="OperatorKey",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "operator_id",
                        "use",
                        "name",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("operator_id", models.UUIDField()),
                ("use", models.TextField(choices=[("wrapping", "Wrapping"), ("index", "Index")])),
                ("name", models.TextField()),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("current", "Current"),
                            ("leaving", "Leaving"),
                            ("retired", "Retired"),
                            ("ending", "Ending"),
                            ("destroyed", "Destroyed"),
                        ]
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "db_table": "vault_operator_key",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "current")),
                        fields=("operator_id", "use"),
                        name="vault_operator_key_one_current",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Rotation",
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
                ("kind", models.TextField()),
                ("new", models.TextField(default="")),
                ("destroy_old", models.BooleanField(default=False)),
                ("total", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("after", models.UUIDField()),
                ("until", models.UUIDField(null=True)),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "vault_rotation",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("operator_id", "kind"),
                        name="vault_rotation_one_open",
                    )
                ],
            },
        ),
        isolate("vault_operator_key"),
        isolate("vault_rotation"),
    ]
