"""Files brought to the import page in tests, and the worker's part done here."""

import json

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from maps.models import Job, JobState, Membership, Role, Upload, User
from tests.rows import geos, square


def ground(first, last):
    """Return the ground from one column of the grid to another."""
    return geos(square(first).union(square(last)).envelope)


def signed_in(client, held, role=Role.CLERK):
    user = User.objects.create_user(f"{role}-{held.code}")
    Membership.objects.create(user=user, role=role, area=held)
    client.force_login(user)
    return user


def compounds(*rows):
    """Return a GeoJSON file of compounds, each (code, area, column)."""
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "name": f"{code}院", "area": held, "households": 80},
            "geometry": json.loads(geos(square(column)).json),
        }
        for code, held, column in rows
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    return SimpleUploadedFile("小区.geojson", text.encode())


def brought(client, held, *files, **options):
    """Bring files to the page as a person does."""
    return client.post(reverse("imports", args=[held.code]), {"file": list(files), **options})


def worked(do, upload=None):
    """Let the worker's function run on the newest upload, and end its job as a worker does."""
    upload = upload or Upload.objects.latest("pk")
    do(upload)
    Job.objects.filter(pk=upload.job_id).update(
        state=JobState.DONE, finished_at=timezone.now(), share=1
    )
    upload.refresh_from_db()
    return upload


def page_of(client, upload):
    return client.get(reverse("upload", args=[upload.pk])).content.decode()
