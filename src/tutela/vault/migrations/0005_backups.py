from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("vault", "0004_endings_marks"),
    ]

    operations = [
        migrations.CreateModel(
            name="Backup",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("kind", models.TextField()),
                ("made_at", models.DateTimeField()),
                ("place", models.TextField()),
                ("until", models.DateField(null=True)),
                ("size", models.BigIntegerField()),
                ("digest", models.TextField()),
                ("gone_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "vault_backup",
            },
        ),
        migrations.CreateModel(
            name="Restore",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("backup", models.UUIDField()),
                ("made_at", models.DateTimeField()),
                ("drill", models.BooleanField()),
                ("held", models.BigIntegerField()),
                ("opened", models.BigIntegerField()),
                ("again", models.BigIntegerField()),
                ("back", models.BigIntegerField()),
            ],
            options={
                "db_table": "vault_restore",
            },
        ),
    ]
