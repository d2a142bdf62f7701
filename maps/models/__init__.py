"""Who signs in and may do what, what left the house, and what is done in the background."""

from maps.models.exports import Export
from maps.models.jobs import OPEN, Job, JobKind, JobState, JobStep
from maps.models.people import EVERYWHERE, Membership, Role, User

__all__ = [
    "EVERYWHERE",
    "OPEN",
    "Export",
    "Job",
    "JobKind",
    "JobState",
    "JobStep",
    "Membership",
    "Role",
    "User",
]
