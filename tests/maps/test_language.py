"""In which language the site speaks."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en-US,en;q=0.9"}


def spoken(client):
    return client.get(reverse("sign_in"), headers=ENGLISH).content.decode()


def test_it_speaks_chinese_whatever_the_browser_was_delivered_with(client):
    assert '<html lang="zh-hans">' in spoken(client)
    assert "用户名" in spoken(client)


def test_it_speaks_english_to_who_switched(client):
    client.post(reverse("set_language"), {"language": "en"})
    assert '<html lang="en">' in spoken(client)
