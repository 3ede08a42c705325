"""Optics and waves."""

from __future__ import annotations

from sympy import asin, cos, pi, sin, sqrt, symbols

from formulas.formula import formula

a, b, d, f, n, s, t, w, x, z = symbols("a b d f n s t w x z", positive=True)
n1, n2, r1, r2, theta, wave, intensity, delta, finesse = symbols(
    "n1 n2 r1 r2 theta wave intensity delta finesse", positive=True
)

ROWS = (
    formula("thin_lens", "image of a thin lens", 1 / (1 / f - 1 / d), f * d / (d - f), f=(0.5, 2), d=(3, 10)),
    formula(
        "lensmaker",
        "the lensmaker's equation",
        (n - 1) * (1 / r1 - 1 / r2 + (n - 1) * t / (n * r1 * r2)),
        n=(1.3, 1.9),
        r1=(1, 3),
        r2=(5, 10),
        t=(0.05, 0.3),
    ),
    formula("snell", "Snell's law", asin(n1 * sin(theta) / n2), n1=(1, 1.3), n2=(1.4, 2), theta=(0.1, 1.3)),
    formula(
        "fresnel",
        "Fresnel's amplitude, field across the plane",
        (n1 * cos(theta) - sqrt(n2**2 - n1**2 * sin(theta) ** 2)) / (n1 * cos(theta) + sqrt(n2**2 - n1**2 * sin(theta) ** 2)),
        n1=(1, 1.3),
        n2=(1.4, 2.5),
        theta=(0.1, 1.3),
    ),
    formula(
        "double_slit",
        "Young's double slit",
        intensity * cos(pi * d * sin(theta) / wave) ** 2,
        intensity=(0.5, 5),
        d=(0.5, 2),
        theta=(0.1, 0.6),
        wave=(1, 3),
    ),
    formula(
        "single_slit",
        "diffraction at a slit",
        intensity * (sin(a * theta) / (a * theta)) ** 2,
        intensity=(0.5, 5),
        a=(0.5, 3),
        theta=(0.2, 0.9),
    ),
    formula(
        "grating",
        "a grating of n slits",
        intensity * sin(n * delta / 2) ** 2 / sin(delta / 2) ** 2,
        intensity=(0.5, 5),
        n=(2, 6),
        delta=(0.2, 1),
    ),
    formula(
        "gaussian_beam",
        "width of a Gaussian beam",
        w * sqrt(1 + (z * wave / (pi * w**2)) ** 2),
        w=(0.5, 3),
        z=(0.5, 10),
        wave=(0.3, 1),
    ),
    formula(
        "fabry_perot",
        "transmission of an etalon (Airy)",
        intensity / (1 + finesse * sin(delta / 2) ** 2),
        intensity=(0.5, 5),
        finesse=(0.5, 20),
        delta=(0.2, 3),
    ),
    formula(
        "prism",
        "deviation of a prism",
        asin(n * sin(a - asin(sin(theta) / n))) + theta - a,
        n=(1.3, 1.6),
        a=(0.5, 0.9),
        theta=(0.3, 1.2),
    ),
)
