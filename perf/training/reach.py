"""What the family was to reach, beside what was measured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

CAMERAS = {"recursion_still": "a still camera", "recursion_zoom": "a zoom of 1 % an image"}


def reached(found: dict[str, Any]) -> str:
    """What was to be reached, and what was measured: a Markdown table."""
    mark = {True: "✓", False: "✗"}
    rows = [f"| {what} | {said} | {reach} | {mark[met]} |" for what, said, reach, met in _reaches(found)]
    return "\n".join(["| what | measured | reach | |", "|---|---|---|---|", *rows])


def _reaches(found: dict[str, Any]) -> Iterator[tuple[str, str, str, bool]]:
    """(what, measured, reach, met)."""
    for steps, reach in ((1, (0.85, 0.85, 0.80)), (4, (0.93, 0.93, 0.90))):
        shares = [found[f"model_{steps}_step"][kind]["share"] for kind in ("subject", "palette", "process")]
        said = " / ".join(f"{one:.1%}" for one in shares)
        asked = "≥ " + " / ".join(f"{one:.0%}" for one in reach)
        met = all(one >= least for one, least in zip(shares, reach, strict=True))
        yield f"subject / palette / era as asked, {steps} step{'s' * (steps > 1)}", said, asked, met
    for steps in (1, 4):
        off = {
            kind: found["pairs"][f"seen_{steps}_step"][kind]["share"]
            - found["pairs"][f"held_out_{steps}_step"][kind]["share"]
            for kind in ("subject", "palette")
        }
        said = ", ".join(f"{kind} {100 * -one:+.1f}" for kind, one in off.items())
        what = f"pairs that no record had against seen ones, points, {steps} step{'s' * (steps > 1)}"
        yield what, said, "within 10", all(one <= 0.10 for one in off.values())
    decibels = found["autoencoder"]["passes_1"]["psnr_db"]
    yield "autoencoder on held-out records", f"{decibels:.1f} dB", "≥ 27 dB", decibels >= 27
    weighed = {float(weight): row["share"] for weight, row in found["negatives"]["shares"].items()}
    below = [weighed[weight] for weight in sorted(weighed) if weight <= 0]
    falls = all(a <= b for a, b in pairwise(below)) and below[-1] - below[0] >= 0.4
    said = " ".join(f"{share:.0%}" for _, share in sorted(weighed.items()))
    what = f"an attribute's share at weights {', '.join(f'{weight:g}' for weight in sorted(weighed))}"
    yield what, said, "0 → −1 falls by ≥ 40 points, 0 → +1 rises", falls and weighed[1.0] > weighed[0.0]
    for key, name in CAMERAS.items():
        worn = {what: found[key][what] for what in ("sharpness", "saturation")}
        said = ", ".join(_spread(what, some) for what, some in worn.items())
        met = all(0.75 <= one <= 1.25 for some in worn.values() for one in some)
        led, count = found[key].get("coherence", 0.0), found[key]["n"]
        what = (
            f"{found[key]['images']} images of recursion, {name}, coherence {led:g}, against image 20 ({count} prompts)"
        )
        seeds = ", ".join(_spread(what, found[key]["seeds"][what]) for what in worn)
        said += f"; another seed's image 20 against this one's: {seeds}"
        yield what, said, "0.75–1.25", met
    yield "the same seed again", "the same bits" if found["same_bits"] else "other bits", "the same", found["same_bits"]
    if "captioner" in found:
        every = found["captioner"]["all"]
        said = f"F1 {every['f1']:.3f}, silent on {every['silent']:.0%}"
        yield "captioner on held-out records", said, "F1 ≥ 0.85", every["f1"] >= 0.85


def _spread(what: str, shares: Sequence[float]) -> str:
    return f"{what} {sum(shares) / len(shares):.2f} in the mean ({min(shares):.2f}–{max(shares):.2f})"
