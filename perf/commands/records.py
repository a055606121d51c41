"""`retrograde records`: the archive that the embedded model learned from: counts, a contact sheet, its pictures."""

import argparse
from pathlib import Path

from perf.commands.types import count

EXAMPLE = "example:\n  retrograde records --count 256 --sheet sheet.png --export records/"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--count", type=count, default=6144, metavar="N", help="records drawn (6144)")
    parser.add_argument("--seed", type=int, default=0, help="the archive's seed (0)")
    parser.add_argument("--sheet", type=Path, metavar="FILE.png", help="write a contact sheet of every subject")
    parser.add_argument(
        "--export", type=Path, metavar="FOLDER", help="write every picture, with captions and attributes"
    )


def run(args: argparse.Namespace) -> int:
    """Print the counts; draw what was asked for."""
    from perf.records import record, sheet

    records = record.archive(args.count, args.seed)
    for attribute, values in record.counts(records).items():
        print(f"{attribute}: " + ", ".join(f"{name} {number}" for name, number in values.items()))
    if args.sheet:
        sheet.contact_sheet(args.sheet, sheet.overview(args.seed))
        print(f"wrote {args.sheet}")
    if args.export:
        sheet.export(args.export, records)
        print(f"wrote {len(records)} pictures to {args.export}")
    return 0
