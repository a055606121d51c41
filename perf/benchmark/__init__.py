"""Measuring this machine: the README's figures, by the parts that play. Run by `retrograde bench`, never by tests."""
