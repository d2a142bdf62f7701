"""The register for other programs: what lies in the areas open to a person, to be read only.

OGC API – Features (core, GeoJSON, OpenAPI 3.0) for what is on the ground and for zones, and the
rates of an area as JSON.
"""
