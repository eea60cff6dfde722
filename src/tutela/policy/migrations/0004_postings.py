"""Versions that come to a product by an act of their own, and versions that are cancelled."""

from django.db import migrations, models

from tutela.db.rls import append_only, isolate

IN_FORCE = """
CREATE OR REPLACE FUNCTION policy_in_force(operator uuid, moment timestamptz) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT digest FROM policy_version
    WHERE operator_id = operator AND effective_from <= moment{but}
    ORDER BY number DESC LIMIT 1
$$;
"""
NOT_CANCELLED = """ AND NOT EXISTS (
        SELECT FROM policy_cancelled AS gone
        WHERE gone.operator_id = operator AND gone.number = policy_version.number
    )"""

REASONS = {
    "AlterField scheduled.state": "Only one more word may stand in it, which the program checks; "
    "the column stays as it is and no row is read.",
}


class Migration(migrations.Migration):
    dependencies = [("policy", "0003_scheduled")]

    operations = [
        migrations.AlterField(
            "scheduled",
            "state",
            models.CharField(
                choices=[
                    ("waiting", "Waiting"),
                    ("published", "Published"),
                    ("failed", "Failed"),
                    ("cancelled", "Cancelled"),
                ],
                default="waiting",
                max_length=16,
            ),
        ),
        migrations.CreateModel(
            name="Posting",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "operator_id",
                        "place",
                        "number",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("operator_id", models.UUIDField()),
                ("place", models.TextField()),
                ("number", models.IntegerField()),
                ("posted_at", models.DateTimeField()),
            ],
            options={"db_table": "policy_posting"},
        ),
        isolate("policy_posting"),
        append_only("policy_posting"),
        migrations.CreateModel(
            name="Cancelled",
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
                ("at", models.DateTimeField()),
            ],
            options={"db_table": "policy_cancelled"},
        ),
        isolate("policy_cancelled"),
        append_only("policy_cancelled"),
        migrations.RunSQL(IN_FORCE.format(but=NOT_CANCELLED), IN_FORCE.format(but="")),
    ]
