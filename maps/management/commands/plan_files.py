"""manage.py plan_files: files in, zones, providers, map and files out, with no database."""

import time
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext

from geo.errors import InputError, gettext_noop
from geo.management.asking import Said, add_reading_options, asked_file
from geo.readers import KIND_NAMES, Kind, Reading
from layers.draft import Draft, check_draft, draft_plan, draft_sensitivity, refuse_wrong
from layers.ground import PLACES, Ground
from layers.landing import landing_of
from layers.plan_frames import PlanFrames, plan_frames
from layers.policy import Effort, aimed_policy, load_policy, policy_in
from layers.sensitivity import told_case
from maps.outputs import (
    FILES,
    Origin,
    map_frames_of,
    place_of,
    rates_from_files,
    write_outputs,
    write_summary,
)

STEPS = {
    "read": gettext_noop("读取文件"),
    "sites": gettext_noop("推算纳管对象"),
    "links": gettext_noop("建立邻接关系"),
    "proposal": gettext_noop("生成片区、拟推荐服务主体"),
    "check": gettext_noop("独立核验方案"),
    "sensitivity": gettext_noop("测算敏感性"),
    "write": gettext_noop("写出成果"),
}


class Command(BaseCommand):
    help = "从文件到连片方案：一个进程完成，不需要数据库。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        for kind, option in PLACES.items():
            parser.add_argument(
                f"--{option.replace('_', '-')}",
                dest=kind,
                type=asked_file,
                nargs="+",
                default=[],
                metavar="FILE[@DATUM]",
                help=KIND_NAMES[kind],
                required=kind is Kind.COMPOUND,
            )
        add_reading_options(parser)
        parser.add_argument("--policy", default="default")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--date", type=date.fromisoformat, help="数据日期；缺省为今天")
        parser.add_argument("--name", default="", help="成果标题中的地名；缺省为文件中最高一级区划")
        parser.add_argument("--effort", choices=list(Effort), help="计算量；缺省按政策")
        parser.add_argument("--sensitivity", action="store_true", help="并测算敏感性")
        parser.add_argument("--out", type=Path, required=True)

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            self.plan(options)
        except InputError as error:
            raise CommandError(error.report(gettext)) from error
        except OSError as error:
            raise CommandError(gettext("文件不能读写：{why}").format(why=error)) from error

    def plan(self, options: dict[str, Any]) -> None:
        """Do every step, and say how long each took."""
        clock = Clock(self)
        policy = aimed_policy(load_policy(options["policy"]), effort=options["effort"])
        clock.begin("read")
        ground = self.ground(options)
        policy = policy_in(policy, ground.districts())
        on_date = options["date"] or timezone.localdate()
        draft = draft_plan(
            ground, policy, on_date=on_date, seed=options["seed"], on_step=clock.begin
        )
        clock.begin("check")
        refuse_wrong(check_draft(draft))
        cases = self.sensitivity(draft, clock) if options["sensitivity"] else {}
        clock.begin("write")
        self.tell_landing(ground, srid=draft.sites.srid)
        for notice in draft.derived.notices:
            self.stdout.write(f"  {notice.sentence(gettext)}")
        plan = plan_frames(draft, translate=gettext)
        origin = Origin(
            area=options["name"] or place_of(ground) or gettext("文件"),
            source="、".join(str(each) for kind in PLACES for each in options[kind]),
            data_date=on_date,
            written_at=timezone.localtime(),
            policy=policy.name,
            is_sample=False,
        )
        faults = write_outputs(
            options["out"],
            map_frames=map_frames_of(ground, draft.derived, plan),
            plan=plan,
            rates=rates_from_files(ground, draft.derived),
            origin=origin,
        )
        clock.end()
        write_summary(options["out"], {**plan.summary, **cases, "seconds": clock.seconds()})
        for fault in faults:
            self.stdout.write(f"  {fault.sentence(gettext)}")
        self.conclude(plan, options["out"])

    def sensitivity(self, draft: Draft, clock: "Clock") -> dict[str, object]:
        """Say what would change the plan, and return it for plan.json."""
        clock.begin("sensitivity")
        cases = draft_sensitivity(draft.ground, draft.sites, draft.policy, seed=draft.proposal.seed)
        for case in cases:
            self.stdout.write(f"  {told_case(case, gettext)}")
        return {"sensitivity": [{"what": c.what.sentence(gettext), **c.as_json()} for c in cases]}

    def ground(self, options: dict[str, Any]) -> Ground:
        """Read all files; several files of a kind become one frame."""
        asked = [(each, kind) for kind in PLACES for each in options[kind]]
        readings = Said.of(options).read_all(asked)
        for reading in readings:
            self.tell(reading)
        frames = {
            kind: pd.concat(
                [each.frame for each in readings if each.kind is kind], ignore_index=True
            )
            for kind in {reading.kind for reading in readings}
        }
        return Ground.from_kinds(frames)

    def tell(self, reading: Reading) -> None:
        """Say what was read, how it was understood and what was left out."""
        source = reading.source
        self.stdout.write(
            gettext("  {name}：{kind} {rows:,} 行").format(
                name=source.name, kind=gettext(KIND_NAMES[reading.kind]), rows=len(reading.frame)
            )
        )
        for told in (*reading.notices, *reading.faults):
            self.stdout.write(f"    {told.sentence(gettext)}")

    def tell_landing(self, ground: Ground, *, srid: int) -> None:
        """Say how buildings lie to compounds: where many are cut, a datum is wrong."""
        landing = landing_of(ground.compounds, ground.buildings, srid=srid)
        if landing is None:
            return
        line = gettext(
            "  楼栋落在小区内 {inside:.1%}，压在小区边界上 {cut:.1%}（按楼栋占地面积计）"
        )
        self.stdout.write(line.format(inside=landing.inside_share, cut=landing.cut_share))

    def conclude(self, plan: PlanFrames, out: Path) -> None:
        """Say what came out."""
        totals: Any = plan.summary["totals"]
        self.stdout.write(
            gettext("{zones} 个片区，{sites} 处纳管对象，未归入 {left_out} 处").format(**totals)
        )
        self.stdout.write(f"plan_hash {plan.summary['plan_hash']}")
        for name in FILES:
            self.stdout.write(f"  {out / name}")


class Clock:
    """Says each step as it begins and remembers how long it took."""

    def __init__(self, command: BaseCommand) -> None:
        self.command = command
        self.begun: list[tuple[str, float]] = []

    def begin(self, step: str) -> None:
        """Begin a step, and thereby end the one before."""
        self.begun.append((step, time.monotonic()))
        self.command.stdout.write(gettext(STEPS[step]))

    def end(self) -> None:
        """End the last step."""
        self.begun.append(("", time.monotonic()))

    def seconds(self) -> dict[str, float]:
        """Return the seconds of every step that has ended."""
        return {
            step: round(after - before, 2)
            for (step, before), (_next, after) in zip(self.begun, self.begun[1:], strict=False)
        }
