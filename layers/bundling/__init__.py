"""Sites, links and policy in; contiguous zones with their reasons out."""

from layers.bundling.bundle import LEFT_OUT, BundledZone, Bundling, Status, bundle_sites

__all__ = ["LEFT_OUT", "BundledZone", "Bundling", "Status", "bundle_sites"]
