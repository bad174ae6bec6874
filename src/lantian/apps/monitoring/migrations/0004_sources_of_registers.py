from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0003_forecasts_and_sources"),
    ]

    operations = [
        migrations.AddField(
            model_name="datasource",
            name="register",
            field=models.CharField(blank=True, default="", max_length=40),
            preserve_default=False,
        ),
    ]
