"""Who signs in and may do what, what they confirm, what left the house, what is being done."""

from maps.models.confirmations import Confirmation
from maps.models.exports import Export
from maps.models.jobs import OPEN, Job, JobKind, JobState, JobStep
from maps.models.people import EVERYWHERE, Membership, Role, User

__all__ = [
    "EVERYWHERE",
    "OPEN",
    "Confirmation",
    "Export",
    "Job",
    "JobKind",
    "JobState",
    "JobStep",
    "Membership",
    "Role",
    "User",
]
