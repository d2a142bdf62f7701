"""The folium elements of the page. None of them brings an outside script, style or tile."""

from collections.abc import Mapping

import folium
from folium.raster_layers import ImageOverlay
from folium.template import Template

from geo.errors import gettext_noop
from maps.coverage_map import assets, words
from maps.coverage_map.drawing import Feature
from maps.coverage_map.heat import Heat


class DistrictMap(folium.Map):
    """A folium map without any outside script, style or tile; the page gives it Leaflet."""

    default_js: list[tuple[str, str]] = []
    default_css: list[tuple[str, str]] = []
    _template = Template(
        """
        {% macro script(this, kwargs) %}
        const {{ this.get_name() }} = LianpianMap.create("map", {{ this.view }});
        {% endmacro %}
        """
    )

    def __init__(self, bounds: tuple[float, float, float, float]) -> None:
        west, south, east, north = bounds
        super().__init__(location=[(south + north) / 2, (west + east) / 2], tiles=None)
        self._id = "district"
        corners = [[south, west], [north, east]]
        self.view = assets.script_json({"bounds": corners, "words": words.SCREEN})


class DrawnLayer(folium.map.Layer):
    """A layer that `draw` of our script makes from features; without a name always shown."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        const {{ this.get_name() }} = LianpianMap.{{ this.draw }}(
            {{ this._parent.get_name() }}, {{ this.features }}, {{ this.look }}
        );
        {% endmacro %}
        """
    )

    def __init__(
        self,
        draw: str,
        features: list[Feature],
        *,
        name: str,
        key: str = "",
        show: bool = True,
        look: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(name=name, overlay=True, control=bool(name), show=show)
        self._name = "layer"
        self._id = key or draw
        self.draw = draw
        self.features = assets.script_json(features)
        self.look = assets.script_json(look or {})


class HeatLayer(ImageOverlay):
    """The picture of the density, hidden until it is asked for."""

    def __init__(self, heat: Heat, *, name: str) -> None:
        west, south, east, north = heat.bounds
        super().__init__(
            heat.image,
            [[south, west], [north, east]],
            name=name,
            show=False,
            pixelated=False,
            pane="heat",
            alt=gettext_noop("未覆盖热力图"),
        )
        self._name = "layer"
        self._id = "heat"


class Legend(folium.LayerControl):
    """The layer control, which is the legend too: our script moves it into the panel."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        LianpianMap.legend({{ this._parent.get_name() }}, {
            {%- for label, layer in this.overlays.items() %}
            {{ label|tojson }}: {{ layer }},
            {%- endfor %}
        }, {{ this.groups }});
        {% endmacro %}
        """
    )

    def __init__(self, groups: list[tuple[str, int]]) -> None:
        super().__init__()
        self._id = "legend"
        self.groups = assets.script_json(groups)
