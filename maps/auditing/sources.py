"""What the audit is drawn from: a table of events each, and whose area an event is in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from geo.models import (
    Ban,
    Barrier,
    Base,
    Building,
    CheckFact,
    Committee,
    Compound,
    ConditionFact,
    ContractItem,
    Courtyard,
    Crossing,
    Event,
    Exit,
    FeeCollection,
    Grade,
    ImportBatch,
    ManagementArea,
    ManagingArea,
    Member,
    OwnersDecision,
    Provider,
    QuarterGrade,
    Role,
    Score,
    ServiceArea,
    Subsidy,
    TreatmentDecision,
    ZoningWish,
)
from geo.models.contracts import COVERED
from geo.models.facts import Fact
from layers.models import DispatchItem, Plan, PlanDue, Zone
from maps.models import Attachment, Confirmation, Export, Membership, Token, User

Inside = frozenset[int] | None
"""Row ids of the managing areas; None = everywhere."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """One table whose changes the audit tells."""

    key: str
    model: type[Model]
    title: str | Promise
    lies: Callable[[Inside], Q]
    named: tuple[str, ...] = ()
    """Columns, of the table or of what it refers to, in which a thing is looked for."""
    moment: str = "pgh_created_at"
    author: str = ""
    """Column of the person, where the table is its own record."""

    @property
    def has_events(self) -> bool:
        """Tell whether changes are kept beside the table, or the table is its own record."""
        return not self.author

    @property
    def is_fact(self) -> bool:
        """Tell whether rows are superseded and not changed."""
        return issubclass(self.model, Fact)

    def rows(self) -> QuerySet[Any, Any]:
        """Return the events, or the rows that are their own record."""
        if not self.has_events:
            return self.model.objects.all()  # type: ignore[attr-defined,no-any-return]
        events: QuerySet[Any, Any] = self.model.pgh_event_model.objects.all()  # type: ignore[attr-defined]
        return events.exclude(_is_told_by_successor(self.model)) if self.is_fact else events


def _is_told_by_successor(model: type[Model]) -> Q:
    """Return events of facts that another one took the place of: that one tells both values."""
    known = {field.attname for field in model._meta.concrete_fields}  # noqa: SLF001 (the public way to a model's fields)
    subjects = ("compound_id", "management_area_id", "building_id", "courtyard_id", "provider_id")
    same = Q()
    for name in subjects:
        if name in known:
            same |= Q(**{name: OuterRef(name)})
    told = model.objects.filter(same, recorded_at=OuterRef("pgh_obj__superseded_at"))  # type: ignore[attr-defined]
    return Q(Exists(told), pgh_label="update")


def _at(*paths: str) -> Callable[[Inside], Q]:
    """Return the filter of rows of which one of these references lies in the areas."""

    def lies(inside: Inside) -> Q:
        if inside is None:
            return Q()
        condition = Q(pk__in=[])
        for path in paths:
            condition |= Q(**{f"{path}__in": inside})
        return condition

    return lies


def _of_provider(path: str) -> Callable[[Inside], Q]:
    """Return the filter of rows about a provider that serves in the areas."""

    def lies(inside: Inside) -> Q:
        if inside is None:
            return Q()
        items = ContractItem.objects.current().filter(contract__provider=OuterRef(path))
        return Q(Exists(items.filter(_at(*(f"{thing}__area_id" for thing in COVERED))(inside))))

    return lies


def _of_batch(inside: Inside) -> Q:
    """Return the filter of files that brought something in the areas."""
    if inside is None:
        return Q()
    condition = Q(pk__in=[])
    for model in (Compound, Building, ManagementArea):
        brought = model.objects.filter(batch=OuterRef("pk"), area_id__in=inside)
        condition |= Q(Exists(brought))
    return condition


def _everywhere(inside: Inside) -> Q:
    return Q() if inside is None else Q(pk__in=[])


HELD = ("compound__name", "compound__code")
MANAGED = ("management_area__name", "management_area__code")
NAMED = ("name", "code")


def _source(
    key: str,
    model: type[Model],
    title: str | Promise,
    lies: Callable[[Inside], Q],
    *named: str,
) -> Source:
    return Source(key=key, model=model, title=title, lies=lies, named=named)


SOURCES: Mapping[str, Source] = {
    each.key: each
    for each in (
        _source("compound", Compound, gettext_lazy("小区"), _at("area_id"), *NAMED),
        _source("building", Building, gettext_lazy("楼栋"), _at("area_id"), *NAMED),
        _source(
            "management_area", ManagementArea, gettext_lazy("物业管理区域"), _at("area_id"), *NAMED
        ),
        _source("courtyard", Courtyard, gettext_lazy("院落"), _at("area_id"), *NAMED),
        _source(
            "condition", ConditionFact, gettext_lazy("管理条件"), _at("compound__area_id"), *HELD
        ),
        _source(
            "wish",
            ZoningWish,
            gettext_lazy("划片要求"),
            _at("management_area__area_id", "compound__area_id"),
            *(*HELD, *MANAGED),
        ),
        _source(
            "contract",
            ContractItem,
            gettext_lazy("物业服务合同"),
            _at(*(f"{thing}__area_id" for thing in COVERED)),
            *(*HELD, *MANAGED, "contract__provider__name"),
        ),
        _source("exit", Exit, gettext_lazy("退出记录"), _of_provider("contract__provider")),
        _source(
            "decision",
            OwnersDecision,
            gettext_lazy("业主决定"),
            _at("management_area__area_id"),
            *MANAGED,
        ),
        _source(
            "committee",
            Committee,
            gettext_lazy("业主组织"),
            _at("management_area__area_id", "compound__area_id"),
            *(*HELD, *MANAGED),
        ),
        _source(
            "member",
            Member,
            gettext_lazy("物业管理区域组成"),
            _at("management_area__area_id"),
            *MANAGED,
        ),
        _source("provider", Provider, gettext_lazy("服务主体"), _of_provider("pgh_obj_id"), "name"),
        _source(
            "grade", Grade, gettext_lazy("信用等级"), _of_provider("provider"), "provider__name"
        ),
        _source("base", Base, gettext_lazy("驻地"), _of_provider("provider"), "provider__name"),
        _source(
            "service_area", ServiceArea, gettext_lazy("服务区域"), _at("area_id"), "provider__name"
        ),
        _source("ban", Ban, gettext_lazy("禁入决定"), _at("area_id"), "provider__name"),
        _source("role", Role, gettext_lazy("角色"), _at("area_id"), "provider__name"),
        _source(
            "event",
            Event,
            gettext_lazy("投诉与巡查"),
            _at("compound__area_id", "area_id"),
            *HELD,
        ),
        *(
            _source(
                key,
                model,
                title,
                _at("compound__area_id", "area_id"),
                *(*HELD, "provider__name"),
            )
            for key, model, title in (
                ("score", Score, gettext_lazy("评议得分")),
                ("quarter_grade", QuarterGrade, gettext_lazy("季度等次")),
                ("subsidy", Subsidy, gettext_lazy("补贴")),
            )
        ),
        *(
            _source(key, model, title, _at("compound__area_id"), *HELD)
            for key, model, title in (
                ("check", CheckFact, gettext_lazy("五好检查")),
                ("treatment", TreatmentDecision, gettext_lazy("处理决定")),
                ("collection", FeeCollection, gettext_lazy("物业费收缴")),
            )
        ),
        _source("area", ManagingArea, gettext_lazy("管理辖区"), _at("pgh_obj_id"), *NAMED),
        _source("barrier", Barrier, gettext_lazy("阻隔"), _everywhere, *NAMED),
        _source("crossing", Crossing, gettext_lazy("通道"), _everywhere, *NAMED),
        _source("plan", Plan, gettext_lazy("连片方案"), _at("area_id"), "name"),
        _source("zone", Zone, gettext_lazy("片区"), _at("plan__area_id"), "plan__name"),
        _source("plan_due", PlanDue, gettext_lazy("方案各步期限"), _at("plan__area_id"), "duty"),
        _source(
            "dispatch_item",
            DispatchItem,
            gettext_lazy("交办事项"),
            _at("plan__area_id"),
            *("text", "duty"),
        ),
        _source("person", User, gettext_lazy("用户"), _everywhere, "username", "last_name"),
        _source(
            "membership",
            Membership,
            gettext_lazy("用户角色"),
            _at("area_id"),
            "user__username",
            "user__last_name",
        ),
        _source("attachment", Attachment, gettext_lazy("附件"), _at("area_id"), "name"),
        _source("token", Token, gettext_lazy("访问密钥"), _everywhere, "user__username", "name"),
        Source(
            key="import",
            model=ImportBatch,
            title=gettext_lazy("导入"),
            lies=_of_batch,
            named=("file_name",),
            moment="imported_at",
            author="imported_by_id",
        ),
        Source(
            key="export",
            model=Export,
            title=gettext_lazy("导出"),
            lies=_at("area_id"),
            named=("file_name", "what"),
            moment="exported_at",
            author="exported_by_id",
        ),
        Source(
            key="confirmation",
            model=Confirmation,
            title=gettext_lazy("月度确认"),
            lies=_at("area_id"),
            named=("area__name",),
            moment="confirmed_at",
            author="confirmed_by_id",
        ),
    )
}
