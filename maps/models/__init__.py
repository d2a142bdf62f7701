"""Who signs in and may do what, and what left the house."""

from maps.models.people import EVERYWHERE, Membership, Role, User

__all__ = ["EVERYWHERE", "Membership", "Role", "User"]
