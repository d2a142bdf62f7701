"""What is wrong with the basis of what is on record: contracts without a decision, weak decisions.

The law's majority is that of `layers.way`; these are the same findings, as filters of a grid.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from geo.models import ManagementArea, Member, OwnersDecision
from geo.readers import Kind
from geo.words import DecisionWay
from layers.way import IN_FAVOUR, TAKING_PART, TOLERANCE, Finding
from maps.asked import Asked

FINDINGS: Mapping[Kind, Sequence[Finding]] = {
    Kind.CONTRACT: (Finding.NO_BASIS,),
    Kind.MANAGEMENT_AREA: (Finding.MERGED_UNDECIDED,),
    Kind.DECISION: (Finding.BELOW_MAJORITY, Finding.SHARES_UNKNOWN),
}
"""What can be found of each kind."""
SHARES = ("area_share", "count_share", "area_in_favour", "count_in_favour")


def by_finding(rows: QuerySet[Any, Any], finding: Finding, asked: Asked) -> QuerySet[Any, Any]:
    """Return the rows that have a finding."""
    if finding is Finding.MERGED_UNDECIDED:
        return rows.filter(_is_merged(asked)).exclude(_has_decided(asked))
    if finding is Finding.NO_BASIS:
        return rows.filter(signed_on__lte=asked.valid).exclude(_is_decided(asked))
    voted = rows.exclude(way=DecisionWay.TEMPORARY)
    weak = _is_weak()
    if finding is Finding.BELOW_MAJORITY:
        return voted.filter(weak)
    silent = Q()
    for share in SHARES:
        silent |= Q(**{f"{share}__isnull": True})
    return voted.filter(silent).exclude(pk__in=voted.filter(weak).values("pk"))


def _is_merged(asked: Asked) -> Q:
    """Return whether other areas went into this one, or it holds several compounds unpapered."""
    gone = ManagementArea.objects.known_at(asked.known).filter(merged_into=OuterRef("pk"))
    members = Member.objects.as_of(valid=asked.valid, known=asked.known)
    of_area = members.filter(management_area=OuterRef("pk"), compound__isnull=False)
    counted = of_area.order_by().values("management_area").annotate(n=Count("pk"))
    return Q(Exists(gone)) | Q(document="") & Q(Exists(counted.filter(n__gt=1)))


def _has_decided(asked: Asked) -> Q:
    """Return whether the owners of an area decided; a trusteeship for a time does not count."""
    decisions = OwnersDecision.objects.as_of(valid=asked.valid, known=asked.known)
    own = decisions.filter(management_area=OuterRef("pk")).exclude(way=DecisionWay.TEMPORARY)
    return Q(Exists(own))


def _is_weak() -> Q:
    """Return the filter of decisions in which too few took part, or too few of them agreed."""
    weak = Q()
    for share in SHARES[:2]:
        weak |= Q(**{f"{share}__lt": TAKING_PART - TOLERANCE})
    for share in SHARES[2:]:
        weak |= Q(**{f"{share}__lte": IN_FAVOUR})
    return weak


def _is_decided(asked: Asked) -> Q:
    """Return whether the owners of the area that an item covers, or lies in, have decided."""
    decisions = OwnersDecision.objects.as_of(valid=asked.valid, known=asked.known)
    members = Member.objects.as_of(valid=asked.valid, known=asked.known).filter(
        Exists(decisions.filter(management_area_id=OuterRef("management_area_id")))
    )
    own = decisions.filter(management_area_id=OuterRef("management_area_id"))
    inside = [
        members.filter(compound_id=OuterRef("compound_id")),
        members.filter(building_id=OuterRef("building_id")),
        members.filter(compound_id=OuterRef("building__compound_id")),
    ]
    condition = Q(Exists(own))
    for each in inside:
        condition |= Q(Exists(each))
    return condition
