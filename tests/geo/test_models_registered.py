"""Things with a code keep it for ever, and their tables remember what they said."""

import pytest
from django.db import IntegrityError, connection, transaction

from geo.models import Compound, ImportBatch, Provider, Registered, Revision
from geo.words import ProviderKind
from tests.rows import LONG_AGO, at, compound, day, geos, provider, square

pytestmark = pytest.mark.django_db


def test_a_code_is_given_once():
    compound("C1")
    with pytest.raises(IntegrityError, match="unique"), transaction.atomic():
        compound("C1", name="另一个")


def test_a_code_never_changes():
    compound("C1")
    with pytest.raises(IntegrityError, match="a code never changes"), transaction.atomic():
        Compound.objects.update(code="C2")


def test_a_thing_is_never_deleted_so_that_its_code_is_not_used_again():
    compound("C1", valid_to=day(2020))
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        Compound.objects.all().delete()


def test_a_code_is_not_empty():
    with pytest.raises(IntegrityError, match="compound_has_a_code"), transaction.atomic():
        compound("")


def test_a_change_keeps_what_the_row_said_before():
    compound("C1", households=420)
    Compound.objects.update(households=430, changed_at=at(2024))
    kept = Revision.objects.get()
    assert (kept.code, kept.before["households"], kept.recorded_at, kept.superseded_at) == (
        "C1",
        420,
        LONG_AGO,
        at(2024),
    )


def test_a_change_without_a_moment_gets_one():
    compound("C1", households=420)
    Compound.objects.update(households=430)
    assert Compound.objects.get().changed_at == Revision.objects.get().superseded_at


def test_an_update_that_changes_nothing_is_not_history():
    compound("C1", households=420)
    Compound.objects.update(households=420)
    assert not Revision.objects.exists()


def test_a_changed_boundary_is_kept_to_the_bit():
    outline = geos(square(lon=121.600000123456))
    compound("C1", geometry=outline)
    Compound.objects.update(geometry=geos(square(1)))
    assert bytes.fromhex(Revision.objects.get().before["geometry"]) == bytes(outline.wkb)


def test_a_boundary_that_was_missing_is_kept_as_missing():
    compound("C1")
    Compound.objects.update(geometry=geos(square()))
    assert Revision.objects.get().before["geometry"] is None


def test_history_itself_is_frozen():
    compound("C1", households=420)
    Compound.objects.update(households=430)
    with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
        Revision.objects.update(code="C9")


@pytest.mark.parametrize("model", Registered.__subclasses__(), ids=lambda model: model.__name__)
def test_every_thing_with_a_code_keeps_its_history(model):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass"
            " AND tgname LIKE 'pgtrigger_keep_history%%' AND tgenabled = 'O'",
            [model._meta.db_table],  # noqa: SLF001 (the public way to a model's table)
        )
        assert cursor.fetchone() == (1,)


def test_things_exist_from_their_first_day_to_their_last():
    compound("C1", valid_from=day(2020), valid_to=day(2024, 12, 31))
    days = [day(2019), day(2020), day(2024, 12, 31), day(2025)]
    assert [Compound.objects.existing_on(d).count() for d in days] == [0, 1, 1, 0]


def test_things_are_known_from_when_they_were_recorded():
    compound("C1")
    assert Compound.objects.known_at(at(1999)).count() == 0


def test_names_of_providers_are_unique():
    provider("甲物业")
    with pytest.raises(IntegrityError, match="unique"), transaction.atomic():
        provider("甲物业")


def test_credit_codes_of_providers_are_unique():
    provider("甲物业", credit_code="91210200MA0QCQ6X3M")
    with pytest.raises(IntegrityError, match="provider_credit_code_unique"), transaction.atomic():
        provider("乙物业", credit_code="91210200MA0QCQ6X3M")


def test_only_companies_are_firms():
    firms = [kind for kind in ProviderKind if Provider(kind=kind).is_firm]
    assert firms == ["state", "private", "subdistrict", "joint"]


@pytest.mark.parametrize(
    ("is_sample", "ending"), [(True, "（示例数据）"), (False, "-01")], ids=["sample", "real"]
)
def test_a_batch_of_sample_data_says_so(is_sample, ending):
    batch = ImportBatch(file_name="小区.shp", imported_at=at(2024), is_sample=is_sample)
    assert str(batch).endswith(ending)


def test_a_batch_names_the_content_of_its_file():
    with pytest.raises(IntegrityError, match="importbatch_sha256_is_one"), transaction.atomic():
        ImportBatch.objects.create(kind="compound", file_name="小区.shp", sha256="abc")
