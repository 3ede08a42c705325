"""Quantum, atomic and nuclear physics."""

from __future__ import annotations

from sympy import Rational, cos, exp, pi, sin, sinh, sqrt, symbols

from formulas.formula import formula

a, c, e, g, h, k, ell, m, n, r, t, w, x, z = symbols("a c e g h k l m n r t w x z", positive=True)
A, E, V, Z, n1, n2, p, theta, delta, width, sigma, rydberg = symbols(
    "A E V Z n1 n2 p theta delta width sigma rydberg", positive=True
)
volume, surface, charge, asymmetry = symbols("volume surface charge asymmetry", positive=True)
DECAY = sqrt(2 * m * (V - E)) / h

ROWS = (
    formula(
        "rydberg",
        "the formula of Rydberg and Ritz",
        rydberg * Z**2 * (1 / n1**2 - 1 / n2**2),
        rydberg=(10, 14),
        Z=(1, 5),
        n1=(1, 2),
        n2=(3, 6),
    ),
    formula(
        "compton",
        "Compton's energy of a scattered photon",
        E / (1 + E / (m * c**2) * (1 - cos(theta))),
        E / (1 + 2 * E / (m * c**2) * sin(theta / 2) ** 2),
        E=(0.2, 3),
        m=(0.5, 2),
        c=(1, 3),
        theta=(0.3, 3),
    ),
    formula(
        "klein_nishina",
        "the cross-section of Klein and Nishina",
        r**2 * p**2 * (p + 1 / p - sin(theta) ** 2) / 2,
        r=(0.5, 3),
        p=(0.2, 0.95),
        theta=(0.2, 3),
    ),
    formula(
        "tunnelling",
        "transmission of a square barrier",
        1 / (1 + V**2 * sinh(DECAY * a) ** 2 / (4 * E * (V - E))),
        V=(3, 6),
        a=(0.2, 1.5),
        E=(0.5, 2),
        m=(0.5, 1.5),
        h=(0.8, 1.5),
    ),
    formula(
        "rabi",
        "Rabi's oscillation",
        w**2 / (w**2 + delta**2) * sin(sqrt(w**2 + delta**2) * t / 2) ** 2,
        w=(0.5, 3),
        delta=(0.1, 2),
        t=(0.2, 3),
    ),
    formula(
        "oscillator_ground",
        "ground state of the oscillator",
        sqrt(m * w / (pi * h)) * exp(-m * w * x**2 / h),
        m=(0.5, 3),
        w=(0.5, 3),
        h=(0.5, 2),
        x=(0.1, 2),
    ),
    formula("yukawa", "Yukawa's potential", -(g**2) * exp(-m * r) / r, g=(0.5, 3), m=(0.2, 3), r=(0.2, 4)),
    formula("hydrogen_1s", "density of hydrogen's ground state", exp(-2 * r / a) / (pi * a**3), a=(0.3, 2), r=(0.1, 4)),
    formula(
        "packet_width",
        "spreading of a wave packet",
        sigma * sqrt(1 + (h * t / (2 * m * sigma**2)) ** 2),
        sigma=(0.3, 2),
        h=(0.5, 2),
        t=(0.1, 5),
        m=(0.5, 3),
    ),
    formula(
        "breit_wigner",
        "the resonance of Breit and Wigner",
        width**2 / (4 * ((E - e) ** 2 + width**2 / 4)),
        width=(0.2, 2),
        E=(2, 5),
        e=(0.5, 1.8),
    ),
    formula(
        "bethe_weizsacker",
        "binding energy of a nucleus (Bethe and Weizsäcker)",
        volume * A - surface * A ** Rational(2, 3) - charge * Z**2 / A ** Rational(1, 3) - asymmetry * (A - 2 * Z) ** 2 / A,
        volume=(15, 16),
        A=(100, 240),
        surface=(16, 18),
        charge=(0.6, 0.8),
        Z=(20, 45),
        asymmetry=(20, 24),
    ),
)
