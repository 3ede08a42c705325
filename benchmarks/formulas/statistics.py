"""Entropies, divergences, estimators and tests."""

from __future__ import annotations

from sympy import Rational, asinh, atanh, erf, exp, log, sqrt, symbols

from formulas.formula import formula

a, b, c, d, k, ell, m, n, p, q, r, s, t, x, y, z = symbols("a b c d k l m n p q r s t x y z", positive=True)
m1, m2, s1, s2, n1, n2, strike, vol, gain = symbols("m1 m2 s1 s2 n1 n2 strike vol gain", positive=True)
MIDDLE = (p + q) / 2
PHI = (1 + erf((log(x / strike) + (r + vol**2 / 2) * t) / (vol * sqrt(t) * sqrt(2)))) / 2
PHI_LATER = (1 + erf((log(x / strike) + (r - vol**2 / 2) * t) / (vol * sqrt(t) * sqrt(2)))) / 2

ROWS = (
    formula("bernoulli_entropy", "entropy of a coin", -p * log(p) - (1 - p) * log(1 - p), p=(0.05, 0.45)),
    formula(
        "normal_divergence",
        "divergence of two normal distributions (Kullback and Leibler)",
        log(s2 / s1) + (s1**2 + (m1 - m2) ** 2) / (2 * s2**2) - Rational(1, 2),
        s1=(0.5, 3),
        s2=(0.5, 3),
        m1=(0.5, 4),
        m2=(0.5, 4),
    ),
    formula(
        "bernoulli_divergence",
        "divergence of two coins",
        p * log(p / q) + (1 - p) * log((1 - p) / (1 - q)),
        p=(0.05, 0.95),
        q=(0.05, 0.95),
    ),
    formula(
        "jensen_shannon",
        "one side of the divergence of Jensen and Shannon",
        p * log(p / MIDDLE) + (1 - p) * log((1 - p) / (1 - MIDDLE)),
        p=(0.05, 0.4),
        q=(0.5, 0.95),
    ),
    formula(
        "hellinger",
        "squared Hellinger distance of two normal distributions",
        1 - sqrt(2 * s1 * s2 / (s1**2 + s2**2)) * exp(-((m1 - m2) ** 2) / (4 * (s1**2 + s2**2))),
        s1=(0.5, 3),
        s2=(0.5, 3),
        m1=(0.5, 4),
        m2=(0.5, 4),
    ),
    formula(
        "bhattacharyya",
        "distance of Bhattacharyya of two normal distributions",
        (m1 - m2) ** 2 / (4 * (s1**2 + s2**2)) + log((s1**2 + s2**2) / (2 * s1 * s2)) / 2,
        s1=(0.5, 3),
        s2=(0.5, 3),
        m1=(0.5, 4),
        m2=(0.5, 4),
    ),
    formula(
        "welch",
        "Welch's t",
        (m1 - m2) / sqrt(s1**2 / n1 + s2**2 / n2),
        m1=(3, 8),
        m2=(0.5, 2.5),
        s1=(0.5, 3),
        s2=(0.5, 3),
        n1=(5, 30),
        n2=(5, 30),
    ),
    formula(
        "sample_variance",
        "variance of three observations",
        ((x - (x + y + z) / 3) ** 2 + (y - (x + y + z) / 3) ** 2 + (z - (x + y + z) / 3) ** 2) / 2,
        x=(0.5, 3),
        y=(0.5, 3),
        z=(0.5, 3),
    ),
    formula(
        "correlation",
        "coefficient of correlation from moments",
        (c - a * b) / sqrt((d - a**2) * (k - b**2)),
        a=(0.1, 1),
        b=(0.1, 1),
        c=(1.2, 2),
        d=(2, 5),
        k=(2, 5),
    ),
    formula(
        "fisher_z", "Fisher's transformation", atanh(r), log((1 + r) / (1 - r)) / 2, asinh(r / sqrt(1 - r**2)), r=(0.2, 0.9)
    ),
    formula(
        "wilson",
        "lower end of Wilson's interval",
        (p + z**2 / (2 * n) - z * sqrt(p * (1 - p) / n + z**2 / (4 * n**2))) / (1 + z**2 / n),
        p=(0.3, 0.9),
        z=(1, 3),
        n=(10, 100),
    ),
    formula(
        "black_scholes",
        "price of a call (Black, Scholes and Merton)",
        x * PHI - strike * exp(-r * t) * PHI_LATER,
        x=(80, 120),
        strike=(80, 120),
        r=(0.01, 0.1),
        vol=(0.15, 0.5),
        t=(0.25, 2),
    ),
    formula(
        "normal_posterior",
        "mean of a normal posterior",
        (m1 / s1**2 + n * m2 / s2**2) / (1 / s1**2 + n / s2**2),
        m1=(0.5, 5),
        m2=(0.5, 5),
        s1=(0.5, 3),
        s2=(0.5, 3),
        n=(1, 20),
    ),
)
