"""Reading a model folder without loading it: what it holds, and in words what is missing, broken or foreign.

Knows files and JSON, no tensor; `retrograde models` and `retrograde check` need nothing more.
"""

import json
import math
import os
import re
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from perf.diffusion.architecture import (
    ARCHITECTURES,
    Ability,
    Architecture,
    guidance,
    sizes_of,
    steps,
    weights_of,
    words_of,
)
from perf.errors import ModelError

HEADER = 100_000_000  # bytes: the format's own limit of a header
PICKLES = (".bin", ".ckpt", ".pt", ".pth", ".pkl")
WANTED = ["*.json", "*.txt", "*.model", "*/*.safetensors"]  # of a hub's folder: no single-file copies, no pickles
VARIANT = "fp16"
UNPLAYED = ["safety_checker/*"]  # more than a gigabyte, of which nothing is read
VARIANTS = ["*.fp16*.safetensors", "*.non_ema*.safetensors", "*.fp16.safetensors.index.json"]
INDEX = "model_index.json"
OWN = "retrograde.json"
KNOWN = ", ".join(one.pipelines[0] for one in ARCHITECTURES) + " and their image-to-image forms"
STEMS = ("diffusion_pytorch_model", "model")  # of a part's weights: diffusers' and transformers'
LENT = ("guide", "depth", "captioner")  # take pictures, not latents: any family can use another's
TINY = ("vae_tiny", "taesd", "vae")  # a tiny autoencoder beside the large one is the one that keeps up


@dataclass(frozen=True, slots=True)
class Found:
    """A model folder as its files describe it.

    `configs` are the parts' config.json; `parameters` count the network; `own` is retrograde.json, which says of our
    own models what no diffusers file can (their words, how they take negatives), empty where there is none.
    """

    path: Path
    architecture: Architecture
    pipeline: str
    index: dict[str, Any]
    configs: dict[str, dict[str, Any]]
    scheduler: dict[str, Any]
    vae: str
    parameters: int
    bytes: int
    own: dict[str, Any]

    @property
    def config(self) -> dict[str, Any]:
        """The denoising network's."""
        return self.configs[self.architecture.network]

    def ability(self, loras: tuple[str, ...] = ()) -> Ability:
        """What this model can do, with these LoRAs attached."""
        kind, config, vae = self.architecture, self.config, self.configs[self.vae]
        blocks = vae.get("block_out_channels") or vae.get("encoder_block_out_channels") or (0,) * 4
        multiple = 2 ** (len(blocks) - 1) * kind.patch
        most = int(config.get("pos_embed_max_size") or 0)
        made_for = steps(kind, config, self.scheduler)
        return Ability(
            kind.name,
            self.parameters,
            guidance(config, self.own),
            made_for,
            multiple,
            most * multiple,
            loras,
            weights_of(self.own),
            words_of(self.own),
            sizes_of(self.own),
        )

    def class_of(self, part: str) -> str:
        """The class that the index names for a part, or its config does."""
        entry = self.index.get(part)
        named = entry[1] if isinstance(entry, list) and len(entry) == 2 else None
        return str(named or self.configs.get(part, {}).get("_class_name", "?"))


def inspect(folder: Path) -> Found:
    """Read a model folder without loading it. Raises ModelError naming what is missing, broken or not known."""
    if folder.is_file():
        raise ModelError(_file(folder))
    if not folder.is_dir():
        raise ModelError(f"{folder}: no such model folder; give a diffusers folder (it has a model_index.json)")
    if not (folder / INDEX).is_file():
        raise ModelError(f"{folder}: {_lone(folder)}; this version plays diffusers folders (with a {INDEX}): {KNOWN}")
    index = read_json(folder / INDEX)
    pipeline = str(index.get("_class_name", "?"))
    architecture = _architecture(folder, pipeline)
    present = [part for part in architecture.optional if (folder / part).is_dir() and _wanted(index, part)]
    parts = (*architecture.parts, *present)
    missing = [part for part in (*parts, "scheduler") if not (folder / part).is_dir()]
    if missing:
        raise ModelError(f"{folder}: {', '.join(missing)} missing; a {pipeline} has {', '.join(parts)}, scheduler")
    vae = next(part for part in TINY if (folder / part).is_dir())
    networks = [vae if part == "vae" else part for part in parts if not part.startswith("tokenizer")]
    configs = {part: read_json(folder / part / "config.json") for part in networks}
    counts = {part: weights(folder / part) for part in networks}
    scheduler = read_json(folder / "scheduler" / "scheduler_config.json")
    size = sum(size for _, size in counts.values())
    parameters = counts[architecture.network][0]
    own = _own(folder / OWN) if (folder / OWN).exists() else {}
    return Found(folder, architecture, pipeline, index, configs, scheduler, vae, parameters, size, own)


def _own(path: Path) -> dict[str, Any]:
    """What our own models say of themselves. Raises ModelError for what means nothing."""
    own = read_json(path)
    weights, words = own.get("weights", [0.0, 1.0]), own.get("words", [])
    numbers = isinstance(weights, list) and len(weights) == 2 and all(type(w) in (int, float) for w in weights)
    if not numbers or not weights[0] <= weights[1]:
        raise ModelError(f"{path}: weights is {str(weights)[:80]}; it takes [least, greatest] guidance weight")
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise ModelError(f"{path}: words is {str(words)[:80]}; it takes a list of words")
    sizes = own.get("sizes", [])
    if not isinstance(sizes, list) or not all(_is_size(size) for size in sizes):
        raise ModelError(f"{path}: sizes is {str(sizes)[:80]}; it takes a list of [width, height] in pixels")
    for part in LENT:
        if not isinstance(own.get(part, ""), str):
            raise ModelError(f"{path}: {part} is {str(own[part])[:80]}; it takes a folder's path from the model's")
    return own


def _lone(folder: Path) -> str:
    """What a folder without an index holds."""
    adapter = next((path.name for path in sorted(folder.glob("*.safetensors")) if _is_lora(path)), None)
    if adapter or (folder / "adapter_config.json").is_file():
        file = f" ({adapter})" if adapter else ""
        return f"holds a LoRA{file}: put its .safetensors into a model's loras folder, or name it in [model] loras"
    config = read_json(folder / "config.json") if (folder / "config.json").is_file() else {}
    named = config.get("architectures")
    kinds = (config.get("_class_name"), *(named if isinstance(named, list) else ()), config.get("model_type"))
    kind = next((kind for kind in kinds if kind), None)
    whole = f": give {folder.parent}" if (folder.parent / INDEX).is_file() else ""
    if kind and ("_class_name" in config or whole):
        return f"holds a {kind}, a part of a pipeline{whole or ': give the folder with all parts'}"
    names = sorted(path.name for path in folder.iterdir())
    there = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return f"holds a {kind}, no pipeline" if kind else f"holds no model ({f'there is {there}' if names else 'empty'})"


def _is_lora(path: Path) -> bool:
    try:
        return path.suffix == ".safetensors" and any("lora" in key for key in header(path))
    except ModelError:
        return False


def _is_size(size: Any) -> bool:
    return isinstance(size, list) and len(size) == 2 and all(type(side) is int and side > 0 for side in size)


def lent(folder: Path, part: str) -> Path | None:
    """Where a part that any family can use lies: in the model's folder, or in one beside it that its retrograde.json
    names (`"guide": "../embedded/guide"`); None where there is none. Raises ModelError."""
    if (folder / part).is_dir():
        return folder / part
    named = _own(folder / OWN).get(part) if (folder / OWN).exists() else None
    return _beside(folder, named) if named else None


def astray(folder: Path, own: dict[str, Any]) -> list[str]:
    """The parts that retrograde.json names and that are not there, in words."""
    return [
        f"{OWN}: {part} is {own[part][:80]}, and no folder in or beside {folder.name} is there; it plays without"
        for part in LENT
        if own.get(part) and not (folder / part).is_dir() and _beside(folder, own[part]) is None
    ]


def _beside(folder: Path, named: str) -> Path | None:
    """A folder that is named from a model's; None where it is none, or neither in the model's nor beside it."""
    home = folder.resolve()
    try:
        there = (home / named).resolve()
        return there if there.is_dir() and there.is_relative_to(home.parent) else None
    except (OSError, ValueError):  # too long a name, a zero byte
        return None


def _file(path: Path) -> str:
    if _is_lora(path):
        return f"{path}: a LoRA, no model: put it into a model's loras folder, or name it in [model] loras"
    if path.suffix in PICKLES:
        return f"{path}: a pickle, which can run programs; only diffusers folders of safetensors are played"
    return (
        f"{path}: a single file; make a diffusers folder of it once with "
        "`StableDiffusionPipeline.from_single_file(...).save_pretrained(FOLDER)` and give that FOLDER"
    )


def _architecture(folder: Path, pipeline: str) -> Architecture:
    found = next((one for one in ARCHITECTURES if pipeline in one.pipelines), None)
    if found is None:
        raise ModelError(f"{folder}: holds a {pipeline}; this version plays {KNOWN}")
    return found


def _wanted(index: dict[str, Any], part: str) -> bool:
    """Whether the index lists an optional part ([null, null] says that it was left out)."""
    return index.get(part) not in (None, [None, None])


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object. Raises ModelError."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror}); copy the model folder again, whole") from error
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{path}: not JSON ({error}); copy the model folder again") from error
    if not isinstance(content, dict):
        raise ModelError(f"{path}: holds a {type(content).__name__}, not an object; copy the model folder again")
    return content


def weights(folder: Path) -> tuple[int, int]:
    """(parameters, bytes) of a part, after checking that each file is as long as its own header says. Raises
    ModelError."""
    files = weight_files(folder)
    headers = [header(path) for path in files]
    parameters = sum(math.prod(entry["shape"]) for tensors in headers for entry in tensors.values())
    return parameters, sum(path.stat().st_size for path in files)


def weight_files(folder: Path) -> list[Path]:
    """The safetensors of a part; where there are none but of its variant fp16, those. Raises ModelError naming what is
    missing."""
    for variant in ("", f".{VARIANT}"):
        index = next((path for stem in STEMS for path in folder.glob(f"{stem}.safetensors.index{variant}.json")), None)
        if index is not None:
            named = {folder / str(name) for name in read_json(index).get("weight_map", {}).values()}
            lacking = sorted(path.name for path in named if not path.is_file())
            if lacking:
                raise ModelError(f"{folder}: {', '.join(lacking)} missing; copy the model folder again, whole")
            return sorted(named)
        files = {path for stem in STEMS for path in folder.glob(f"{stem}{variant}*.safetensors")}
        plain = sorted(path for path in files if path.stem.split("-")[0] in {f"{stem}{variant}" for stem in STEMS})
        if plain:
            return plain
    others = ", ".join(sorted(path.name for path in (*folder.glob("*.bin"), *folder.glob("*.safetensors"))))
    stem = STEMS[0] if "_class_name" in read_json(folder / "config.json") else STEMS[1]
    raise ModelError(
        f"{folder}: no {stem}.safetensors{f' (there is {others})' if others else ''}; only safetensors "
        f"are loaded, whole or of variant {VARIANT}, never pickles: save the model with save_pretrained(FOLDER)"
    )


def header(path: Path) -> dict[str, Any]:
    """The tensors that a safetensors file lists: name to dtype, shape, offsets. Raises ModelError if it is damaged."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(8)
            length = struct.unpack("<Q", head)[0] if len(head) == 8 else size
            tensors = json.loads(file.read(length)) if length < min(size, HEADER) else {}
        tensors.pop("__metadata__", None)
        whole = 8 + length + max((t["data_offsets"][1] for t in tensors.values()), default=-1) == size
        whole = whole and all(isinstance(n, int) and n >= 0 for t in tensors.values() for n in t["shape"])
    except OSError as error:  # a link to a blob that the hub's cache has no longer
        raise ModelError(f"{path}: cannot be read ({error.strerror}); copy it again") from error
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        whole = False
    if not whole:
        raise ModelError(f"{path}: {size} bytes, cut short or damaged; copy it again")
    return dict(tensors)


def fetch(model: str) -> Path:
    """The folder of a model: itself, or a hub id's local copy (which may download it). Raises ModelError."""
    folder = Path(os.path.expanduser(model))
    if os.path.exists(folder):  # asks of a name that is too long, too
        return folder
    if not re.fullmatch(r"\w[\w.-]*/[\w.-]*\w", model):
        raise ModelError(f"{model}: no such folder; give a diffusers folder or a hub id like stabilityai/sd-turbo")
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        path = Path(snapshot_download(model, allow_patterns=WANTED, ignore_patterns=[*UNPLAYED, *VARIANTS]))
        if any(not any(part.parent.glob("*.safetensors")) for part in path.glob("*/config.json")):
            # some are there as variant fp16 alone
            return Path(snapshot_download(model, allow_patterns=WANTED, ignore_patterns=UNPLAYED))
        return path
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError, ValueError) as error:
        raise ModelError(f"{model}: neither a folder here nor had from the hub ({type(error).__name__})") from error
