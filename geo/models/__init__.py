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
from geo.models.facts import Fact
from geo.models.imports import ImportBatch
from geo.models.providers import Ban, Base, Exit, Grade, Provider, Role, ServiceArea
from geo.models.registered import Registered, Revision

__all__ = [
    "Ban",
    "Barrier",
    "Base",
    "BaseList",
    "BaseRow",
    "Building",
    "Committee",
    "Compound",
    "ConditionFact",
    "Contract",
    "ContractItem",
    "Courtyard",
    "Crossing",
    "Exit",
    "Fact",
    "Grade",
    "ImportBatch",
    "ManagementArea",
    "ManagingArea",
    "Member",
    "OwnersDecision",
    "Provider",
    "Registered",
    "Revision",
    "Role",
    "ServiceArea",
    "ZoningWish",
]
