"""A patch drawn as a score, in SVG: what is heard of a timeline before it plays, read from left to right.

`reading` plays the timeline over its length, `sheet` lays out systems and staves, each other file draws one kind of
them, `score` puts them on a page. Text comes out; no file is opened and nothing depends on the machine's fonts.
"""
