from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("plans", "0002_rows_versions_edits")]

    operations = [
        migrations.AddField("measure", "dropped_targets", models.JSONField(default=list)),
        migrations.AddField("edit", "head_before", models.JSONField(null=True)),
        migrations.AddField("edit", "head_after", models.JSONField(null=True)),
    ]
