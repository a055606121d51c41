"""The names of LoRA tensors, as diffusers, peft and kohya's scripts write them, to the layers of a network."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

ROLES = {
    ".lora_A.weight": "down", ".lora_B.weight": "up",
    ".lora_A.default.weight": "down", ".lora_B.default.weight": "up",
    ".lora_down.weight": "down", ".lora_up.weight": "up",
    ".lora.down.weight": "down", ".lora.up.weight": "up",
    ".lora_linear_layer.down.weight": "down", ".lora_linear_layer.up.weight": "up",
    "_lora.down.weight": "down", "_lora.up.weight": "up",
    ".alpha": "alpha",
}  # fmt: skip
TEXTS = ("text_encoder", "lora_te")
PREFIXES = ("base_model.model.", "unet.", "transformer.", "lora_unet_", "lora_transformer_")
INNER = {
    "in_layers_2": "conv1", "emb_layers_1": "time_emb_proj", "out_layers_3": "conv2",
    "skip_connection": "conv_shortcut",
}  # fmt: skip
MIDDLE = {"0": "resnets_0", "1": "attentions_0", "2": "resnets_1"}


@dataclass(frozen=True, slots=True)
class Key:
    """Where a tensor belongs: the layer's dotted name, and its role: down, up, alpha, or text (not the network's)."""

    place: str
    role: str


def parse(key: str, layers: Mapping[str, str]) -> Key | None:
    """The place of a key among `layers` (flattened name to dotted name), None when it has none."""
    if key.startswith(TEXTS):
        return Key("", "text")
    suffix = next((end for end in ROLES if key.endswith(end)), None)
    if suffix is None:
        return None
    name = key.removesuffix(suffix)
    for prefix in PREFIXES:
        name = name.removeprefix(prefix)
    flat = name.replace(".processor.", ".").replace(".", "_")
    for candidate in (flat, original(flat), f"{flat}_0"):  # before peft, `to_out` meant the first of its layers
        if candidate in layers:
            return Key(layers[candidate], ROLES[suffix])
    return None


def original(flat: str) -> str:
    """A layer's name in the original repositories' U-Nets of two layers a block (SD, SDXL), as diffusers has it."""
    found = re.match(r"(input|output)_blocks_(\d+)_(\d)_(.+)", flat)
    if found:
        side, number, part, rest = found[1], int(found[2]), found[3], found[4]
        return _block(side, number, part, rest)
    found = re.match(r"middle_block_(\d)_(.+)", flat)
    if found and found[1] in MIDDLE:
        return f"mid_block_{MIDDLE[found[1]]}_{INNER.get(found[2], found[2])}"
    return {"time_embed_0": "time_embedding_linear_1", "time_embed_2": "time_embedding_linear_2"}.get(flat, flat)


def _block(side: str, number: int, part: str, rest: str) -> str:
    down = side == "input"
    block, layer = divmod(number - 1 if down else number, 3)
    head = f"{'down' if down else 'up'}_blocks_{block}"
    if rest in ("op", "conv"):
        return f"{head}_{'downsamplers' if down else 'upsamplers'}_0_conv"
    return f"{head}_{'resnets' if part == '0' else 'attentions'}_{layer}_{INNER.get(rest, rest)}"
