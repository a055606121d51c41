"""Bytes and text to core values and back: OSC, MIDI, patches, takes. No sockets, no files, no clock."""
