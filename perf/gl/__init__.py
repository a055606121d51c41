"""The stage: window or off-screen context, shader programs, targets, the compositor and its letters.

One thread owns GL, the show's main thread; nothing here starts another, opens a file, reads a clock or knows a socket.
Shaders come in as parsed values (`perf.gl.program.ShaderSource`), pictures and frames as the core's.
"""
