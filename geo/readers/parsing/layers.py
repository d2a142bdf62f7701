"""Which of several layers or sheets is meant, and which must never come in."""

import re
from collections.abc import Iterable, Mapping, Sequence

from geo.errors import Fault, InputError, gettext_noop

SEVERAL_LAYERS = gettext_noop("文件中有多个图层或工作表：{layers}。请用 --layer 指明其中一个。")
NO_SUCH_LAYER = gettext_noop("没有名为“{layer}”的图层或工作表。可选：{layers}。")
SURVEY_LAYER = gettext_noop(
    "图层“{layer}”是等高线、高程点或测量控制点，属于涉密测绘成果，不得导入。"
)
ONLY_SURVEY = gettext_noop("文件中只有等高线、高程点或测量控制点：{layers}，不得导入。")
SURVEY_LEFT = gettext_noop("等高线、高程点、测量控制点没有读取：{layers}。")

SECRET = gettext_noop("“{name}”带有密级标志，属于国家秘密，不得导入本系统。请联系保密部门。")

_SECRET = re.compile(r"(?<![非不无])(?:绝密|机密|秘密|涉密)")
_SURVEY = re.compile(
    r"等高线|计曲线|首曲线|高程|控制点|三角点|水准点|导线点|gps点|重力点"
    r"|(?:^|[\W_])(?:dgx|gcd|kzd|dem|contours?|elevations?|spot_?heights?|control_?points?)(?:$|[\W_\d])",
    re.IGNORECASE,
)
"""Chinese names, those of CASS drawings, and English ones."""


def is_survey(layer: str) -> bool:
    """Tell whether a layer's name says that it holds contours, heights or control points."""
    return _SURVEY.search(layer) is not None


def refuse_secret(*names: str) -> None:
    """Refuse what bears the mark of a state secret."""
    for name in names:
        if _SECRET.search(name):
            raise InputError(Fault(SECRET, {"name": name[:80]}))


def refuse_survey(*names: str) -> None:
    """Refuse a layer or file whose name says so."""
    for name in names:
        if is_survey(name):
            raise InputError(Fault(SURVEY_LAYER, {"layer": name[:80]}))


def without_survey(layers: Iterable[str]) -> tuple[list[str], list[Fault]]:
    """Return the layers that may come in, and what to tell of the others."""
    layers = list(layers)
    kept = [layer for layer in layers if not is_survey(layer)]
    left = "、".join(layer for layer in layers if is_survey(layer))
    if layers and not kept:
        raise InputError(Fault(ONLY_SURVEY, {"layers": left}))
    return kept, [Fault(SURVEY_LEFT, {"layers": left})] if left else []


def choose_layer(
    layers: Sequence[str], wanted: str | None, told: Mapping[str, str] | None = None
) -> str:
    """Return the layer that is wanted, or the only one.

    Parameters
    ----------
    layers
        Their names.
    wanted
        What the person says; None = nothing.
    told
        What else to say of a layer where a person must choose.

    """
    shown = [f"{layer}（{told[layer]}）" if told else layer for layer in layers]
    listed = "、".join(shown)
    choices = {"layer": [list(pair) for pair in zip(layers, shown, strict=True)]}
    if wanted is not None and wanted not in layers:
        raise InputError(Fault(NO_SUCH_LAYER, {"layer": wanted[:80], "layers": listed}))
    if wanted is None and len(layers) > 1:
        raise InputError(Fault(SEVERAL_LAYERS, {"layers": listed, "choices": choices}))
    return wanted if wanted is not None else layers[0]
