"""The sampler beside the show: a supervised process of its own, its client, and the same engine in step when offline.

Nothing here imports torch, so that the show starts at once, but `process` and `instep`.
"""
