"""Files of other tools, read as patches: the paper author's timeline, Deforum, Parseq, MIDI files.

A file a format, one that recognises them (`recognise`), and what they share: the patch as it is written (`draft`),
values by frame as keys (`series`), prompts (`prompts`), Deforum's camera (`camera`). What a file says and cannot be
played is noted by name, with what was done instead; nothing is dropped silently. No file is opened here.
"""
