"""Retrograde plays diffusion models like an instrument. Start reading in `perf/show.py`; nothing happens on import."""

__version__ = "0.1.0"
