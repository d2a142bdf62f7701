"""The site logs one line of JSON an event; a person is told what went wrong, and its number."""

import json
import logging

import pytest
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.db import OperationalError
from django.http import HttpResponse
from django.urls import path, reverse

from maps.models import User
from maps.site.logs import JsonLines, NumberRequests, request_number
from maps.site.urls import handler500, urlpatterns  # noqa: F401 (the handler is the site's)

pytestmark = pytest.mark.django_db


def away(_request):
    raise OperationalError


def broken(_request):
    raise ZeroDivisionError


def logs(_request):
    logging.getLogger("maps.test").warning("in between")
    return HttpResponse()


urlpatterns = [path("away", away), path("broken", broken), path("logs", logs), *urlpatterns]


@pytest.fixture
def person(client):
    user = User.objects.create_user("wang")
    client.force_login(user)
    return client


@pytest.fixture
def faulty(person, settings):
    """The site with addresses where something goes wrong."""
    settings.ROOT_URLCONF = __name__
    person.raise_request_exception = False
    return person


def line_of(record):
    return json.loads(JsonLines().format(record))


def record(text="小区", **values):
    made = logging.LogRecord("maps", logging.INFO, "x.py", 1, text, (), values.pop("error", None))
    vars(made).update(values)
    return made


def test_an_event_is_one_line_of_json_with_its_facts():
    told = JsonLines().format(record("两行\n文字", facts={"status": 200, "user": ""}))
    assert "\n" not in told
    line = json.loads(told)
    assert (line["text"], line["status"], line["level"]) == ("两行\n文字", 200, "info")
    assert "user" not in line
    assert line["at"].endswith("+00:00")


def test_an_error_is_logged_with_its_trace():
    error = ZeroDivisionError("by nought")
    line = line_of(record(error=(type(error), error, None)))
    assert line["trace"] == "ZeroDivisionError: by nought"


def test_a_request_is_logged_with_person_address_status_and_time(person, caplog):
    with caplog.at_level(logging.INFO, "maps"):
        answer = person.get(reverse("start"))
    facts = next(each.facts for each in caplog.records if hasattr(each, "facts"))
    assert facts["user"] == "wang"
    assert (facts["method"], facts["address"]) == ("GET", "/")
    assert facts["status"] == answer.status_code
    assert 0 <= facts["seconds"] < 60


def test_a_request_whose_person_nobody_asked_for_is_logged_without_asking_the_database(
    rf, caplog, django_assert_num_queries
):
    request = rf.get("/health/")
    request.session = {}
    AuthenticationMiddleware(lambda _request: None).process_request(request)
    with caplog.at_level(logging.INFO, "maps"), django_assert_num_queries(0):
        NumberRequests(lambda _request: HttpResponse())(request)
    assert caplog.records[0].facts["user"] == ""


def test_the_number_of_a_request_is_ours_and_on_all_that_is_logged_meanwhile(faulty, monkeypatch):
    lines = []
    monkeypatch.setattr(
        logging.getLogger("maps.test"), "handle", lambda each: lines.append(line_of(each))
    )
    answer = faulty.get("/logs", headers={"X-Request-ID": "theirs"})
    assert lines[0]["request"] == answer["X-Request-ID"] != "theirs"
    assert request_number.get() == ""


def test_a_database_that_is_away_is_told_with_the_time_to_come_back(faulty):
    answer = faulty.get("/away")
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert "数据库暂时没有响应，请稍后重试。已经提交成功的修改不会丢失。" in answer.content.decode()


def test_an_error_of_ours_is_told_with_the_number_of_the_request(faulty):
    answer = faulty.get("/broken")
    assert answer.status_code == 500
    assert f"编号 {answer['X-Request-ID']}" in answer.content.decode()


def test_a_script_is_told_in_json(faulty):
    answer = faulty.get("/away", headers={"Accept": "application/json"})
    assert answer.status_code == 503
    assert answer.json()["faults"][0].startswith("数据库暂时没有响应")
