def test_an_official_signs_in_and_begins_at_the_city(site, open_as):
    page = open_as("viewer", "/")
    assert page.url.startswith(f"{site.url}/areas/")
    assert page.get_by_role("navigation", name="主要栏目").is_visible()


def test_who_is_not_signed_in_is_asked_to_sign_in(open_as):
    page = open_as(None, "/")
    assert page.get_by_role("textbox", name="用户名").is_visible()
