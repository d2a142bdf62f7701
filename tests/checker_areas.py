"""The judge of managing areas: no zone leaves the area that the policy's scope names."""

import shapely

TOP = "city"
"""The tree of one city has no area above it; what lies in none of its areas is in the city too."""
OVER_HALF = 0.501


def out_of_scope(plan, areas):
    """Name the zones that leave an area of the scope, and the areas that nobody knows."""
    tree = {
        row.area: (row.level, row.parent)
        for row in areas[["area", "level", "parent"]].itertuples(index=False)
    }
    for site, area in zip(plan.sites.site, plan.sites.area_code, strict=True):
        if area and area not in tree:
            yield f"site {site} is said to lie in {area}, which nobody knows"
    scope = plan.summary["scope"]
    for row in plan.zones.itertuples():
        codes = plan.sites.area_code[plan.sites.zone == row.zone]
        held = {_above(tree, code, scope) for code in codes}
        if scope == TOP:
            held.discard("")
        if len(held) > 1 and row.exception != "locked":
            names = ", ".join(name or "none" for name in sorted(held))
            yield f"zone {row.zone} leaves its {scope}: {names}"


def _above(tree, area, level):
    """Return the area of the level that holds an area; "" = none that the tree knows."""
    seen = set()
    while area in tree and area not in seen:
        seen.add(area)
        if tree[area][0] == level:
            return area
        area = tree[area][1]
    return ""


def misplaced(plan, areas):
    """Name the sites of which another area of the same level holds over half."""
    names, shapes = areas["area"].to_list(), areas.geometry.to_numpy()
    level_of = dict(zip(names, areas["level"], strict=True))
    sites, told = plan.sites.geometry.to_numpy(), plan.sites.area_code.to_list()
    row, other = shapely.STRtree(shapes).query(sites, predicate="intersects")
    for i, j in zip(row.tolist(), other.tolist(), strict=True):
        is_same_level = level_of[names[j]] == level_of.get(told[i])
        if is_same_level and names[j] != told[i] and _share(sites[i], shapes[j]) > OVER_HALF:
            yield f"site {plan.sites.site.iloc[i]} lies in {names[j]}, not in {told[i]}"


def _share(site, area):
    whole = shapely.area(site)
    return shapely.area(shapely.intersection(site, area)) / whole if whole else 1.0
