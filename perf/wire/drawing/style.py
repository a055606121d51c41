"""The score's inks and letters, as a style sheet within the drawing. Three inks: black for what is printed in any
score, blue for what is played, red for what is decided or computed while it plays."""

PAPER, INK, BLUE, RED = "#fcfaf4", "#1d1b19", "#27476b", "#a8321f"
SERIF = "'Iowan Old Style','Palatino Linotype',Palatino,'P052','Book Antiqua',Georgia,'Liberation Serif',serif"
SANS = "'Helvetica Neue',Helvetica,Arial,'Liberation Sans',sans-serif"

SHEET = f"""
text{{font-family:{SERIF};fill:{INK}}}
.paper{{fill:{PAPER}}}
.title{{font-size:38px;letter-spacing:.04em;text-anchor:middle}}
.subtitle{{font-size:14px;font-style:italic;text-anchor:middle;fill:#5c5750}}
.right{{font-size:13px;font-style:italic;text-anchor:end}}
.mark{{font-size:15px;font-weight:bold}}
.signature{{font-size:14px;font-weight:bold;text-anchor:middle}}
.bar{{font:9px {SANS};fill:#6d675e;text-anchor:middle}}
.clock{{font:italic 10px {SERIF};fill:#6d675e}}
.voice{{font-size:13px;font-style:italic;text-anchor:end}}
.group{{font:600 8px {SANS};letter-spacing:.14em;fill:#6d675e}}
.scale{{font:7.5px {SANS};fill:#6d675e;text-anchor:end}}
.name{{font-size:11.5px;font-style:italic;paint-order:stroke;stroke:{PAPER};stroke-width:3px}}
.prose{{font-size:12px;fill:#3d3934}}
.caption{{font:600 8.5px {SANS};letter-spacing:.14em;text-transform:uppercase;fill:#6d675e}}
.words{{font-style:italic}}
.inverse{{fill:{PAPER}}}
.rehearsal{{font-size:12.5px;font-weight:bold}}
.line,.barline{{stroke:{INK};fill:none}}
.line{{stroke-width:.9}}
.barline{{stroke-width:.55;opacity:.42}}
.beatline{{stroke:{INK};stroke-width:.4;opacity:.13}}
.tick{{stroke:{INK};stroke-width:.6}}
.thick{{stroke:{INK};stroke-width:3.2}}
.brace{{stroke:{INK};stroke-width:1.8;fill:none}}
.staff,.five{{stroke:{INK};stroke-width:.45;opacity:.5}}
.five{{opacity:.34}}
.zero{{stroke:{INK};stroke-width:.5;stroke-dasharray:1 3;opacity:.7}}
.base{{stroke:{INK};stroke-width:.9}}
.curve,.formula{{fill:none;stroke:{BLUE};stroke-width:1.35;stroke-linejoin:round}}
.second{{stroke-dasharray:5 2}}
.formula{{stroke:{RED};stroke-width:1;stroke-dasharray:5 1.5}}
.under{{fill:{BLUE};opacity:.07}}
.key{{fill:{PAPER};stroke:{BLUE};stroke-width:1}}
.note{{fill:{INK}}}
.held{{stroke:{INK};stroke-width:1.1}}
.strip{{shape-rendering:crispEdges}}
.bar0{{fill:#dbe2e8}}
.bar1{{fill:#eae6da}}
.ribbon{{stroke:{PAPER};stroke-width:.8}}
.tint0{{fill:#c3d0de}}
.tint1{{fill:#e4dcc6}}
.tint2{{fill:#d9dfe2}}
.tint3{{fill:#d2c9b4}}
.black{{fill:{INK}}}
.away{{fill:#efcfc4}}
.bracket,.pin,.glyph{{fill:none;stroke:{INK};stroke-width:.9;stroke-linecap:round;stroke-linejoin:round}}
.glyph{{stroke-width:1.1}}
.boxed{{fill:{PAPER};stroke:{RED};stroke-width:1.3}}
.follows{{stroke-dasharray:3 2}}
.markline{{stroke:{RED};stroke-width:.7;opacity:.55}}
.arrow{{fill:none;stroke:{RED};stroke-width:1.1}}
.jump{{stroke-dasharray:3 2.5}}
""" + "".join(f".s{size}{{font-size:{size}px}}\n" for size in range(6, 14))
