"""Which of several layers or sheets is meant."""

from collections.abc import Sequence

from geo.errors import Fault, InputError, gettext_noop

SEVERAL_LAYERS = gettext_noop("文件中有多个图层或工作表：{layers}。请用 --layer 指明其中一个。")
NO_SUCH_LAYER = gettext_noop("没有名为“{layer}”的图层或工作表。可选：{layers}。")


def choose_layer(layers: Sequence[str], wanted: str | None) -> str:
    """Return the layer that is wanted, or the only one."""
    listed = "、".join(layers)
    if wanted is not None and wanted not in layers:
        raise InputError(Fault(NO_SUCH_LAYER, {"layer": wanted[:80], "layers": listed}))
    if wanted is None and len(layers) > 1:
        raise InputError(Fault(SEVERAL_LAYERS, {"layers": listed}))
    return wanted if wanted is not None else layers[0]
