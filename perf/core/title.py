"""Titles: templates with live text in braces. `{prompt}` is the heaviest prompt, `{year}` when the archive's records of
the prompts are from, `{/any/address}` a parameter."""

import re
from collections.abc import Callable, Mapping

from perf.core.dates import Dates, year
from perf.core.event import Value
from perf.core.moment import Moment
from perf.core.table import PROMPTS

_FIELD = re.compile(r"\{([^{}\n]{1,200})\}")


def written(template: str, values: Mapping[str, Value], moment: Moment, cue: str, dates: Dates) -> str:
    """A template filled in. What no name or address stands for stays as it is written; what has no year has none."""
    if "{" not in template:
        return template

    def fill(found: re.Match[str]) -> str:
        name = found[1].strip()
        if name in _LIVE:
            return _LIVE[name](values, moment)
        if name == "cue":
            return cue
        if name == "year":
            return _year(values, dates)
        return _shown(values[name]) if name in values else found[0]

    return _FIELD.sub(fill, template)


def addresses(text: str) -> set[str]:
    """What stands in braces in a text and may be an address."""
    return {name for name in map(str.strip, _FIELD.findall(text)) if name.startswith("/")}


def _shown(value: Value) -> str:
    """A value as a person reads it: two places at most."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return " ".join(map(_shown, value))
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def _year(values: Mapping[str, Value], dates: Dates) -> str:
    numbers = range(1, PROMPTS + 1)
    prompts = ((str(values[f"/prompt/{n}/text"]), float(values[f"/prompt/{n}/weight"])) for n in numbers)  # type: ignore[arg-type]
    when = year(prompts, dates)
    return "" if when is None else f"{when:.0f}"


def _prompt(values: Mapping[str, Value], moment: Moment) -> str:
    weights = [float(values[f"/prompt/{n}/weight"]) for n in range(1, PROMPTS + 1)]  # type: ignore[arg-type]
    return str(values[f"/prompt/{weights.index(max(weights)) + 1}/text"])


def _time(values: Mapping[str, Value], moment: Moment) -> str:
    minutes, seconds = divmod(int(max(moment.position, 0.0)), 60)
    return f"{minutes}:{seconds:02}"


def _beat(values: Mapping[str, Value], moment: Moment) -> str:
    return str(int(moment.beat // 1) + 1)


_LIVE: Mapping[str, Callable[[Mapping[str, Value], Moment], str]] = {
    "prompt": _prompt,
    "beat": _beat,
    "bar": lambda values, moment: str(moment.bar + 1),
    "tempo": lambda values, moment: f"{moment.tempo:.0f}",
    "time": _time,
}
