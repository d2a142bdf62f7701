"""A reader of vector tiles (MVT 2.1), so that tests see what a browser would draw."""

import struct
from dataclasses import dataclass


@dataclass(frozen=True)
class Drawn:
    """One thing on a tile."""

    id: int | None
    properties: dict
    kind: str
    """point, line or polygon."""
    points: list
    """Corners in units of the tile, in the order they are drawn."""


def tile_layers(data):
    """Return the things of each layer of a tile."""
    return dict(_layer(layer) for number, layer in _fields(data) if number == 3)


def drawn(data, layer):
    """Return the things of one layer; none where the tile holds no such layer."""
    return tile_layers(data).get(layer, [])


def _varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if not byte & 0x80:
            return value, at


def _fields(data):
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        match key & 7:
            case 0:
                value, at = _varint(data, at)
            case 1:
                value, at = data[at : at + 8], at + 8
            case 2:
                size, at = _varint(data, at)
                value, at = data[at : at + size], at + size
            case 5:
                value, at = data[at : at + 4], at + 4
        yield key >> 3, value


def _layer(data):
    fields = list(_fields(data))
    keys = [value.decode() for number, value in fields if number == 3]
    values = [_value(value) for number, value in fields if number == 4]
    (name,) = [value.decode() for number, value in fields if number == 1]
    return name, [_thing(value, keys, values) for number, value in fields if number == 2]


def _value(data):
    ((number, value),) = _fields(data)
    match number:
        case 1:
            return value.decode()
        case 2:
            return struct.unpack("<f", value)[0]
        case 3:
            return struct.unpack("<d", value)[0]
        case 6:
            return _signed(value)
        case 7:
            return bool(value)
        case _:
            return value


def _signed(value):
    return (value >> 1) ^ -(value & 1)


def _packed(data):
    at, found = 0, []
    while at < len(data):
        value, at = _varint(data, at)
        found.append(value)
    return found


def _thing(data, keys, values):
    fields = dict(_fields(data))
    tags = _packed(fields.get(2, b""))
    pairs = zip(tags[::2], tags[1::2], strict=True)
    kind = ("unknown", "point", "line", "polygon")[fields[3]]
    properties = {keys[key]: values[value] for key, value in pairs}
    return Drawn(fields.get(1), properties, kind, _points(_packed(fields[4])))


def _points(commands):
    x = y = at = 0
    points = []
    while at < len(commands):
        command, count = commands[at] & 7, commands[at] >> 3
        at += 1
        for _ in range(count if command != 7 else 0):
            x, y = x + _signed(commands[at]), y + _signed(commands[at + 1])
            points.append((x, y))
            at += 2
    return points
