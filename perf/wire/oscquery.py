"""The parameter table as an OSCQuery address space: JSON-able trees and answers to attribute queries.

After Vidvox's OSCQuery proposal, third revision (README.md, units.md, extended_types.md of that repository). Opens
no socket and reads no request: a target such as `/sampler/skip?VALUE` goes in, a status and a JSON value come out.

Attributes of our own, which other clients skip and our page lives on; HOST_INFO lists them under EXTENSIONS:

    KIND     float, int, bool, choice, text, colour, point or trigger: which control to draw
    WARP     "linear" or "exp": how a fader's travel maps to RANGE (numbers only)
    DEFAULT  the value that a reset goes to, written like VALUE
    SYMBOL   the unit as people read it ("BPM", "°/s"), where UNIT has only the proposal's own names
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from perf.core.event import Value
from perf.core.param import Param, Table
from perf.core.patch import Patch
from perf.wire.osc import encode

Json = dict[str, "Json"] | list["Json"] | str | float | int | bool | None

CUE_ADDRESS = "/cue/go"  # its RANGE lists the patch's cues
ACCESS = {"r": 1, "w": 2, "rw": 3}
TYPES = {
    "float": "f", "int": "i", "bool": "T", "choice": "s", "text": "s", "colour": "ffff", "point": "ff", "trigger": "I",
}  # fmt: skip
NUMERIC = ("float", "int", "point", "colour")
CASTS: Mapping[str, Callable[..., float | int | bool | str]] = {
    "float": float, "int": round, "bool": bool, "choice": str, "text": str, "colour": float, "point": float,
    "trigger": bool,
}  # fmt: skip
UNITS = {"s": "time.second", "ms": "time.ms", "BPM": "time.bpm", "1/s": "time.hz", "Hz": "time.hz", "°": "angle.degree"}


@dataclass(frozen=True, slots=True)
class Namespace:
    """What is published: the parameters, the cues' names, and the values that a reset goes to (the patch's floor)."""

    table: Table
    cues: tuple[str, ...] = ()
    floor: Mapping[str, Value] = field(default_factory=dict)

    @classmethod
    def of(cls, patch: Patch) -> "Namespace":
        """The address space of a patch."""
        return cls(patch.table, tuple(cue.name for cue in patch.timeline.cues), patch.floor)

    def default(self, param: Param) -> Value:
        """What `param` is when nobody touches it."""
        return self.floor.get(param.address, param.default)


@dataclass(frozen=True, slots=True)
class HostInfo:
    """`?HOST_INFO`. Both ports are stated even when they are the same number (Chataigne asks for OSC_PORT)."""

    osc_port: int
    ws_port: int
    name: str = "Retrograde"

    def json(self) -> Json:
        """The object that the proposal describes."""
        return {
            "NAME": self.name,
            "OSC_PORT": self.osc_port,
            "OSC_TRANSPORT": "UDP",
            "WS_PORT": self.ws_port,
            "EXTENSIONS": dict.fromkeys(EXTENSIONS, True),
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP status and the JSON to send with it; None sends no body."""

    status: int
    body: Json = None


def answer(target: str, namespace: Namespace, values: Mapping[str, Value], host: HostInfo) -> Answer:
    """Answer `GET target` (path, `?ATTRIBUTE`, fragment ignored).

    200 with JSON; 204 when VALUE is asked where ACCESS forbids reading; 400 for an attribute that is not supported;
    404 where there is no node.
    """
    path, attribute = split(target)
    if attribute == "HOST_INFO":
        return Answer(200, host.json())
    if attribute and attribute not in ATTRIBUTES and attribute not in ("FULL_PATH", "CONTENTS"):
        return Answer(400, {"ERROR": f"{attribute[:40]!r} is not supported; ask for one of {', '.join(QUERIES)}"})
    found = node(path, namespace, values)
    if found is None:
        return Answer(404, {"ERROR": f"no node is called {path[:200]!r}; GET / lists them all"})
    if not attribute:
        return Answer(200, found)
    if attribute == "VALUE" and not _bits(found["ACCESS"]) & 1:
        return Answer(204)
    return Answer(200, {attribute: found[attribute]} if attribute in found else {})


def split(target: str) -> tuple[str, str]:
    """The OSC path and the attribute of a request's target; a slash at the end is not part of the path."""
    path, _, query = target.partition("#")[0].partition("?")
    return unquote(path).removesuffix("/") or "/", unquote(query)


def node(path: str, namespace: Namespace, values: Mapping[str, Value]) -> dict[str, Json] | None:
    """The node at `path` with all below it, or None. Containers are not parameters: ACCESS 0, CONTENTS."""
    param = namespace.table.get(path)
    root: dict[str, Json] = {"FULL_PATH": path, "ACCESS": 0} if param is None else _leaf(param, namespace, values)
    prefix = path.removesuffix("/") + "/"
    below = [p for p in namespace.table.values() if p.address.startswith(prefix)]
    if param is None and not below and path != "/":
        return None
    for child in below:
        _insert(root, child.address[len(prefix) :].split("/"), _leaf(child, namespace, values))
    return root


def _insert(root: dict[str, Json], names: list[str], leaf: dict[str, Json]) -> None:
    """Put a leaf under `root`, making the containers on the way."""
    here = root
    for depth, name in enumerate(names):
        contents = here.setdefault("CONTENTS", {})
        assert isinstance(contents, dict)
        path = str(here["FULL_PATH"]).removesuffix("/") + "/" + name
        child = contents.setdefault(name, {"FULL_PATH": path, "ACCESS": 0})
        assert isinstance(child, dict)
        if depth == len(names) - 1:
            child.update(leaf)
        here = child


def _leaf(param: Param, namespace: Namespace, values: Mapping[str, Value]) -> dict[str, Json]:
    """One parameter's attributes; those that say nothing are left out."""
    leaf: dict[str, Json] = {"FULL_PATH": param.address}
    for name, describe in ATTRIBUTES.items():
        described = describe(param, namespace, values)
        if described is not None:
            leaf[name] = described
    return leaf


def _bits(access: Json) -> int:
    return access if isinstance(access, int) else 0


def _json(param: Param, value: Value) -> Json:
    """A value as the proposal's JSON: an array that mirrors TYPE; what is not finite is null."""
    parts = arguments(param, value)
    return [None if isinstance(part, float) and not math.isfinite(part) else part for part in parts]


def _value(param: Param, namespace: Namespace, values: Mapping[str, Value]) -> Json:
    if "r" not in param.access:
        return None
    return _json(param, values.get(param.address, namespace.default(param)))


def _default(param: Param, namespace: Namespace, values: Mapping[str, Value]) -> Json:
    return _json(param, namespace.default(param)) if param.access == "rw" else None


def _range(param: Param, namespace: Namespace, values: Mapping[str, Value]) -> Json:
    if param.kind in NUMERIC and param.access != "r":
        low, high = (0.0, 1.0) if param.kind == "colour" else (param.minimum, param.maximum)
        whole = round if param.kind == "int" else float
        return [{"MIN": whole(low), "MAX": whole(high)} for _ in TYPES[param.kind]]
    if param.kind == "choice":
        return [{"VALS": list(param.choices)}]
    if param.address == CUE_ADDRESS and namespace.cues:
        return [{"VALS": list(namespace.cues)}]
    return None


def _clipmode(param: Param, namespace: Namespace, values: Mapping[str, Value]) -> Json:
    return ["both" for _ in TYPES[param.kind]] if param.kind in NUMERIC and param.access != "r" else None


def _unit(param: Param, namespace: Namespace, values: Mapping[str, Value]) -> Json:
    return [UNITS[param.unit]] if param.unit in UNITS else None


def _extended(param: Param, namespace: Namespace, values: Mapping[str, Value]) -> Json:
    """Colours, and points that can be held: one that is only sent (beat and tempo) is no position."""
    if param.kind == "colour":
        return [f"color.rgb.{channel}" for channel in "rgba"]
    place = param.kind == "point" and param.access == "rw"
    return ["position.cartesian.x", "position.cartesian.y"] if place else None


Describe = Callable[[Param, Namespace, Mapping[str, Value]], Json]

ATTRIBUTES: Mapping[str, Describe] = {
    "TYPE": lambda param, namespace, values: TYPES[param.kind],
    "ACCESS": lambda param, namespace, values: ACCESS[param.access],
    "VALUE": _value,
    "RANGE": _range,
    "DESCRIPTION": lambda param, namespace, values: param.help or None,
    "UNIT": _unit,
    "CLIPMODE": _clipmode,
    "EXTENDED_TYPE": _extended,
    "CRITICAL": lambda param, namespace, values: True if param.kind == "trigger" else None,
    "KIND": lambda param, namespace, values: param.kind,
    "WARP": lambda param, namespace, values: param.warp if param.kind in ("float", "int") else None,
    "DEFAULT": _default,
    "SYMBOL": lambda param, namespace, values: param.unit or None,
}
QUERIES = ("HOST_INFO", "FULL_PATH", "CONTENTS", *ATTRIBUTES, "HTML")
EXTENSIONS = (*ATTRIBUTES, "HTML", "LISTEN", "IGNORE", "PATH_CHANGED")


def arguments(param: Param, value: Value) -> tuple[float | int | bool | str, ...]:
    """A value as OSC arguments of the types that TYPE announces (a curve on an int may pass floats)."""
    cast = CASTS[param.kind]
    return tuple(cast(part) for part in (value if isinstance(value, tuple) else (value,)))


def packet(param: Param, value: Value) -> bytes:
    """One OSC message that says `param` is `value`."""
    return encode(param.address, arguments(param, value))
