"""五好小区: which compounds meet the policy's items, counted per area."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from geo.errors import gettext_noop
from geo.models import ManagingArea
from layers.assessment.checklists import CheckCount, Checklist, Met
from layers.planning.read_assessed import Place
from layers.planning.report_checks import CheckReport, report_checks
from maps.asked import Asked, asked_of
from maps.assessing.tables import Cell, Table, hand_out, numbers, words
from maps.assessing.tabs import on_the_map, places_of, told
from maps.mode_sheet.choice import policies_to_choose, policy_asked, policy_called

MARKS = {
    Met.YES: gettext_noop("✓ 达标"),
    Met.NO: gettext_noop("✗ 未达标"),
    Met.UNKNOWN: gettext_noop("不详"),
}
ALL, NOT_ALL = gettext_noop("五好达标"), gettext_noop("未全部达标")
MEASURE = gettext_noop(
    "各项以截至当日最近一次检查为准；全部达标的为达标，没有检查的项为不详，不推定。"
)


@require_safe
@never_cache
def checks(request: HttpRequest, area: ManagingArea) -> HttpResponse:
    asked = asked_of(request)
    policy = policy_called(policy_asked(request, area))
    report = report_checks(places_of(area, asked), policy)
    context = told(request, area, "checks", asked) | {
        "policy": policy,
        "policies": policies_to_choose(policy.id),
        "quote": policy.quotes.get("five_good"),
        "report": report,
        "areas": area_table(report, asked),
        "table": table_of(report, area, asked),
        "measure": gettext(MEASURE),
        "export": f"?policy={policy.id}" + asked.query.replace("?", "&"),
    }
    return render(request, "maps/assessment/checks.html", context)


@require_POST
def export(request: HttpRequest, area: ManagingArea) -> HttpResponse:
    asked = asked_of(request)
    policy = policy_called(policy_asked(request, area))
    table = table_of(report_checks(places_of(area, asked), policy), area, asked)
    measure = f"{policy.name} {gettext(MEASURE)}"
    return hand_out(request, area, table, asked=asked, measure=measure)


def area_table(report: CheckReport, asked: Asked) -> Table:
    """Return how many compounds of each area below meet what."""
    return Table(
        name=gettext("下级辖区"),
        headings=[
            *words("辖区"),
            *numbers("小区（处）", "全部达标", "有未达标项", "不详"),
            *numbers(*report.items),
        ],
        rows=[
            [
                Cell(value=each.name, link=reverse("checks", args=[each.code]) + asked.query),
                *_counts(each.count, report.items),
            ]
            for each in report.below
        ],
    )


def _counts(count: CheckCount, items: tuple[str, ...]) -> list[Cell]:
    whole = (count.compounds, count.all_met, count.some_failed, count.unknown)
    met = [count.by_item[item][Met.YES] for item in items]
    return [Cell(value=number) for number in (*whole, *met)]


def table_of(report: CheckReport, area: ManagingArea, asked: Asked) -> Table:
    """Return the compounds that were looked at, with every item."""
    return Table(
        name=gettext("五好小区"),
        headings=words("小区", *report.items, "判定"),
        rows=[_cells(place, each, area, asked) for place, each in report.rows],
        empty=gettext("还没有五好检查记录。"),
    )


def _cells(place: Place, each: Checklist, area: ManagingArea, asked: Asked) -> list[Cell]:
    link = on_the_map(area, place.code, asked)
    return [
        Cell(value=place.name or place.code, link=link),
        *(_item(each, item) for item in each.items),
        Cell(value=gettext(_verdict(each))),
    ]


def _verdict(each: Checklist) -> str:
    standing = {each.met(item) for item in each.items}
    if Met.NO in standing:
        return NOT_ALL
    return MARKS[Met.UNKNOWN] if Met.UNKNOWN in standing else ALL


def _item(each: Checklist, item: str) -> Cell:
    met, check = each.met(item), each.latest.get(item)
    note = " ".join(filter(None, (str(check.day), check.document))) if check else ""
    return Cell(value=gettext(MARKS[met]), note=note, is_fault=met is Met.NO)
