"""`retrograde ports`: MIDI ports, monitors, sound inputs, cameras, ways to other programs, and what is missing."""

import argparse

EXAMPLE = "example:\n  retrograde ports"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""


def run(args: argparse.Namespace) -> int:
    """Print what is there."""
    from perf.gl.monitors import list_monitors
    from perf.ports.camera import cameras
    from perf.ports.midi import list_ports
    from perf.ports.senders import ways
    from perf.ports.soundcard import inputs

    midi = list_ports()
    tell("MIDI inputs", midi.inputs, midi.missing)
    tell("MIDI outputs", midi.outputs, "")
    monitors, missing = list_monitors()
    tell("monitors", monitors, missing)
    tell("sound inputs", *inputs())
    tell("cameras", *cameras())
    tell("ways to other programs (play --send)", tuple(ways()), "")
    return 0


def tell(title: str, rows: tuple[str, ...], missing: str) -> None:
    """Print one list, or why it is empty."""
    print(f"{title}:" + ("" if rows else f" none{': ' + missing if missing else ''}"))
    for number, row in enumerate(rows):
        print(f"  {number}  {row}")
