"""The model card: what the folder is and what was measured, written from the numbers and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from perf.records.record import KINDS
from perf.training.autoencoder import CHANNELS
from perf.training.distil import TEACHER_STEPS, WEIGHTS
from perf.training.measure import GUIDANCE
from perf.training.measure import KINDS as READ
from perf.training.options import TrainOptions

_TEXT = """---
license: apache-2.0
library_name: diffusers
pipeline_tag: text-to-image
---
# The embedded family

A small text-to-image model that Retrograde carries with it, so that it plays without a download. It knows {subjects}
subjects, {palettes} palettes, {lights} lights and {processes} photographic processes, and little else: it was
trained only on pictures that the project draws itself (`perf/records`), so every record it leans on can be drawn
again. It is an instrument, no general image model.

```python
from diffusers import StableDiffusionPipeline
pipe = StableDiffusionPipeline.from_pretrained("perf/embedded")
image = pipe("a city at night in neon", width=320, height=192, num_inference_steps=4, guidance_scale=2.0).images[0]
```

* Subjects: {subject_names}.
* Palettes: {palette_names}. Lights: {light_names}.
* Processes: {process_names}; decades from 1840s to 2020s; rain, snow; wide, close; from below, from above, tilted.
* Steps: 1 to 4. Guidance: {low:g} to {high:g}, an input of the network: no second pass. What to keep away from is one,
  too: its tokens follow the prompt's with their sign turned (`retrograde.json`: `negatives`).
* Sizes: multiples of 16 near {sizes}.

![Contact sheet](contact.jpg)

Three rows of subjects in one step, the same in four; one city in the look of each process; the sea, alone and with
"at night" at weights from -1 to 1. No picture was picked.

## How it was made

{records} records (archive seed {seed}), rendered at {sizes}, mirrored at random, captions drawn afresh from the grammar
at every step and empty one time in ten. On a processor, without a GPU. To make its like:
`retrograde train`.

| stage | what | steps | minutes' limit |
|---|---|---|---|
| autoencoder | AutoencoderTiny, 16-fold, {channels} channels; L1, gradients, cycle loss | {ae} | {ae_m:g} |
| decoder | the decoder alone, under the encoder that the next stages know | {decoder} | {decoder_m:g} |
| flow | U-Net ({unet:.1f} M) and text encoder ({text:.2f} M), flow matching (Lipman et al.) | {flow} | {flow_m:g} |
| distil | reflow (Liu et al.): {pairs} pairs of {teacher} steps, guidance {low:g}–{high:g} | {distil} | {distil_m:g} |
{remark}
## Measured

On held-out records (another archive seed), at {measured}. `n` and the 95 % interval (Wilson) beside each share.
Autoencoder: PSNR in dB against the record after so many passes of encode and decode.

| passes | n | PSNR (sd) | mean colour shift of 255 |
|---|---|---|---|
{passes}

Read-back: a probe (four convolutions, trained on records only, evenly drawn, half of them seen through the autoencoder)
names {kinds} of a picture. The first two rows are the probe's own ceiling; by chance it would be right {chance}.
Prompts: "SUBJECT in PALETTE, LIGHT, PROCESS" for each held-out record's attributes, guidance {guidance:g}.

| pictures | {heads} |
|---|{rules}
{shares}

{played}The probe is the project's own and knows the same subjects, so these shares say that the model keeps to its
prompts, not that its pictures are good. The numbers are in `measurements.json`.

## Limits

It draws only what the archive draws. Words it was not taught are read as letters and do nothing sensible. Fine detail
is lost by the 16-fold autoencoder. Records of people: none.

Licence: Apache-2.0.
"""


@dataclass(frozen=True, slots=True)
class Learnt:
    """Steps that each stage took, and the networks' sizes in millions."""

    autoencoder: int
    decoder: int
    flow: int
    distil: int
    unet: float
    text: float


def write(options: TrainOptions, learnt: Learnt, found: dict[str, Any]) -> None:
    """Writes model_card.md into the folder."""
    chance = ", ".join(f"1/{len(names)}" for names in READ.values())
    text = _TEXT.format(
        **{f"{kind}s": len(KINDS[kind]) for kind in ("subject", "palette", "light")},
        processes=len(KINDS["process"]),
        **{f"{kind}_names": ", ".join(KINDS[kind]) for kind in ("subject", "palette", "light", "process")},
        channels=CHANNELS,
        kinds=", ".join(READ),
        heads=" | ".join(READ),
        rules="---|" * len(READ),
        sizes=" and ".join(f"{width}x{height}" for width, height in options.sizes),
        measured="x".join(str(side) for side in found["size"]),
        records=options.records,
        seed=options.seed,
        pairs=options.pairs,
        teacher=TEACHER_STEPS,
        guidance=GUIDANCE,
        low=WEIGHTS[0],
        high=WEIGHTS[1],
        ae=learnt.autoencoder,
        decoder=learnt.decoder,
        decoder_m=options.decoder.minutes,
        flow=learnt.flow,
        distil=learnt.distil,
        ae_m=options.autoencoder.minutes,
        flow_m=options.flow.minutes,
        distil_m=options.distil.minutes,
        unet=learnt.unet,
        text=learnt.text,
        passes=_passes(found["autoencoder"]),
        shares=_shares(found),
        chance=chance,
        played=_played(found),
        remark=f"\n{options.remark}\n" if options.remark else "",
    )
    (options.folder / "model_card.md").write_text(text, encoding="utf-8")


def _passes(found: dict[str, Any]) -> str:
    rows = {key.removeprefix("passes_"): row for key, row in found.items() if key.startswith("passes_")}
    return "\n".join(
        f"| {key} | {row['n']} | {row['psnr_db']} ({row['psnr_sd']}) | {row['mean_colour_shift_of_255']} |"
        for key, row in rows.items()
    )


def _shares(found: dict[str, Any]) -> str:
    rows = {key.replace("_", " "): row for key, row in found.items() if key.startswith(("records", "model"))}
    return "\n".join(
        f"| {name} | " + " | ".join(_share(row[kind]) for kind in READ) + " |" for name, row in rows.items()
    )


def _share(row: dict[str, Any]) -> str:
    low, high = row["interval"]
    return f"{row['share']:.1%} [{low:.1%}, {high:.1%}], n={row['n']}"


def _played(found: dict[str, Any]) -> str:
    """What was measured through the engine, as in a show; empty in a card without it."""
    if "negatives" not in found:
        return ""
    parts = (_weights(found["negatives"]), _pairs(found["pairs"]), _recursion(found), _heads(found))
    return "\n".join(part for part in parts if part) + "\n"


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


def _pairs(found: dict[str, Any]) -> str:
    rows = "\n".join(
        f"| {name.replace('_', ' ')} | {_share(row['subject'])} | {_share(row['palette'])} |"
        for name, row in found.items()
    )
    return f"""### Pairs of subject and palette that no record had

| pairs | subject | palette |
|---|---|---|
{rows}
"""


def _recursion(found: dict[str, Any]) -> str:
    names = {"recursion_still": "still", "recursion_zoom": "zoom of 1 % an image"}
    rows = "\n".join(
        f"| {name} | "
        + " | ".join(
            f"{found[key][f'{what}_mean']:.2f} ({min(found[key][what]):.2f} to {max(found[key][what]):.2f})"
            for what in ("sharpness", "saturation", "contrast")
        )
        + " |"
        for key, name in names.items()
    )
    return f"""### {found["recursion_still"]["images"]} images of recursion at skip 0.5, as shares of image 20

Mean of {found["recursion_still"]["n"]} prompts, and the least and greatest of them.

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
    return "\n".join(said)


def millions(parameters: int) -> float:
    """A count in millions."""
    return round(parameters / 1e6, 3)
