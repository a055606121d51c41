"""When a prompt is: the year of the archive's records that its words name. A model that goes back into its records goes
there. Only arithmetic on what the model's folder says of its archive.
"""

import re
from collections.abc import Iterable, Mapping

Dates = Mapping[str, Mapping[str, float]]  # by kind: a phrase of the archive's captions, and its records' mean year
FIRST = ("decade", "process")  # kinds that say a time, the surer first
REST = ("subject", "palette")  # kinds whose records lie in some times more than in others


def year(prompts: Iterable[tuple[str, float]], dates: Dates) -> float | None:
    """The mean year of (text, weight), of those that weigh more than 0 and name something that is dated; or None."""
    found = [(when, weight) for text, weight in prompts if weight > 0.0 and (when := dated(text, dates)) is not None]
    total = sum(weight for _, weight in found)
    return sum(when * weight for when, weight in found) / total if total else None


def dated(text: str, dates: Dates) -> float | None:
    """The year of the first kind of FIRST that a text names, else the mean of REST's; None where it names none."""
    words = f" {' '.join(re.findall(r'[a-z0-9]+', text.lower()))} "
    for kind in FIRST:
        if (when := _named(words, dates.get(kind, {}))) is not None:
            return when
    found = [when for kind in REST if (when := _named(words, dates.get(kind, {}))) is not None]
    return sum(found) / len(found) if found else None


def _named(words: str, phrases: Mapping[str, float]) -> float | None:
    """The year of the longest phrase in the words."""
    longest = max((phrase for phrase in phrases if f" {phrase} " in words), key=len, default=None)
    return None if longest is None else phrases[longest]


def is_dates(given: object) -> bool:
    """Whether something read is `Dates`."""
    if not isinstance(given, dict) or not all(isinstance(one, dict) for one in given.values()):
        return False
    years = [when for one in given.values() for when in one.values()]
    return all(isinstance(when, int | float) and not isinstance(when, bool) for when in years)
