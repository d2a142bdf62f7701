"""manage.py propose_plan: zones and proposed providers for an area, stored as its next plan."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext

from geo.errors import InputError, gettext_noop
from geo.models import ManagingArea
from layers.planning.propose_plan import propose_plan
from layers.policy import load_policy

NO_SUCH_AREA = gettext_noop("没有编码为“{code}”的辖区。可用 manage.py coverage 查看辖区编码。")
STEPS = {
    "ground": gettext_noop("读取辖区数据"),
    "sites": gettext_noop("推算纳管对象"),
    "links": gettext_noop("建立邻接关系"),
    "proposal": gettext_noop("生成片区、拟推荐服务主体"),
    "store": gettext_noop("保存方案"),
}


def area_called(code: str) -> ManagingArea:
    """Return the area of that code, or say that there is none."""
    area = ManagingArea.objects.filter(code=code).first()
    if area is None:
        raise CommandError(gettext(NO_SUCH_AREA).format(code=code))
    return area


class Command(BaseCommand):
    help = "为辖区提出连片方案：片区和拟推荐服务主体。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--area", required=True, help="辖区编码")
        parser.add_argument("--policy", default="default")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--date", type=date.fromisoformat, help="数据日期；缺省为今天")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            proposed = propose_plan(
                area=area_called(options["area"]),
                policy=load_policy(options["policy"]),
                valid=options["date"] or timezone.localdate(),
                known=timezone.now(),
                seed=options["seed"],
                on_step=lambda step: self.stdout.write(gettext(STEPS[step])),
            )
        except InputError as error:
            raise CommandError(error.report(gettext)) from error
        for notice in proposed.draft.derived.notices:
            self.stdout.write(f"  {notice.sentence(gettext)}")
        told = gettext(
            "方案 {plan}（{area} 第 {version} 版）：{zones:.0f} 个片区，未归入 {left:.0f} 处"
        )
        plan = proposed.plan
        self.stdout.write(
            told.format(
                plan=plan.pk,
                area=plan.area,
                version=plan.version,
                zones=plan.totals["zones"],
                left=plan.totals["left_out"],
            )
        )
        self.stdout.write(f"plan_hash {plan.plan_hash}")
