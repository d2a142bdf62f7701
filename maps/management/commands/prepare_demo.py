"""manage.py prepare_demo: sample city → database → plans → maps and files → sign-ins."""

import json
import secrets
import time
from argparse import ArgumentParser
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext

from data.sample_city import PRESETS, make_city
from geo.errors import InputError, gettext_noop
from geo.loading import load_reading
from geo.models import ImportBatch, ManagingArea
from geo.readers import KIND_NAMES, Kind, read_file
from geo.recording.sample_history import enter_history
from geo.words import AreaLevel
from layers.planning.propose_plan import propose_plan
from layers.policy import load_policy
from maps.models import Membership, Role, User
from maps.outputs import FILES
from maps.sample_files import FORMATS, write_city
from maps.site.set_up import write_secret
from maps.stored_outputs import newest_plan, write_area

WITH_HISTORY = 100
"""Cities of so many compounds show providers over time; smaller ones are for quick tests."""
OTHER_DATA = gettext_noop(
    "数据库中已有其他数据（例如导入的“{name}”），没有改动它。"
    "要换成示例城市“{preset}”，请先运行 make clean。"
)


class Command(BaseCommand):
    help = "准备演示：示例城市 → 导入 → 片区和拟推荐服务主体 → 覆盖图和片区文件 → 登录账号。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--preset", choices=list(PRESETS), default="small")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--out", type=Path, default=settings.VAR_DIR / "out")

    def handle(self, *_args: Any, **options: Any) -> None:
        self.begun = time.monotonic()
        try:
            self.load(options["preset"], seed=options["seed"])
            if PRESETS[options["preset"]].compounds >= WITH_HISTORY:
                self.enter_history()
            for district in ManagingArea.objects.filter(level=AreaLevel.DISTRICT).order_by("code"):
                self.plan(district, seed=options["seed"])
                self.write(district, options["out"] / district.code)
        except InputError as error:
            raise CommandError(error.report(gettext)) from error
        self.sign_ins()

    def say(self, sentence: str) -> None:
        """Tell how far we are, with the seconds since the start."""
        self.stdout.write(f"{time.monotonic() - self.begun:5.0f} s  {sentence}")
        self.stdout.flush()

    def load(self, preset: str, *, seed: int) -> None:
        """Import the sample city as files, like anybody's; what is there already is kept."""
        files = self.sample_files(preset, seed=seed)
        digests = {kind: sha256(path.read_bytes()).hexdigest() for kind, path in files.items()}
        batches = ImportBatch.objects.order_by("pk")
        other = batches.exclude(sha256__in=digests.values()).first()
        if other is not None:
            told = gettext(OTHER_DATA).format(name=other.file_name, preset=preset)
            raise CommandError(told)
        held = set(batches.values_list("sha256", flat=True))
        for kind, path in files.items():
            if digests[kind] not in held:
                reading = read_file(path, kind=kind)
                load_reading(reading, is_sample=True)
                told = gettext("导入{kind} {rows:,} 行（{name}）")
                rows = len(reading.frame)
                self.say(told.format(kind=gettext(KIND_NAMES[kind]), rows=rows, name=path.name))

    def enter_history(self) -> None:
        """Enter what happened to the providers in the course of time, once."""
        if entered := enter_history(now=timezone.now()):
            told = gettext("登记服务主体的历次信用等级、退出和禁入 {count} 条")
            self.say(told.format(count=entered))

    def sample_files(self, preset: str, *, seed: int) -> dict[Kind, Path]:
        """Write the files of the sample city once; a folder that is there is complete."""
        folder = settings.VAR_DIR / "sample" / f"{preset}-{seed}"
        if not folder.exists():
            self.say(gettext("生成示例城市 {preset}").format(preset=preset))
            folder.parent.mkdir(parents=True, exist_ok=True)
            with TemporaryDirectory(dir=folder.parent) as scratch:
                write_city(make_city(preset, seed=seed), Path(scratch) / "city")
                (Path(scratch) / "city").rename(folder)
        return {
            kind: folder / f"{kind}{suffix}"
            for kind, (suffix, _write) in FORMATS.items()
            if (folder / f"{kind}{suffix}").exists()
        }

    def plan(self, district: ManagingArea, *, seed: int) -> None:
        """Propose a plan for a district that has none."""
        if newest_plan(district) is not None:
            return
        self.say(gettext("{area}：生成片区、拟推荐服务主体").format(area=district))
        plan = propose_plan(
            area=district,
            policy=load_policy("default"),
            valid=timezone.localdate(),
            known=timezone.now(),
            seed=seed,
        ).plan
        told = gettext("{area}：{zones} 个片区，plan_hash {digest}")
        self.say(told.format(area=district, zones=plan.totals["zones"], digest=plan.plan_hash[:12]))

    def write(self, district: ManagingArea, out: Path) -> None:
        """Write map and files of a district, unless they are there for its newest plan."""
        plan = newest_plan(district)
        if plan is not None and is_written(out, plan.plan_hash):
            return
        write_area(district, out, valid=timezone.localdate(), known=timezone.now())
        self.say(gettext("{area}：{out}").format(area=district, out=out))

    def sign_ins(self) -> None:
        """Make one sign-in for each role, once, and print them all."""
        kept = settings.VAR_DIR / "sign_ins.json"
        if not kept.exists():
            passwords = {f"demo-{role}": secrets.token_urlsafe(9) for role in Role}
            write_secret(kept, json.dumps(passwords))
        self.stdout.write(gettext("登录账号（本机随机生成，仅供演示）："))
        for name, password in json.loads(kept.read_text()).items():
            role = Role(name.removeprefix("demo-"))
            ensure_sign_in(name, password, role)
            self.stdout.write(f"  {role.label}　{name}　{password}")


def is_written(out: Path, plan_hash: str) -> bool:
    """Tell whether all files of a plan are in the folder."""
    if not all((out / name).exists() for name in FILES):
        return False
    summary = json.loads((out / "plan.json").read_text())
    return bool(summary["plan_hash"] == plan_hash)


def ensure_sign_in(name: str, password: str, role: Role) -> None:
    """Make a person with a role in the whole city, if there is none of that name."""
    user, is_new = User.objects.get_or_create(
        username=name, defaults={"last_name": f"示例{role.label}"}
    )
    if is_new or not user.check_password(password):
        user.set_password(password)
        user.is_staff = user.is_superuser = role is Role.ADMINISTRATOR
        user.save()
    city = ManagingArea.objects.filter(level=AreaLevel.CITY).first()
    everywhere = role in {Role.ADMINISTRATOR, Role.AUDITOR}
    Membership.objects.get_or_create(user=user, role=role, area=None if everywhere else city)
