"""Refusals of a zone become a row for each set of reasons, where they were one for each provider."""

import django.contrib.postgres.fields
from django.db import migrations, models

from layers.refused import put_together

BATCH = 2_000


def put_refusals_together(apps, schema_editor):
    """Put the refusals that are stored together, plan by plan."""
    plans, refusals = apps.get_model("layers", "Plan"), apps.get_model("layers", "Refusal")
    for plan in plans.objects.order_by("pk").values_list("pk", flat=True):
        told = refusals.objects.filter(zone__plan=plan)
        refused = {}
        for zone, provider, reasons in told.order_by("zone", "provider__name").values_list(
            "zone", "provider", "reasons"
        ):
            refused.setdefault(zone, []).append((provider, reasons))
        told.delete()
        refusals.objects.bulk_create(
            (
                refusals(
                    zone_id=zone,
                    keys=list(alike.keys),
                    shared=list(alike.shared),
                    providers=list(alike.providers),
                    own=dict(alike.own),
                )
                for zone, each in refused.items()
                for alike in put_together(each)
            ),
            batch_size=BATCH,
        )
    # A table whose rows wait to be checked cannot be altered.
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):

    dependencies = [
        ("layers", "0011_dispatch"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="refusal", name="refusal_said_once"),
        migrations.AddField(
            model_name="refusal",
            name="keys",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=200),
                default=list,
                size=None,
                verbose_name="理由",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="refusal",
            name="shared",
            field=models.JSONField(default=list, verbose_name="相同的数值"),
        ),
        migrations.AddField(
            model_name="refusal",
            name="providers",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(),
                default=list,
                size=None,
                verbose_name="服务主体",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="refusal",
            name="own",
            field=models.JSONField(default=dict, verbose_name="各自的数值"),
        ),
        migrations.AlterField(
            model_name="refusal",
            name="provider",
            field=models.ForeignKey(
                null=True, on_delete=models.PROTECT, to="geo.provider", verbose_name="服务主体"
            ),
        ),
        migrations.RunPython(put_refusals_together),
        migrations.RemoveField(model_name="refusal", name="provider"),
        migrations.RemoveField(model_name="refusal", name="reasons"),
        migrations.AddConstraint(
            model_name="refusal",
            constraint=models.UniqueConstraint(fields=("zone", "keys"), name="refusal_said_once"),
        ),
        migrations.AddConstraint(
            model_name="refusal",
            constraint=models.CheckConstraint(
                condition=models.Q(("providers__len__gt", 0)), name="refusal_of_some_provider"
            ),
        ),
    ]
