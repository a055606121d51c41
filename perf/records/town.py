"""Painters of places that people have made, and of the open sky: harbour, street, room, garden, sky.

Streets and rooms are cast by rays from the eye, so that their depth is true. May not use colour.
"""

from __future__ import annotations

import numpy as np

from perf.records.places import away, water
from perf.records.scene import Field, Painting, Scene, depth, glow, over, sky, stack, step, wander


def harbour(scene: Scene) -> Painting:
    """Hulls and masts at a quay, a lighthouse on the mole, everything mirrored."""
    line, light = scene.pick(-0.35, -0.1), scene.light
    sun = (scene.pick(-0.9, 0.9), line + scene.pick(0.2, 0.6))
    mirrored = Scene(scene.x, line + np.abs(scene.y - line), light, scene.rng)
    air = sky(mirrored, line, sun, scene.pick(0.09, 0.16))
    tone, shine, far_off, fleet = air.tone, air.shine, air.depth, np.zeros_like(air.tone)
    up = mirrored.y - line
    at = scene.pick(0.55, 1.0) * scene.rng.choice((-1.0, 1.0))
    tower = step(0.055 - 0.035 * up - np.abs(scene.x - at), 0.008) * step(0.80 - up, 0.01)
    lamp = glow(scene.x - at, up - 0.82, 0.09)
    mole = step(0.06 - up, 0.01) * step(np.abs(scene.x) - abs(at) + 0.28, 0.02) * step(scene.x * np.sign(at), 0.02)
    body = np.maximum(tower, mole)
    tone, far_off = over(tone, body, depth(light, 0.5)), over(far_off, body, 0.8)
    shine = np.maximum(shine * (1 - body), lamp**2 * (1.1 - light.horizon))
    for index in range(int(scene.rng.integers(3, 5))):
        middle, wide = -0.9 + 0.62 * index + scene.pick(-0.12, 0.12), scene.pick(0.17, 0.27)
        u = (scene.x - middle) / wide
        hull = step(1.0 + 0.18 * up / 0.1 - np.abs(u), 0.03) * step(0.10 + 0.05 * u * u - up, 0.008)
        mast = step(0.009 - np.abs(scene.x - middle - 0.02 * index), 0.006) * step(scene.pick(0.5, 0.85) - up, 0.01)
        sail = step(0.5 - np.abs(up - 0.42) * 1.5 - u * 1.1, 0.03) * step(u - 0.1, 0.03) * step(up - 0.16, 0.02)
        ship = np.maximum(hull, mast)
        tone = over(over(tone, sail * 0.9, scene.tone(0.66 - 0.1 * index + 0 * up)), ship, depth(light, 0.06))
        fleet, far_off = np.maximum(fleet, np.maximum(ship, sail)), over(far_off, np.maximum(ship, sail), 0.45)
        shine = shine * (1 - ship) * (1 - 0.8 * sail)
    return water(scene, Painting(tone, shine, far_off, fleet), line, sun[0])


def street(scene: Scene) -> Painting:
    """A street between two rows of houses to one vanishing point; lamps, lit windows, a strip of sky."""
    light, eye = scene.light, (scene.pick(-0.3, 0.3), scene.pick(-0.15, 0.1))
    x, y = scene.x - eye[0], scene.y - eye[1]
    half, tall = scene.pick(0.75, 1.1), scene.pick(2.0, 3.2)
    wall_z = half / np.maximum(np.abs(x), 1e-3)
    ground_z = np.where(y < 0, 0.42 / np.maximum(-y, 1e-3), 1e3)
    z = np.minimum(wall_z, ground_z)
    house = np.floor(wall_z / 0.9 + 0.37 * (x > 0))
    chance = np.modf(np.abs(np.sin(house * 12.9898 + np.sign(x) * 4.1 + scene.pick(0, 9)) * 43758.547))[0]
    height = tall * (0.55 + 0.45 * chance)
    wall = step(height - y * wall_z, 0.03 * wall_z) * step(ground_z - wall_z, 0.02 * wall_z)
    road = step(wall_z - ground_z, 0.02 * ground_z) * (y < 0)
    air = sky(scene, eye[1] - 0.2, (eye[0] + scene.pick(-0.15, 0.15), eye[1] + scene.pick(0.1, 0.3)), 0.12)
    haze = 1 - np.exp(-z * (0.10 + 0.16 * light.haze))
    side = np.where(x * np.sign(scene.pick(-1, 1)) > 0, 0.52, 0.28) + 0.16 * (chance - 0.5)
    rows = (
        step(np.sin(y * wall_z * 5.2 + 0.7), 0.55) * step(np.sin(wall_z * 6.98 * 2), 0.6) * step(y * wall_z - 0.05, 0.1)
    )
    far_tone = light.horizon * 0.85
    tone = over(air.tone, wall, over(scene.tone(side - 0.25 * rows), haze, far_tone))
    paving = 0.26 + 0.10 * step(np.sin(ground_z * 6.0), 0.6) + 0.16 * np.exp(-(((x * ground_z) / 0.35) ** 2))
    tone = over(tone, road, over(scene.tone(paving), haze, far_tone))
    lit = rows * step(np.sin(np.floor(wall_z * 2.22) * 5.1 + np.floor(y * wall_z / 1.2) * 3.3), 0.3) * wall
    lamps = lit * (1.05 - light.horizon) * np.exp(-z * 0.12) + glow(x, y, 0.14) ** 2 * 0.35 * light.sun
    distance = stack(scene, (np.maximum(wall, road), 1 - np.exp(-z * 0.35)))
    return Painting(tone, np.clip(air.shine * (1 - wall) * (1 - road) + lamps, 0, 1), distance, wall)


def room(scene: Scene) -> Painting:
    """A room with one window: its light lies on the floor, a table and a lamp stand in it."""
    light, eye = scene.light, (scene.pick(-0.25, 0.25), scene.pick(-0.05, 0.15))
    x, y = scene.x - eye[0], scene.y - eye[1]
    back, half, floor_at, top = scene.pick(2.2, 2.8), scene.pick(1.3, 1.6), -0.85, 0.95
    side_z = half / np.maximum(np.abs(x), 1e-3)
    level_z = np.where(y < 0, floor_at, top) / np.where(np.abs(y) < 1e-3, 1e-3, y)
    z = np.minimum(np.minimum(side_z, level_z), back)
    is_back, is_floor = step(np.minimum(side_z, level_z) - back, 0.03), (level_z <= side_z) & (y < 0)
    is_ceiling = (level_z <= side_z) & (y > 0)
    u, v = x * z, y * z
    win = scene.pick(-0.45, 0.45)
    pane = step(0.33 - np.abs(u - win), 0.02) * step(0.38 - np.abs(v - 0.22), 0.02) * is_back
    bars = np.maximum(step(0.02 - np.abs(u - win), 0.012), step(0.02 - np.abs(v - 0.22), 0.012)) * pane
    fall = np.exp(-((u - win) ** 2) * 0.9 - (back - z) * 0.35)
    boards = 0.06 * step(np.sin(u * 14.0), 0.5)
    shade = np.where(is_floor, 0.30 + boards, np.where(is_ceiling, 0.42, 0.50 - 0.12 * (is_back < 0.5)))
    slant = (u - win * 0.4 + (back - z) * scene.pick(-0.5, 0.5)) / 0.42
    beam = step(1.0 - np.abs(slant), 0.08) * step(back - 0.25 - z, 0.06) * step(z - back + 1.15, 0.06) * is_floor
    tone = scene.tone(shade * (0.35 + 0.75 * fall) + 0.35 * beam * light.horizon)
    tone = over(tone, pane, light.horizon + 0.04 * np.sin(v * 6))
    tone = over(tone, bars, light.near)
    table = scene.pick(-0.7, 0.7)
    w = (scene.x - table) / 0.48
    slab = step(1 - np.abs(w), 0.02) * step(0.035 - np.abs(scene.y + 0.42), 0.008)
    legs = step(0.05 - np.abs(np.abs(w) - 0.86), 0.02) * step(-0.42 - scene.y, 0.01) * step(scene.y + 0.95, 0.01)
    foot = step(0.03 - np.abs(scene.x - table), 0.01) * step(0.16 - np.abs(scene.y + 0.22), 0.01)
    hood = step(0.15 - 0.55 * (scene.y + 0.12) - np.abs(scene.x - table), 0.012) * step(
        0.09 - np.abs(scene.y + 0.06), 0.008
    )
    things = np.clip(slab + legs + foot, 0, 1)
    lamp = (
        hood * (1.15 - light.horizon) * 0.9
        + glow(scene.x - table, scene.y + 0.06, 0.4) ** 1.5 * (1 - light.horizon) * 0.5
    )
    tone = over(over(tone, things, light.near * 0.5 + 0.03), hood, scene.tone(0.75 + 0 * u))
    shine = pane * (1 - bars) * 0.25 * light.sun + beam * 0.22 * light.sun + lamp
    distance = stack(scene, (np.ones_like(u), z / back * 0.9), (np.maximum(things, hood), 0.3))
    return Painting(tone, np.clip(shine, 0, 1), distance, np.maximum(things, hood))


def garden(scene: Scene) -> Painting:
    """Clipped round trees along a path, beds of blossom in front."""
    horizon, light, path = scene.pick(0.0, 0.2), scene.light, scene.pick(-0.35, 0.35)
    air = sky(scene, horizon, (scene.pick(-0.8, 0.8), horizon + scene.pick(0.3, 0.6)), 0.12)
    deep = np.maximum(horizon - scene.y, 0)
    land = step(horizon - scene.y, 0.01)
    hedge = step(0.14 + 0.04 * wander(scene.x, scene.rng, 6.0, 3) - np.abs(scene.y - horizon), 0.012)
    tone = over(
        air.tone, land, scene.tone(0.34 + 0.10 * wander(scene.x * 3 / (deep + 0.3), scene.rng, 2.0, 2) + 0 * deep)
    )
    tone = over(tone, hedge, depth(light, 0.55))
    way = step(0.03 + 0.30 * deep - np.abs(scene.x - path * (1 - deep)), 0.02) * land
    tone = over(tone, way, scene.tone(0.80 - 0.15 * deep))
    distance, green = stack(scene, (land, away(deep)), (hedge, 0.85)), hedge * 0
    for index in range(5):
        near = 0.14 + 0.16 * index
        for side in (-1.0, 1.0):
            at, size = path * (1 - near) + side * (0.14 + 0.95 * near + scene.pick(-0.02, 0.04)), 0.06 + 0.40 * near
            foot = horizon - near * 0.75
            x, y = (scene.x - at) / size, (scene.y - foot - size * 1.25) / size
            ball = step(1 + 0.10 * wander(np.arctan2(y, x), scene.rng, 5.0, 2) - np.sqrt(x * x + y * y), 0.05)
            trunk = step(0.10 - np.abs(x), 0.03) * step(-y, 0.05) * step(y + 1.3, 0.05)
            tree = np.maximum(ball, trunk)
            lit = np.clip(0.20 - 0.35 * x * np.sign(path + 0.01) + 0.28 * y, 0, 0.75)
            tone = over(tone, tree, over(scene.tone(lit), 0.55 * (1 - near), depth(light, 0.6)))
            distance, green = over(distance, tree, 0.85 - 0.8 * near), np.maximum(green, tree)
    shine = air.shine * (1 - land) * (1 - hedge) * (1 - green)
    for _ in range(26):
        at, low = scene.pick(-1.7, 1.7), scene.pick(-1.0, -0.62)
        bloom = step(0.045 - np.sqrt((scene.x - at) ** 2 + (scene.y - low) ** 2), 0.02)
        tone, shine, distance = (
            over(tone, bloom, scene.light.high * 0.9),
            np.maximum(shine, bloom * 0.55),
            over(distance, bloom, 0.08),
        )
    return Painting(tone, np.clip(shine, 0, 1), np.clip(distance, 0, 1), green)


def _cumulus(scene: Scene, at: tuple[float, float], size: float) -> tuple[Field, Field]:
    """A cloud of round heads over a flat foot: its mask, and how far up in it a point lies."""
    x, y = (scene.x - at[0]) / size, (scene.y - at[1]) / size
    top: Field = np.full_like(x, -9.0)
    for index in range(7):
        middle, head = -0.9 + 0.3 * index + scene.pick(-0.1, 0.1), scene.pick(0.28, 0.5) * (1.1 - abs(index - 3) * 0.16)
        top = np.maximum(top, head - np.sqrt((x - middle) ** 2 + (np.maximum(y - head * 0.5, 0) * 1.1) ** 2))
    return step(top, 0.05) * step(y + 0.12, 0.10), np.clip(y / 0.75 + top, 0, 1)


def sky_open(scene: Scene) -> Painting:
    """Nothing but sky: towers of cloud over a thin line of land."""
    horizon, light = scene.pick(-0.95, -0.75), scene.light
    sun = (scene.pick(-0.8, 0.8), scene.pick(0.0, 0.6))
    air = sky(scene, horizon, sun, scene.pick(0.10, 0.18))
    tone, shine, distance, heap = air.tone, air.shine, air.depth, np.zeros_like(air.tone)
    for index in range(5):
        size, at = 0.34 + 0.16 * index, (scene.pick(-1.3, 1.3), 0.55 - 0.30 * index + scene.pick(-0.08, 0.08))
        cloud, lift = _cumulus(scene, at, size)
        body = light.zenith * 0.5 + (light.horizon - light.zenith * 0.4) * (0.35 + 0.65 * lift)
        tone = over(tone, cloud * 0.92, np.clip(body, 0, 1))
        shine = shine * (1 - 0.9 * cloud) + cloud * lift**2 * 0.18 * light.sun
        distance, heap = over(distance, cloud, 0.9 - 0.12 * index), np.maximum(heap, cloud)
    land = step(horizon + 0.05 * wander(scene.x, scene.rng, 3.0, 3) - scene.y, 0.01)
    return Painting(over(tone, land, light.near), shine * (1 - land), over(distance, land, 0.3), heap * (1 - land))
