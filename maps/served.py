"""How compounds and scattered buildings are served on a day, as SQL: what every map colours by.

It says of a compound what `layers.coverage` says: a contract on it, on the management area that
holds it, or on what either was merged into. Nobody serves a compound that a plan holds; of one that
no plan holds, "nobody" is only said where something tells so, else it is not known (不详).
"""

from geo.words import FIRM_KINDS, Condition
from layers.planning.count_buildings import HOME_WORDS
from maps.statuses import ServiceStatus
from maps.then import INSIDE, SHAPE, as_known, believed, holds

FIRMS = ", ".join(f"'{kind}'" for kind in sorted(FIRM_KINDS))
_AREA = as_known("managed_then", "geo_managementarea", merged_into_id="bigint")
_PROVIDER = as_known("provider_then", "geo_provider", kind="text")
_ITEM = f"""
    item AS MATERIALIZED (
        SELECT item.compound_id, item.management_area_id, item.building_id, item.courtyard_id,
            {holds("item")}
                AND (item.in_service_from IS NULL OR item.in_service_from <= %(valid)s) AS serves,
            coalesce(provider.kind IN ({FIRMS}), false) AS is_firm
        FROM geo_contractitem item
        JOIN geo_contract contract ON contract.id = item.contract_id
        LEFT JOIN provider_then provider ON provider.id = contract.provider_id
        WHERE {believed("item")}
    )
"""  # noqa: S608 (constants)
_HOLDER = f"""
    holder(root, id, next) AS (
        SELECT chain.root, area.id, area.merged_into_id
        FROM chain
        JOIN geo_member member ON member.{{thing}} = chain.id
        JOIN managed_then area ON area.id = member.management_area_id
        WHERE {holds("member")} AND {believed("member")}
        UNION
        SELECT holder.root, area.id, area.merged_into_id
        FROM holder JOIN managed_then area ON area.id = holder.next
    )
"""  # noqa: S608 (constants)
_CASES = f"""
        WHEN said.by_firm THEN '{ServiceStatus.IN_SERVICE}'
        WHEN said.by_any THEN '{ServiceStatus.SELF_MANAGED}'
        WHEN plan.zone IS NOT NULL THEN '{ServiceStatus.PLANNED}'
        WHEN {{told}} THEN '{ServiceStatus.UNMANAGED}'
        ELSE '{ServiceStatus.UNKNOWN}'
"""
_IS_HOME = " OR ".join(
    [*(f"shown.use LIKE '%%{word}%%'" for word in HOME_WORDS), "coalesce(shown.households, 0) > 0"]
)


def _said(*reached: str) -> str:
    """Return who is said to serve each root, over the ways in which a contract reaches it."""
    return f"""
        said AS (
            SELECT root, bool_or(serves AND is_firm) AS by_firm, bool_or(serves) AS by_any
            FROM ({" UNION ALL ".join(reached)}) reached
            GROUP BY root
        )
    """  # noqa: S608 (constants)


def _planned(thing: str, *more: str) -> str:
    """Return the zone that each root lies in, by the plans asked for."""
    own = f"""
        SELECT shown.id AS root, site.zone_id
        FROM shown JOIN layers_plansite site ON site.{thing} = shown.id
        WHERE site.plan_id = ANY(%(plans)s)
    """  # noqa: S608 (constants)
    held = """
        SELECT holder.root, site.zone_id
        FROM holder JOIN layers_plansite site ON site.management_area_id = holder.id
        WHERE site.plan_id = ANY(%(plans)s)
    """
    return f"""
        plan AS (
            SELECT root, max(zone_id) AS zone FROM ({" UNION ALL ".join([own, held, *more])}) placed
            GROUP BY root
        )
    """  # noqa: S608 (constants)


def compounds(where: str) -> list[str]:
    """Return the expressions up to `compound`: those of the area that exist, with their status."""
    table = as_known(
        *("compound_then", "geo_compound"),
        area_id="bigint",
        merged_into_id="bigint",
        households="integer",
        floor_area_m2="float",
        address="text",
        geometry=SHAPE,
        point=SHAPE,
    )
    shown = f"""
        shown AS MATERIALIZED (
            SELECT it.* FROM compound_then it
            WHERE {INSIDE.format("it")} AND {holds("it")} AND {where}
        )
    """  # noqa: S608 (constants)
    chain = """
        chain(root, id, next) AS (
            SELECT id, id, merged_into_id FROM shown
            UNION
            SELECT chain.root, into_it.id, into_it.merged_into_id
            FROM chain JOIN compound_then into_it ON into_it.id = chain.next
        )
    """
    said = _said(
        "SELECT root, serves, is_firm FROM chain JOIN item ON item.compound_id = chain.id",
        "SELECT root, serves, is_firm FROM holder JOIN item ON item.management_area_id = holder.id",
    )
    told = f"""
        said.root IS NOT NULL OR EXISTS (
            SELECT FROM geo_conditionfact fact
            WHERE fact.compound_id = shown.id AND fact.key = '{Condition.HAS_FIRM}'
                AND NOT fact.is_met AND {holds("fact")} AND {believed("fact")}
        )
    """
    result = f"""
        compound AS (
            SELECT shown.*, coalesce(geometry, point) AS shape, plan.zone,
                CASE {_CASES.format(told=told)} END AS status
            FROM shown
            LEFT JOIN said ON said.root = shown.id
            LEFT JOIN plan ON plan.root = shown.id
        )
    """  # noqa: S608 (constants)
    planned = _planned("compound_id")
    holder = _HOLDER.format(thing="compound_id")
    return [table, _AREA, _PROVIDER, _ITEM, shown, chain, holder, said, planned, result]


def buildings(where: str) -> list[str]:
    """Return the expressions up to `building`: those of the area that exist.

    A scattered one has a status of its own; one of a compound has none, its compound tells it.
    """
    table = as_known(
        *("building_then", "geo_building"),
        area_id="bigint",
        compound_id="bigint",
        courtyard_id="bigint",
        address="text",
        use="text",
        households="integer",
        geometry=SHAPE,
    )
    shown = f"""
        shown AS MATERIALIZED (
            SELECT it.* FROM building_then it
            WHERE {INSIDE.format("it")} AND {holds("it")} AND {where}
        )
    """  # noqa: S608 (constants)
    chain = "chain(root, id) AS (SELECT id, id FROM shown WHERE compound_id IS NULL)"
    said = _said(
        "SELECT root, serves, is_firm FROM chain JOIN item ON item.building_id = chain.id",
        "SELECT root, serves, is_firm FROM holder JOIN item ON item.management_area_id = holder.id",
        """
        SELECT shown.id, serves, is_firm
        FROM shown JOIN item ON item.courtyard_id = shown.courtyard_id
        WHERE shown.compound_id IS NULL
        """,
    )
    courtyards = """
        SELECT shown.id, site.zone_id
        FROM shown JOIN layers_plansite site ON site.courtyard_id = shown.courtyard_id
        WHERE site.plan_id = ANY(%(plans)s)
    """
    # A shed that no plan and no contract knows is nobody's concern.
    concerns = f"{_IS_HOME} OR said.root IS NOT NULL OR plan.zone IS NOT NULL"
    result = f"""
        building AS (
            SELECT shown.*, shown.compound_id IS NULL AS scattered, plan.zone,
                CASE WHEN shown.compound_id IS NOT NULL OR NOT ({concerns}) THEN NULL
                {_CASES.format(told="true")} END AS status
            FROM shown
            LEFT JOIN said ON said.root = shown.id
            LEFT JOIN plan ON plan.root = shown.id
        )
    """  # noqa: S608 (constants)
    planned = _planned("building_id", courtyards)
    holder = _HOLDER.format(thing="building_id")
    return [table, _AREA, _PROVIDER, _ITEM, shown, chain, holder, said, planned, result]
