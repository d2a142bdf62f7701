"""References that Django cannot declare: a site's zone, and a link's sites, are of the same plan."""

from django.db import migrations

FOREIGN_KEYS = {
    ("layers_plansite", "plansite_zone_of_its_plan"): (
        "(zone_id, plan_id) REFERENCES layers_zone (id, plan_id)"
    ),
    ("layers_neighbourlink", "neighbourlink_a_in_its_plan"): (
        "(plan_id, a) REFERENCES layers_plansite (plan_id, site)"
    ),
    ("layers_neighbourlink", "neighbourlink_b_in_its_plan"): (
        "(plan_id, b) REFERENCES layers_plansite (plan_id, site)"
    ),
}


class Migration(migrations.Migration):
    dependencies = [("layers", "0002_initial")]

    operations = [
        migrations.RunSQL(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY {columns}"
            " DEFERRABLE INITIALLY DEFERRED",
            f"ALTER TABLE {table} DROP CONSTRAINT {name}",
        )
        for (table, name), columns in FOREIGN_KEYS.items()
    ]
