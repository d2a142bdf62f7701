"""Fields of what a document grants a provider, or bars it from."""

from collections.abc import Mapping

from geo.readers.fields import Field, Reads
from geo.readers.kinds import Kind
from geo.readers.shared_fields import DOCUMENT, PROVIDER, VALID_FROM, VALID_TO

GRANT_FIELDS: Mapping[Kind, tuple[Field, ...]] = {
    Kind.BAN: (
        PROVIDER,
        Field(key="area", heading="区域", synonyms=("禁入区域",), is_required=True),
        Field(key="reason", heading="原因"),
        DOCUMENT,
        VALID_FROM,
        VALID_TO,
    ),
    Kind.ROLE: (
        PROVIDER,
        Field(
            key="role",
            heading="角色",
            reads=Reads.CHOICE,
            is_required=True,
            choices={"兜底": "backstop", "兜底企业": "backstop"},
        ),
        Field(key="area", heading="区域", synonyms=("兜底区域",), is_required=True),
        DOCUMENT,
        VALID_FROM,
        VALID_TO,
    ),
}
"""In the order of each form."""
