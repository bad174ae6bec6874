"""The list of who sends what has one home: monitoring's data sources. Lines move there under their own uid."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def move(apps: Any, schema_editor: Any) -> None:
    """Every line becomes a source of the kind bulletin; bulletins point at it. A name that is taken gets a number."""
    source = apps.get_model("monitoring", "DataSource")
    bulletin = apps.get_model("received", "Bulletin")
    for row in apps.get_model("received", "Expected").objects.order_by("id"):
        name, number = row.name, 2
        while source.objects.filter(area_id=row.area_id, name=name).exists():
            name, number = f"{row.name[:190]} ({number})", number + 1
        made = source.objects.create(
            uid=row.uid, area_id=row.area_id, name=name, kind="bulletin", sender=row.sender, indicator=row.indicator,
            rhythm=row.rhythm, due_days=row.due_days, since=row.since, until=row.until, hour_label="",
            unit_policy="stated", revision=max(1, row.revision),
        )  # fmt: skip
        came = bulletin.objects.filter(source_id=row.pk)
        last = came.aggregate(last=models.Max("received"))["last"]
        if last is not None:
            source.objects.filter(pk=made.pk).update(last_received=last)
        came.update(data_source_id=made.pk)
    if schema_editor.connection.vendor == "postgresql":
        # The columns change next, which PostgreSQL refuses while checks of these rows wait for the transaction's end.
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0003_forecasts_and_sources"),
        ("received", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="bulletin",
            name="data_source",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="bulletins",
                to="monitoring.datasource",
            ),
        ),
        migrations.RunPython(move, migrations.RunPython.noop),
        migrations.RemoveField(model_name="bulletin", name="source"),
        migrations.RenameField(model_name="bulletin", old_name="data_source", new_name="source"),
        migrations.DeleteModel(name="Expected"),
    ]
