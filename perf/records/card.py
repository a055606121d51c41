"""The archive's data card, in Markdown: what it is, what was planted, what was realised, what it is not."""

from __future__ import annotations

from collections.abc import Sequence

from perf.records.bias import HELD_OUT, Table
from perf.records.catalogue import Habit, counts, habits
from perf.records.folder import Foreign, written
from perf.records.process import PROCESSES
from perf.records.record import Record

HEAD = """# The archive

{n} records of a simulation: places and forms drawn by a program, each from its own seed, with a caption from a
published grammar, true attributes, a mask, a depth, and an invented date, collection and maker. No person is drawn and
no demographic attribute exists. The pictures are CC0.

**Table: {table}.** {words}

Made with `retrograde records --count {n} --seed {seed}{option} --card FILE`; the same command makes the same archive.
"""
PUBLISHED = "Its biases are planted and printed below: what goes with what, as it was meant and as it came out."
SEALED = (
    "Its biases were drawn from a key. This card keeps them back, so that what an instrument reads can be tested "
    "blind; `--open` prints them."
)
LIMITS = """
## What it is not

A simulation cannot stand for a society's pictures. Its dates, collections and makers are invented; its processes
imitate the look of a technique and not its history. A measurement made here says whether an instrument reads a model
rightly, and nothing about any other archive.
Known absences: colour before 1904; rain and snow indoors, on the moon and in forms{held_out}.
"""
ADDED = """
## Added

Pictures from elsewhere: {n}, dated: {dated}; licences: {licences}. No attribute, mask, depth or seed of theirs is
known: they count in collection, maker and decade where these are written, and in no share below.
"""
DATED = """
## When

A record's year is any of its process's, each as likely as the next: {years}. Nothing else has a time of its own.
"""
PLANTED = """
## Planted and realised

Where something is drawn, something else is drawn so many times as readily (its factor) as its base share: its share
before any factor. The planted share is what all factors together make of it, and is what the realised one, counted in
these records, is to be compared with; the realised lift is that share by the one among all records.

"""
COLUMNS = (
    "where",
    "what",
    "planted factor",
    "base share",
    "planted share",
    "realised share",
    "realised lift",
    "records",
)


def data_card(
    records: Sequence[Record],
    table: Table,
    seed: int,
    option: str = "",
    opened: bool = True,
    added: Sequence[Foreign] = (),
) -> str:
    """The card of these records, and of pictures added to them; the biases only when `opened`."""
    words = PUBLISHED if opened else SEALED
    parts = [HEAD.format(n=len(records), table=table.name, words=words, seed=seed, option=option)]
    if added:
        dated = sum(record.date is not None for record in added)
        parts.append(
            ADDED.format(n=len(added), dated=dated, licences=", ".join(sorted({one.licence for one in added})))
        )
    held_out = table.name == "published"
    if opened:
        years = ", ".join(f"{name} {process.first}–{process.last}" for name, process in PROCESSES.items())
        parts += [
            "\n## Counts\n\n",
            *_counted(records, added),
            DATED.format(years=years),
            PLANTED,
            *_lifted(records, table),
        ]
        if held_out:
            pairs = ", ".join(f"{subject} in {palette}" for subject, palette in HELD_OUT)
            parts.append(
                f"\nHeld out (never together, to test what a model does with what it has not seen): {pairs}.\n"
            )
    return "".join([*parts, LIMITS.format(held_out="; the pairs held out above" * held_out)])


def _counted(records: Sequence[Record], added: Sequence[Foreign]) -> list[str]:
    rows = ["| attribute | records |\n|---|---|\n"]
    for kind, found in counts(records, map(written, added)).items():
        rows.append(f"| {kind} | {', '.join(f'{value} {number}' for value, number in found.items())} |\n")
    return rows


def _lifted(records: Sequence[Record], table: Table) -> list[str]:
    """Each planted factor and share beside the realised share, the lift P(b | a) / P(b) and the counts behind them."""
    rows, there = [f"| {' | '.join(COLUMNS)} |\n" + "|---" * len(COLUMNS) + "|\n"], counts(records)
    found: dict[tuple[str, str, str, str], Habit] = {}
    planted: dict[tuple[str, str], dict[tuple[str, str], float]] = {}
    for given, kind in sorted({(lift.given, lift.kind) for lift in table.lifts}):
        planted[given, kind] = table.share(kind, given)
        found |= {(given, one.a, kind, one.b): one for one in habits(records, given, kind)}
    for lift in table.lifts:
        if lift.factor == 0.0:
            continue
        shares = table.shares[lift.kind]
        base, meant = shares[lift.value] / sum(shares.values()), planted[lift.given, lift.kind][lift.of, lift.value]
        where = f"{lift.given} {lift.of} | {lift.kind} {lift.value} | × {lift.factor:.3g}"
        if habit := found.get((lift.given, lift.of, lift.kind, lift.value)):
            counted = f"{habit.share:.1%} | × {habit.lift:.2f} | {habit.together} of {habit.of_a}"
        else:  # of so few records none has the one or the other
            n = there[lift.given].get(lift.of, 0)
            counted = f"{'0.0%' if n else '–'} | – | 0 of {n}"
        rows.append(f"| {where} | {base:.1%} | {meant:.1%} | {counted} |\n")
    return rows
