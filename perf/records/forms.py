"""Painters of forms: tunnel, spiral, plasma, lattice, cells, ribbons, flower, eye, waves, particles.

Abstract figures that fill the frame, each with its own geometry so that it is known even when blurred. No colour here.
"""

from __future__ import annotations

import numpy as np

from perf.records.scene import Field, Painting, Scene, glow, over, step, wander


def _polar(scene: Scene, reach: float) -> tuple[Field, Field]:
    x, y = scene.x - scene.pick(-reach, reach), scene.y - scene.pick(-reach, reach) * 0.6
    return np.sqrt(x * x + y * y) + np.float32(1e-3), np.arctan2(y, x)


def tunnel(scene: Scene) -> Painting:
    """Rings and panels running into a bright end."""
    r, angle = _polar(scene, 0.45)
    sides, twist = int(scene.rng.choice((4, 6, 8))), scene.pick(-0.7, 0.7)
    wedge = 6.2832 / sides
    r = r * (1.0 + 0.16 * np.cos((np.mod(angle + scene.pick(0, 6), wedge) - wedge / 2) * 2.0))
    far = 1.0 / r
    rings = step(np.sin(np.log(r) * scene.pick(7.0, 10.0) + scene.pick(0, 6)), 0.5)
    panels = step(np.sin(angle * sides + twist * far * 1.2), 0.6)
    wall = (0.12 + 0.40 * rings + 0.22 * panels) * np.clip(r * 0.85, 0.08, 1.0)
    end = np.exp(-((r / 0.20) ** 2))
    shine = end * 0.45 + rings * (1 - panels) * 0.10
    return Painting(scene.tone(wall + 0.95 * end), shine, np.exp(-r * 1.4), end)


def spiral(scene: Scene) -> Painting:
    """A galaxy: a bright core and wound arms."""
    r, angle = _polar(scene, 0.35)
    arms, wind = int(scene.rng.integers(2, 5)), scene.pick(3.0, 5.0) * float(scene.rng.choice((-1, 1)))
    wave = 0.5 + 0.5 * np.cos(arms * angle + wind * np.log(r) * 1.2 + scene.pick(0, 6.28))
    body = wave**2 * np.exp(-r * np.float32(0.95)) * 1.25
    core = np.exp(-((r / 0.22) ** 2))
    shine = core * 0.45 + wave**4 * np.exp(-r * 1.6) * 0.35
    mask = np.clip(body + core, 0, 1)
    return Painting(scene.tone(0.02 + body * (1 - 0.3 * core) + core), shine, 1.0 - 0.5 * mask, mask)


def plasma(scene: Scene) -> Painting:
    """Folded liquid colour, domain-warped sines."""
    x, y = scene.x * 1.1, scene.y * 1.1
    for _ in range(3):
        turn = scene.pick(0, 6.28)
        u, v = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
        x, y = u + 0.55 * np.sin(v * 1.9 + scene.pick(0, 6.28)), v + 0.55 * np.cos(u * 1.7 + scene.pick(0, 6.28))
    wave = 0.5 + 0.5 * np.sin(x * 2.4 + np.sin(y * 2.2) * 1.2)
    return Painting(scene.tone(wave * 0.92 + 0.06), step(wave - 0.88, 0.14) * 0.35, 1.0 - wave, np.ones_like(wave))


def lattice(scene: Scene) -> Painting:
    """Stacked cubes: the rhombille tiling, three faces in three tones."""
    size, turn = scene.pick(0.34, 0.52), float(scene.rng.choice((0.0, 1.0472, 2.0944)))
    x, y = scene.x / size + scene.pick(0, 2), scene.y / size + scene.pick(0, 2)
    root = np.float32(0.8660254)
    row = np.floor(y / (2 * root) + 0.5)
    offsets = []
    for shift in (0.0, 1.0):
        row = np.round((y / root - shift) / 2) * 2 + shift
        column = np.round((x - 1.5 * shift) / 3) * 3 + 1.5 * shift
        offsets.append((x - column, y - row * root))
    nearer = (offsets[0][0] ** 2 + offsets[0][1] ** 2) < (offsets[1][0] ** 2 + offsets[1][1] ** 2)
    u, v = (np.where(nearer, a, b) for a, b in zip(*offsets, strict=True))
    face = np.mod(np.arctan2(v, u) + turn, 6.2832) / 2.0944
    kind = np.floor(face)
    tone = np.where(kind == 0, 0.92, np.where(kind == 1, 0.46, 0.10)) + 0.10 * (face - kind - 0.5)
    fade = glow(scene.x - scene.pick(-1, 1), scene.y - scene.pick(-0.5, 0.5), 1.5)
    shine = (kind == 0) * fade * np.float32(0.18)
    return Painting(scene.tone(tone * (0.45 + 0.6 * fade)), shine, 0.3 + 0.1 * kind, np.ones_like(tone))


def cells(scene: Scene) -> Painting:
    """A tissue of round cells with bright hearts (Worley, 1996: the two nearest points)."""
    count = int(scene.rng.integers(14, 24))
    aspect = float(np.abs(scene.x).max())
    first, second = np.full_like(scene.x, 9.0), np.full_like(scene.x, 9.0)
    for index in range(count):
        px = ((index * 0.6180340 + scene.pick(-0.03, 0.03)) % 1.0 * 2 - 1) * (aspect + 0.1)
        py = ((index + 0.5) / count * 2 - 1 + scene.pick(-0.05, 0.05)) * 1.1
        d = (scene.x - px) ** 2 + (scene.y - py) ** 2
        second = np.minimum(second, np.maximum(first, d))
        first = np.minimum(first, d)
    edge = np.sqrt(second) - np.sqrt(first)
    body = step(edge - 0.06, 0.06)
    heart = np.exp(-first / 0.010)
    tone = scene.tone(0.05 + body * (0.28 + 0.42 * np.exp(-edge * 4.0)) + 0.2 * heart)
    return Painting(tone, heart * 0.9, 0.7 - 0.4 * body, body)


def ribbons(scene: Scene) -> Painting:
    """Satin bands flowing across a dark ground."""
    turn = scene.pick(-0.6, 0.6)
    x = scene.x * np.cos(turn) + scene.y * np.sin(turn)
    y = scene.y * np.cos(turn) - scene.x * np.sin(turn)
    tone = scene.tone(0.04 + 0.14 * glow(scene.x, scene.y, 0.9))
    shine, far_off, silk = np.zeros_like(tone), np.ones_like(tone), np.zeros_like(tone)
    for index in range(int(scene.rng.integers(3, 5))):
        bend = np.sin(x * scene.pick(1.2, 2.2) + scene.pick(0, 6.28))
        mid = scene.pick(-0.5, 0.5) + scene.pick(0.25, 0.5) * bend
        wide = 0.17 + 0.11 * np.sin(x * scene.pick(1.0, 2.4) + scene.pick(0, 6.28))
        across = np.clip((y - mid) / wide, -1.2, 1.2)
        band = step(1.0 - np.abs(across), 0.06)
        satin = 0.30 + 0.16 * (index % 3) + 0.38 * np.cos(across * 1.9 + bend * 1.4)
        tone = over(tone, band, scene.tone(satin))
        shine = shine * (1 - band) + band * np.clip(np.cos(across * 1.9 + bend * 1.4) - 0.85, 0, 1) * 2.0
        far_off, silk = over(far_off, band, 0.7 - 0.2 * index), np.maximum(silk, band)
    return Painting(tone, shine, np.clip(far_off, 0, 1), silk)


def flower(scene: Scene) -> Painting:
    """Petals around a bright heart, ring within ring."""
    r, angle = _polar(scene, 0.25)
    petals, size = int(scene.rng.integers(5, 10)), scene.pick(0.75, 0.98)
    tone = scene.tone(0.10 + 0.10 * glow(scene.x, scene.y, 1.0))
    far_off, bloom = np.ones_like(tone), np.zeros_like(tone)
    for ring in range(3):
        reach = size * (1.0 - 0.27 * ring)
        wave = np.abs(np.cos(petals * 0.5 * (angle + ring * 3.1416 / petals) + wander(r, scene.rng, 1.5, 1) * 0.4))
        edge = reach * (0.50 + 0.50 * wave**0.55)
        mask = step(edge - r, 0.02)
        body = 0.18 + 0.62 * np.clip(r / edge, 0, 1) ** 1.4 + 0.14 * wave + 0.06 * ring - 0.10
        tone = over(tone, mask, scene.tone(body))
        far_off, bloom = over(far_off, mask, 0.6 - 0.2 * ring), np.maximum(bloom, mask)
    heart = step(size * 0.17 - r, 0.03)
    shine = heart * 0.8 + np.exp(-((r / (size * 0.3)) ** 2)) * 0.3
    return Painting(over(tone, heart, scene.tone(r * 0 + 0.9)), shine, far_off, bloom)


def eye(scene: Scene) -> Painting:
    """An almond, an iris with its fibres, a black pupil with one light in it."""
    at, size = scene.pick(-0.3, 0.3), scene.pick(0.82, 1.05)
    x, y = (scene.x - at) / size, (scene.y - scene.pick(-0.1, 0.1)) / size
    gaze = scene.pick(-0.22, 0.22)
    lid = np.clip(1.0 - (x / 1.3) ** 2, 0.0, 1.0)
    upper, lower = lid * scene.pick(0.58, 0.74), -(lid**1.2) * scene.pick(0.42, 0.55)
    skin = 0.34 + 0.18 * wander(x * 0.7 + y, scene.rng, 2.0, 2) - 0.20 * np.exp(-np.abs(y - upper - 0.16) * 9.0) * lid
    tone = scene.tone(skin)
    inside = step(upper - y, 0.03) * step(y - lower, 0.03)
    tone = over(tone, inside, scene.tone(0.97 - 0.35 * np.abs(x) - 0.35 * np.exp(-(upper - y) * 7.0)))
    u = x - gaze
    r, angle = np.sqrt(u * u + y * y), np.arctan2(y, u)
    fibres = 0.5 + 0.5 * np.sin(angle * float(scene.rng.integers(11, 19)) + 3.0 * r)
    iris = step(0.46 - r, 0.025) * inside
    tone = over(tone, iris, scene.tone(0.22 + 0.42 * np.clip(1 - r / 0.5, 0, 1) + 0.22 * fibres * step(0.40 - r, 0.08)))
    pupil = step(0.18 - r, 0.025) * inside
    tone = over(tone, pupil, scene.light.low * 0.3)
    lash = np.exp(-np.abs(y - upper) * 28.0) * step(lid - 0.02, 0.05)
    spark = step(0.075 - np.sqrt((u - 0.13) ** 2 + (y - 0.15) ** 2), 0.03)
    shine = iris * (1 - pupil) * (0.10 + 0.25 * fibres * (0.46 - r)) + spark
    return Painting(over(tone, np.clip(lash, 0, 1), 0.0), shine, 0.5 - 0.25 * inside, inside)


def waves(scene: Scene) -> Painting:
    """Rings of two or three sources crossing one another: interference."""
    total = np.zeros_like(scene.x)
    count, rate = int(scene.rng.integers(2, 4)), scene.pick(11.0, 16.0)
    for _ in range(count):
        x, y = scene.x - scene.pick(-1.3, 1.3), scene.y - scene.pick(-0.9, 0.9)
        r = np.sqrt(x * x + y * y)
        total += np.cos(r * rate) / (0.6 + 0.5 * r)
    wave = step(total / count * 0.8, 0.45)
    return Painting(scene.tone(0.06 + 0.86 * wave), step(wave - 0.93, 0.05) * 0.25, 1.0 - wave, np.ones_like(wave))


def particles(scene: Scene) -> Painting:
    """A swarm of lights along a stream, large and out of focus near, small far."""
    turn, bend = scene.pick(-0.8, 0.8), scene.pick(0.3, 0.8)
    tone = scene.tone(0.05 + 0.16 * glow(scene.x, scene.y, 0.8))
    shine, far_off, swarm = np.zeros_like(tone), np.ones_like(tone), np.zeros_like(tone)
    for _ in range(70):
        t, near = scene.pick(-1.6, 1.6), scene.pick(0.0, 1.0) ** 3
        off = float(scene.rng.normal(0, 0.22))
        x = scene.x - (t * np.cos(turn) - off * np.sin(turn))
        y = scene.y - (t * np.sin(turn) + off + bend * np.sin(t * 1.7) * 0.5)
        size = 0.025 + 0.13 * near
        disc = step(size - np.sqrt(x * x + y * y), 0.012 + 0.03 * near) * (0.95 - 0.6 * near)
        shine, far_off = np.maximum(shine, disc), over(far_off, disc, 0.8 - 0.75 * near)
        tone, swarm = over(tone, disc * 0.6, scene.light.high), np.maximum(swarm, disc)
    return Painting(tone, np.clip(shine, 0, 1), far_off, np.clip(swarm, 0, 1))
