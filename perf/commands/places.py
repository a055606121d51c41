"""Argument types of what a command writes: a place that cannot be is refused before the work, not after it."""

import argparse
from pathlib import Path


def new_file(text: str) -> Path:
    """A file, in a folder that is there."""
    path = Path(text)
    if path.is_dir():
        raise argparse.ArgumentTypeError(f"{text!r} is a folder; give the name of a file")
    if not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"{text!r}: there is no folder {path.parent}; make it, or write elsewhere")
    return path


def new_folder(text: str) -> Path:
    """A folder, or what may become one."""
    path = Path(text)
    there = next(place for place in (path, *path.parents) if place.exists())
    if not there.is_dir():
        raise argparse.ArgumentTypeError(f"{text!r}: {there} is a file; give a folder")
    return path
