"""The sampler beside the show: a supervised process of its own, its client, and the same engine in step when offline.

`box`, `bus`, `client`, `rehearsal` and this file import no torch, so that the show starts at once; `process` and `instep` do.
"""
