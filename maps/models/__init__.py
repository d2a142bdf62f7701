"""Who signs in and may do what, and what left the house."""

from maps.models.exports import Export
from maps.models.people import EVERYWHERE, Membership, Role, User

__all__ = ["EVERYWHERE", "Export", "Membership", "Role", "User"]
