"""The command `retrograde`: arguments in, exit status out. A wrong argument or file ends with 2, a failure with 1.

Commands live in `perf/commands`; each is imported only when it is asked for.
"""

import argparse
import errno
import os
import sys
from importlib import import_module
from io import TextIOWrapper
from keyword import iskeyword
from types import ModuleType

from perf import __version__
from perf.errors import RetrogradeError, UsageError

COMMANDS = {
    "play": "perform a patch",
    "render": "the same tick offline, as a film or numbered pictures",
    "pace": "time dissolves by how far the picture moves; cut where pictures match",
    "conform": "play one patch on several models, and say where they agree",
    "check": "validate patches, shaders and model folders",
    "import": "another tool's timeline as a patch: the paper author's, Deforum's, Parseq's, a MIDI file",
    "timeline": "draw a patch's tracks, clips and cues as a score, in SVG",
    "params": "the parameter table",
    "ports": "MIDI ports, monitors, and what is missing to have them",
    "monitor": "print each OSC and MIDI message and what it did",
    "bench": "measure this machine",
    "models": "the model families and which are here",
    "records": "the archive: counts, contact sheet, pictures",
    "caption": "what pictures show, in the archive's words",
    "train": "make the embedded model again from the archive",
}

CURES = {  # of what is the matter with a path that somebody gave; all else has failed while running
    errno.ENAMETOOLONG: "give it a shorter name",
    errno.EISDIR: "that is a folder, and a file is meant",
    errno.ENOTDIR: "what is taken for a folder on the way there is a file",
    errno.ENOENT: "see that it is there, and the folder that it lies in",
    errno.EACCES: "see that you may read it, and write there, or give another place",
    errno.EPERM: "see that you may write there, or give another place",
    errno.EROFS: "give a place that can be written on",
    errno.ELOOP: "it is a link that leads round and round",
}


def build() -> argparse.ArgumentParser:
    """The parser with one sub-parser a command."""
    parser = argparse.ArgumentParser(prog="retrograde", description="Play diffusion models like an instrument.")
    parser.add_argument("--version", action="version", version=f"retrograde {__version__}")
    parser.add_argument("--debug", action="store_true", help="print tracebacks")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, words in COMMANDS.items():
        commands.add_parser(name, help=words, description=words.capitalize() + ".")
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit status."""
    argv = sys.argv[1:] if argv is None else argv
    before = [word for word in argv[:2] if word == "--debug"]
    name, rest = (argv[len(before)] if argv[len(before) :] else ""), argv[len(before) + 1 :]
    if name not in COMMANDS:
        build().parse_args(argv)  # --help, --version, or the error that names what is allowed
        return 2
    if name != "train":  # which has the machine to itself, and takes half as long again where threads do not spin
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # elsewhere those that do keep others from working
    module = import_module(f"perf.commands.{name}" + "_" * iskeyword(name))
    args = _parser(name, module).parse_args(before + rest)
    args.words = argv  # as they were typed, for what lies beside a film
    if isinstance(sys.stdout, TextIOWrapper):  # as stderr does by itself: what is said may have letters it has not
        sys.stdout.reconfigure(errors="backslashreplace")
    if args.debug:
        return int(module.run(args))
    return _guarded(module, args)


def _parser(name: str, module: ModuleType) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"retrograde {name}",
        description=f"{COMMANDS[name][0].upper()}{COMMANDS[name][1:]}.",
        epilog=module.EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--debug", action="store_true", help="print tracebacks")
    module.arguments(parser)
    return parser


def _guarded(module: ModuleType, args: argparse.Namespace) -> int:
    try:
        status = int(module.run(args))
        if sys.stdout is not None:  # else it was started without
            sys.stdout.flush()  # here, where a reader that has left is no error
        return status
    except UsageError as error:
        return _said(error, 2)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has seen enough
        return 0
    except OSError as error:
        cure = CURES.get(error.errno or 0) if error.filename else None
        return _said(f"{error.filename}: {error.strerror}; {cure}" if cure else error, 2 if cure else 1)
    except RetrogradeError as error:
        return _said(error, 1)
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001 - the outermost edge: a person gets words, --debug the traceback
        return _said(f"{type(error).__name__}: {error} (this is a defect; --debug shows where)", 1)


def _said(error: object, status: int) -> int:
    print(f"retrograde: {error}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
