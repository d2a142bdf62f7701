"""The page: a folium map whose layers are drawn by our own script, and the panel beside it."""

import html
from collections.abc import Mapping
from pathlib import Path

import jinja2
from branca.element import Figure
from markupsafe import Markup

from maps.coverage_map import assets, drawing
from maps.coverage_map.elements import DistrictMap, Legend
from maps.coverage_map.heat import uncovered_heat
from maps.coverage_map.legend import layer_groups, status_counts, veil
from maps.coverage_map.patterns import pattern_defs
from maps.coverage_map.subject import MapFacts, MapFrames
from maps.notices import NOTICES

PAGE = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)
POLICY_PLACE = "@@policy@@"


class Page(Figure):
    """The whole document around the map."""

    def __init__(self, values: Mapping[str, object]) -> None:
        super().__init__()
        self.values = values

    def render(self, **kwargs: object) -> str:
        """Return the document."""
        for child in self._children.values():
            child.render(**kwargs)
        script = Markup(self.script.render())  # noqa: S704 (made by our templates, values as JSON)
        return PAGE.get_template("page.jinja").render(self.values, script=script)


def coverage_map(
    frames: MapFrames, facts: MapFacts, *, node_modules: Path = assets.NODE_MODULES
) -> str:
    """Return the map of one district as one HTML file that needs no network.

    Parameters
    ----------
    frames
        What is drawn, in any declared CRS.
    facts
        Title, rates and notices.
    node_modules
        Where Leaflet was installed.

    Raises
    ------
    InputError
        When Leaflet is missing.
    """
    frames = frames.completed()
    cards = drawing.zone_cards(frames)
    heat = uncovered_heat(frames.sites)
    page = Page(
        {
            "facts": facts,
            "classified": NOTICES[0],
            "zones": cards,
            "counts": status_counts(frames.sites),
            "unplaced": int(drawing.without_place(frames.sites).sum()),
            "patterns": pattern_defs(),
            "policy": POLICY_PLACE,
            "styles": _trusted(assets.leaflet_style(node_modules), assets.own_style()),
            "scripts": _trusted(assets.leaflet_script(node_modules), assets.own_script()),
        }
    )
    district = DistrictMap(frames.bounds())
    page.add_child(district)
    veil(frames).add_to(district)
    groups = layer_groups(frames, cards, heat)
    for layer in (layer for _, layers in groups for layer in layers):
        layer.add_to(district)
    Legend([(title, len(layers)) for title, layers in groups]).add_to(district)
    document = page.render()
    return document.replace(POLICY_PLACE, html.escape(assets.security_policy(document)))


def _trusted(*texts: str) -> list[Markup]:
    """Return files of ours and of our packages; no value of a person is in them."""
    return [Markup(text) for text in texts]  # noqa: S704
