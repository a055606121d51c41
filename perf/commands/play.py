"""`retrograde play`: perform a patch, with a status line a second at the terminal."""

import argparse
import os
import signal
import sys
from multiprocessing import resource_tracker

from perf.commands.terminal import Terminal
from perf.commands.types import port, rate, seconds, size
from perf.options import ShowOptions

EXAMPLE = """examples:
  retrograde play
  retrograde play club --fullscreen --midi nanoKONTROL --record set.mp4 --take set.jsonl
  retrograde play --send camera --send ndi:stage
  retrograde play my.toml --model stabilityai/sd-turbo --device cuda"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("patch", nargs="?", default="default", help="a patch file or the name of a shipped one")
    parser.add_argument("--headless", action="store_true", help="no window, as by itself where there is no screen")
    parser.add_argument("--size", type=size, metavar="WxH", help="size of the stage in pixels (the patch's)")
    parser.add_argument("--fullscreen", action="store_true")
    parser.add_argument("--monitor", type=int, default=0, metavar="N", help="which monitor (`retrograde ports`)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on; 0.0.0.0 for the whole network")
    parser.add_argument("--osc-port", type=port, default=9000, metavar="PORT", help="OSC over UDP and TCP (9000)")
    parser.add_argument("--http-port", type=port, default=9001, metavar="PORT", help="page and OSCQuery (9001)")
    parser.add_argument("--midi", action="append", default=[], metavar="NAME", help="only MIDI ports with this name")
    parser.add_argument("--link", action="store_true", help="join the network's Ableton Link session (extra link)")
    parser.add_argument("--seconds", type=seconds, default=0.0, metavar="S", help="end after S seconds")
    parser.add_argument("--record", default="", metavar="FILM.mp4", help="record what is shown")
    names = ("auto", "software", "h264_nvenc", "h264_videotoolbox", "h264_qsv", "h264_amf", "h264_vaapi")
    words = "who encodes an .mp4: one in hardware that opens, else software (auto); software; or one by name"
    parser.add_argument("--encoder", choices=names, default="auto", metavar="auto|software|NAME", help=words)
    words = "send the picture on: camera, ndi, spout or syphon, with the name that others see (`retrograde ports`)"
    parser.add_argument("--send", action="append", default=[], metavar="KIND[:NAME]", help=words)
    parser.add_argument("--take", default="", metavar="TAKE.jsonl", help="log every event, to be rendered again")
    parser.add_argument("--model", default="", metavar="FOLDER-OR-HUB-ID", help="another model than the patch's")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"), default="auto")
    parser.add_argument("--fps", type=rate, default=0.0, help="display frames a second, at most (the patch's)")
    parser.add_argument("--status-json", default="", metavar="FILE", help="append a line of status a second")


def options(args: argparse.Namespace) -> ShowOptions:
    """The arguments as options. Raises UsageError for a way out that there is not."""
    given = {name: getattr(args, name) for name in ShowOptions.__dataclass_fields__ if hasattr(args, name)}
    if args.send:
        from perf.ports.senders import asked

        for text in args.send:
            asked(text)
    given |= {"midi": tuple(args.midi), "send": tuple(args.send), "headless": args.headless or not screen()}
    return ShowOptions(**given)


def screen() -> bool:
    """Whether there may be a screen: Windows and macOS have one, X and Wayland name theirs."""
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def run(args: argparse.Namespace) -> int:
    """Play until it is over. Ctrl-C, the signal that stops a service, or a terminal's end, ends it after the frame;
    twice, at once."""
    from perf.show import Show

    ends, terminal = _ends(), Terminal()
    show = Show(options(args), terminal.say)

    def stop(number: int, frame: object) -> None:
        if show.stopping:
            raise KeyboardInterrupt
        show.stopping = True

    for number in ends:
        signal.signal(number, stop)
    try:
        show.run()
        if show.stopping:
            written = [part for part in (show.rig.outlets.film, show.rig.take) if part is not None]
            terminal.say("ended by a signal" + "; film and take are whole" * all(part.whole for part in written))
    finally:
        terminal.close()
    return 0


def _ends() -> list[signal.Signals]:
    """The signals that end a show. A closed terminal's comes to all processes: Python's tracker of shared memory, which
    dies of it, is started so that it inherits that it is ignored."""
    hangup = getattr(signal, "SIGHUP", None)  # nohup has it ignored; Windows has none
    if hangup is None or signal.getsignal(hangup) is signal.SIG_IGN:
        return [signal.SIGINT, signal.SIGTERM]
    before = signal.signal(hangup, signal.SIG_IGN)
    resource_tracker.ensure_running()
    signal.signal(hangup, before)
    return [signal.SIGINT, signal.SIGTERM, hangup]
