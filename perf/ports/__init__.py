"""Everything that touches the world but the screen: clocks, sockets, MIDI devices, files, film, the page.

Ports only put events into the inbox and send what the show hands them; they decide nothing and never see GL or torch.
"""
