"""The parameter: one declaration of address, kind, range and meaning, which every port, page and document reads.

Coercion follows what performers expect of OSC (numbers of any type, enums by index or name, colours in three
notations; out of range is clamped and said, never dropped): OSC 1.0 type tags, Resolume's and TouchOSC's habits.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from perf.core.address import expand, is_pattern
from perf.core.event import Argument, Value

KINDS = ("float", "int", "bool", "choice", "text", "colour", "point", "trigger")
KEPT = "\n\t\u200c\u200d"  # of what has no shape of its own: lines, and what joins letters (Persian) and emojis
TEXT_LIMIT = 4096  # characters; a longer prompt says nothing more to an encoder of 77 tokens


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter. `minimum`/`maximum` hold for numbers and for each part of a point; `glide` is in seconds.

    `warp` says how 0…1 maps to the range: `linear`, or `exp` (equal ratios; needs minimum > 0).
    `access` is `rw`, `r` (status) or `w` (triggers). `check` is what a text has to pass; it raises ValueError.
    """

    address: str
    kind: str
    default: Value
    minimum: float = 0.0
    maximum: float = 1.0
    help: str = ""
    unit: str = ""
    warp: str = "linear"
    glide: float = 0.0
    choices: tuple[str, ...] = ()
    access: str = "rw"
    check: Callable[[str], object] | None = None

    def coerce(self, args: tuple[Argument, ...]) -> tuple[Value, bool]:
        """The value that `args` mean for this parameter, and whether it was clamped.

        Raises ValueError with what is allowed when they mean nothing.
        """
        return _COERCE[self.kind](self, args)

    def normalise(self, value: Value) -> float:
        """Where `value` lies in 0…1 (texts and triggers: 0)."""
        if self.kind == "choice":
            return self.choices.index(str(value)) / max(len(self.choices) - 1, 1)
        if not isinstance(value, int | float) or self.maximum == self.minimum:
            return 0.0
        if self.warp == "exp":
            return math.log(value / self.minimum) / math.log(self.maximum / self.minimum)
        return (value - self.minimum) / (self.maximum - self.minimum)

    def denormalise(self, place: float) -> Value:
        """The value at `place` in 0…1 of the range; numbers, choices and bools only."""
        place = min(max(place, 0.0), 1.0)
        if self.kind == "choice":
            return self.choices[round(place * (len(self.choices) - 1))]
        if self.kind in ("bool", "trigger"):
            return place >= 0.5
        if self.kind in ("text", "colour", "point"):
            raise ValueError(f"{self.address} is a {self.kind}: 0…1 has no meaning for it; send its value instead")
        if self.warp == "exp":
            return float(self.minimum * (self.maximum / self.minimum) ** place)
        value = self.minimum + place * (self.maximum - self.minimum)
        return round(value) if self.kind == "int" else value


class Table(Mapping[str, Param]):
    """Every parameter of a patch by address, in order. A pattern or `/norm` is resolved here, once for everybody."""

    def __init__(self, params: Iterable[Param] = ()) -> None:
        self._params: dict[str, Param] = {}
        for param in params:
            if param.address in self._params:
                raise ValueError(f"parameter {param.address} is declared twice; give one of them another name")
            self._params[param.address] = param

    def __getitem__(self, address: str) -> Param:
        return self._params[address]

    def __iter__(self) -> Iterator[str]:
        return iter(self._params)

    def __len__(self) -> int:
        return len(self._params)

    @cached_property
    def defaults(self) -> dict[str, Value]:
        """The lowest floor of value."""
        return {p.address: p.default for p in self._params.values()}

    def matching(self, address: str) -> tuple[Param, ...]:
        """The parameters that an address or OSC pattern reaches."""
        found = self._params.get(address)
        if found is not None:
            return (found,)
        if not is_pattern(address):
            return ()
        return tuple(self._params[a] for a in expand(address, self._params))


def _number(arg: Argument, param: Param) -> float:
    if isinstance(arg, bool | int | float):
        number = float(arg)
    elif isinstance(arg, str):
        try:
            number = float(arg)
        except ValueError:
            raise ValueError(f"{arg[:40]!r} is not a number; {_allowed(param)}") from None
    else:
        raise ValueError(f"{type(arg).__name__} is not a number; {_allowed(param)}")
    if not math.isfinite(number):
        raise ValueError(f"{number} is not finite; {_allowed(param)}")
    return number


def _allowed(param: Param) -> str:
    if param.kind == "choice":
        return f"{param.address} takes one of {', '.join(param.choices)} or its index"
    if param.kind in ("text", "trigger"):
        return f"{param.address} takes a {param.kind}"
    if param.kind == "bool":
        return f"{param.address} takes true or false"
    return f"{param.address} takes {param.kind} {param.minimum:g}…{param.maximum:g}"


def _only(param: Param, args: tuple[Argument, ...]) -> Argument:
    if not args:
        raise ValueError(f"no value was given; {_allowed(param)}")
    return args[0]


def _float(param: Param, args: tuple[Argument, ...]) -> tuple[Value, bool]:
    value = (
        args[0] if args and type(args[0]) is float and math.isfinite(args[0]) else _number(_only(param, args), param)
    )
    if value < param.minimum:
        return param.minimum, True
    if value > param.maximum:
        return param.maximum, True
    return value, False


def _int(param: Param, args: tuple[Argument, ...]) -> tuple[Value, bool]:
    number = _number(_only(param, args), param)
    value = round(min(max(number, param.minimum), param.maximum))
    return value, not param.minimum <= number <= param.maximum


_WORDS = {"true": True, "on": True, "yes": True, "false": False, "off": False, "no": False}


def _bool(param: Param, args: tuple[Argument, ...]) -> tuple[Value, bool]:
    arg = _only(param, args)
    word = _WORDS.get(arg.strip().lower()) if isinstance(arg, str) else None
    return (word if word is not None else _number(arg, param) >= 0.5), False


def _choice(param: Param, args: tuple[Argument, ...]) -> tuple[Value, bool]:
    arg = _only(param, args)
    if isinstance(arg, str) and arg in param.choices:
        return arg, False
    try:
        number = _number(arg, param)
    except ValueError:
        raise ValueError(f"{str(arg)[:40]!r} is no choice; {_allowed(param)}") from None
    index = round(min(max(number, 0.0), len(param.choices) - 1.0))
    return param.choices[index], not 0 <= number <= len(param.choices) - 1


def _text(param: Param, args: tuple[Argument, ...]) -> tuple[Value, bool]:
    arg = _only(param, args)
    if isinstance(arg, bytes) or arg is None:
        raise ValueError(f"{type(arg).__name__} is not text; {_allowed(param)}")
    plain = str(arg).replace("\r\n", "\n")
    text = "".join(c if c.isprintable() or c in KEPT else " " * c.isspace() for c in plain)  # no two words become one
    if param.check is not None:
        param.check(text[:TEXT_LIMIT])
    return text[:TEXT_LIMIT], len(text) > TEXT_LIMIT


def _hex_colour(text: str, param: Param) -> tuple[float, ...]:
    digits = text.strip().removeprefix("#")
    if len(digits) not in (6, 8):
        raise ValueError(f"{text[:40]!r} is not a colour; {param.address} takes r g b a in 0…1 or #RRGGBBAA")
    try:
        channels = [int(digits[i : i + 2], 16) / 255.0 for i in range(0, len(digits), 2)]
    except ValueError:
        raise ValueError(f"{text[:40]!r} is not a colour; {param.address} takes #RRGGBBAA") from None
    return tuple([*channels, 1.0][:4])


def _colour(param: Param, args: tuple[Argument, ...]) -> tuple[Value, bool]:
    first = _only(param, args)
    if isinstance(first, str) and len(args) == 1:
        return _hex_colour(first, param), False
    parts = first if isinstance(first, tuple) else args
    if len(parts) not in (3, 4):
        raise ValueError(f"{len(parts)} numbers are not a colour; {param.address} takes r g b a in 0…1 or #RRGGBBAA")
    numbers = [_number(part, param) for part in parts]
    if all(isinstance(part, int) and not isinstance(part, bool) for part in parts) and max(numbers) > 1:
        numbers = [n / 255.0 for n in numbers]
    colour = [min(max(n, 0.0), 1.0) for n in numbers]
    return tuple([*colour, 1.0][:4]), colour != numbers


def _point(param: Param, args: tuple[Argument, ...]) -> tuple[Value, bool]:
    first = _only(param, args)
    parts = first if isinstance(first, tuple) else args
    if len(parts) != 2:
        raise ValueError(f"{len(parts)} numbers are not a point; {param.address} takes x y")
    numbers = tuple(_number(part, param) for part in parts)
    clamped = tuple(min(max(n, param.minimum), param.maximum) for n in numbers)
    return clamped, clamped != numbers


def _trigger(param: Param, args: tuple[Argument, ...]) -> tuple[Value, bool]:
    return (_bool(param, args)[0] if args else True), False


_COERCE = {
    "float": _float,
    "int": _int,
    "bool": _bool,
    "choice": _choice,
    "text": _text,
    "colour": _colour,
    "point": _point,
    "trigger": _trigger,
}
