"""Every main page can be read and used by everybody: axe finds no serious or critical fault.

In light and dark, on a desktop and on a phone, with what people see after the page has settled.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from geo.models import ManagingArea
from geo.words import AreaLevel
from layers.models import Plan
from maps.models import Job, JobKind, JobState, Upload, UploadState, User
from tests.browser.conftest import DESKTOP, PHONE, committed

SERIOUS = {"serious", "critical"}
SCHEMES = ("light", "dark")
PAGES = {
    "sign-in": (None, "/sign-in/"),
    "overview of the city": ("viewer", "/areas/{city}/"),
    "overview of a district": ("viewer", "/areas/{district}/"),
    "map": ("viewer", "/areas/{district}/map/"),
    "ledger": ("clerk", "/areas/{district}/ledger/compound/"),
    "ledger of contracts": ("viewer", "/areas/{district}/ledger/contract/"),
    "plans": ("planner", "/areas/{district}/plans/"),
    "plan editor": ("planner", "/plans/{plan}/"),
    "plan of one who only looks": ("viewer", "/plans/{plan}/"),
    "providers": ("viewer", "/areas/{district}/providers/"),
    "events": ("viewer", "/areas/{city}/assessment/events/"),
    "treatments": ("clerk", "/areas/{city}/assessment/treatments/?policy=dalian-2018"),
    "records of events": ("clerk", "/areas/{city}/assessment/records/event/"),
    "policy": ("viewer", "/areas/{district}/policy/"),
    "imports": ("clerk", "/areas/{city}/imports/"),
    "import history": ("clerk", "/areas/{city}/imports/history/"),
    "upload": ("clerk", "/uploads/{upload}/"),
    "exports": ("viewer", "/areas/{district}/exports/"),
    "audit": ("auditor", "/areas/{city}/audit/"),
    "jobs": ("planner", "/jobs/"),
    "job": ("planner", "/jobs/{job}/"),
    "not found": ("viewer", "/areas/nowhere/"),
    "refused": ("viewer", "/areas/{city}/?date=yesterday"),
}
FAULT = {
    "row": 3,
    "column": "名称",
    "given": "",
    "text": "缺少名称。",
    "fix": "请补上名称。",
}


@pytest.fixture(scope="module")
def names(site):  # noqa: ARG001 (the site's data)
    """Return what addresses name: areas, the plan, a job that failed and a faulty upload."""
    return committed(some_work)


def some_work():
    district = ManagingArea.objects.filter(level=AreaLevel.DISTRICT).first()
    planner, now = User.objects.get(username="demo-planner"), timezone.now()
    job = Job.objects.create(
        kind=JobKind.PROPOSE,
        area=district,
        asked_by=planner,
        state=JobState.FAILED,
        fault="没有可用的小区。",
        finished_at=now,
    )
    upload = Upload.objects.create(
        area=district,
        file_name="小区.xlsx",
        size_bytes=10_240,
        state=UploadState.FAULTY,
        faults=[FAULT],
        understood={"rows": 12, "fault_count": 1},
        uploaded_by=planner,
    )
    return {
        "city": district.parent.code,
        "district": district.code,
        "plan": Plan.objects.filter(area=district).first().pk,
        "job": job.pk,
        "upload": upload.pk,
    }


def faults_of(page):
    """Return what keeps people from reading or using the page, and where."""
    found = Axe().run(page).response["violations"]
    return [
        (each["id"], [node["html"][:160] for node in each["nodes"][:4]])
        for each in found
        if each["impact"] in SERIOUS
    ]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_keeps_nobody_out(open_as, names, name):
    role, path = PAGES[name]
    page = open_as(role, path.format(**names), tolerates=(400, 404))
    page.wait_for_load_state("networkidle")
    found = {}
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for width, height in (DESKTOP, PHONE):
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_selector(f"html[data-bs-theme={scheme}]")
            page.wait_for_timeout(300)  # colours that fade from one scheme to the other
            found[scheme, width] = faults_of(page)
    assert {where: faults for where, faults in found.items() if faults} == {}
