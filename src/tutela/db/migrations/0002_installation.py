from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("db", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "INSERT INTO db_fact (name, value) VALUES ('installation', gen_random_uuid()::text) "
            "ON CONFLICT DO NOTHING",
            "DELETE FROM db_fact WHERE name = 'installation'",
        ),
    ]
