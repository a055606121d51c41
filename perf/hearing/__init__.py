"""Hearing: samples to what a picture can move by. Pure: no devices, files, threads or clocks.

A room of its own beside `wire`, because numpy may not enter `core` and a device has no business with beats: ports feed
it live, a render feeds it a file, a test feeds it a drawn loop, and all three hear the same.
"""
