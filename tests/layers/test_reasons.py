import re
from pathlib import Path

from layers.assignment.explain import RULE_WORDS
from layers.reasons import SENTENCES, Reason, listed

LAYERS = Path(__file__).resolve().parents[2] / "layers"
KEY = re.compile(r'"((?:case|edit|plan|provider|site|variant|zone)\.[a-z0-9_]+)"')


def keys_in_code():
    sources = [path for path in LAYERS.rglob("*.py") if path.name != "reasons.py"]
    return {key for path in sources for key in KEY.findall(path.read_text())}


def test_every_reason_that_the_code_gives_has_a_sentence():
    assert keys_in_code() - set(SENTENCES) == set()


def test_every_sentence_is_used():
    assert set(SENTENCES) - keys_in_code() == set()


def test_sentences_stand_in_the_order_of_their_keys():
    assert list(SENTENCES) == sorted(SENTENCES)


def test_sentences_are_whole_sentences():
    assert [key for key, text in SENTENCES.items() if not text.endswith("。")] == []


def test_no_sentence_uses_a_word_that_sounds_wrong_to_an_official():
    wrong = re.compile("单元|热力|未管理|物业企业(?!服务)|不连通|批准|发布|指定")
    assert [text for text in SENTENCES.values() if wrong.search(text)] == []


def test_a_reason_fills_its_sentence():
    reason = Reason("zone.no_capacity_left", {"count": 3})
    assert reason.sentence().startswith("有 3 家符合条件")


def test_a_reason_is_told_in_the_language_of_the_translator():
    reason = Reason("site.locked", {"zone": "7"})
    assert reason.sentence(lambda _: "Locked into zone {zone}.") == "Locked into zone 7."


def test_a_few_names_are_listed():
    assert listed(["东里", "西里"]) == "“东里”、“西里”"


def test_many_names_are_counted():
    assert listed(map(str, range(8))) == "“0”、“1”、“2”、“3”、“4”、“5”等 8 处"


def test_every_rule_that_refuses_a_provider_has_a_word():
    rules = {key for key in keys_in_code() if key.startswith("provider.")}
    praise = {"backstop_by", "distance", "distance_running", "grade", "held", "incumbent"}
    found = {"signed_below_grade", "signed_grade_unknown", "signed_outside", "signed_while_banned"}
    assert rules - set(RULE_WORDS) == {f"provider.{word}" for word in praise | found}
