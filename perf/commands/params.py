"""`retrograde params`: the parameter table, as people, scripts and documents read it."""

import argparse
import json
import textwrap

from perf.core.param import Param, Table
from perf.core.table import table
from perf.ports.library import Library, find_patch

EXAMPLE = "example:\n  retrograde params default --format markdown > parameters.md"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("patch", nargs="?", help="also the parameters of this patch's layers and shaders")
    parser.add_argument("--format", choices=("table", "json", "markdown"), default="table")


def run(args: argparse.Namespace) -> int:
    """Print the table."""
    parameters = Library(find_patch(args.patch)).load().table if args.patch else table()
    print({"table": as_table, "json": as_json, "markdown": as_markdown}[args.format](parameters))
    return 0


def span(param: Param) -> str:
    """What a parameter takes, in a few words."""
    if param.kind == "choice":
        return ", ".join(param.choices)
    return f"{param.minimum:g}…{param.maximum:g}" if param.kind in ("float", "int", "point") else ""


def as_table(parameters: Table) -> str:
    """Aligned columns."""
    width = max(map(len, parameters))
    rows = []
    for p in parameters.values():
        words = textwrap.shorten(f"{p.help} ({span(p)})" if span(p) else p.help, 90)
        rows.append(f"{p.address:{width}}  {p.kind:7}  {p.default!s:>9.9}  {p.unit:9}  {words}")
    return "\n".join(rows)


def as_json(parameters: Table) -> str:
    """One object a parameter."""
    keys = ("address", "kind", "default", "minimum", "maximum", "unit", "warp", "glide", "choices", "access", "help")
    rows = [{key: getattr(p, key) for key in keys} for p in parameters.values()]
    return json.dumps(rows, indent=1, ensure_ascii=False)


def as_markdown(parameters: Table) -> str:
    """A table for a document."""
    head = "| address | kind | range | default | unit | meaning |\n|---|---|---|---|---|---|\n"
    rows = (
        f"| `{p.address}` | {p.kind} | {span(p)} | {p.default} | {p.unit} | {p.help} |" for p in parameters.values()
    )
    return head + "\n".join(rows)
