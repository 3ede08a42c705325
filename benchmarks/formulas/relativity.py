"""Relativity and gravitation."""

from __future__ import annotations

from sympy import asinh, atanh, cos, pi, sin, sqrt, symbols

from formulas.formula import formula

a, b, c, e, f, h, ell, m, p, r, t, u, v, x, z = symbols("a b c e f h l m p r t u v x z", positive=True)
G, M, m1, m2, theta, beta, matter, dark, anomaly = symbols("G M m1 m2 theta beta matter dark anomaly", positive=True)
x1, x2, y1, y2, z1, z2 = symbols("x1 x2 y1 y2 z1 z2", positive=True)

ROWS = (
    formula(
        "rest_energy_moving",
        "energy of a moving mass",
        m * c**2 / sqrt(1 - v**2 / c**2),
        m * c**3 / sqrt((c - v) * (c + v)),
        m=(0.5, 5),
        c=(3, 10),
        v=(0.5, 2.5),
    ),
    formula("velocity_addition", "addition of velocities", (u + v) / (1 + u * v / c**2), u=(0.5, 3), v=(0.5, 3), c=(3.5, 10)),
    formula("doppler", "the relativistic Doppler effect", f * sqrt((1 + beta) / (1 - beta)), f=(1, 10), beta=(0.05, 0.9)),
    formula("energy_momentum", "energy and momentum", sqrt(p**2 * c**2 + m**2 * c**4), p=(0.5, 10), c=(1, 5), m=(0.5, 5)),
    formula("rapidity", "rapidity", atanh(v / c), asinh(v / sqrt(c**2 - v**2)), v=(0.5, 2.5), c=(3, 10)),
    formula(
        "lorentz_place",
        "Lorentz transformation of a place",
        (x - v * t) / sqrt(1 - v**2 / c**2),
        x=(20, 60),
        v=(0.5, 2),
        t=(1, 5),
        c=(3, 10),
    ),
    formula(
        "redshift_time",
        "time at rest near a mass (Schwarzschild)",
        t * sqrt(1 - 2 * G * M / (r * c**2)),
        t=(1, 10),
        G=(0.5, 2),
        M=(0.5, 2),
        r=(1, 10),
        c=(3, 6),
    ),
    formula("vis_viva", "the vis-viva equation", sqrt(G * M * (2 / r - 1 / a)), G=(1, 2), M=(1, 5), r=(0.5, 2), a=(1.5, 5)),
    formula("kepler_period", "Kepler's third law", 2 * pi * sqrt(a**3 / (G * M)), a=(0.5, 10), G=(1, 2), M=(1, 5)),
    formula(
        "kepler_orbit",
        "the ellipse about its focus",
        a * (1 - e**2) / (1 + e * cos(theta)),
        a * (1 - e) * (1 + e) / (1 + e * cos(theta)),
        a=(0.5, 5),
        e=(0.05, 0.8),
        theta=(0.1, 3),
    ),
    formula("kepler_equation", "Kepler's equation", anomaly - e * sin(anomaly), anomaly=(0.1, 6), e=(0.05, 0.9)),
    formula(
        "effective_potential",
        "the effective potential of an orbit",
        ell**2 / (2 * m * r**2) - G * M * m / r,
        l=(1, 5),
        m=(0.5, 3),
        r=(0.5, 5),
        G=(1, 2),
        M=(1, 5),
    ),
    formula("plummer", "Plummer's potential", -G * M / sqrt(r**2 + a**2), G=(1, 2), M=(1, 5), r=(0.1, 5), a=(0.1, 2)),
    formula(
        "friedmann",
        "expansion of a flat universe",
        h * sqrt(matter * (1 + z) ** 3 + dark),
        h=(0.5, 1),
        matter=(0.1, 0.5),
        dark=(0.5, 0.9),
        z=(0.05, 5),
    ),
)
