import io
import zipfile
from datetime import timedelta

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from geo.models import Committee, ConditionFact, ContractItem, ServiceArea
from geo.readers import Kind, read_file
from geo.words import CommitteeKind, Condition, DecisionWay
from maps.ledger import asking, files
from maps.models import Confirmation, Export, Role
from tests.maps.ledgers import clerk, signed_in, street_with_ledger
from tests.rows import LONG_AGO, compound, covers, day, geos, management_area, square

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def town():
    return street_with_ledger()


def page(client, kind="compound", area="210101", **query):
    answer = client.get(reverse("ledger_kind", args=[area, kind]), query)
    assert answer.status_code == 200
    return answer


def names(answer):
    return [row.title for row in answer.context["grid"].rows]


def test_the_ledger_of_an_area_begins_with_its_compounds(town):
    answer = clerk(town.street).get(reverse("ledger", args=["210101"]))
    assert names(answer) == ["滨河院", "机械厂院"]
    assert "解放街道 台账" in answer.content.decode()


@pytest.mark.parametrize(
    ("area", "shown"),
    [
        ("21010101", ["滨河院"]),
        ("210101", ["滨河院", "机械厂院"]),
        ("2101", ["滨河院", "机械厂院", "远院"]),
        ("21", ["滨河院", "机械厂院", "远院"]),
    ],
)
def test_a_grid_holds_what_lies_in_the_area_and_below(town, area, shown):
    assert names(page(clerk(town.city), area=area)) == shown


def test_a_grid_that_nobody_knows_is_not_found(town):
    client = clerk(town.street)
    assert client.get(reverse("ledger_kind", args=["210101", "barrier"])).status_code == 404


def test_a_grid_is_sorted_by_a_column_and_unknown_values_come_last(town):
    town.second.households = 50
    town.second.save()
    compound("XQ3", name="新院", area=town.street)
    client = clerk(town.street)
    assert names(page(client, sort="households")) == ["机械厂院", "滨河院", "新院"]
    assert names(page(client, sort="-households")) == ["滨河院", "机械厂院", "新院"]
    assert names(page(client, sort="nonsense")) == ["滨河院", "机械厂院", "新院"]


def test_a_grid_is_searched_for_every_word(town):
    client = clerk(town.street)
    assert names(page(client, q="机械 XQ2")) == ["机械厂院"]
    assert names(page(client, q="机械 XQ1")) == []
    assert "没有符合条件的记录。" in page(client, q="机械 XQ1").content.decode()


def test_a_gap_is_a_filter(town):
    client = clerk(town.street)
    assert names(page(client, gap="households")) == ["机械厂院"]
    assert names(page(client, gap="address")) == ["滨河院", "机械厂院"]


def test_gaps_and_contracts_that_run_out_are_counted(town):
    covers(town.firm, town.first, signed_on=day(2024), valid_to=TODAY + timedelta(20))
    answer = clerk(town.street).get(reverse("ledger_tallies", args=["210101", "compound"]))
    gaps = {tally.title: tally.rows for tally in answer.context["gaps"]}
    assert (gaps["户数"], gaps["物业公司"], gaps["专项维修资金到位"]) == (1, 1, 2)
    assert "小区编码" not in gaps
    assert [tally.rows for tally in answer.context["running_out"]] == [1, 1, 0]


@pytest.mark.parametrize(
    "kind", ["building", "management_area", "contract", "decision", "provider"]
)
def test_gaps_are_counted_in_every_grid(town, kind):
    covers(town.firm, town.block)
    answer = clerk(town.street).get(reverse("ledger_tallies", args=["210101", kind]))
    assert answer.status_code == 200


def test_contracts_are_listed_by_how_long_they_run(town):
    soon = covers(town.firm, town.first, signed_on=day(2024), valid_to=TODAY + timedelta(20))
    later = covers(town.firm, town.second, signed_on=day(2024), valid_to=TODAY + timedelta(80))
    lapsed = covers(town.firm, town.block, signed_on=day(2024), valid_to=TODAY - timedelta(9))
    followed = covers(town.firm, town.held, signed_on=day(2024), valid_to=TODAY - timedelta(9))
    after = covers(town.next_firm, town.held, signed_on=TODAY - timedelta(8))
    client = clerk(town.street)

    def rows(**query):
        return {row.pk for row in page(client, "contract", **query).context["grid"].rows}

    assert rows(due="30") == {soon.pk}
    assert rows(due="90") == {soon.pk, later.pk}
    assert rows(due="lapsed") == {lapsed.pk}
    assert rows() == {soon.pk, later.pk, after.pk}
    assert rows(due="all") == {soon.pk, later.pk, lapsed.pk, followed.pk, after.pk}


def test_a_compound_shows_who_serves_and_who_decides(town):
    covers(town.firm, town.held, signed_on=day(2024))
    covers(town.next_firm, town.second)
    Committee.objects.create(
        compound=town.second, kind=CommitteeKind.OWNERS, recorded_at=LONG_AGO, source="名录.xlsx"
    )
    first, second = page(clerk(town.street)).context["grid"].rows
    assert (first.by_key["provider"].text, second.by_key["provider"].text) == (
        "恒居物业",
        "安心物业",
    )
    assert second.by_key["committee"].text == "业主委员会"
    assert "来源：名录.xlsx" in second.by_key["committee"].origin.text


def test_conditions_are_shown_on_demand_with_their_origin(town):
    ConditionFact.objects.create(
        compound=town.first, key=Condition.FUND, is_met=False, recorded_at=LONG_AGO, source="表"
    )
    answer = page(clerk(town.street), cols="conditions")
    row = answer.context["grid"].rows[0]
    assert (row.by_key["fund"].text, row.by_key["premises"].text) == ("否", "—")
    assert row.by_key["fund"].origin.source == "表"
    assert "built" not in row.by_key


def test_management_areas_decisions_and_providers_have_their_grids(town):
    covers(town.firm, town.held, signed_on=day(2024))
    ServiceArea.objects.create(provider=town.firm, area=town.street, recorded_at=LONG_AGO)
    town.held.decisions.create(
        way=DecisionWay.ASSEMBLY, valid_from=day(2024), area_share=0.667, recorded_at=LONG_AGO
    )
    client = clerk(town.street)
    (held,) = page(client, "management_area").context["grid"].rows
    assert (held.by_key["members"].text, held.by_key["provider"].text) == ("滨河院", "恒居物业")
    (decision,) = page(client, "decision").context["grid"].rows
    assert (decision.by_key["way"].text, decision.by_key["area_share"].text) == (
        "业主大会",
        "66.7 %",
    )
    assert decision.by_key["area_share"].typed == "66.7%"
    (firm,) = page(client, "provider").context["grid"].rows
    assert (firm.by_key["kind"].text, firm.by_key["serves"].text) == ("国有", "1")
    assert firm.by_key["service_areas"].text == "解放街道"


def test_a_grid_is_paged(town):
    for number in range(60):
        compound(f"XR{number:02}", area=town.street)
    client = clerk(town.street)
    assert len(page(client).context["grid"].rows) == asking.PAGE_ROWS
    assert len(page(client, page="2").context["grid"].rows) == 12
    assert "?page=2" in page(client).content.decode()
    assert len(page(client, page="99").context["grid"].rows) == 12


def test_a_page_asks_a_fixed_number_of_questions(town, django_assert_max_num_queries):
    for number in range(30):
        compound(f"XR{number:02}", area=town.street)
    client = clerk(town.street)
    page(client)
    with django_assert_max_num_queries(30):
        page(client)


def test_an_earlier_day_is_read_and_not_changed(town):
    client = clerk(town.street)
    covers(town.firm, town.first, signed_on=day(2024), valid_to=day(2025, 6, 1))
    answer = page(client, date="2025-01-01")
    assert answer.context["grid"].rows[0].by_key["provider"].text == "恒居物业"
    assert not answer.context["may_change"]
    assert "不能修改" in answer.content.decode()
    assert page(client).context["grid"].rows[0].by_key["provider"].text == "—"


def shapes(client, kind):
    answer = client.get(reverse("ledger_shapes", args=["210101", kind]))
    return [feature["id"] for feature in answer.json()["features"]]


def test_the_places_of_the_rows_are_outlines(town):
    contract = covers(town.firm, town.held)
    decision = town.held.decisions.create(recorded_at=LONG_AGO)
    town.firm.bases.create(geometry="SRID=4490;POINT(121.6 38.9)", recorded_at=LONG_AGO)
    drawn = management_area("WY2", area=town.street, geometry=geos(square(3)))
    client = clerk(town.street)
    assert shapes(client, "compound") == ["area", town.first.pk]
    assert shapes(client, "building") == ["area"]
    assert shapes(client, "management_area") == ["area", drawn.pk, town.held.pk]
    assert shapes(client, "contract") == ["area", contract.pk]
    assert shapes(client, "decision") == ["area", decision.pk]
    assert shapes(client, "provider") == ["area", town.firm.pk]


def test_a_clerk_confirms_the_month_once(town):
    client = clerk(town.street)
    confirm = reverse("ledger_confirm", args=["210101"])
    answer = client.post(confirm, follow=True)
    assert "台账无其他变化" in answer.content.decode()
    client.post(confirm)
    told = Confirmation.objects.get()
    assert (told.area, told.month, told.confirmed_by) == (
        town.street,
        TODAY.replace(day=1),
        client.user,
    )
    assert "已由 王经办 于" in page(client).content.decode()
    above = page(clerk(town.district, "李经办"), area="2101").context["month"]
    assert (above.confirmed_below, len(above.below)) == (1, 2)


def test_who_only_looks_confirms_nothing(town):
    client = signed_in(Role.VIEWER, town.street)
    assert client.post(reverse("ledger_confirm", args=["210101"])).status_code == 404
    assert "尚未确认" in page(client).content.decode()


def exported(client, kind, form, **query):
    address = reverse("ledger_export", args=["210101", kind])
    return client.post(address, {"format": form}, query_params=query)


def test_what_is_shown_is_given_out_as_a_workbook_and_recorded(town):
    client = clerk(town.street)
    answer = exported(client, "compound", "xlsx", gap="households")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    rows = list(book["小区"].values)
    assert rows[0][:3] == ("小区名称", "小区编码", "所属社区/街道")
    assert [row[0] for row in rows[1:]] == ["机械厂院"]
    assert ("注意", "内部资料 不得公开") in list(book["说明"].values)
    told = Export.objects.get()
    assert (told.what, told.exported_by, told.details["filter"]) == (
        "台账 小区",
        client.user,
        "缺“户数”",
    )


def test_a_table_that_was_given_out_can_be_imported_again(town, tmp_path):
    covers(town.firm, town.first, signed_on=day(2024), fee_low=0.5, fee_high=1.2)
    archive = exported(clerk(town.street), "contract", "csv").content
    with zipfile.ZipFile(io.BytesIO(archive)) as files_in_it:
        table = tmp_path / "contracts.csv"
        table.write_bytes(files_in_it.read("物业服务合同.csv"))
        assert "内部资料 不得公开" in files_in_it.read("说明.txt").decode("utf-8-sig")
    (row,) = read_file(table, kind=Kind.CONTRACT).frame.to_dict("records")
    assert (row["what"], row["provider"], row["fee_high"]) == ("XQ1", "恒居物业", 1.2)
    assert row["signed_on"] == day(2024)


def test_a_search_is_told_in_the_notices(town):
    client = clerk(town.street)
    exported(client, "contract", "csv", q="恒居", due="30")
    assert Export.objects.get().details["filter"] == "查找“恒居”；30 天内到期"


def test_more_rows_than_a_file_may_hold_are_refused(town, monkeypatch):
    monkeypatch.setattr(files, "MOST_ROWS", 1)
    answer = exported(clerk(town.street), "compound", "xlsx")
    assert answer.status_code == 400
    assert "符合条件的有 2 行，一次最多导出 1 行。" in answer.content.decode()
    assert not Export.objects.exists()


def test_an_empty_ledger_says_what_to_do(town):
    client = clerk(town.other)
    assert "可用“新增合同”录入" in page(client, "contract", area="210102").content.decode()
    assert "请先导入文件" in page(client, "decision", area="210102").content.decode()
    assert not ContractItem.objects.exists()
