"""Painters of places: sea, island, river, mountains, volcano, desert, forest, field, city, moon.

Large silhouettes against a lit sky, because a 16-fold autoencoder keeps forms and loses grain. May not use colour.
"""

from __future__ import annotations

import numpy as np

from perf.records.scene import Field, Painting, Scene, clouds, crags, depth, glow, over, sky, stack, step, wander


def water(scene: Scene, above: Painting, horizon: float, sun: float) -> Painting:
    """Mirrors the sky below the horizon, breaks it with waves in perspective, and lays the sun's road on it."""
    light, deep = scene.light, np.maximum(horizon - scene.y, 0.0)
    below = step(horizon - scene.y, 0.008)
    swell = np.sin(18.0 * np.log(deep + 0.06) + wander(scene.x / (deep + 0.25), scene.rng, 1.6, 3) * 2.2)
    fall = np.exp(-deep * np.float32(1.5))
    tone = light.near + 0.06 + (light.horizon * 0.72 - light.near) * fall + swell * (0.035 + 0.05 * deep)
    road = np.exp(-(((scene.x - sun) / (0.10 + 0.34 * deep)) ** 2)) * (0.55 + 0.45 * swell)
    tone = tone + road * np.float32(0.12 + 0.22 * light.sun)
    shine = over(above.shine, below, road * np.float32(0.65 * light.sun))
    return Painting(over(above.tone, below, tone), shine, stack(scene, (below, away(deep))), below)


def away(deep: Field) -> Field:
    """Distance (0 near … 1 at the horizon) of level ground that lies `deep` below the horizon in the picture."""
    return 0.12 / (0.12 + deep)


def _sun(scene: Scene, horizon: float) -> tuple[tuple[float, float], float]:
    return (scene.pick(-0.9, 0.9), horizon + scene.pick(0.12, 0.55)), scene.pick(0.10, 0.19)


def sea(scene: Scene) -> Painting:
    """Open water to a low horizon, the sun's road on it."""
    horizon = scene.pick(-0.15, 0.25)
    sun, size = _sun(scene, horizon)
    return water(scene, sky(scene, horizon, sun, size), horizon, sun[0])


def island(scene: Scene) -> Painting:
    """One dark hump alone in water, with its reflection."""
    horizon, at = scene.pick(-0.25, 0.0), scene.pick(-0.45, 0.45)
    sun, size = _sun(scene, horizon + 0.1)
    base = water(scene, sky(scene, horizon, sun, size), horizon, sun[0])
    wide, tall = scene.pick(0.45, 0.7), scene.pick(0.45, 0.75)
    u = (scene.x - at) / wide
    lift = np.clip(1.0 - u * u, 0.0, 1.0) ** 0.8 * (1.0 + 0.35 * wander(scene.x, scene.rng, 6.0, 3)) * tall
    rise = scene.y - horizon
    body = step(lift - rise, 0.015) * step(rise, 0.008)
    mirror = step(lift * 0.75 + rise, 0.10) * step(-rise, 0.008) * 0.72
    tone = over(over(base.tone, mirror, scene.light.near * 0.8), body, depth(scene.light, 0.10) + 0.10 * lift)
    shine = base.shine * (1.0 - body) * (1.0 - mirror)
    return Painting(tone, shine, over(base.depth, body, 0.55), body)


def river(scene: Scene) -> Painting:
    """A bright band of water winding from far hills to the viewer."""
    horizon, at, swing = scene.pick(0.1, 0.4), scene.pick(-0.5, 0.5), scene.pick(0.35, 0.7) * scene.rng.choice((-1, 1))
    sun, size = _sun(scene, horizon)
    air = sky(scene, horizon, sun, size)
    hills = step(horizon + 0.14 * wander(scene.x, scene.rng, 2.2) + 0.06 - scene.y, 0.01)
    tone = over(air.tone, hills, depth(scene.light, 0.55))
    deep = np.maximum(horizon - 0.04 - scene.y, 0.0)
    land = step(horizon - 0.04 - scene.y, 0.01)
    ground = depth(scene.light, 0.35) * np.exp(-deep * 1.1) + 0.03 * wander(scene.x * 2 + scene.y * 5, scene.rng, 2.0)
    tone = over(tone, land, ground)
    course = at + swing * np.sin(deep ** np.float32(0.55) * np.float32(scene.pick(5.0, 7.0))) * (0.25 + deep * 0.7)
    band = step(0.025 + 0.24 * deep - np.abs(scene.x - course), 0.02) * land
    tone = over(tone, band, scene.light.horizon * 0.98 - 0.18 * deep)
    shine = air.shine * (1 - hills) * (1 - land) + band * np.float32(0.16 * scene.light.sun)
    return Painting(tone, shine, stack(scene, (hills, 0.8), (land, away(deep))), band)


def mountains(scene: Scene) -> Painting:
    """Ranges behind ranges, each nearer one darker, their sunward faces lit."""
    base, light = scene.pick(-0.15, 0.1), scene.light
    sun, size = _sun(scene, base + 0.3)
    air = sky(scene, base, sun, size)
    tone, shine, count = air.tone, air.shine, int(scene.rng.integers(3, 5))
    far_off, whole = air.depth, np.zeros_like(tone)
    for layer in range(count):
        far = 1.0 - layer / (count - 0.4)
        ridge = crags(scene.x + 9.0 * layer, scene.rng, 1.1 + 0.25 * layer, 4)
        top = base + 0.35 * far + (ridge - 0.35) * (0.55 + 0.45 * far) - 0.75 * (1 - far)
        slope = np.gradient(ridge, axis=1) * np.float32(ridge.shape[0] * 0.035)
        lit = np.clip(slope * np.sign(-sun[0]) + 0.12, -0.2, 0.6) * np.exp(-np.maximum(top - scene.y, 0) * 3.0)
        mask = step(top - scene.y, 0.012)
        body = depth(light, far * 0.75) + lit * (light.high - light.low) * 0.3
        foot = np.clip(top - scene.y, 0, 1) * light.haze * 0.30 * (light.horizon - light.near)
        tone, shine = over(tone, mask, body + foot), shine * (1.0 - mask)
        far_off, whole = over(far_off, mask, 0.15 + 0.7 * far), np.maximum(whole, mask)
    return Painting(tone, shine, far_off, whole)


def volcano(scene: Scene) -> Painting:
    """One great cone, fire in its mouth, a column of smoke lit from below."""
    at, foot, top = scene.pick(-0.5, 0.5), scene.pick(-0.75, -0.45), scene.pick(0.05, 0.35)
    air = sky(scene, foot, (at, -3.0), 0.1)
    u = scene.x - at
    rise = scene.y - top
    drift = at + scene.pick(-0.5, 0.5) * np.maximum(rise, 0) ** 1.5
    puff = 0.13 + 0.42 * np.maximum(rise, 0) ** 0.8 + 0.07 * wander(scene.y * 2 + scene.x, scene.rng, 3.0, 3)
    smoke = step(puff - np.abs(scene.x - drift), 0.12) * step(rise + 0.05, 0.08)
    heat = np.exp(-np.maximum(rise, 0) * 2.0)
    tone = over(air.tone, smoke * 0.9, scene.light.near * 0.6 + 0.10 + 0.25 * heat)
    fire = glow(u, scene.y - top, 0.20) ** 1.5
    slope = (
        0.13 + np.clip(top - scene.y, 0, 2) ** 1.25 * scene.pick(0.75, 1.05) + 0.02 * wander(scene.y, scene.rng, 9.0, 2)
    )
    cone = step(slope - np.abs(u), 0.015) * step(top - 0.03 * np.cos(u * 14) - scene.y, 0.012)
    tone = over(tone, cone, scene.light.near + 0.10 * np.clip(0.5 - u, 0, 1) + 0.02)
    stream = at + 0.10 * wander(scene.y, scene.rng, 4.0, 2) + scene.pick(-0.3, 0.3) * (top - scene.y)
    lava = step(0.035 + 0.05 * (top - scene.y) - np.abs(scene.x - stream), 0.03) * cone
    ground = step(foot + 0.05 * wander(scene.x, scene.rng, 2.0) - scene.y, 0.01)
    tone = over(tone, ground, scene.light.near * 0.8)
    shine = np.clip(fire * 0.9 + smoke * heat * 0.35 + lava * 0.95, 0, 1) * (1 - ground)
    return Painting(tone, shine, stack(scene, (smoke, 0.75), (cone, 0.6), (ground, 0.2)), cone * (1 - ground))


def desert(scene: Scene) -> Painting:
    """Dunes: one long crest after another, a lit face and a shadowed face."""
    horizon, light = scene.pick(0.05, 0.35), scene.light
    sun, size = _sun(scene, horizon + 0.1)
    air = sky(scene, horizon, sun, size * 1.3)
    tone, shine, far_off, sand = air.tone, air.shine, air.depth, np.zeros_like(air.tone)
    side = -1.0 if sun[0] < 0 else 1.0
    for layer in range(3):
        crest = horizon - 0.02 - 0.38 * layer + 0.24 * np.sin(scene.x * scene.pick(1.3, 2.2) + scene.pick(0, 6.28))
        mask, drop = step(crest - scene.y, 0.01), np.maximum(crest - scene.y, 0)
        spine = np.sin(scene.x * scene.pick(1.6, 2.6) + scene.pick(0, 6.28) + drop * 2.5 * side)
        face = step(spine, 0.12)
        lit = 0.62 - 0.10 * layer + 0.10 * np.exp(-drop * 6) - drop * 0.16
        dark = 0.12 + 0.10 * (2 - layer) * light.haze + drop * 0.10
        tone, shine = over(tone, mask, scene.tone(over(lit + drop * 0, face, dark))), shine * (1 - mask)
        far_off, sand = over(far_off, mask, 0.75 - 0.3 * layer), np.maximum(sand, mask)
    return Painting(tone, shine, far_off, sand)


def _firs(scene: Scene, pace: float, foot: float, tall: float) -> Field:
    """A row of firs: the mask of pointed trees with drooping boughs, one to a lane."""
    lane = (scene.x + scene.pick(0, 3)) / pace
    cell = np.floor(lane)
    chance = np.modf(np.abs(np.sin(cell * 12.9898 + scene.pick(0, 9)) * 43758.547))[0]
    top = foot + tall * (0.62 + 0.38 * chance)
    below = np.maximum(top - scene.y, 0.0)
    boughs = 0.72 + 0.42 * np.mod(below / (0.16 * tall) + chance, 1.0)
    wide = below * (0.26 + 0.10 * chance) * boughs
    return step(wide - np.abs(lane - cell - 0.36 - 0.28 * chance) * pace, 0.012) * step(below - 0.02, 0.01)


def forest(scene: Scene) -> Painting:
    """Firs behind firs, haze and low light between the rows."""
    light, sun = scene.light, (scene.pick(-0.8, 0.8), scene.pick(0.1, 0.6))
    air = sky(scene, -0.5, sun, scene.pick(0.12, 0.2))
    tone, shine, far_off, wood = air.tone, air.shine, air.depth, np.zeros_like(air.tone)
    for far, pace, foot, tall in (
        (0.8, 0.21, -0.55, 1.0),
        (0.5, 0.34, -0.85, 1.35),
        (0.22, 0.52, -1.25, 1.7),
        (0.0, 0.85, -2.0, 2.2),
    ):
        trees = _firs(scene, pace, foot + scene.pick(-0.08, 0.08), tall)
        trees = np.maximum(trees, step(foot + 0.30 * tall + 0.05 * wander(scene.x, scene.rng, 5.0, 2) - scene.y, 0.03))
        mist = np.clip(0.15 - scene.y, 0, 1) * light.haze * 0.35 * (light.horizon - light.near) * (far > 0)
        tone, shine = over(tone, trees, depth(light, far) + mist), shine * (1 - trees)
        far_off, wood = over(far_off, trees, 0.1 + 0.8 * far), np.maximum(wood, trees)
    return Painting(tone, shine, far_off, wood)


def field(scene: Scene) -> Painting:
    """Furrows running to one point on the horizon."""
    horizon, at, rows = scene.pick(0.0, 0.3), scene.pick(-0.7, 0.7), scene.pick(5.0, 8.0)
    sun, size = (at + scene.pick(-0.3, 0.3), horizon + scene.pick(0.02, 0.4)), scene.pick(0.12, 0.2)
    air = sky(scene, horizon, sun, size)
    deep = np.maximum(horizon - scene.y, 0.0)
    rows_at = np.sin((scene.x - at) / (deep + 0.03) * np.float32(rows))
    fade = step(deep - 0.06, 0.08)
    land = step(horizon - scene.y, 0.008)
    crop = scene.tone(0.42 + 0.36 * step(rows_at, 0.5) * fade - 0.30 * fade + 0.10 * np.exp(-deep * 3))
    hedge = step(0.05 + 0.045 * wander(scene.x, scene.rng, 5.0, 4) - np.abs(scene.y - horizon), 0.01)
    tone = over(over(air.tone, land, crop), hedge, depth(scene.light, 0.25))
    distance = stack(scene, (land, away(deep)), (hedge, 0.9))
    return Painting(tone, air.shine * (1 - land) * (1 - hedge), distance, land)


def _towers(x: Field, scene: Scene, pace: float, tall: float) -> tuple[Field, Field, Field]:
    """Blocks of random heights: (height at x, place within the block, the block's own chance)."""
    lane = (x + scene.pick(0, 5)) / pace
    cell = np.floor(lane)
    chance = np.modf(np.abs(np.sin(cell * 78.233 + scene.pick(0, 9)) * 43758.547))[0]
    return (0.25 + 0.75 * chance * chance) * tall, lane - cell, chance


def city(scene: Scene) -> Painting:
    """A skyline over water, its windows lit, mirrored in the quay."""
    quay, light = scene.pick(-0.6, -0.35), scene.light
    sun, size = (scene.pick(-0.9, 0.9), scene.pick(-0.1, 0.5)), scene.pick(0.14, 0.24)
    up = quay + np.abs(scene.y - quay)
    mirrored = Scene(scene.x, up, light, scene.rng)
    air = sky(mirrored, quay, sun, size)
    tone, shine, far_off, built = air.tone, air.shine, air.depth, np.zeros_like(air.tone)
    lamps = 0.25 + 0.75 * (1.0 - light.horizon)
    for far, pace, tall in ((0.7, 0.17, 1.15), (0.35, 0.23, 0.95), (0.02, 0.31, 0.7)):
        height, place, chance = _towers(scene.x, scene, pace, tall)
        body = step(quay + height - up, 0.01) * step(place - 0.05, 0.03)
        rows = step(np.sin(up * 44.0), 0.6) * step(np.sin(place * 18.85 - 1.5), 0.6)
        lit = rows * step(np.sin(chance * 91.0 + np.floor(up * 7.0) * 2.3) + 0.1, 0.2) * (1 - far)
        tone = over(tone, body, depth(light, far))
        shine = shine * (1 - body) + body * lit * np.float32(0.8 * lamps)
        far_off, built = over(far_off, body, 0.4 + 0.5 * far), np.maximum(built, body)
    water = step(quay - scene.y, 0.006)
    ripple = 0.85 + 0.15 * np.sin(scene.y * 70.0 + 2.0 * wander(scene.x, scene.rng, 3.0, 2))
    shine = shine * over(np.ones_like(tone), water, 0.55 * ripple)
    distance = over(far_off, water, away(quay - np.minimum(scene.y, quay)))
    return Painting(over(tone, water * 0.45, light.near), shine, distance, built * (1 - water))


def moon(scene: Scene) -> Painting:
    """A great disc with its seas, half in shadow, in a veil of cloud."""
    at, up, size = scene.pick(-0.5, 0.5), scene.pick(-0.15, 0.25), scene.pick(0.48, 0.72)
    light = scene.light
    x, y = (scene.x - at) / size, (scene.y - up) / size
    r = np.sqrt(x * x + y * y)
    tone = light.zenith * 0.5 + 0.38 * light.horizon * glow(x, y, 1.2) + (clouds(scene, 1.6) - 0.5) * 0.18
    turn, phase = scene.pick(0, 6.28), scene.pick(-0.5, 0.3)
    across = x * np.cos(turn) + y * np.sin(turn)
    lit = step(across - phase, 0.45)
    seas = step(
        wander(x * 1.1 + y * 0.7, scene.rng, 3.0, 3) + wander(y * 1.2 - x * 0.6, scene.rng, 3.0, 3) - 0.15, 0.35
    )
    ball = 0.05 + (1.05 - 0.28 * seas) * lit * np.sqrt(np.clip(1.12 - r * r * 0.8, 0, 1))
    disc = step(1.0 - r, 0.025)
    tone = over(tone, disc, light.near * 0.5 + ball * (0.55 + 0.45 * light.high))
    veil = step(clouds(scene, 1.3) - 0.62, 0.22) * 0.55
    shine = glow(x, y, 0.9) * 0.12 * (1 - disc)
    return Painting(over(tone, veil, light.horizon * 0.6 + 0.1), shine, stack(scene, (disc, 0.9), (veil, 0.7)), disc)
