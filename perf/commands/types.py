"""Argument types shared by the commands: each says what is allowed when it refuses."""

import argparse
import re


def size(text: str) -> tuple[int, int]:
    """WxH in pixels, 16…8192 each."""
    found = re.fullmatch(r"(\d{1,4})[xX](\d{1,4})", text)
    if not found or not all(16 <= int(n) <= 8192 for n in found.groups()):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a size; give WIDTHxHEIGHT, 16…8192 pixels each, like 1280x720"
        )
    return int(found[1]), int(found[2])


def seconds(text: str) -> float:
    """A time above 0, in seconds."""
    return _number(text, "a time in seconds above 0", 1e-3, 1e7)


def minutes(text: str) -> float:
    """A time above 0, in minutes."""
    return _number(text, "a time in minutes above 0", 1e-3, 1e6)


def rate(text: str) -> float:
    """Frames a second, 1…240."""
    return _number(text, "a rate of 1…240 a second", 1, 240)


def speed(text: str) -> float:
    """Movement of the picture in a beat, in full ranges."""
    return _number(text, "a speed above 0, in full ranges a beat, like 0.04", 1e-6, 1e6)


def beats(text: str) -> float:
    """How far something may be moved, 0…64 beats."""
    return _number(text, "a distance of 0…64 beats", 0, 64)


def port(text: str) -> int:
    """A port number, 0…65535 (0: any free one)."""
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port number 0…65535")
    return int(text)


def count(text: str) -> int:
    """A whole number from 1 on."""
    if not text.isdecimal() or not 1 <= int(text) <= 10**9:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 on")
    return int(text)


def noise_seed(text: str) -> float:
    """A seed of the noise, 0…1000000; its fraction blends two neighbours."""
    return _number(text, "a seed of 0…1000000", 0, 1e6)


def seed(text: str) -> int:
    """A whole number from 0 on, below 2**31."""
    if not text.isdecimal() or int(text) >= 2**31:
        raise argparse.ArgumentTypeError(f"{text!r} is not a seed; give a whole number 0…{2**31 - 1}")
    return int(text)


def share(text: str) -> float:
    """A share, 0…1."""
    return _number(text, "a share of 0…1", 0, 1)


def _number(text: str, allowed: str, low: float, high: float) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not low <= value <= high:
        raise argparse.ArgumentTypeError(f"{text!r} is not {allowed}")
    return value
