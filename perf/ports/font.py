"""Fonts that a patch names: found beside it, and tried before a show depends on them."""

from pathlib import Path

from PIL import ImageFont

from perf.errors import PatchError

SIZE = 32  # pixels, of the letters that it is tried with


def found(name: str, patch: Path) -> str:
    """The path of a font of that name, taken from the patch's folder where it is relative; "" for none. Raises
    PatchError where it is not there or no font."""
    if not name:
        return ""
    try:
        path = str(patch.parent / Path(name).expanduser())
        ImageFont.truetype(path, SIZE).getlength("Ag")
    except (OSError, ValueError, RuntimeError) as error:
        words = f"{name[:200]!r} cannot be read as a font ({str(error)[:200]})"
        raise PatchError(f"{words}; take a TrueType or OpenType file, or leave the font out", str(patch)) from error
    return path
