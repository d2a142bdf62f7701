"""manage.py assign_providers: providers anew for the zones of a stored plan."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext

from geo.errors import InputError, gettext_noop
from layers.models import Plan
from layers.planning.assign_plan import assign_plan

NO_SUCH_PLAN = "没有编号为 {number} 的方案。"
OPTIMAL = gettext_noop("服务主体的拟推荐已证明为最优。")
GAP = gettext_noop("服务主体的拟推荐与理论最优的差距不超过 {gap:.2f}%（计算量已用完）。")


class Command(BaseCommand):
    help = "为方案的片区重新拟推荐服务主体；片区不变。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--plan", type=int, required=True, help="方案编号")
        parser.add_argument("--date", type=date.fromisoformat, help="日期；缺省为今天")

    def handle(self, *_args: Any, **options: Any) -> None:
        plan = Plan.objects.select_related("area").filter(pk=options["plan"]).first()
        if plan is None:
            raise CommandError(gettext(NO_SUCH_PLAN).format(number=options["plan"]))
        try:
            day = options["date"] or timezone.localdate()
            assigned = assign_plan(plan, valid=day, known=timezone.now())
        except InputError as error:
            raise CommandError(error.report(gettext)) from error
        for zone in assigned.zones.order_by("number").select_related("assignment__provider"):
            assignment = getattr(zone, "assignment", None)
            name = assignment.provider.name if assignment else gettext("暂无可推荐的服务主体")
            self.stdout.write(f"  {zone}　{name}")
        gap = assigned.summary["assignment_gap_percent"]
        told = gettext(OPTIMAL) if gap == 0 else gettext(GAP).format(gap=gap)
        self.stdout.write(told)
        self.stdout.write(f"plan_hash {assigned.plan_hash}")
