"""A row of the benchmark's table: what was measured, what came out, what was to be reached."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement. `figures` are for the JSON, `found` says them in words; `met` is None where none is asked."""

    what: str
    found: str
    reach: str
    met: bool | None = None
    figures: dict[str, float] = field(default_factory=dict)


def percentile(values: Sequence[float], share: float) -> float:
    """The value at `share` (0…1) of the sorted values (nearest rank)."""
    ranked = sorted(values)
    return ranked[min(int(share * len(ranked)), len(ranked) - 1)] if ranked else float("nan")


def as_table(rows: Sequence[Row]) -> str:
    """A Markdown table."""
    head = "| what | measured | reach | |\n|---|---|---|---|\n"
    mark = {True: "✓", False: "✗", None: ""}
    return head + "\n".join(f"| {row.what} | {row.found} | {row.reach} | {mark[row.met]} |" for row in rows)


def as_json(rows: Sequence[Row], machine: str) -> str:
    """Every row with its figures."""
    return json.dumps({"machine": machine, "rows": [asdict(row) for row in rows]}, indent=1, ensure_ascii=False)
