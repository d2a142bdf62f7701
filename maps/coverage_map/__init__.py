"""Frames of one district → one HTML file with a map that opens with the network off."""

from maps.coverage_map.page import coverage_map
from maps.coverage_map.subject import MapFacts, MapFrames, Rate

__all__ = ["MapFacts", "MapFrames", "Rate", "coverage_map"]
