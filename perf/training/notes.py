"""JSON files of a model folder, noted into bit by bit."""

import json
from pathlib import Path
from typing import Any

TRAINED = "training.json"  # steps and minutes of each stage


def edit(path: Path, changes: dict[str, Any]) -> None:
    """Sets some keys of a JSON file, made when it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    path.write_text(json.dumps(known | changes, indent=2) + "\n", encoding="utf-8")
