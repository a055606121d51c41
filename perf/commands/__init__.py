"""The commands, one a file: `arguments(parser)`, `run(args) -> exit status`, and an EXAMPLE for its help.

They talk to a person at a terminal, so only they print; what they do is decided below.
"""
