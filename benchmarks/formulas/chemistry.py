"""Chemistry and the dynamics of populations."""

from __future__ import annotations

from sympy import exp, log, sqrt, symbols

from formulas.formula import formula

A, E, F, K, R, T, V, a, b, c, h, k, k1, k2, n, p, r, s, t, x, z = symbols(
    "A E F K R T V a b c h k k1 k2 n p r s t x z", positive=True
)
alpha, eta, out, inside, ratio = symbols("alpha eta out inside ratio", positive=True)
TEN = log(10)

ROWS = (
    formula("arrhenius", "the rate of Arrhenius", A * exp(-E / (R * T)), A=(1, 10), E=(1000, 8000), R=(8, 9), T=(250, 500)),
    formula(
        "michaelis_menten",
        "the rate of Michaelis and Menten",
        V * s / (K + s),
        V / (1 + K / s),
        V=(0.5, 10),
        s=(0.1, 10),
        K=(0.1, 5),
    ),
    formula("hill", "Hill's equation", s**n / (K**n + s**n), 1 / (1 + (K / s) ** n), s=(0.2, 5), K=(0.2, 5), n=(1, 4)),
    formula(
        "nernst",
        "the potential of Nernst",
        E - R * T / (n * F) * log(ratio),
        E=(0.5, 2),
        R=(8, 9),
        T=(280, 350),
        n=(1, 3),
        F=(9000, 9700),
        ratio=(2, 50),
    ),
    formula("langmuir", "Langmuir's isotherm", n * K * p / (1 + K * p), n=(0.5, 5), K=(0.1, 5), p=(0.1, 10)),
    formula(
        "butler_volmer",
        "the current of Butler and Volmer",
        a * (exp(alpha * eta) - exp(-(1 - alpha) * eta)),
        a=(0.5, 3),
        alpha=(0.3, 0.7),
        eta=(0.3, 4),
    ),
    formula(
        "debye_huckel",
        "the activity of Debye and Hückel",
        -A * z**2 * sqrt(x) / (1 + b * a * sqrt(x)),
        A=(0.4, 0.6),
        z=(1, 3),
        x=(0.01, 1),
        b=(0.2, 0.4),
        a=(3, 9),
    ),
    formula(
        "consecutive",
        "the intermediate of two reactions in a row",
        a * k1 / (k2 - k1) * (exp(-k1 * t) - exp(-k2 * t)),
        a=(0.5, 5),
        k1=(0.1, 0.8),
        k2=(1, 3),
        t=(0.2, 4),
    ),
    formula(
        "logistic_growth",
        "Verhulst's growth",
        K / (1 + (K - a) / a * exp(-r * t)),
        K=(5, 20),
        a=(0.5, 4),
        r=(0.1, 2),
        t=(0.1, 4),
    ),
    formula(
        "goldman",
        "the membrane potential of Goldman",
        V * log((out + p * a) / (inside + p * b)),
        V=(20, 30),
        out=(4, 8),
        p=(0.02, 0.1),
        a=(100, 150),
        inside=(100, 150),
        b=(5, 15),
    ),
)
