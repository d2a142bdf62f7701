"""One query a grid: every column under the name v_<key>, as of a day and as known at a moment.

Attributes of registered things are those on record now; what they said before stands beside each
cell and in the audit. Facts are those that held on the day, as known at the moment.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, NullIf

from geo.models import (
    Building,
    Committee,
    Compound,
    ConditionFact,
    ContractItem,
    Grade,
    ManagementArea,
    Member,
    OwnersDecision,
    Provider,
    ServiceArea,
    ZoningWish,
)
from geo.models.contracts import COVERED
from geo.readers import Kind
from geo.recording.things import WISHES
from geo.words import Condition
from maps.asked import Asked

Inside = frozenset[int]
"""Row ids of the managing areas whose ledger it is."""


def compounds(asked: Asked, inside: Inside) -> QuerySet[Any, Any]:
    """Return the compounds in the areas."""
    rows = Compound.objects.known_at(asked.known).existing_on(asked.valid)
    conditions = {
        f"v_{key}": Subquery(
            _facts(ConditionFact, asked, compound=OuterRef("pk"), key=str(key)).values("is_met")[:1]
        )
        for key in Condition
    }
    items = _serving(asked)
    own = items.filter(compound=OuterRef("pk"))
    of_area = items.filter(management_area__in=_holding(asked, compound=OuterRef(OuterRef("pk"))))
    committees = _facts(Committee, asked)
    deciding = Coalesce(
        Subquery(
            committees.filter(
                management_area__in=_holding(asked, compound=OuterRef(OuterRef("pk")))
            ).values("pk")[:1]
        ),
        Subquery(committees.filter(compound=OuterRef("pk")).values("pk")[:1]),
    )
    plain = ("code", "name", "address", "built", "households", "floor_area_m2", "old_list")
    return (
        rows.filter(area_id__in=inside)
        .annotate(
            f_provider=Coalesce(Subquery(own.values("pk")[:1]), Subquery(of_area.values("pk")[:1])),
            f_committee=deciding,
            f_wish=Subquery(_facts(ZoningWish, asked, compound=OuterRef("pk")).values("pk")[:1]),
        )
        .annotate(
            **{f"v_{key}": F(key) for key in (*plain, "title_area", "renovation")},
            v_area=F("area__name"),
            v_buildings=F("buildings_reported"),
            v_fee=F("fee_low"),
            v_fee_high=F("fee_high"),
            v_provider=_name_of_provider(),
            v_committee=Subquery(
                Committee.objects.filter(pk=OuterRef("f_committee")).values("kind")
            ),
            **conditions,
            **_wished(),
        )
    )


def buildings(asked: Asked, inside: Inside) -> QuerySet[Any, Any]:
    """Return the buildings in the areas."""
    rows = Building.objects.known_at(asked.known).existing_on(asked.valid)
    plain = ("code", "name", "address", "use", "storeys", "height_m", "built", "households")
    return rows.filter(area_id__in=inside).annotate(
        **{f"v_{key}": F(key) for key in (*plain, "floor_area_m2")},
        v_compound=Coalesce(NullIf("compound__name", Value("")), "compound__code"),
        v_compound_code=F("compound__code"),
    )


def management_areas(asked: Asked, inside: Inside) -> QuerySet[Any, Any]:
    """Return the management areas in the areas."""
    rows = ManagementArea.objects.known_at(asked.known).existing_on(asked.valid)
    members = _facts(Member, asked, management_area=OuterRef("pk")).order_by(
        "compound__code", "building__code"
    )
    named = members.annotate(
        told=Coalesce(
            NullIf("compound__name", Value("")),
            "compound__code",
            "building__code",
            output_field=CharField(),
        )
    )
    items = _serving(asked).filter(management_area=OuterRef("pk"))
    committee = _facts(Committee, asked, management_area=OuterRef("pk"))
    return (
        rows.filter(area_id__in=inside)
        .annotate(
            f_provider=Subquery(items.values("pk")[:1]),
            f_committee=Subquery(committee.values("pk")[:1]),
            f_wish=Subquery(
                _facts(ZoningWish, asked, management_area=OuterRef("pk")).values("pk")[:1]
            ),
        )
        .annotate(
            **{f"v_{key}": F(key) for key in ("code", "name", "decided_on", "document")},
            v_members=ArraySubquery(named.values("told")),
            v_provider=_name_of_provider(),
            v_committee=Subquery(committee.values("kind")[:1]),
            **_wished(),
        )
    )


def contracts(asked: Asked, inside: Inside) -> QuerySet[Any, Any]:
    """Return what contracts cover in the areas, whether or not it is in force on the day."""
    items = ContractItem.objects.known_at(asked.known).filter(inside_of(inside))
    plain = ("mode", "signed_on", "filed_on", "in_service_from", "grade")
    names = [f"{thing}__{name}" for thing in COVERED for name in ("name", "code")]
    return items.annotate(
        **{f"v_{key}": F(key) for key in plain},
        v_provider=F("contract__provider__name"),
        v_what=Coalesce(*(NullIf(name, Value("")) for name in names)),
        v_what_code=Coalesce(*(F(f"{thing}__code") for thing in COVERED)),
        v_ends_on=F("valid_to"),
        v_fee=F("fee_low"),
        v_fee_high=F("fee_high"),
        v_document=F("contract__document"),
    )


def decisions(asked: Asked, inside: Inside) -> QuerySet[Any, Any]:
    """Return what the owners decided by the day."""
    facts = OwnersDecision.objects.as_of(valid=asked.valid, known=asked.known)
    plain = ("way", "area_share", "count_share", "area_in_favour", "count_in_favour", "document")
    return facts.filter(management_area__area_id__in=inside).annotate(
        **{f"v_{key}": F(key) for key in plain},
        v_management_area=Coalesce(
            NullIf("management_area__name", Value("")), "management_area__code"
        ),
        v_management_area_code=F("management_area__code"),
        v_date=F("valid_from"),
    )


def providers(asked: Asked, inside: Inside) -> QuerySet[Any, Any]:
    """Return the providers that serve in the areas, or may."""
    rows = Provider.objects.known_at(asked.known).existing_on(asked.valid)
    items = ContractItem.objects.as_of(valid=asked.valid, known=asked.known)
    here = items.filter(inside_of(inside), contract__provider=OuterRef("pk"))
    served = _facts(ServiceArea, asked, provider=OuterRef("pk"))
    counted = here.order_by().values("contract__provider").annotate(n=Count("pk")).values("n")
    grades = _facts(Grade, asked, provider=OuterRef("pk"))
    plain = ("name", "kind", "credit_code", "capacity_m2", "capacity_households")
    return rows.filter(Exists(here) | Exists(served.filter(area_id__in=inside))).annotate(
        f_grade=Subquery(grades.values("pk")[:1]),
        v_grade=Subquery(grades.values("grade")[:1]),
        **{f"v_{key}": F(key) for key in plain},
        v_service_areas=ArraySubquery(served.order_by("area__code").values("area__name")),
        v_serves=Coalesce(Subquery(counted[:1], output_field=IntegerField()), Value(0)),
    )


QUERIES: Mapping[Kind, Callable[[Asked, Inside], QuerySet[Any, Any]]] = {
    Kind.COMPOUND: compounds,
    Kind.BUILDING: buildings,
    Kind.MANAGEMENT_AREA: management_areas,
    Kind.CONTRACT: contracts,
    Kind.DECISION: decisions,
    Kind.PROVIDER: providers,
}


def inside_of(inside: Inside) -> Q:
    """Return the filter of contract items whose thing lies in the areas."""
    lies = [Q(**{f"{thing}__area_id__in": inside}) for thing in COVERED]
    return lies[0] | lies[1] | lies[2] | lies[3]


def _facts(model: Any, asked: Asked, **about: Any) -> Any:
    return model.objects.as_of(valid=asked.valid, known=asked.known).filter(**about).order_by("pk")


def _wished() -> dict[str, Subquery]:
    """Return what is wanted of the thing in zones, each by its key."""
    wish = ZoningWish.objects.filter(pk=OuterRef("f_wish"))
    return {f"v_{key}": Subquery(wish.values(key)) for key in WISHES}


def _serving(asked: Asked) -> Any:
    """Return the items in force, who came last first; one yet to enter does not serve."""
    entered = Q(in_service_from__isnull=True) | Q(in_service_from__lte=asked.valid)
    return (
        ContractItem.objects.as_of(valid=asked.valid, known=asked.known)
        .filter(entered)
        .order_by(F("valid_from").desc(nulls_last=True), "contract__provider__name")
    )


def _holding(asked: Asked, **thing: Any) -> Any:
    """Return the management area that holds a thing."""
    return (
        Member.objects.as_of(valid=asked.valid, known=asked.known)
        .filter(**thing)
        .values("management_area")
    )


def _name_of_provider() -> Subquery:
    items = ContractItem.objects.filter(pk=OuterRef("f_provider"))
    return Subquery(items.values("contract__provider__name"))
