"""What is on the ground, as rows."""

from geo.models.areas import ManagingArea
from geo.models.barriers import Barrier, Crossing
from geo.models.bases import BaseList, BaseRow
from geo.models.compounds import (
    Building,
    Compound,
    ConditionFact,
    Courtyard,
    ManagementArea,
    Member,
    ZoningWish,
)
from geo.models.contracts import Committee, Contract, ContractItem, OwnersDecision
from geo.models.evaluations import CheckFact, QuarterGrade, Score, TreatmentDecision
from geo.models.events import Event
from geo.models.facts import Fact
from geo.models.imports import ImportBatch, ImportedCodes
from geo.models.payments import FeeCollection, Subsidy
from geo.models.providers import Ban, Base, Exit, Grade, Provider, Role, ServiceArea
from geo.models.registered import Registered, Revision

__all__ = [
    "Ban",
    "Barrier",
    "Base",
    "BaseList",
    "BaseRow",
    "Building",
    "CheckFact",
    "Committee",
    "Compound",
    "ConditionFact",
    "Contract",
    "ContractItem",
    "Courtyard",
    "Crossing",
    "Event",
    "Exit",
    "Fact",
    "FeeCollection",
    "Grade",
    "ImportBatch",
    "ImportedCodes",
    "ManagementArea",
    "ManagingArea",
    "Member",
    "OwnersDecision",
    "Provider",
    "QuarterGrade",
    "Registered",
    "Revision",
    "Role",
    "Score",
    "ServiceArea",
    "Subsidy",
    "TreatmentDecision",
    "ZoningWish",
]
