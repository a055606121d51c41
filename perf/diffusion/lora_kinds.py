"""LoRAs that make a model of many steps one of few, recognised by what they are called: LCM, TCD, Hyper, Lightning.

Their tensors are like any other's; what tells them is the title in the file, or its name.
"""

import re
from collections.abc import Mapping
from pathlib import Path

METHODS: Mapping[str, str] = {"lcm": "lcm", "tcd": "tcd", "hyper": "tcd", "lightning": "euler"}  # what each is made for
KIND = re.compile(r"(?<![a-z])(lcm|tcd|hyper|lightning)(?=sd|[^a-z]|$)")
TITLES = ("modelspec.title", "ss_output_name", "name")  # of the file's metadata
NAMELESS = ("pytorch_lora_weights", "adapter_model")  # names that libraries give; the folder's says more


def kind_of(path: Path, metadata: Mapping[str, str]) -> str:
    """The kind of a LoRA (a key of METHODS); empty for one that leaves the steps alone."""
    name = path.parent.name if path.stem in NAMELESS else path.stem
    said = [KIND.search(words.lower()) for words in (*(metadata.get(title, "") for title in TITLES), name)]
    return next((found[1] for found in said if found), "")
