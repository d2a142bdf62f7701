"""Who signs in and may do what, what they bring, confirm and take away, what is being done."""

from maps.models.attachments import Attachment, Paper
from maps.models.confirmations import Confirmation
from maps.models.exports import Export
from maps.models.jobs import OPEN, Job, JobKind, JobState, JobStep
from maps.models.people import EVERYWHERE, Membership, Role, User
from maps.models.tokens import Token
from maps.models.uploads import Upload, UploadState

__all__ = [
    "EVERYWHERE",
    "OPEN",
    "Attachment",
    "Confirmation",
    "Export",
    "Job",
    "JobKind",
    "JobState",
    "JobStep",
    "Membership",
    "Paper",
    "Role",
    "Token",
    "Upload",
    "UploadState",
    "User",
]
