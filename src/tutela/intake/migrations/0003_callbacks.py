from django.db import migrations, models

REASONS = {
    "AddIndex agentrequest": "The table has a row for each request that an agent brought, so the "
    "index is made in an instant."
}


class Migration(migrations.Migration):
    dependencies = [("intake", "0002_agents")]

    operations = [
        migrations.AddField(
            "agentrequest", "callback", models.CharField(db_default="", default="", max_length=300)
        ),
        migrations.AddField(
            "agentrequest", "told", models.CharField(db_default="", default="", max_length=64)
        ),
        migrations.AddField(
            "agentrequest", "failures", models.PositiveSmallIntegerField(db_default=0, default=0)
        ),
        migrations.AddField("agentrequest", "call_at", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "agentrequest",
            models.Index(
                fields=["operator_id", "call_at"],
                condition=models.Q(call_at__isnull=False),
                name="intake_agent_to_call",
            ),
        ),
    ]
