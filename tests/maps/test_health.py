"""Monitoring learns whether the site works; a stranger learns no more than that."""

import pytest
from django.db import connection
from django.urls import reverse

from maps.models import User
from maps.pages import health

pytestmark = pytest.mark.django_db(transaction=True, available_apps=["maps"])


@pytest.fixture
def worker():
    """A worker told of itself just now."""
    yield tell_of_worker
    execute("DELETE FROM procrastinate_workers")


def execute(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def tell_of_worker(seconds_ago):
    execute(
        "INSERT INTO procrastinate_workers (last_heartbeat)"
        " VALUES (now() - make_interval(secs => %s))",
        seconds_ago,
    )


def test_a_stranger_learns_that_all_is_well_and_no_more(client, worker):
    worker(5)
    answer = client.get(reverse("health"))
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_who_is_signed_in_learns_the_details(client, worker):
    worker(5)
    client.force_login(User.objects.create_user("wang"))
    told = client.get(reverse("health")).json()
    assert told["database"] is True
    assert 5 <= told["worker_seconds_ago"] < 60
    assert told["disk_free_gb"] > 0
    assert told["version"].count(".") == 2


def test_a_worker_that_is_silent_is_a_fault(client, worker):
    worker(health.SILENCE_S + 1)
    assert client.get(reverse("health")).status_code == 503


def test_a_site_without_worker_is_a_fault(client):
    answer = client.get(reverse("health"))
    assert (answer.status_code, answer.json()) == (503, {"status": "fault"})


def test_a_full_disk_is_a_fault():
    well = {"database": True, "worker_seconds_ago": 1.0, "version": "1"}
    assert health.Health(**well, disk_free_gb=health.LEAST_FREE_GB).is_well
    assert not health.Health(**well, disk_free_gb=0.1).is_well


def test_a_database_that_does_not_answer_is_a_fault(client, tmp_path, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "HOST", str(tmp_path))
    answer = client.get(reverse("health"))
    assert (answer.status_code, answer.json()) == (503, {"status": "fault"})
