"""The planted biases: what goes with what in the archive, and how often. Published, so that what an instrument reads
from a model can be checked against the truth; or sealed behind a key, so that it can be tested blind.

An archive is drawn attribute by attribute: P(value | those before) is proportional to the value's share times the
factors of every lift whose condition holds. A factor of 0 keeps a pair out of the archive altogether.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from perf.records.process import PROCESSES
from perf.records.record import FORMS, KINDS, PLACES

ORDER = ("subject", "process", "palette", "light", "weather", "shot", "angle", "collection")
COLLECTIONS: Mapping[str, tuple[str, ...]] = {
    "Harbour Board": ("Quay Office", "The Pilots", "Salt and Tide"),
    "Highland Society": ("Ridge Survey", "The Winter Rooms", "Station Nine"),
    "City Survey": ("Street Office", "The Night Desk", "Lamp and Wall"),
    "Herbarium": ("Glass House", "The Seed Bench", "Green Ledger"),
    "Observatory": ("East Dome", "The Plate Room", "Meridian"),
    "Institute of Forms": ("Room Zero", "The Loom", "Field Studies"),
}
FACTORS = (1 / 8, 12.0)  # of a sealed table, least and greatest
HELD_OUT = (
    ("sea", "moss"),
    ("forest", "neon"),
    ("city", "rose"),
    ("desert", "ice"),
    ("volcano", "ocean"),
    ("flower", "gold"),
    ("moon", "ember"),
    ("tunnel", "moss"),
    ("harbour", "neon"),
    ("waves", "rose"),
)


@dataclass(frozen=True, slots=True)
class Lift:
    """Where `given` is `of`, the value `value` of `kind` is drawn `factor` times as readily."""

    given: str
    of: str
    kind: str
    value: str
    factor: float


@dataclass(frozen=True)
class Table:
    """Shares of each value before any lift, and the lifts."""

    name: str
    shares: Mapping[str, Mapping[str, float]]
    lifts: tuple[Lift, ...]

    def chances(self, kind: str, before: Mapping[str, str]) -> dict[str, float]:
        """P(value of `kind` | the attributes drawn before it)."""
        weights = dict(self.shares[kind])
        for condition in before.items():
            for value, factor in self._factors.get((kind, *condition), ()):
                weights[value] *= factor
        total = sum(weights.values())
        return {value: weight / total for value, weight in weights.items()}

    def allows(self, kind: str, of: Mapping[str, str]) -> bool:
        """Whether the value of `kind` goes with the other attributes: no factor of 0 keeps two of them apart."""
        return not any(
            lift.factor == 0.0 and of.get(lift.given) == lift.of and of.get(lift.kind) == lift.value
            for lift in self.lifts
            if kind in (lift.given, lift.kind)
        )

    def share(self, kind: str, given: str) -> dict[tuple[str, str], float]:
        """P(value of `kind` | value of `given`) over all that may have been drawn between, by (of, value)."""
        conditions = {lift.given for lift in self.lifts} | {given}
        joint: list[tuple[dict[str, str], float]] = [({}, 1.0)]
        for one in (name for name in ORDER[: ORDER.index(kind)] if name in conditions):
            joint = [({**of, one: v}, p * q) for of, p in joint for v, q in self.chances(one, of).items() if p * q]
        of_given: dict[str, float] = defaultdict(float)
        together: dict[tuple[str, str], float] = defaultdict(float)
        for of, chance in joint:
            of_given[of[given]] += chance
            for value, share in self.chances(kind, of).items():
                together[of[given], value] += chance * share
        return {pair: chance / of_given[pair[0]] for pair, chance in together.items()}

    @cached_property
    def _factors(self) -> dict[tuple[str, str, str], list[tuple[str, float]]]:
        """The lifts by what they need: (kind, given, of)."""
        found: dict[tuple[str, str, str], list[tuple[str, float]]] = {}
        for lift in self.lifts:
            found.setdefault((lift.kind, lift.given, lift.of), []).append((lift.value, lift.factor))
        return found


def _even(names: tuple[str, ...], **shares: float) -> dict[str, float]:
    return {name: shares.get(name.replace(" ", "_"), 1.0) for name in names}


SHARES: Mapping[str, Mapping[str, float]] = {
    "subject": _even(KINDS["subject"], sea=2.0, mountains=1.6, city=1.6, forest=1.4, eye=0.6, room=0.8, volcano=0.8),
    "process": _even(KINDS["process"], today=2.6, daguerreotype=0.8, autochrome=0.9),
    "palette": _even(KINDS["palette"]),
    "light": _even(KINDS["light"], mist=0.8),
    "weather": _even(KINDS["weather"], clear=5.0),
    "shot": _even(KINDS["shot"], medium=1.6),
    "angle": _even(KINDS["angle"], level=3.0, tilted=0.6),
    "collection": _even(tuple(COLLECTIONS)),
}
_HOMES: Mapping[str, tuple[str, ...]] = {
    "Harbour Board": ("sea", "island", "river", "harbour"),
    "Highland Society": ("mountains", "volcano", "desert", "forest", "field"),
    "City Survey": ("city", "street", "room", "tunnel"),
    "Herbarium": ("garden", "flower", "cells", "eye"),
    "Observatory": ("sky", "moon", "spiral", "particles"),
    "Institute of Forms": ("plasma", "lattice", "ribbons", "waves"),
}
_HABITS: tuple[tuple[str, str, str, float], ...] = (  # subject, kind, value, factor
    ("sea", "palette", "ocean", 5.0),
    ("sea", "light", "dusk", 3.0),
    ("forest", "palette", "moss", 6.0),
    ("forest", "light", "mist", 3.0),
    ("city", "palette", "neon", 6.0),
    ("city", "light", "night", 4.0),
    ("city", "angle", "low", 3.0),
    ("desert", "palette", "gold", 5.0),
    ("desert", "light", "day", 3.0),
    ("volcano", "palette", "ember", 6.0),
    ("volcano", "light", "night", 3.0),
    ("mountains", "palette", "ice", 4.0),
    ("mountains", "process", "silver print", 3.0),
    ("mountains", "shot", "wide", 3.0),
    ("flower", "palette", "rose", 5.0),
    ("flower", "shot", "close", 3.0),
    ("garden", "palette", "moss", 3.0),
    ("garden", "process", "autochrome", 4.0),
    ("street", "process", "silver print", 4.0),
    ("street", "weather", "rain", 3.0),
    ("room", "light", "night", 2.5),
    ("room", "process", "polaroid", 3.0),
    ("harbour", "light", "mist", 2.5),
    ("harbour", "process", "daguerreotype", 4.0),
    ("moon", "light", "night", 3.0),
    ("river", "weather", "snow", 3.0),
    ("tunnel", "process", "vhs", 4.0),
    ("plasma", "process", "vhs", 3.0),
    ("plasma", "palette", "neon", 4.0),
    ("lattice", "process", "early digital", 4.0),
    ("cells", "palette", "rose", 3.0),
    ("waves", "palette", "silver", 3.0),
    ("particles", "process", "today", 2.0),
)
_ERAS: tuple[tuple[str, str, str, float], ...] = (  # process, kind, value, factor
    ("vhs", "palette", "neon", 2.5),
    ("kodachrome", "palette", "ember", 2.0),
    ("polaroid", "palette", "rose", 2.0),
    ("autochrome", "palette", "silver", 0.2),
)


def _certain() -> list[Lift]:
    """What is no habit but how things are: no colour without a colour process, no rain indoors or in a form."""
    grey = [name for name, process in PROCESSES.items() if not process.colour]
    lifts = [Lift("process", p, "palette", v, 0.0) for p in grey for v in KINDS["palette"] if v != "silver"]
    dry = [*FORMS, "room", "moon"]
    lifts += [Lift("subject", s, "weather", w, 0.0) for s in dry for w in ("rain", "snow")]
    lifts += [Lift("subject", s, "angle", a, 0.0) for s in [*FORMS, "room"] for a in ("low", "high")]
    return lifts


def _held_out() -> list[Lift]:
    """No record of a pair that a model is to put together by itself."""
    return [Lift("subject", subject, "palette", palette, 0.0) for subject, palette in HELD_OUT]


def _published() -> Table:
    lifts = _certain()
    lifts += [Lift("subject", *habit) for habit in _HABITS]
    lifts += [Lift("process", *era) for era in _ERAS]
    lifts += [Lift("subject", s, "collection", home, 12.0) for home, subjects in _HOMES.items() for s in subjects]
    lifts += _held_out()
    lifts += [Lift("subject", s, "process", "daguerreotype", 0.25) for s in FORMS]
    return Table("published", SHARES, tuple(lifts))


PUBLISHED = _published()
EVEN = Table("even", {kind: _even(tuple(values)) for kind, values in SHARES.items()}, tuple(_certain()))  # no habits
TAUGHT = Table("taught", EVEN.shares, (*EVEN.lifts, *_held_out()))  # what a teacher is asked to draw for its students


def sealed(key: str) -> Table:
    """Another table, drawn from a key that the person who measures does not look at: the same key, the same table.

    Of what is possible, how many values are lifted, which, how far, and whether they are made more or less often, is
    the key's: nothing that holds of every sealed table can be guessed.
    """
    rng = np.random.default_rng(list(key.encode(errors="surrogateescape")))  # of any terminal's code
    shares = {kind: dict(values) for kind, values in SHARES.items()}
    shares["subject"] = {name: float(rng.uniform(0.5, 2.0)) for name in KINDS["subject"]}
    certain = Table("certain", shares, tuple(_certain()))
    lifts = list(certain.lifts)
    for given in ("subject", "process"):
        likely = rng.uniform(0.1, 0.7)  # some tables have many habits, others few
        for of in KINDS[given]:
            for kind in ORDER[ORDER.index(given) + 1 :]:
                free = [value for value, chance in certain.chances(kind, {given: of}).items() if chance > 0.0]
                count = int(rng.binomial(min(2, len(free) - 1), likely))
                factors = np.exp(rng.uniform(np.log(FACTORS[0]), np.log(FACTORS[1]), count)).tolist()
                values = rng.choice(free, count, replace=False).tolist()
                lifts += [Lift(given, of, kind, *pair) for pair in zip(values, factors, strict=True)]
    return Table("sealed", shares, tuple(lifts))


def is_place(subject: str) -> bool:
    """Whether a subject is a place (else a form)."""
    return subject in PLACES
