"""The card's sections on what was measured through the engine, as in a show: Markdown from the numbers."""

from __future__ import annotations

from typing import Any

from perf.records.record import KINDS
from perf.training.curves import CURVES
from perf.training.reach import CAMERAS


def played(found: dict[str, Any], drawn: dict[str, int] | None) -> str:
    """What was measured through the engine, as in a show; empty in a card without it."""
    if "negatives" not in found:
        return ""
    parts = (_weights(found["negatives"]), _pairs(found["pairs"], drawn), _recursion(found), _heads(found))
    return f"![Curves]({CURVES})\n\n" + "\n".join(part for part in parts if part) + "\n"


def _weights(found: dict[str, Any]) -> str:
    shares = found["shares"]
    return f"""### A second prompt's weight, from against to for

Prompts: a subject, and beside it the name of what its records have most often ({len(found["habits"])} habits such as
{", ".join(found["habits"][:3])}), at a weight. Share of the pictures (1 step) in which the probe reads it:

| {" | ".join(shares)} |
|{"---|" * len(shares)}
| {" | ".join(f"{row['share']:.1%} [{row['interval'][0]:.1%}, {row['interval'][1]:.1%}]" for row in shares.values())} |

n={next(iter(shares.values()))["n"]} at each weight.
"""


def _pairs(found: dict[str, Any], drawn: dict[str, int] | None) -> str:
    met = f"{drawn['held_out'] or 'none'} of the {drawn['drawn']}" if drawn else "an unknown number"
    rows = "\n".join(
        f"| {name.replace('_', ' ')} | {share(row['subject'])} | {share(row['palette'])} |"
        for name, row in found.items()
    )
    return f"""### Pairs of subject and palette that no record had

Held out of the records that the autoencoder and the teacher learnt from. Of the pictures that were drawn for this
network to learn from, {met} were asked for with such a pair. The probe, which must read them, has seen them all.

| pairs | subject | palette |
|---|---|---|
{rows}
"""


def _recursion(found: dict[str, Any]) -> str:
    rows = "\n".join(
        f"| {name} | "
        + " | ".join(
            f"{found[key][f'{what}_mean']:.2f} ({min(found[key][what]):.2f} to {max(found[key][what]):.2f})"
            for what in ("sharpness", "saturation", "contrast")
        )
        + " |"
        for key, name in CAMERAS.items()
    )
    still = found["recursion_still"]
    led = still.get("coherence", 0.0)
    return f"""### {still["images"]} images of recursion at skip 0.5, coherence {led:g}, as shares of image 20

Mean of {still["n"]} prompts, and the least and greatest of them.

| camera | sharpness | saturation | contrast |
|---|---|---|---|
{rows}

The same job gives the same bits on the same machine: {"yes" if found["same_bits"] else "NO"}.
"""


def _heads(found: dict[str, Any]) -> str:
    said = []
    if "captioner" in found:
        every = found["captioner"]["all"]
        rows = [f"{kind} {found['captioner'][kind]['f1']:.2f}" for kind in KINDS]
        said.append(
            f"### The captioner and the depth head, on held-out records\n\nCaptioner: F1 {every['f1']:.3f} over all "
            f"attributes (precision {every['precision']:.3f}, recall {every['recall']:.3f}, silent on "
            f"{every['silent']:.1%}, n={every['n']}); {', '.join(rows)}. Of noise it names a subject in "
            f"{found['captioner']['said_of_noise']:.1%}.\n"
        )
    if "depth" in found:
        row = found["depth"]
        said.append(
            f"Depth: mean error {row['mean_error']:.3f} of 0 to 1 (always saying the median: "
            f"{row['mean_error_of_the_median']:.3f}); {row['right_third']:.1%} of pixels in their right third, "
            f"n={row['n']} pictures.\n"
        )
    if "guide" in found and "encoder" in found:
        read = [f"| {name} | {' | '.join(map(share, found[name].values()))} |\n" for name in ("guide", "encoder")]
        said.append(
            "### The two pairs of encoders, on held-out records\n\nHow often a kind's nearest name is the record's "
            f"own; they never learnt to choose among names.\n\n| pair | {' | '.join(found['guide'])} |\n"
            f"|{'---|' * (1 + len(found['guide']))}\n{''.join(read)}"
        )
    return "\n".join(said)


def share(row: dict[str, Any]) -> str:
    """A share in words, with its interval and its n."""
    low, high = row["interval"]
    return f"{row['share']:.1%} [{low:.1%}, {high:.1%}], n={row['n']}"
