"""Long play and the comparison with the stock pipeline: figures from whole processes."""

import json
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from perf.benchmark.control import free_port
from perf.benchmark.live import patch_file
from perf.benchmark.row import Row, percentile
from perf.wire.osc import encode

ROUNDS = 3
PROMPTS = ("the sea at dusk in ember", "a city at night in neon", "a forest in mist in moss", "a tunnel in ice")


def bench_plain(seconds: float = 8.0) -> Row:
    """Engine and plain pipeline loop in turn, whole processes, and the ratio round by round."""
    pairs = [(_rate("ours", seconds), _rate("plain", seconds)) for _ in range(ROUNDS)]
    ours, plain = (percentile([pair[i] for pair in pairs], 0.5) for i in (0, 1))
    ratio = percentile([a / b for a, b in pairs], 0.5)
    found = f"{ours:.1f} against {plain:.1f} images/s: × {ratio:.2f} (median of {ROUNDS} rounds in turn)"
    figures = {"ours": ours, "plain": plain, "ratio": ratio}
    what = "the engine alone against the plain loop alone, each with both cores"
    return Row(what, found, "", None, figures)


def bench_alone(seconds: float = 8.0) -> Row:
    """The engine alone, and the same with something to keep away from, in turn."""
    pairs = [(_rate("ours", seconds), _rate("negative", seconds)) for _ in range(ROUNDS)]
    ours, ratio = percentile([a for a, _ in pairs], 0.5), percentile([b / a for a, b in pairs], 0.5)
    found = f"{ours:.1f} images/s; with a negative prompt × {ratio:.2f} (median of {ROUNDS} rounds in turn)"
    what = "embedded model alone, 256×256, 1 step, recursion, camera moving, guidance 2"
    met = ours >= 25 and ratio >= 0.9
    return Row(what, found, "≥ 25 images/s; no second pass (≥ 0.9)", met, {"images_s": ours, "negative_ratio": ratio})


def bench_second(seconds: float = 8.0) -> Row:
    """The second family in the same engine."""
    rates = [_rate("second", seconds) for _ in range(ROUNDS)]
    middle = percentile(rates, 0.5)
    found = f"{middle:.1f} images/s (median of {ROUNDS} rounds: {', '.join(f'{rate:.1f}' for rate in rates)})"
    what = "embedded-transformer alone, 256×256, 1 step, recursion, camera moving"
    return Row(what, found, "≥ 10 images/s", middle >= 10, {"images_s": middle})


def _rate(which: str, seconds: float) -> float:
    command = [sys.executable, "-m", "perf.benchmark.plain", str(seconds), "256", "256", which]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


def bench_memory(minutes: float) -> Row:
    """Resident memory of show and sampler while prompts, steps and cameras change; the slope after the first fifth."""
    with tempfile.TemporaryDirectory() as folder:
        status, port = Path(folder) / "status.jsonl", free_port()
        command = [sys.executable, "-m", "perf", "play", patch_file(folder), "--headless", "--osc-port", str(port)]
        command += ["--http-port", "0", "--seconds", str(minutes * 60), "--status-json", str(status)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _disturb(port, process)
        rows = [json.loads(line) for line in status.read_text().splitlines()]
    kept = [(r["seconds"] / 60, r["memory"]) for r in rows if r["seconds"] > minutes * 12 and r["memory"]]
    slope, error = regression(kept)
    found = f"{slope:+.2f} ± {2 * error:.2f} MB/min (95 %) at {kept[-1][1]:.0f} MB, {len(rows)} s"
    figures = {"slope_mb_min": slope, "standard_error": error, "end_mb": kept[-1][1], "minutes": minutes}
    met = slope - 2 * error <= 0 and kept[-1][1] <= 1500
    reach = "flat (slope within noise), ≤ 1500 MB"
    return Row(f"memory over {minutes:g} minutes of play", found, reach, met, figures)


def _disturb(port: int, process: subprocess.Popen[bytes]) -> None:
    """Play a little, ten messages a second, until the show ends."""
    out, count = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), 0
    while process.poll() is None:
        count += 1
        messages: list[tuple[str, tuple[float | str, ...]]] = [
            ("/camera/roll", (float(count % 20 - 10),)),
            ("/sampler/seed", (count * 0.1,)),
        ]
        if count % 15 == 0:  # fills the cache of prompts before the measured part begins
            messages.append(("/prompt/1/text", (f"{PROMPTS[count // 15 % 4]} {count}",)))
        if count % 75 == 0:
            messages.append(("/sampler/steps", (1 + count // 75 % 3,)))
        for address, args in messages:
            out.sendto(encode(address, args), ("127.0.0.1", port))
        time.sleep(0.1)
    out.close()


def regression(points: list[tuple[float, float]]) -> tuple[float, float]:
    """Slope of the least-squares line and its standard error."""
    n = len(points)
    mean_x, mean_y = sum(x for x, _ in points) / n, sum(y for _, y in points) / n
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread
    rest = sum((y - mean_y - slope * (x - mean_x)) ** 2 for x, y in points)
    return slope, (rest / max(n - 2, 1) / spread) ** 0.5
