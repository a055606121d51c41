"""`retrograde bench`: measure this machine; a table, and JSON beside it."""

import argparse
import os
import platform
from collections.abc import Callable

from perf.benchmark.row import Row, as_json, as_table
from perf.commands.places import new_file
from perf.commands.types import seconds
from perf.ports.library import MODELS

EXAMPLE = """examples:
  retrograde bench --json bench.json        all of it: about 45 minutes, 10 of them the memory and 10 the stage
  retrograde bench --minutes 1 --only live"""

GROUPS = ("control", "timeline", "sound", "stage", "live", "film", "plain", "gpu", "memory")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--json", type=new_file, metavar="FILE", help="also write the figures as JSON")
    parser.add_argument(
        "--minutes", type=seconds, default=10.0, help="length of the memory's and of the stage's play (10)"
    )
    parser.add_argument("--only", action="append", choices=GROUPS, help="only this group")


def run(args: argparse.Namespace) -> int:
    """Measure and print."""

    machine = f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}"
    print(machine, flush=True)
    rows: list[Row] = []
    for measure in chosen(args.only or GROUPS, args.minutes):
        rows.append(measure())
        print(f"  {rows[-1].what}: {rows[-1].found}", flush=True)
    print("\n" + as_table(rows))
    if args.json:
        args.json.write_text(as_json(rows, machine))
    return 0


def chosen(groups: tuple[str, ...] | list[str], minutes: float) -> list[Callable[[], Row]]:
    """The measurements of the groups, in order."""
    from perf.benchmark import (
        ahead,
        automation,
        clock,
        comings,
        control,
        ears,
        filmed,
        live,
        loading,
        score,
        soak,
        stage,
    )

    second = [soak.bench_second] if "embedded-transformer" in MODELS else []
    table: dict[str, list[Callable[[], Row]]] = {
        "control": [control.bench_tick, control.bench_message, control.bench_flood, clock.bench_midi_clock],
        "timeline": [
            score.bench_score,
            score.bench_jitter,
            score.bench_steps,
            ahead.bench_go,
            ahead.bench_share,
            automation.bench_recording,
        ],
        "sound": [ears.bench_onset, ears.bench_tempo],
        "stage": [
            stage.bench_layers,
            stage.bench_held,
            stage.bench_bare,
            loading.bench_load,
            comings.bench_reload,
            lambda: comings.bench_comings(minutes),
        ],
        "live": [
            live.bench_start,
            lambda: live.bench_rates(16, 15),
            live.bench_rates,
            live.bench_stage_latency,
            live.bench_sampler_latency,
        ],
        "film": [live.bench_film, filmed.bench_sound],
        "plain": [soak.bench_alone, *second, live.bench_beside_plain, soak.bench_plain],
        "gpu": [_gpu],
        "memory": [lambda: soak.bench_memory(minutes)],
    }
    return [measure for group in GROUPS if group in groups for measure in table[group]]


def _gpu() -> Row:
    from perf.benchmark.gpu import bench_gpu  # torch, which no other group needs here

    return bench_gpu()
