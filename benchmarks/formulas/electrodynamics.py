"""Electricity and magnetism."""

from __future__ import annotations

from sympy import Rational, cos, exp, log, pi, sqrt, symbols

from formulas.formula import formula

a, b, c, d, f, k, n, p, q, r, s, t, v, w, x, y, z = symbols("a b c d f k n p q r s t v w x y z", positive=True)
B, C, E, I0, L, R, R1, R2, V, q1, q2, theta = symbols("B C E I0 L R R1 R2 V q1 q2 theta", positive=True)
alpha, epsilon, mu, sigma, current, Vt = symbols("alpha epsilon mu sigma current Vt", positive=True)

ROWS = (
    formula(
        "coulomb", "Coulomb's law", q1 * q2 / (4 * pi * epsilon * r**2), q1=(0.5, 5), q2=(0.5, 5), epsilon=(0.5, 2), r=(0.5, 5)
    ),
    formula(
        "two_charges",
        "potential of two charges on a line",
        (q1 / sqrt((x - d) ** 2 + y**2) - q2 / sqrt((x + d) ** 2 + y**2)) / epsilon,
        q1=(1, 5),
        q2=(1, 5),
        x=(1, 4),
        y=(0.5, 3),
        d=(0.1, 0.8),
        epsilon=(0.5, 2),
    ),
    formula(
        "dipole",
        "potential of a dipole",
        p * cos(theta) / (4 * pi * epsilon * r**2),
        p=(0.5, 5),
        theta=(0.1, 1.4),
        epsilon=(0.5, 2),
        r=(0.5, 5),
    ),
    formula("charging", "charging a capacitor", V * (1 - exp(-t / (R * C))), V=(1, 12), t=(0.1, 5), R=(0.5, 5), C=(0.5, 3)),
    formula(
        "impedance",
        "impedance of a series circuit",
        sqrt(R**2 + (w * L - 1 / (w * C)) ** 2),
        R=(0.5, 5),
        w=(1, 5),
        L=(0.5, 3),
        C=(0.5, 3),
    ),
    formula(
        "current_loop",
        "field on the axis of a loop",
        mu * current * R**2 / (2 * (R**2 + z**2) ** Rational(3, 2)),
        mu=(0.5, 2),
        current=(0.5, 5),
        R=(0.5, 3),
        z=(0.1, 3),
    ),
    formula(
        "coaxial_capacitance",
        "capacitance of a coaxial cable",
        2 * pi * epsilon * L / log(b / a),
        epsilon=(0.5, 2),
        L=(0.5, 5),
        a=(0.1, 1),
        b=(2, 5),
    ),
    formula(
        "diode", "Shockley's diode", current * (exp(V / (n * Vt)) - 1), current=(0.1, 1), V=(0.1, 0.7), n=(1, 2), Vt=(0.1, 0.3)
    ),
    formula(
        "charged_disk",
        "field on the axis of a charged disk",
        sigma / (2 * epsilon) * (1 - z / sqrt(z**2 + R**2)),
        sigma=(0.5, 5),
        epsilon=(0.5, 2),
        z=(0.1, 2),
        R=(0.5, 3),
    ),
    formula(
        "clausius_mossotti",
        "dielectric of dense matter (Clausius and Mossotti)",
        1 + n * alpha / (1 - n * alpha / 3),
        n=(0.1, 1),
        alpha=(0.1, 1),
    ),
    formula(
        "beat",
        "two waves superposed",
        2 * a * cos(k * x - w * t) * cos(s * t),
        a=(0.5, 3),
        k=(0.5, 2),
        x=(0.1, 2),
        w=(0.5, 2),
        t=(0.1, 2),
        s=(0.1, 0.7),
    ),
    formula(
        "low_pass_gain",
        "gain of a low-pass filter in decibel",
        -10 * log(1 + (w * R * C) ** 2) / log(10),
        w=(0.5, 5),
        R=(0.5, 3),
        C=(0.2, 2),
    ),
)
