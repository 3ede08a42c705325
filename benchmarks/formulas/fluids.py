"""Fluids and waves on them."""

from __future__ import annotations

from sympy import Rational, exp, log, pi, sqrt, symbols, tanh

from formulas.formula import formula

d, f, g, h, k, ell, p, q, r, u, v, z = symbols("d f g h k l p q r u v z", positive=True)
rho, sigma, mu, T, M, gamma, kappa, rough, reynolds, drag, area = symbols(
    "rho sigma mu T M gamma kappa rough reynolds drag area", positive=True
)
TEN = log(10)

ROWS = (
    formula(
        "bernoulli",
        "Bernoulli's equation",
        p + rho * v**2 / 2 + rho * g * h,
        p=(1, 10),
        rho=(0.5, 2),
        v=(0.5, 10),
        g=(9, 10),
        h=(0.1, 10),
    ),
    formula(
        "poiseuille",
        "the flow of Hagen and Poiseuille",
        pi * r**4 * p / (8 * mu * ell),
        r=(0.1, 2),
        p=(0.5, 10),
        mu=(0.5, 3),
        l=(0.5, 10),
    ),
    formula(
        "venturi", "speed in a Venturi tube", sqrt(2 * p / (rho * (1 - area**2))), p=(0.5, 5), rho=(0.5, 2), area=(0.1, 0.8)
    ),
    formula(
        "swamee_jain",
        "friction factor of Swamee and Jain",
        Rational(1, 4) * (TEN / log(rough / Rational(37, 10) + Rational(574, 100) / reynolds ** Rational(9, 10))) ** 2,
        rough=(0.001, 0.05),
        reynolds=(5000, 100000),
    ),
    formula(
        "capillary_wave",
        "waves on water of finite depth",
        sqrt((g * k + sigma * k**3 / rho) * tanh(k * h)),
        g=(9, 10),
        k=(0.5, 5),
        sigma=(0.05, 1),
        rho=(0.8, 1.2),
        h=(0.1, 2),
    ),
    formula(
        "stagnation",
        "stagnation pressure",
        p * (1 + (gamma - 1) / 2 * M**2) ** (gamma / (gamma - 1)),
        p=(0.5, 3),
        gamma=(1.2, 1.7),
        M=(0.2, 2.5),
    ),
    formula(
        "wind_profile",
        "the logarithmic profile of wind",
        u / kappa * log((z - d) / rough),
        u=(0.1, 1),
        kappa=(0.38, 0.42),
        z=(5, 50),
        d=(0.5, 3),
        rough=(0.01, 0.5),
    ),
    formula(
        "plume",
        "a Gaussian plume",
        q / (2 * pi * u * sigma * d) * exp(-(z**2) / (2 * sigma**2)),
        q=(0.5, 5),
        u=(1, 10),
        sigma=(0.5, 3),
        d=(0.5, 3),
        z=(0.1, 4),
    ),
)
