"""JSON files of a model folder, noted into bit by bit."""

import json
from pathlib import Path
from typing import Any

TRAINED = "training.json"  # steps and minutes of each stage, and what was drawn for the students


def noted(path: Path) -> dict[str, Any]:
    """What a JSON file says; nothing when it is missing."""
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def edit(path: Path, changes: dict[str, Any]) -> None:
    """Sets some keys of a JSON file, made when it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(noted(path) | changes, indent=2) + "\n", encoding="utf-8")
