"""From nobody's to served: how many compounds have come how far."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext

from layers.coverage import Flags, Step, Steps


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One step of the funnel."""

    key: str
    name: str
    count: int
    share: float
    """Of the widest stage, 0 to 1."""
    meaning: str


def funnel(steps: Steps, planned: Flags, inside: Flags) -> list[Stage]:
    """Return the stages in an area.

    Parameters
    ----------
    steps
        How far each of n compounds has come on the day.
    planned
        Compounds in a zone of a newest plan, (n,).
    inside
        Which areas count, (k + 1,): `Timeline.inside`.
    """
    here = inside[steps.area] & steps.exists
    planned = planned & here
    flags = {
        "unserved": steps.taken[Step.UNSERVED] & here,
        "planned": planned,
        **{
            str(step): steps.taken[step] & planned
            for step in (Step.DECIDED, Step.SIGNED, Step.FILED, Step.IN_SERVICE)
        },
    }
    counts = {key: int(np.count_nonzero(each)) for key, each in flags.items()}
    widest = max(counts.values()) or 1
    return [
        Stage(key=key, name=name, count=counts[key], share=counts[key] / widest, meaning=meaning)
        for key, name, meaning in _stages()
    ]


def _stages() -> Sequence[tuple[str, str, str]]:
    return (
        ("unserved", gettext("无物业管理"), gettext("当日没有任何服务主体的小区，含状况不详的")),
        ("planned", gettext("入方案"), gettext("在最新方案的片区中的小区，含已有服务的")),
        ("decided", gettext("业主决定"), gettext("入方案的小区中，所在物业管理区域已有业主决定的")),
        ("signed", gettext("签约"), gettext("入方案的小区中，当日有已签约的有效合同的")),
        ("filed", gettext("备案"), gettext("入方案的小区中，有效合同已备案的")),
        ("in_service", gettext("进驻"), gettext("入方案的小区中，服务主体当日已进驻的")),
    )
