"""Argument types of what a command writes: a place that cannot be is refused before the work, not after it."""

import argparse
from collections.abc import Callable
from functools import wraps
from pathlib import Path

Place = Callable[[str], Path]


def asked(place: Place) -> Place:
    """The same, where the system may not even say what is there (no right to look, too long a name): argparse lets no
    OSError by."""

    @wraps(place)
    def found(text: str) -> Path:
        try:
            return place(text)
        except OSError as error:
            raise argparse.ArgumentTypeError(f"{text!r}: {error.strerror}; write elsewhere") from error

    return found


@asked
def new_file(text: str) -> Path:
    """A file, in a folder that is there."""
    path = Path(text)
    if path.is_dir():
        raise argparse.ArgumentTypeError(f"{text!r} is a folder; give the name of a file")
    if not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"{text!r}: there is no folder {path.parent}; make it, or write elsewhere")
    return path


@asked
def new_folder(text: str) -> Path:
    """A folder, or what may become one."""
    path = Path(text)
    there = next(place for place in (path, *path.parents) if place.exists())
    if not there.is_dir():
        raise argparse.ArgumentTypeError(f"{text!r}: {there} is a file; give a folder")
    return path
