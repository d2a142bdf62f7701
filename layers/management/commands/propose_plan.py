"""manage.py propose_plan: zones and proposed providers for an area, stored as its next plans."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext

from geo.errors import InputError, gettext_noop
from geo.models import ManagingArea
from layers.models import PartState, Plan, PlanRun
from layers.planning.begin_run import areas_to_plan, begin_run, unfinished_run
from layers.planning.do_run import do_run, plans_of, run_hash
from layers.planning.measure_plan import measure_plan
from layers.planning.propose_plan import propose_plan
from layers.planning.read_plan import sentences
from layers.policy import Effort, Policy, aimed_policy, load_policy
from layers.sensitivity import told_case

NO_SUCH_AREA = gettext_noop("没有编码为“{code}”的辖区。可用 manage.py coverage 查看辖区编码。")
NOT_POSITIVE = gettext_noop("--{option} 应为 1 或更大的整数。")
INTERRUPTED = gettext_noop("已中断。已完成的区县方案已保存；再次运行同一命令，从未完成的区县继续。")
STEPS = {
    "ground": gettext_noop("读取辖区数据"),
    "sites": gettext_noop("推算纳管对象"),
    "links": gettext_noop("建立邻接关系"),
    "proposal": gettext_noop("生成片区、拟推荐服务主体"),
    "store": gettext_noop("保存方案"),
}
ONE_PLAN = gettext_noop(
    "只有单个区县的一个方案才能用 --target 或 --based-on。请用 --area 指定区县，并去掉 --plans。"
)
NO_SUCH_PLAN = gettext_noop("{area}没有编号为 {plan} 的方案。")
PLAN = gettext_noop(
    "方案 {plan}（{area} 第 {version} 版）：{zones:.0f} 个片区，未归入 {left:.0f} 处"
)
TOLD_EVERY = 0.05
"""Progress is told each time that a twentieth more is done."""


def area_called(code: str) -> ManagingArea:
    """Return the area of that code, or say that there is none."""
    area = ManagingArea.objects.filter(code=code).first()
    if area is None:
        raise CommandError(gettext(NO_SUCH_AREA).format(code=code))
    return area


class Command(BaseCommand):
    help = "为辖区提出连片方案：片区和拟推荐服务主体；辖区下有区县的，逐个区县同时计算。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--area", required=True, help="辖区编码")
        parser.add_argument("--policy", default="default")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--date", type=date.fromisoformat, help="数据日期；缺省为今天")
        parser.add_argument("--plans", type=int, default=1, help="每个辖区要几个不同的方案")
        parser.add_argument("--target", type=int, help="片区个数；缺省按政策")
        parser.add_argument("--based-on", type=int, help="在此方案（编号）上调整")
        parser.add_argument("--most-changed", type=int, help="最多变动几处；缺省不限")
        parser.add_argument("--effort", choices=list(Effort), help="计算量；缺省按政策")
        parser.add_argument("--sensitivity", action="store_true", help="并测算敏感性")
        parser.add_argument(
            "--processes", type=int, help="同时计算的进程数；缺省按核数；内存不足时减少"
        )
        parser.add_argument("--anew", action="store_true", help="不接续中断的计算，重新开始")

    def handle(self, *_args: Any, **options: Any) -> None:
        for option in ("processes", "plans", "target"):
            if options[option] is not None and options[option] < 1:
                raise CommandError(gettext(NOT_POSITIVE).format(option=option))
        area = area_called(options["area"])
        options["date"] = options["date"] or timezone.localdate()
        try:
            policy = aimed_policy(
                load_policy(options["policy"]),
                target_count=options["target"],
                effort=options["effort"],
            )
            areas = areas_to_plan(area, policy, known=timezone.now())
            is_wish = options["target"] is not None or options["based_on"] is not None
            if areas == [area] and options["plans"] == 1:
                self.propose(area, policy, options)
            elif is_wish:
                raise CommandError(gettext(ONE_PLAN))
            else:
                self.propose_each(area, policy, options)
        except InputError as error:
            raise CommandError(error.report(gettext)) from error

    def propose(self, area: ManagingArea, policy: Policy, options: dict[str, Any]) -> None:
        """Propose one plan for the area as a whole."""
        proposed = propose_plan(
            area=area,
            policy=policy,
            valid=options["date"],
            known=timezone.now(),
            seed=options["seed"],
            based_on=self.base(area, options["based_on"]),
            most_changed=options["most_changed"],
            on_step=lambda step: self.stdout.write(gettext(STEPS[step])),
        )
        for notice in proposed.draft.derived.notices:
            self.stdout.write(f"  {notice.sentence(gettext)}")
        self.conclude(proposed.plan, options)

    def base(self, area: ManagingArea, pk: int | None) -> Plan | None:
        """Return the plan that is planned anew, or say that the area has none of that number."""
        if pk is None:
            return None
        plan = area.plans.filter(pk=pk).first()
        if plan is None:
            raise CommandError(gettext(NO_SUCH_PLAN).format(area=area, plan=pk))
        return plan

    def propose_each(self, area: ManagingArea, policy: Policy, options: dict[str, Any]) -> None:
        """Propose a plan for each district; go on with a run that was broken off."""
        run = self.run_of(area, policy, options)
        try:
            do_run(run, processes=options["processes"], on_progress=Progress(self))
        except KeyboardInterrupt as error:
            raise CommandError(gettext(INTERRUPTED)) from error
        for plan in plans_of(run):
            self.conclude(plan, options)
        if run.outside:
            told = gettext("另有 {n} 处小区和楼栋直属{area}、不属于任何区县，没有纳入任何方案。")
            self.stdout.write(told.format(n=run.outside, area=area))
        self.stdout.write(f"run_hash {run_hash(run)}")
        self.tell_missing(run)

    def run_of(self, area: ManagingArea, policy: Policy, options: dict[str, Any]) -> PlanRun:
        """Return the run that was broken off, or a new one."""
        request = {
            "area": area,
            "policy": policy,
            "valid": options["date"],
            "seed": options["seed"],
            "wanted": options["plans"],
        }
        broken_off = None if options["anew"] else unfinished_run(**request)
        if broken_off is None:
            return begin_run(**request, known=timezone.now())
        told = gettext("接续 {at:%Y-%m-%d %H:%M} 中断的计算（数据截至当时；重新开始请加 --anew）")
        self.stdout.write(told.format(at=timezone.localtime(broken_off.known_at)))
        return broken_off

    def conclude(self, plan: Plan, options: dict[str, Any]) -> None:
        """Say what a plan holds, and what would change it where that is asked for."""
        totals: Any = plan.totals
        told = gettext(PLAN).format(
            plan=plan.pk,
            area=plan.area,
            version=plan.version,
            zones=totals["zones"],
            left=totals["left_out"],
        )
        self.stdout.write(told)
        for reason in plan.difference:
            self.stdout.write(f"  {sentences([reason], gettext)}")
        self.stdout.write(f"plan_hash {plan.plan_hash}")
        for row in measure_plan(plan) if options["sensitivity"] else ():
            self.stdout.write(f"  {told_case(row, gettext)}")

    def tell_missing(self, run: PlanRun) -> None:
        """Say which districts have no plan, and why; those that failed end the command so."""
        for part in run.parts.filter(state=PartState.EMPTY).select_related("area"):
            self.stdout.write(f"{part.area}：{part.said}")
        failed = run.parts.filter(state=PartState.FAILED).select_related("area")
        if failed:
            raise CommandError("\n".join(f"{part.area}：{part.said}" for part in failed))


class Progress:
    """Tells how far a run is, in all and district by district, whenever a twentieth is done."""

    def __init__(self, command: BaseCommand) -> None:
        self._command, self._told = command, -TOLD_EVERY

    def __call__(self, run: PlanRun) -> None:
        parts = list(run.parts.select_related("area"))
        share = sum(part.share for part in parts) / len(parts)
        if share < self._told + TOLD_EVERY:
            return
        self._told = share
        at_work = [part for part in parts if part.state == PartState.RUNNING]
        ended = sum(part.seconds is not None or part.share == 1 for part in parts)
        told = gettext("{share:.0%}　完成 {ended}/{n} 个区县　{at_work}")
        shares = "、".join(f"{part.area} {part.share:.0%}" for part in at_work)
        line = told.format(share=share, ended=ended, n=len(parts), at_work=shares)
        self._command.stdout.write(line)
        self._command.stdout.flush()
