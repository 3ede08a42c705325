"""Thermodynamics and statistical mechanics."""

from __future__ import annotations

from sympy import Rational, cosh, exp, log, pi, sinh, symbols, tanh

from formulas.formula import formula

a, b, c, h, k, m, n, p, t, v, x = symbols("a b c h k m n p t v x", positive=True)
B, E, L, N, R, T, T0, T1, U, V, V1, V2, mu, nu, w = symbols("B E L N R T T0 T1 U V V1 V2 mu nu w", positive=True)
gamma, epsilon, sigma, theta, area, width = symbols("gamma epsilon sigma theta area width", positive=True)
HALVES = Rational(3, 2)

ROWS = (
    formula("ideal_gas", "the ideal gas", n * R * T / V, n=(0.5, 5), R=(8, 9), T=(250, 400), V=(1, 10)),
    formula(
        "van_der_waals",
        "van der Waals's equation",
        n * R * T / (V - n * b) - a * n**2 / V**2,
        n=(0.5, 2),
        R=(8, 9),
        T=(250, 400),
        V=(1, 10),
        a=(0.1, 2),
        b=(0.03, 0.1),
    ),
    formula(
        "adiabat",
        "pressure along an adiabat",
        p * (V1 / V2) ** gamma,
        p * exp(gamma * log(V1 / V2)),
        p=(0.5, 5),
        V1=(1, 5),
        V2=(1, 5),
        gamma=(1.1, 1.7),
    ),
    formula(
        "mixing_entropy",
        "entropy of mixing",
        -n * R * (x * log(x) + (1 - x) * log(1 - x)),
        n=(0.5, 5),
        R=(8, 9),
        x=(0.05, 0.45),
    ),
    formula(
        "two_level_energy",
        "mean energy of a two-level system",
        epsilon / (exp(epsilon / (k * T)) + 1),
        epsilon * exp(-epsilon / (k * T)) / (1 + exp(-epsilon / (k * T))),
        epsilon=(0.2, 3),
        k=(0.5, 2),
        T=(0.5, 3),
    ),
    formula(
        "two_level_free_energy",
        "free energy of a two-level system",
        -k * T * log(1 + exp(-epsilon / (k * T))),
        epsilon=(0.2, 3),
        k=(0.5, 2),
        T=(0.5, 3),
    ),
    formula(
        "planck",
        "Planck's law",
        2 * h * nu**3 / (c**2 * (exp(h * nu / (k * T)) - 1)),
        2 * h * nu**3 * exp(-h * nu / (k * T)) / (c**2 * (1 - exp(-h * nu / (k * T)))),
        h=(0.5, 2),
        nu=(0.5, 4),
        c=(1, 5),
        k=(0.5, 2),
        T=(0.5, 3),
    ),
    formula(
        "bose_einstein",
        "the Bose–Einstein distribution",
        1 / (exp((E - mu) / (k * T)) - 1),
        E=(1.5, 4),
        mu=(0.2, 1),
        k=(0.5, 2),
        T=(0.5, 2),
    ),
    formula(
        "fermi_dirac",
        "the Fermi–Dirac distribution",
        1 / (exp((E - mu) / (k * T)) + 1),
        (1 - tanh((E - mu) / (2 * k * T))) / 2,
        E=(0.2, 3),
        mu=(0.2, 3),
        k=(0.5, 2),
        T=(0.5, 2),
    ),
    formula(
        "maxwell_boltzmann",
        "Maxwell's distribution of speeds",
        4 * pi * (m / (2 * pi * k * T)) ** HALVES * v**2 * exp(-m * v**2 / (2 * k * T)),
        m=(0.5, 3),
        k=(0.5, 2),
        T=(0.5, 3),
        v=(0.2, 4),
    ),
    formula(
        "einstein_heat",
        "Einstein's heat capacity",
        3 * R * (theta / T) ** 2 * exp(theta / T) / (exp(theta / T) - 1) ** 2,
        3 * R * (theta / (2 * T)) ** 2 / sinh(theta / (2 * T)) ** 2,
        R=(8, 9),
        theta=(0.5, 4),
        T=(0.5, 3),
    ),
    formula(
        "sackur_tetrode",
        "entropy of an ideal gas (Sackur and Tetrode)",
        N * k * (log(V / N * (4 * pi * m * U / (3 * N * h**2)) ** HALVES) + Rational(5, 2)),
        N=(1, 3),
        k=(0.5, 2),
        V=(5, 20),
        m=(1, 5),
        U=(5, 20),
        h=(0.5, 1),
    ),
    formula(
        "cooling", "Newton's law of cooling", T0 + (T - T0) * exp(-k * t), T0=(10, 25), T=(40, 95), k=(0.05, 1), t=(0.1, 5)
    ),
    formula(
        "langevin",
        "Langevin's paramagnet",
        mu * (cosh(mu * B / (k * T)) / sinh(mu * B / (k * T)) - k * T / (mu * B)),
        mu * (1 / tanh(mu * B / (k * T)) - k * T / (mu * B)),
        mu=(1, 3),
        B=(1, 3),
        k=(0.5, 1),
        T=(0.5, 1),
    ),
    formula(
        "oscillator_energy",
        "mean energy of a quantum oscillator",
        h * w * (Rational(1, 2) + 1 / (exp(h * w / (k * T)) - 1)),
        h * w / (2 * tanh(h * w / (2 * k * T))),
        h=(0.5, 2),
        w=(0.5, 3),
        k=(0.5, 2),
        T=(0.5, 3),
    ),
)
