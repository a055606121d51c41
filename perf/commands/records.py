"""`retrograde records`: the archive that the embedded family learned from: counts, a contact sheet, its pictures."""

import argparse
from pathlib import Path

from perf.commands.places import asked, new_file, new_folder
from perf.commands.types import count, seed

EXAMPLE = """examples:
  retrograde records --sheet sheet.png --card archive.md
  retrograde records --count 256 --export records/
  retrograde records --add my-pictures/ --export all/
  retrograde records --sealed "a key nobody looks at" --export blind/

A folder that is added has a caption of each picture in a text file beside it (harbour.txt of harbour.jpg), or a
metadata.jsonl, an object a line, or a metadata.csv with the same names in its first row:
  {"file_name": "harbour.jpg", "caption": "a harbour in rain", "date": "1932-05-01", "collection": "Port Archive"}
Without file_name and caption (or text) there is no record; date (a year, or YYYY-MM-DD), collection, maker and licence
may be left out. What is transparent in a picture is white."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--count", type=count, default=6144, metavar="N", help="records drawn (6144)")
    parser.add_argument("--seed", type=seed, default=7, help="the archive's seed (7, as training uses)")
    parser.add_argument("--sealed", metavar="KEY", help="another archive, its biases drawn from this key and kept back")
    parser.add_argument("--open", action="store_true", help="print what --sealed keeps back")
    parser.add_argument(
        "--add", action="append", type=Path, default=[], metavar="FOLDER", help="your own pictures, too"
    )
    parser.add_argument(
        "--sheet", type=new_file, metavar="FILE.png", help="write a contact sheet: subjects × processes"
    )
    parser.add_argument("--card", type=new_file, metavar="FILE.md", help="write the data card")
    words = "write pictures, masks, depths, captions, attributes, edits into a new folder"
    parser.add_argument("--export", type=unused, metavar="FOLDER", help=words)


@asked
def unused(text: str) -> Path:
    """A folder with nothing in it: neither somebody's own pictures nor an export of other records."""
    path = new_folder(text)
    if path.is_dir() and any(path.iterdir()):
        raise argparse.ArgumentTypeError(f"{text!r} has something in it, and nothing is written over; give a new one")
    return path


def run(args: argparse.Namespace) -> int:
    """Print the counts; draw what was asked for."""
    from perf.records import bias, card, catalogue, folder, sheet

    table = bias.PUBLISHED if args.sealed is None else bias.sealed(args.sealed)
    opened = args.sealed is None or args.open
    added = [(place, folder.read(place)) for place in args.add]
    foreign = [record for _, here in added for record in here]
    records = catalogue.archive(args.count, args.seed, table)
    if opened:
        for attribute, values in catalogue.counts(records, map(folder.written, foreign)).items():
            print(f"{attribute}: " + ", ".join(f"{name} {number}" for name, number in values.items()))
    else:
        print(f"{len(records)} records of a sealed table; --open prints what goes with what")
    for place, here in added:
        left = folder.silent(place, here)
        out = f"; {left} pictures of which nothing is written are left out" if left else ""
        print(f"{place}: {len(here)} records, nothing true known of them{out}")
    if args.sheet:
        sheet.contact_sheet(args.sheet, [*sheet.overview(args.seed), *foreign])
        print(f"wrote {args.sheet}")
    if args.card:
        option = " --add FOLDER" * len(args.add) + ("" if args.sealed is None else " --sealed KEY" + " --open" * opened)
        said = card.data_card(records, table, args.seed, option, opened, foreign)
        args.card.write_text(said, encoding="utf-8")
        print(f"wrote {args.card}")
    if args.export:
        sheet.export(args.export, [*records, *foreign], table=table)
        print(f"wrote {len(records) + len(foreign)} pictures to {args.export}")
    return 0
