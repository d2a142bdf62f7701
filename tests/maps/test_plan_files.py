"""The whole way from files to a plan, by the command that people run."""

import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import geopandas as gpd
import pytest
from django.core.management import CommandError, call_command

from geo.errors import Fault
from geo.readers import Kind
from layers.draft import check_draft
from maps.management.commands import plan_files as command
from maps.outputs import FILES
from tests.checker import read_plan, violations
from tests.conftest import ROOT
from tests.geo.upload import csv
from tests.maps.plans import (
    DAY,
    hamlet,
    hard_barriers,
    hash_in,
    known_from,
    options_of,
    plan_files,
    summary_of,
)

GROUND = (Kind.COMPOUND, Kind.BUILDING, Kind.AREA)
WITHOUT_DATABASE = """
import sys, psycopg
def refuse(*arguments, **options):
    raise SystemExit("a connection was asked for")
psycopg.connect = psycopg.Connection.connect = refuse
from django.core.management import execute_from_command_line
execute_from_command_line(["manage.py", "plan_files", *sys.argv[1:]])
"""
"""The command in a process of its own that ends where anybody asks for a database."""


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return hamlet(tmp_path_factory.mktemp("hamlet"))


@pytest.fixture(scope="module")
def ground(files):
    """Only what is on the ground: nobody serves anything."""
    return {kind: files[kind] for kind in GROUND}


@pytest.fixture(scope="module")
def planned(files, tmp_path_factory):
    """A plan from every file of the hamlet: its folder, and what the command said."""
    out = tmp_path_factory.mktemp("plan") / "out"
    return out, plan_files(files, out, "--name", "示例村")


def shuffled(files, folder, *, seed):
    """Return the same files with their rows in another order."""
    folder.mkdir()
    turned = {}
    for kind, path in files.items():
        turned[kind] = folder / path.name
        if path.suffix in {".geojson", ".gpkg"}:
            gpd.read_file(path).sample(frac=1, random_state=seed).to_file(turned[kind])
        else:
            turned[kind].write_bytes(path.read_bytes())
    return turned


# --- what comes out -------------------------------------------------------------------------


def test_the_four_files_appear_and_nothing_else(planned):
    out, said = planned
    assert sorted(path.name for path in out.iterdir()) == sorted(FILES)
    assert all(str(out / name) in said for name in FILES)


def test_the_plan_keeps_its_promises_before_an_independent_judge(planned, files):
    assert violations(read_plan(planned[0]), **known_from(files)) == []


def test_zones_get_providers(planned):
    assert (read_plan(planned[0]).zones["provider"] != "").any()


def test_every_compound_that_nobody_serves_is_planned_once(files, tmp_path):
    compounds = gpd.read_file(files[Kind.COMPOUND]).assign(物业公司=None)
    compounds.to_file(tmp_path / "小区.geojson")
    river = files[Kind.BARRIER]
    plan_files({Kind.COMPOUND: tmp_path / "小区.geojson", Kind.BARRIER: river}, tmp_path / "out")
    plan = read_plan(tmp_path / "out")
    wanted = set(compounds["小区编码"])
    assert violations(plan, barriers=hard_barriers(river), site_ids=wanted) == []
    assert sorted(plan.sites["site"]) == sorted(wanted)


def test_ogrinfo_reads_chinese_from_the_zones_in_cgcs2000(planned, has_ogrinfo):
    archive = planned[0] / "zones_shp.zip"
    told = subprocess.run(
        [has_ogrinfo, "-al", f"/vsizip/{archive}/zones.shp"],
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    assert "China Geodetic Coordinate System 2000" in told
    assert "片区" in told
    with zipfile.ZipFile(archive) as parts:
        assert "D_China_2000" in parts.read("zones.prj").decode()


def test_plan_json_tells_how_the_plan_came_about(planned):
    out, said = planned
    summary = summary_of(out)
    assert summary["plan_hash"] == hash_in(said)
    assert (summary["seed"], summary["policy"], summary["on_date"]) == (1, "default", DAY)
    assert set(summary["seconds"]) == {"read", "sites", "links", "proposal", "check", "write"}
    assert summary["totals"]["sites"] == len(read_plan(out).sites)


def test_the_map_bears_the_place_and_the_files(planned):
    page = (planned[0] / "coverage.html").read_text("utf-8")
    assert "示例村物业服务覆盖与连片管理片区图" in page
    assert "物业企业服务覆盖率" in page
    assert "compound.geojson" in page


def test_the_map_of_files_without_a_name_bears_the_highest_area(ground, tmp_path):
    plan_files(ground, tmp_path / "out")
    page = (tmp_path / "out" / "coverage.html").read_text("utf-8")
    assert "示例市物业服务覆盖与连片管理片区图" in page


# --- what is said ---------------------------------------------------------------------------


def test_every_step_and_file_is_told(planned, files):
    lines = planned[1].splitlines()
    steps = ["读取文件", "推算纳管对象", "建立邻接关系", "生成片区、拟推荐服务主体", "写出成果"]
    assert [line for line in lines if line in steps] == steps
    assert "  compound.geojson：小区 20 行" in lines
    assert f"  building.gpkg：楼栋 {len(gpd.read_file(files[Kind.BUILDING]))} 行" in lines


def test_the_share_of_buildings_in_compounds_is_told(planned):
    (line,) = (line for line in planned[1].splitlines() if "楼栋落在小区内" in line)
    assert line.endswith("%，压在小区边界上 0.0%（按楼栋占地面积计）")


def test_compounds_alone_have_no_share_of_buildings(ground, tmp_path):
    said = plan_files({Kind.COMPOUND: ground[Kind.COMPOUND]}, tmp_path)
    assert "楼栋落在小区内" not in said


def test_files_that_do_not_say_who_serves_give_no_rate(ground, tmp_path):
    unserved = gpd.read_file(ground[Kind.COMPOUND]).drop(columns="物业公司")
    unserved.to_file(tmp_path / "小区.geojson")
    plan_files({Kind.COMPOUND: tmp_path / "小区.geojson"}, tmp_path / "out")
    page = (tmp_path / "out" / "coverage.html").read_text("utf-8")
    assert "资料没有说明由谁提供服务，不计算覆盖率。" in page
    assert "0.00" not in page


def test_several_files_of_a_kind_are_one(ground, tmp_path):
    compounds = gpd.read_file(ground[Kind.COMPOUND])
    halves = [tmp_path / "西.geojson", tmp_path / "东.geojson"]
    compounds[:10].to_file(halves[0])
    compounds[10:].to_file(halves[1])
    said = io.StringIO()
    given = [*map(str, halves), "--date", DAY, "--out", str(tmp_path / "a")]
    call_command("plan_files", "--compounds", *given, stdout=said)
    whole = plan_files({Kind.COMPOUND: ground[Kind.COMPOUND]}, tmp_path / "b")
    assert hash_in(said.getvalue()) == hash_in(whole)


# --- the same plan again --------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_rows_does_not_matter(files, planned, tmp_path, seed):
    turned = shuffled(files, tmp_path / "turned", seed=seed)
    assert hash_in(plan_files(turned, tmp_path / "out")) == hash_in(planned[1])


def test_one_core_and_no_database_give_the_same_plan(files, planned, tmp_path):
    """PATH is empty, the address of the database leads nowhere, and one core must do."""
    out = tmp_path / "out"
    core = min(os.sched_getaffinity(0))
    run = subprocess.run(
        [sys.executable, "-c", WITHOUT_DATABASE, *options_of(files, out)],
        cwd=ROOT,
        env={
            "PATH": str(tmp_path),
            "DATABASE_URL": "postgres://nobody:nothing@127.0.0.1:1/nowhere",
            "DJANGO_SETTINGS_MODULE": "maps.site.settings",
            "LANG": "C.UTF-8",
        },
        capture_output=True,
        check=False,
        text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {core}),
    )
    assert run.returncode == 0, run.stderr
    assert hash_in(run.stdout) == hash_in(planned[1])
    assert sorted(path.name for path in out.iterdir()) == sorted(FILES)


def test_a_seed_is_kept_with_the_plan(ground, tmp_path):
    plan_files(ground, tmp_path, "--seed", "5")
    assert summary_of(tmp_path)["seed"] == 5


def test_a_quick_plan_says_that_it_is_one(ground, planned, tmp_path):
    plan_files(ground, tmp_path, "--effort", "quick")
    assert summary_of(tmp_path)["effort"] == "quick"
    assert summary_of(tmp_path)["work"] < summary_of(planned[0])["work"]


def test_a_plan_that_the_independent_check_refuses_is_not_written(ground, tmp_path, monkeypatch):
    torn = Fault("1号片区分成 2 块，互不相连。")
    monkeypatch.setattr(command, "check_draft", lambda draft: (*check_draft(draft), torn))
    with pytest.raises(CommandError) as error:
        plan_files(ground, tmp_path / "out")
    assert "独立核验发现方案有 1 处问题，没有保存任何结果。" in str(error.value)
    assert "1号片区分成 2 块，互不相连。" in str(error.value)
    assert not (tmp_path / "out").exists()


# --- what a person did wrong ----------------------------------------------------------------


def test_faults_of_several_files_come_together_and_nothing_is_written(ground, tmp_path):
    (tmp_path / "坏.geojson").write_text("{", "utf-8")
    both = {**ground, Kind.AREA: tmp_path / "坏.geojson", Kind.BUILDING: tmp_path / "没有.gpkg"}
    with pytest.raises(CommandError) as error:
        plan_files(both, tmp_path / "out")
    assert "坏.geojson：" in str(error.value)
    assert "没有.gpkg：" in str(error.value)
    assert not (tmp_path / "out").exists()


def test_an_unknown_policy_is_refused_before_anything_is_read(ground, tmp_path):
    with pytest.raises(CommandError, match="没有名为“火星”的政策。可用的政策："):
        plan_files(ground, tmp_path / "out", "--policy", "火星")
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_is_told(ground, tmp_path):
    in_the_way = tmp_path / "out"
    in_the_way.write_text("a file", "utf-8")
    with pytest.raises(CommandError, match=r"文件不能读写：.*out"):
        plan_files({Kind.COMPOUND: ground[Kind.COMPOUND]}, in_the_way)


def test_a_contract_for_what_no_file_holds_is_told_and_stops_nothing(ground, tmp_path):
    contracts = csv(tmp_path / "合同.csv", "服务主体,对象编码,签约日期\n甲物业,X-404,2024-01-01\n")
    given = {Kind.COMPOUND: ground[Kind.COMPOUND], Kind.CONTRACT: contracts}
    said = plan_files(given, tmp_path / "out")
    assert "合同标的“X-404”不在小区、楼栋或物业管理区域之中。" in said
    assert (tmp_path / "out" / "plan.json").exists()


def test_compounds_must_be_given(tmp_path):
    with pytest.raises(CommandError, match="--compounds"):
        call_command("plan_files", "--out", str(tmp_path))


def test_an_older_plan_stays_when_the_new_one_fails(files, tmp_path):
    out = tmp_path / "out"
    alone = {Kind.COMPOUND: files[Kind.COMPOUND]}
    plan_files(alone, out)
    before = {path.name: path.read_bytes() for path in Path(out).iterdir()}
    with pytest.raises(CommandError):
        plan_files({Kind.COMPOUND: files[Kind.CONTRACT]}, out)
    assert {path.name: path.read_bytes() for path in Path(out).iterdir()} == before
