"""Who signs in and may do what, what came in and left, and what is done in the background."""

from maps.models.exports import Export
from maps.models.jobs import OPEN, Job, JobKind, JobState, JobStep
from maps.models.people import EVERYWHERE, Membership, Role, User
from maps.models.uploads import Upload, UploadState

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
    "Upload",
    "UploadState",
    "User",
]
