"""The model card: what the folder is and what was measured, written from the numbers and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from perf.records.record import KINDS
from perf.training.autoencoder import CHANNELS
from perf.training.distil import TEACHER_STEPS, WEIGHTS
from perf.training.measure import GUIDANCE
from perf.training.measure import KINDS as READ
from perf.training.notes import noted
from perf.training.options import TrainOptions
from perf.training.reach import reached
from perf.training.sections import played, share

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
at every step and empty one time in ten. {where} To make its like:
`retrograde train`.

| stage | what | steps | minutes, two cores |
|---|---|---|---|
{stages}

## Reached

{reached}

{measured}
{limits}"""

_MEASURED = """## Measured

On held-out records (another archive seed), at {size}. `n` and the 95 % interval (Wilson) beside each share.
Autoencoder: PSNR in dB against the record after so many passes of encode and decode.

| passes | n | PSNR (sd) | mean colour shift of 255 |
|---|---|---|---|
{passes}

Read-back: a probe (nine convolutions, trained on records only, evenly drawn, half of them seen through the autoencoder)
names {kinds} of a picture. The first two rows are the probe's own ceiling; by chance it would be right {chance}.
Prompts: "SUBJECT in PALETTE, LIGHT, PROCESS" for each held-out record's attributes, guidance {guidance:g}.

| pictures | {heads} |
|---|{rules}
{shares}

{played}The probe is the project's own and knows the same subjects, so these shares say that the model keeps to its
prompts, not that its pictures are good. The numbers are in `measurements.json`.
"""

_LIMITS = """## Limits

It draws only what the archive draws. Words it was not taught are read as letters and do nothing sensible. Fine detail
is lost by the 16-fold autoencoder. Records of people: none.

Licence: Apache-2.0.
"""

_SECOND = """---
license: apache-2.0
library_name: diffusers
pipeline_tag: text-to-image
---
# The embedded family's second: a flow transformer

The same archive, the same words and the same autoencoder as the first family's, another architecture: a transformer
over patches (PixArt's) with a T5 text encoder, {network:.1f} M and {text:.2f} M weights. It is there so that one
timeline can be played on two models that lean on the same records.

```python
from diffusers import PixArtSigmaPipeline

pipe = PixArtSigmaPipeline.from_pretrained("perf/embedded_transformer")
how = dict(clean_caption=False, use_resolution_binning=False)
image = pipe("a city at night", width=320, height=192, num_inference_steps=4, guidance_scale=1.0, **how).images[0]
```

* What it knows, steps, guidance and negatives: as the first family's, beside it.

![Contact sheet](contact.jpg)

Three rows of subjects in one step, the same in four; one city in the look of each process; the sea, alone and with
"at night" at weights from -1 to 1. No picture was picked.

## How it was made

From nothing, {made}: reflow on pictures that the first family drew, from
noise and from worn records, and flow matching on the records. To make its like: `retrograde train`.

## Reached

{reached}

{measured}
{limits}"""

_STAGES = {
    "autoencoder": f"AutoencoderTiny, 16-fold, {CHANNELS} channels; L1, gradients, cycle loss",
    "decoder": "the decoder alone, under the encoder that the next stages know",
    "guide": "text and image encoders in CLIP's format, contrastive: what may steer",
    "encoder": "the same of other seed and width: what measures",
    "captioner": "ResNet classifier, calibrated, silent when unsure",
    "depth": "depth head, an AutoencoderTiny of one channel",
    "flow": "the teacher: flow matching (Lipman et al.)",
    "distil": f"the student: reflow (Liu et al.) on pairs of {TEACHER_STEPS} steps of the teacher, and the records",
    "transformer": "the second family, on pairs of the first and the records",
    "measure": "the probe that reads pictures",
}

_PLACES = ("On a processor, without a GPU.", "On a GPU where the table names one, else on a processor.")  # by any GPU


def text(folder: Path, found: dict[str, Any], trained: dict[str, Any], options: TrainOptions) -> str:
    """The card of the first family's folder or of the second's.

    `found` is what `examine` measured; `trained` has each stage's "steps" and "minutes". What it was trained from is
    what the folder says: it may be measured with other options, and on another machine.
    """
    told = noted(folder / "retrograde.json")
    common = {
        "sizes": " and ".join(f"{width}x{height}" for width, height in told["sizes"]),
        "measured": _measured(found, trained.get("student-pairs" if folder == options.second else "pairs")),
        "reached": reached(found),
        "limits": _LIMITS,
    }
    if folder == options.second:
        weights = {"network": millions(folder / "transformer"), "text": millions(folder / "text_encoder")}
        return _SECOND.format(made=_made(trained.get("transformer")), **weights, **common)
    return _TEXT.format(
        **{f"{kind}s": len(KINDS[kind]) for kind in ("subject", "palette", "light")},
        processes=len(KINDS["process"]),
        **{f"{kind}_names": ", ".join(KINDS[kind]) for kind in ("subject", "palette", "light", "process")},
        records=told["records"],
        seed=told["seed"],
        low=WEIGHTS[0],
        high=WEIGHTS[1],
        where=_PLACES[any("device" in stage for stage in trained.values())],
        stages="\n".join(
            f"| {name} | {_STAGES[name]} | {_steps(trained[name])} | {_minutes(trained[name])} |"
            for name in _STAGES
            if name in trained
        ),
        **common,
    )


def _made(stage: dict[str, Any] | None) -> str:
    """In how many steps, and how long, the second family was made; a stage that was broken off has noted nothing."""
    if stage is None:
        return "and not to the end (`retrograde train --stage transformer` goes on)"
    return f"{stage['steps']} steps in {_minutes(stage, ' minutes')}{'' if 'device' in stage else ' of two cores'}"


def _minutes(stage: dict[str, Any], unit: str = "") -> str:
    """How long a stage took, and on what, where it was no processor."""
    return f"{stage['minutes']:g}{unit}" + (f" on {stage['device']}" if "device" in stage else "")


def _steps(stage: dict[str, Any]) -> str:
    """A stage's steps, and of how many where its minutes stopped it."""
    return f"{stage['steps']} of {stage['of']}: stopped by its minutes" if "of" in stage else f"{stage['steps']}"


def _measured(found: dict[str, Any], drawn: dict[str, int] | None) -> str:
    """The section of numbers, as both cards have it."""
    return _MEASURED.format(
        size="x".join(str(side) for side in found["size"]),
        kinds=", ".join(READ),
        heads=" | ".join(READ),
        rules="---|" * len(READ),
        guidance=GUIDANCE,
        passes=_passes(found["autoencoder"]),
        shares=_shares(found),
        chance=", ".join(f"1/{len(names)}" for names in READ.values()),
        played=played(found, drawn),
    )


def _passes(found: dict[str, Any]) -> str:
    rows = {key.removeprefix("passes_"): row for key, row in found.items() if key.startswith("passes_")}
    return "\n".join(
        f"| {key} | {row['n']} | {row['psnr_db']} ({row['psnr_sd']}) | {row['mean_colour_shift_of_255']} |"
        for key, row in rows.items()
    )


def _shares(found: dict[str, Any]) -> str:
    rows = {key.replace("_", " "): row for key, row in found.items() if key.startswith(("records", "model"))}
    return "\n".join(
        f"| {name} | " + " | ".join(share(row[kind]) for kind in READ) + " |" for name, row in rows.items()
    )


def millions(folder: Path) -> float:
    """How many weights in half precision a folder holds, in millions."""
    return round(sum(file.stat().st_size for file in folder.glob("*.safetensors")) / 2e6, 3)
