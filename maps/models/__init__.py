"""Who signs in and may do what, what they confirm, and what left the house."""

from maps.models.confirmations import Confirmation
from maps.models.exports import Export
from maps.models.people import EVERYWHERE, Membership, Role, User

__all__ = ["EVERYWHERE", "Confirmation", "Export", "Membership", "Role", "User"]
