"""What changes whenever something that a map shows does, as a function whose plan is kept."""

from django.db import migrations

CREATE = """
    CREATE FUNCTION maps_data_version() RETURNS text LANGUAGE plpgsql STABLE AS $$
    BEGIN
        RETURN ROW(
            (SELECT max(id) FROM geo_revision), (SELECT max(id) FROM geo_managingarea),
            (SELECT max(id) FROM geo_compound), (SELECT max(id) FROM geo_building),
            (SELECT max(id) FROM geo_managementarea), (SELECT max(id) FROM geo_barrier),
            (SELECT max(id) FROM geo_provider), (SELECT max(id) FROM geo_courtyard),
            (SELECT max(id) FROM geo_contractitem), (SELECT max(superseded_at) FROM geo_contractitem),
            (SELECT max(id) FROM geo_member), (SELECT max(superseded_at) FROM geo_member),
            (SELECT max(id) FROM geo_conditionfact), (SELECT max(superseded_at) FROM geo_conditionfact),
            (SELECT string_agg(concat(id, ':', xmin), ' ' ORDER BY id) FROM layers_plan)
        )::text;
    END
    $$
"""


class Migration(migrations.Migration):

    dependencies = [
        ('maps', '0007_tokens'),
        ('geo', '0004_superseded'),
        ('layers', '0007_audit'),
    ]

    operations = [
        migrations.RunSQL(CREATE, "DROP FUNCTION maps_data_version()"),
    ]
