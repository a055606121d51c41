"""The sampler: model families, conditions, schedules, sampler functions and the engine's step.

Pure functions of their arguments wherever a network allows it; no threads, no sockets, no OSC words.
"""
