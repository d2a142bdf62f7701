"""Modes as people see them: counts, the condition that decided, what is missing; for any day."""

import io
import json
import zipfile

import openpyxl
import pytest
from django.urls import reverse

from geo.models import ConditionFact
from geo.words import AreaLevel
from maps.mode_sheet.looks import COLOURS, NONE, OPEN, WITHOUT_MODE, drawn_as, look_of
from maps.models import Export, Role
from tests.maps.ledgers import signed_in
from tests.rows import LONG_AGO, area, at, compound, covers, day, management_area, provider

pytestmark = pytest.mark.django_db
CLEAR = ("area_clear", "premises", "fund", "facilities")


def said(what, **met):
    for key, is_met in met.items():
        ConditionFact.objects.create(compound=what, key=key, is_met=is_met, recorded_at=LONG_AGO)


@pytest.fixture
def street():
    """A compound for the market, a neglected one in a management area, an unclear one, a misfit."""
    top = area("21", level=AreaLevel.CITY, name="大连市")
    street = area("2101", parent=top, name="东街道")
    market, lost, unclear, neither = (
        compound(code, area=street, name=f"{code}院", households=100, built=1985) for code in "ABCD"
    )
    said(market, **dict.fromkeys(CLEAR, True))
    management_area("M1", [lost], area=street)
    said(lost, area_clear=False, facilities=False, has_firm=False)
    said(unclear, area_clear=True, premises=True, facilities=True)
    said(neither, area_clear=False, facilities=True, has_firm=False)
    return street


@pytest.fixture
def person(street):
    return signed_in(Role.VIEWER, street.parent)


def shown(person, street, **query):
    answer = person.get(reverse("modes", args=[street.code], query=query))
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return answer


def listed(answer):
    return {row.code: row for row in answer.context["rows"]}


def counted(answer):
    return {each.name: each.sites for each, _ in answer.context["counts"]}


def test_every_site_has_its_mode_with_what_decided_it_and_what_is_missing(person, street):
    answer = shown(person, street, policy="dalian-2018")

    assert counted(answer) == {
        "市场化选聘": 1,
        "保障级基础物业服务": 1,
        "待核实": 1,
        "文件未规定": 1,
    }
    rows = listed(answer)
    assert list(rows) == ["C", "D", "A", "M1"], "what somebody has to look into comes first"
    assert rows["A"].mode == "市场化选聘"
    assert "物业管理区域明确" in rows["A"].decided_by
    assert (rows["M1"].mode, rows["M1"].kind) == ("保障级基础物业服务", "物业管理区域")
    assert rows["C"].mode == "待核实"
    assert rows["C"].missing == "专项维修资金到位"
    assert rows["D"].decided_by.startswith("“市场化选聘”不符：物业管理区域明确；")
    assert rows["D"].otherwise[0].startswith("市场化选聘：须为物业管理区域明确、")


def test_one_mode_alone_is_listed_where_it_is_asked_for(person, street):
    assert list(listed(shown(person, street, policy="dalian-2018", mode=OPEN))) == ["C"]
    assert list(listed(shown(person, street, policy="dalian-2018", mode="1"))) == ["M1"]
    assert len(listed(shown(person, street, policy="dalian-2018", mode="no-such"))) == 4


def test_another_policy_gives_other_modes_and_one_without_modes_provides_none(person, street):
    assert counted(shown(person, street, policy="yangquan-2025")) == {"待核实": 0, "文件未规定": 4}
    assert "专业物业管理" in counted(shown(person, street, policy="xuchang-2021"))
    assert counted(shown(person, street)) == {"待核实": 0, "文件未规定": 4}


def test_a_policy_that_is_not_there_is_refused_in_words(person, street):
    answer = person.get(reverse("modes", args=[street.code], query={"policy": "nowhere"}))
    assert answer.status_code == 400
    assert "没有编号为“nowhere”的政策。" in answer.content.decode()


def test_the_mode_is_that_of_the_day_as_known_on_another(person, street):
    late = compound("E", area=street, built=1985)
    told = {"recorded_at": at(2024, 5, 1), "valid_from": day(2024, 1, 1)}
    for key in CLEAR:
        ConditionFact.objects.create(compound=late, key=key, is_met=True, **told)

    def mode(**query):
        return listed(shown(person, street, policy="dalian-2018", **query))["E"].mode

    assert mode(date="2024-01-01") == "市场化选聘"
    assert mode(date="2023-12-31") == "待核实"
    assert mode(date="2024-01-01", known="2024-04-30") == "待核实"


def test_a_contract_that_begins_ends_the_days_of_nobody(person, street):
    covers(provider("甲物业"), street.compound_set.get(code="B"), in_service_from=day(2025))

    def mode(when):
        return listed(shown(person, street, policy="dalian-2018", date=when))["M1"].mode

    assert mode("2024-12-31") == "保障级基础物业服务"
    assert mode("2025-01-01") == "文件未规定"


def test_the_list_leaves_as_a_workbook_and_as_csv_and_both_are_on_record(person, street):
    address = reverse("modes_export", args=[street.code], query={"policy": "dalian-2018"})

    sheet = person.post(address, {"format": "xlsx"}).content
    files = zipfile.ZipFile(io.BytesIO(person.post(address, {"format": "csv"}).content))

    rows = list(openpyxl.load_workbook(io.BytesIO(sheet))["管理模式"].values)
    assert rows[0][:2] == ("编码", "名称")
    assert [row[0] for row in rows[1:]] == ["C", "D", "A", "M1"]
    assert rows[1][5:8] == ("待核实", None, "专项维修资金到位")
    assert files.namelist() == ["管理模式.csv", "汇总.csv", "说明.txt"]
    counts = files.read("汇总.csv").decode("utf-8-sig").splitlines()
    assert counts[1] == "市场化选聘,1,100.0,0,0.0"
    assert "大连" in files.read("说明.txt").decode("utf-8-sig")
    told = Export.objects.order_by("pk").values_list("format", "details__policy", "details__rows")
    assert list(told) == [("xlsx", "dalian-2018", 4), ("csv", "dalian-2018", 4)]


def test_the_map_colours_every_compound_by_the_mode_of_its_site(person, street):
    address = reverse("modes_compounds", args=[street.code], query={"policy": "dalian-2018"})
    found = person.get(address).json()
    by_code = {each.code: found[str(each.pk)] for each in street.compound_set.order_by("code")}
    assert by_code == {"A": "0", "B": "1", "C": OPEN, "D": NONE}

    page = person.get(reverse("district_map", args=[street.code], query={"policy": "dalian-2018"}))
    config = page.context["config"]
    assert config["modes"].endswith("/areas/2101/modes/compounds.json?policy=dalian-2018")
    assert [each["key"] for each in config["statuses"]] == ["0", "1", OPEN, NONE]
    assert config["card"].endswith("?policy=dalian-2018")
    assert json.dumps(config)


def test_without_a_policy_the_map_shows_how_things_are_served(person, street):
    config = person.get(reverse("district_map", args=[street.code])).context["config"]
    assert "modes" not in config
    assert config["statuses"][0]["key"] == "in_service"


def test_a_card_tells_the_mode_and_what_is_missing(person, street):
    address = reverse("site_card", args=[street.code, "C"], query={"policy": "dalian-2018"})
    card = person.get(address)
    assert card.context["mode"]["name"] == "待核实"
    assert card.context["mode"]["missing"] == "专项维修资金到位"
    assert "应采用的管理模式" in card.content.decode()


def test_no_two_modes_of_a_short_list_look_alike():
    keys = [*map(str, range(len(COLOURS))), *WITHOUT_MODE]
    assert len({look_of(key) for key in keys}) == len(keys)
    assert len({drawn_as(key) for key in keys}) == len(keys)
    assert look_of(str(len(COLOURS))) == look_of("0")
