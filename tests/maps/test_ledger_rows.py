import re

import pytest
from django.urls import reverse
from django.utils import timezone

from geo.models import (
    Committee,
    Compound,
    ConditionFact,
    ContractItem,
    OwnersDecision,
    Revision,
    ZoningWish,
)
from geo.words import Condition
from maps.models import Role
from tests.maps.ledgers import clerk, signed_in, street_with_ledger
from tests.rows import LONG_AGO, covers, day

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def town():
    return street_with_ledger()


def address(name, kind, row=None, area="210101", query=""):
    keys = [area, kind] if row is None else [area, kind, row.pk]
    return reverse(name, args=keys) + query


def form_of(client, kind, row, query="", area="210101"):
    """Return what the form of a row would send if nobody touched it."""
    answer = client.get(address("ledger_change", kind, row, area, query))
    assert answer.status_code == 200, answer.content.decode()
    form = answer.context["form"]
    sent = {"stamp": form.stamp}
    for each in form.inputs:
        if each.is_input:
            sent[each.column.key] = sent[f"was-{each.column.key}"] = each.value
    return sent


def save(client, kind, row, sent, query="", area="210101"):
    return client.post(address("ledger_change", kind, row, area, query), sent)


def said(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def test_a_clerk_mends_a_row_and_the_table_keeps_what_it_said(town):
    client = clerk(town.street)
    sent = form_of(client, "compound", town.first) | {"households": "120户", "name": "滨河小院"}
    answer = save(client, "compound", town.first, sent)
    assert answer.status_code == 200
    assert "已保存：滨河小院" in said(answer)
    mended = Compound.objects.get(pk=town.first.pk)
    assert (mended.households, mended.name, mended.source) == (120, "滨河小院", "台账录入")
    assert Revision.objects.get(code="XQ1").before["households"] == 100


def test_all_faults_of_a_row_are_told_at_once(town):
    client = clerk(town.street)
    wrong = {"households": "很多", "built": "1066", "floor_area_m2": "-5"}
    answer = save(client, "compound", town.first, form_of(client, "compound", town.first) | wrong)
    assert answer.status_code == 400
    text = said(answer)
    assert "“很多”不是数字。" in text
    assert "“1066”不是年份。" in text
    assert "“-5”是负数。" in text
    assert Compound.objects.get(pk=town.first.pk).households == 100


def test_what_was_typed_stays_in_the_form_with_its_fault(town):
    client = clerk(town.street)
    sent = form_of(client, "compound", town.first) | {"households": "很多", "address": "滨河路1号"}
    form = save(client, "compound", town.first, sent).context["form"]
    values = {each.column.key: each.value for each in form.inputs}
    assert (values["households"], values["address"]) == ("很多", "滨河路1号")


def test_a_compound_may_be_moved_within_the_area_only(town):
    client = clerk(town.street)
    sent = form_of(client, "compound", town.first)
    moved = save(client, "compound", town.first, sent | {"area": "解放街道"})
    assert moved.status_code == 200
    assert Compound.objects.get(pk=town.first.pk).area == town.street
    sent = form_of(client, "compound", town.first)
    refused = save(client, "compound", town.first, sent | {"area": "双桥街道"})
    assert "本辖区内没有“双桥街道”。" in said(refused)


def test_two_clerks_at_one_row_choose_and_nothing_is_lost(town):
    one, other = clerk(town.street), clerk(town.street, "李经办")
    mine = form_of(one, "compound", town.first) | {"households": "130"}
    theirs = form_of(other, "compound", town.first) | {"households": "140", "address": "滨河路1号"}
    assert save(other, "compound", town.first, theirs).status_code == 200
    conflict = save(one, "compound", town.first, mine)
    assert conflict.status_code == 412
    cells = {each.column.key: each for each in conflict.context["form"].inputs}
    assert (cells["households"].value, cells["households"].theirs) == ("130", "140")
    assert (cells["address"].value, cells["address"].theirs) == ("滨河路1号", None)
    again = {"stamp": conflict.context["form"].stamp}
    for each in cells.values():
        if each.is_input:
            again |= {each.column.key: each.value, f"was-{each.column.key}": each.was}
    assert save(one, "compound", town.first, again).status_code == 200
    mended = Compound.objects.get(pk=town.first.pk)
    assert (mended.households, mended.address) == (130, "滨河路1号")


def test_a_fact_that_somebody_said_meanwhile_is_a_conflict_too(town):
    one, other = clerk(town.street), clerk(town.street, "李经办")
    query = "?cols=conditions"
    mine = form_of(one, "compound", town.first, query) | {"fund": "是"}
    theirs = form_of(other, "compound", town.first, query) | {"fund": "否"}
    assert save(other, "compound", town.first, theirs, query).status_code == 200
    assert save(one, "compound", town.first, mine, query).status_code == 412


def test_a_condition_that_nobody_spoke_of_is_entered_without_a_day(town):
    client = clerk(town.street)
    sent = form_of(client, "compound", town.first, "?cols=conditions") | {"fund": "是"}
    save(client, "compound", town.first, sent, "?cols=conditions")
    fact = ConditionFact.objects.get()
    assert (fact.key, fact.is_met, fact.valid_from) == (Condition.FUND, True, None)
    assert (fact.recorded_by, fact.batch, fact.source) == (client.user, None, "台账录入")


def test_what_is_wanted_in_zones_is_entered_changed_and_ended(town):
    client, query = clerk(town.street), "?cols=wishes"
    sent = form_of(client, "compound", town.first, query)
    lead = sent | {"is_lead": "是", "spare_m2": "0.8万㎡", "together": "2024年第3批"}
    answer = save(client, "compound", town.first, lead, query)
    assert "8,000" in said(answer)
    fact = ZoningWish.objects.current().get()
    assert (fact.is_lead, fact.spare_m2, fact.together, fact.apart) == (
        *(True, 8_000.0, "2024年第3批", ""),
    )
    sent = form_of(client, "compound", town.first, query)
    save(
        client,
        "compound",
        town.first,
        sent | {"together": "", "is_lead": "", "spare_m2": ""},
        query,
    )
    assert not ZoningWish.objects.current().valid_on(TODAY).exists()


def told_before(town, *, is_met):
    return ConditionFact.objects.create(
        compound=town.first, key=Condition.FUND, is_met=is_met, recorded_at=LONG_AGO
    )


def test_a_condition_that_changed_holds_from_today_and_the_old_one_ends_yesterday(town):
    told_before(town, is_met=False)
    client = clerk(town.street)
    sent = form_of(client, "compound", town.first, "?cols=conditions") | {"fund": "是"}
    save(client, "compound", town.first, sent, "?cols=conditions")
    old, new = ConditionFact.objects.current().order_by("valid_from", "pk").reverse()[::-1][:2]
    facts = {fact.is_met: fact for fact in (old, new)}
    assert facts[False].valid_to == TODAY - timezone.timedelta(days=1)
    assert facts[True].valid_from == TODAY
    assert ConditionFact.objects.count() == 3


def test_what_is_dated_back_wants_a_reason(town):
    client = clerk(town.street)
    back = {"committee": "业主委员会", "since": "2026-01-05"}
    answer = save(client, "compound", town.first, form_of(client, "compound", town.first) | back)
    assert answer.status_code == 400
    assert "2026-01-05 在今天之前，属于补录。请在“理由”中写明依据。" in said(answer)
    back["reason"] = "备案回执迟到"
    answer = save(client, "compound", town.first, form_of(client, "compound", town.first) | back)
    assert answer.status_code == 200
    fact = Committee.objects.get()
    assert (fact.valid_from, fact.late_reason) == (day(2026, 1, 5), "备案回执迟到")


def test_what_lies_ahead_is_refused(town):
    client = clerk(town.street)
    ahead = {"committee": "业主委员会", "since": "2126-01-05"}
    answer = save(client, "compound", town.first, form_of(client, "compound", town.first) | ahead)
    assert "2126-01-05 在今天之后。" in said(answer)


def test_a_day_that_is_none_is_told(town):
    client = clerk(town.street)
    odd = {"committee": "无", "since": "去年"}
    answer = save(client, "compound", town.first, form_of(client, "compound", town.first) | odd)
    assert answer.status_code == 400
    assert "“去年”不是日期。" in said(answer)


def test_a_mistake_is_superseded_with_its_period(town):
    told_before(town, is_met=False)
    client = clerk(town.street)
    sent = form_of(client, "compound", town.first, "?cols=conditions")
    mistake = {"fund": "是", "is_mistake": "1"}
    refused = save(client, "compound", town.first, sent | mistake, "?cols=conditions")
    assert "更正已有记录须写明理由。" in said(refused)
    mistake["reason"] = "看错了账户"
    assert (
        save(client, "compound", town.first, sent | mistake, "?cols=conditions").status_code == 200
    )
    old = ConditionFact.objects.get(is_met=False)
    new = ConditionFact.objects.get(is_met=True)
    assert (old.superseded_because, new.valid_from) == ("看错了账户", None)


def test_a_condition_that_nobody_knows_any_more_ends(town):
    told_before(town, is_met=False)
    client = clerk(town.street)
    sent = form_of(client, "compound", town.first, "?cols=conditions") | {"fund": ""}
    save(client, "compound", town.first, sent, "?cols=conditions")
    assert not ConditionFact.objects.current().valid_on(TODAY).exists()


def test_a_building_may_be_put_into_a_compound_or_be_scattered(town):
    client = clerk(town.street)
    sent = form_of(client, "building", town.block) | {"compound": "机械厂院", "households": "0"}
    assert save(client, "building", town.block, sent).status_code == 200
    town.block.refresh_from_db()
    assert (town.block.compound, town.block.households) == (town.second, 0)
    assert (
        save(
            client,
            "building",
            town.block,
            form_of(client, "building", town.block) | {"compound": ""},
        ).status_code
        == 200
    )
    town.block.refresh_from_db()
    assert town.block.compound is None
    sent = form_of(client, "building", town.block) | {"compound": "远院"}
    assert "本辖区内没有编码或名称为“远院”的小区。" in said(
        save(client, "building", town.block, sent)
    )


def test_a_management_area_is_put_right_with_its_committee(town):
    client = clerk(town.street)
    told = {"document": "示例〔2026〕3号", "committee": "物业管理委员会"}
    sent = form_of(client, "management_area", town.held) | told
    assert save(client, "management_area", town.held, sent).status_code == 200
    town.held.refresh_from_db()
    assert town.held.document == "示例〔2026〕3号"
    assert Committee.objects.get().management_area == town.held


def test_a_provider_is_put_right_by_who_answers_for_all_it_serves(town):
    covers(town.firm, town.first)
    client = clerk(town.street)
    sent = form_of(client, "provider", town.firm) | {"grade": "A", "capacity_m2": "12万㎡"}
    assert save(client, "provider", town.firm, sent).status_code == 200
    town.firm.refresh_from_db()
    assert (town.firm.capacity_m2, town.firm.grades.get().grade) == (120_000, "A")
    covers(town.firm, town.far)
    answer = client.get(address("ledger_change", "provider", town.firm))
    assert "该服务主体还服务其他辖区，请由上级更改。" in said(answer)


def test_a_credit_code_belongs_to_one_provider(town):
    covers(town.firm, town.first)
    town.next_firm.credit_code = "91999999YB0000112Q"
    town.next_firm.save()
    client = clerk(town.street)
    sent = form_of(client, "provider", town.firm) | {"credit_code": "91999999YB0000112Q"}
    answer = save(client, "provider", town.firm, sent)
    assert "统一社会信用代码“91999999YB0000112Q”在库中属于“安心物业”。" in said(answer)


CONTRACT = {"provider": "恒居物业", "what": "XQ1", "signed_on": str(TODAY), "fee": "0.5至1.2"}


def enter(client, kind, sent, area="210101"):
    return client.post(address("ledger_enter", kind, area=area), sent)


def test_a_contract_is_entered(town):
    client = clerk(town.street)
    assert client.get(address("ledger_enter", "contract")).status_code == 200
    answer = enter(client, "contract", CONTRACT)
    assert answer.status_code == 200
    item = ContractItem.objects.get()
    assert (item.compound, item.contract.provider) == (town.first, town.firm)
    assert (item.valid_from, item.fee_low, item.fee_high) == (TODAY, 0.5, 1.2)
    assert item.recorded_by == client.user


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"provider": "没有的公司"}, "没有名为“没有的公司”的服务主体。"),
        ({"provider": ""}, "必须填写。"),
        ({"what": "XQ9"}, "本辖区内没有编码或名称为“XQ9”的"),
        ({"signed_on": "2026-01-05"}, "2026-01-05 在今天之前，属于补录。"),
        ({"ends_on": "2000-01-05"}, "终止日期（2000-01-05）早于签约日期"),
        ({"fee": "2至1"}, "“2至1”的下限高于上限。"),
    ],
)
def test_a_contract_with_faults_is_not_entered(town, wrong, sentence):
    answer = enter(clerk(town.street), "contract", CONTRACT | wrong)
    assert answer.status_code == 400
    assert sentence in said(answer)
    assert not ContractItem.objects.exists()


def test_a_contract_takes_the_place_of_the_one_in_force(town):
    covers(town.next_firm, town.first, signed_on=day(2024, 5, 1))
    client = clerk(town.street)
    refused = enter(client, "contract", CONTRACT)
    assert "“滨河院”现由“安心物业”服务（起于 2024-05-01）。" in said(refused)
    assert enter(client, "contract", CONTRACT | {"succeeds": "1"}).status_code == 200
    ended = ContractItem.objects.current().get(contract__provider=town.next_firm)
    assert ended.valid_to == TODAY - timezone.timedelta(days=1)
    assert ended.superseded_because == ""


def test_a_contract_takes_the_place_of_what_a_list_said_of_the_same_provider(town):
    listed = covers(town.firm, town.first)
    assert enter(clerk(town.street), "contract", CONTRACT).status_code == 200
    listed.refresh_from_db()
    assert listed.superseded_at is not None
    assert ContractItem.objects.current().count() == 1


def test_a_contract_in_force_from_the_same_day_is_withdrawn_for_its_successor(town):
    covers(town.next_firm, town.first, signed_on=TODAY)
    assert enter(clerk(town.street), "contract", CONTRACT | {"succeeds": "1"}).status_code == 200
    assert ContractItem.objects.current().get().contract.provider == town.firm


def test_a_contract_is_mended_by_a_new_row_for_a_reason(town):
    item = covers(town.firm, town.first, signed_on=day(2025, 1, 1), document="A1")
    client = clerk(town.street)
    sent = form_of(client, "contract", item) | {"filed_on": "2025-02-01", "document": "A2"}
    assert "更正已有记录须写明理由。" in said(save(client, "contract", item, sent))
    answer = save(client, "contract", item, sent | {"reason": "补登备案"})
    assert answer.status_code == 200
    item.refresh_from_db()
    mended = ContractItem.objects.current().get()
    assert item.superseded_because == "补登备案"
    assert (mended.filed_on, mended.contract.document) == (day(2025, 2, 1), "A2")
    assert (mended.signed_on, mended.valid_from) == (day(2025, 1, 1), day(2025, 1, 1))


def test_saving_a_contract_unchanged_records_nothing(town):
    item = covers(town.firm, town.first, signed_on=day(2025, 1, 1))
    client = clerk(town.street)
    save(client, "contract", item, form_of(client, "contract", item) | {"reason": "看过"})
    assert ContractItem.objects.count() == 1


def test_two_clerks_at_one_contract_choose(town):
    item = covers(town.firm, town.first, signed_on=day(2025, 1, 1))
    one, other = clerk(town.street), clerk(town.street, "李经办")
    mine = form_of(one, "contract", item) | {"grade": "二级", "reason": "核对"}
    theirs = form_of(other, "contract", item) | {"grade": "三级", "reason": "核对"}
    assert save(other, "contract", item, theirs).status_code == 200
    conflict = save(one, "contract", item, mine)
    assert conflict.status_code == 412
    grade = next(e for e in conflict.context["form"].inputs if e.column.key == "grade")
    assert (grade.value, grade.theirs) == ("二级", "三级")
    assert conflict.context["form"].pk == ContractItem.objects.current().get().pk


def test_a_contract_ends_for_a_reason_by_a_document(town):
    item = covers(town.firm, town.first, signed_on=day(2025, 1, 1))
    client = clerk(town.street)
    ends = reverse("ledger_end", args=["210101", item.pk])
    assert client.get(ends).status_code == 200
    refused = said(client.post(ends, {"ends_on": "", "exit_reason": ""}))
    assert "请填写终止日期。" in refused
    assert "请选择终止原因。" in refused
    too_early = {"ends_on": "2024-12-31", "exit_reason": "协商", "reason": "函"}
    assert "早于起始日期 2025-01-01" in said(client.post(ends, too_early))
    sent = {"ends_on": str(TODAY), "exit_reason": "协商", "document": "解约1号"}
    assert client.post(ends, sent).status_code == 200
    ended = ContractItem.objects.current().get()
    assert ended.valid_to == TODAY
    exit_row = ended.contract.exits.get()
    assert (exit_row.get_reason_display(), exit_row.document) == ("协商", "解约1号")
    assert client.post(ends, sent).status_code == 412


DECISION = {"management_area": "WY1", "way": "业主大会", "date": str(TODAY), "area_share": "70%"}


def test_a_decision_is_entered_and_mended(town):
    client = clerk(town.street)
    assert enter(client, "decision", DECISION).status_code == 200
    decision = OwnersDecision.objects.get()
    assert (decision.way, decision.area_share) == ("assembly", 0.7)
    sent = form_of(client, "decision", decision) | {"area_share": "75%", "reason": "计票更正"}
    assert save(client, "decision", decision, sent).status_code == 200
    assert OwnersDecision.objects.current().get().area_share == 0.75


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"way": "抽签"}, "“抽签”不是可用的值。"),
        ({"date": "2126-01-01"}, "日期 2126-01-01 在今天之后。"),
        ({"area_share": "170%"}, "“170%”不是 0 到 1 之间的比例。"),
        ({"management_area": "WY9"}, "本辖区内没有编码或名称为“WY9”的物业管理区域。"),
    ],
)
def test_a_decision_with_faults_is_not_entered(town, wrong, sentence):
    answer = enter(clerk(town.street), "decision", DECISION | wrong)
    assert sentence in said(answer)
    assert not OwnersDecision.objects.exists()


@pytest.mark.parametrize("role", [Role.VIEWER, Role.PLANNER, Role.APPROVER])
def test_who_keeps_no_ledger_changes_nothing(town, role):
    client = signed_in(role, town.street)
    assert client.get(address("ledger_change", "compound", town.first)).status_code == 404
    assert client.get(address("ledger_enter", "contract")).status_code == 404
    assert client.get(address("ledger_row", "compound", town.first)).status_code == 200


def test_a_row_of_another_area_is_not_found(town):
    client = clerk(town.street)
    assert client.get(address("ledger_change", "compound", town.far)).status_code == 404
    assert client.get(address("ledger_card", "compound", town.far)).status_code == 404
    assert client.post(address("ledger_change", "compound", town.far), {}).status_code == 404
    assert client.get(address("ledger_row", "compound", town.far)).status_code == 404
    assert client.get(address("ledger_enter", "compound")).status_code == 404
    assert client.get(address("ledger_row", "barrier", town.far)).status_code == 404


def test_the_card_tells_source_day_and_person_of_every_value_and_what_changed(town):
    client = clerk(town.street)
    sent = form_of(client, "compound", town.first) | {"households": "120"}
    save(client, "compound", town.first, sent)
    card = client.get(address("ledger_card", "compound", town.first))
    cells = card.context["row"].by_key
    assert cells["households"].origin.person == "王经办"
    assert cells["households"].origin.source == "台账录入"
    assert cells["name"].origin.at == LONG_AGO
    (change,) = card.context["history"]
    assert (change.heading, change.before, change.after) == ("户数（户）", "100", "120")
    assert change.origin.person == "王经办"


def test_the_card_of_a_contract_tells_what_was_mended(town):
    item = covers(town.firm, town.first, signed_on=day(2025, 1, 1))
    client = clerk(town.street)
    sent = form_of(client, "contract", item) | {"grade": "二级", "reason": "核对合同"}
    save(client, "contract", item, sent)
    newest = ContractItem.objects.current().get()
    card = client.get(address("ledger_card", "contract", newest))
    (change,) = card.context["history"]
    assert (change.heading, change.before, change.after) == ("服务等级", "—", "二级")
    assert "理由：核对合同" in change.origin.text
