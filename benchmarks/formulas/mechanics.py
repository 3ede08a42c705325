"""Classical mechanics."""

from __future__ import annotations

from sympy import cos, cosh, exp, log, pi, sin, sqrt, symbols, tan

from formulas.formula import formula

a, b, c, d, g, k, ell, m, r, t, v, w, x = symbols("a b c d g k l m r t v w x", positive=True)
m1, m2, v1, v2, w0, theta, mu, tension, force = symbols("m1 m2 v1 v2 w0 theta mu tension force", positive=True)
epsilon, sigma, depth, r0, gamma, phi = symbols("epsilon sigma depth r0 gamma phi", positive=True)
modulus, area = symbols("modulus area", positive=True)

ROWS = (
    formula("kinetic_energy", "kinetic energy", m * v**2 / 2, m=(0.5, 10), v=(0.5, 20)),
    formula("projectile_range", "range of a projectile", v**2 * sin(2 * theta) / g, v=(1, 30), theta=(0.1, 1.4), g=(9, 10)),
    formula(
        "trajectory",
        "height of a projectile over the distance",
        x * tan(theta) - g * x**2 / (2 * v**2 * cos(theta) ** 2),
        x * tan(theta) - g * x**2 * (1 + tan(theta) ** 2) / (2 * v**2),
        x=(1, 20),
        theta=(0.1, 1.2),
        g=(9, 10),
        v=(5, 30),
    ),
    formula(
        "pendulum_period",
        "period of a pendulum to fourth order in its amplitude",
        2 * pi * sqrt(ell / g) * (1 + theta**2 / 16 + 11 * theta**4 / 3072),
        l=(0.1, 5),
        g=(9, 10),
        theta=(0.05, 1.5),
    ),
    formula(
        "damped_oscillation",
        "displacement of a damped oscillator",
        a * exp(-gamma * t) * cos(w * t + phi),
        a=(0.5, 5),
        gamma=(0.05, 1),
        t=(0.1, 5),
        w=(0.5, 5),
        phi=(0.1, 3),
    ),
    formula(
        "driven_amplitude",
        "amplitude of a driven, damped oscillator",
        force / (m * sqrt((w0**2 - w**2) ** 2 + gamma**2 * w**2)),
        force=(1, 5),
        m=(0.5, 5),
        w0=(1, 3),
        w=(3.5, 6),
        gamma=(0.1, 1),
    ),
    formula(
        "elastic_collision",
        "velocity after a head-on elastic collision",
        ((m1 - m2) * v1 + 2 * m2 * v2) / (m1 + m2),
        m1=(1, 10),
        m2=(1, 10),
        v1=(1, 20),
        v2=(1, 20),
    ),
    formula(
        "rocket",
        "Tsiolkovsky's rocket equation with loss to gravity",
        v * log(m1 / m2) - g * t,
        v=(2, 5),
        m1=(5, 20),
        m2=(1, 4),
        g=(0.5, 1),
        t=(0.5, 3),
    ),
    formula(
        "fall_distance",
        "distance of a fall with quadratic drag",
        v**2 / g * log(cosh(g * t / v)),
        v=(5, 60),
        g=(9, 10),
        t=(0.5, 10),
    ),
    formula("catenary", "the hanging chain", a * cosh(x / a), a * (exp(x / a) + exp(-x / a)) / 2, a=(0.5, 4), x=(0.1, 4)),
    formula(
        "belt_power",
        "power of a belt, by the friction of Euler and Eytelwein",
        tension * (exp(mu * phi) - 1) * v,
        tension=(1, 10),
        mu=(0.1, 1),
        phi=(0.5, 6),
        v=(0.5, 5),
    ),
    formula(
        "rolling_sphere",
        "energy of a sphere turning about a parallel axis",
        (2 * m * r**2 / 5 + m * d**2) * w**2 / 2,
        m=(1, 5),
        r=(0.1, 2),
        d=(0.1, 2),
        w=(1, 10),
    ),
    formula(
        "inclined_plane",
        "acceleration down a rough plane",
        g * (sin(theta) - mu * cos(theta)),
        g=(9, 10),
        theta=(0.7, 1.4),
        mu=(0.05, 0.5),
    ),
    formula(
        "morse", "Morse's potential", depth * (1 - exp(-a * (r - r0))) ** 2, depth=(1, 5), a=(0.5, 2), r=(2, 4), r0=(0.5, 1.5)
    ),
    formula(
        "lennard_jones",
        "the potential of Lennard-Jones",
        4 * epsilon * ((sigma / r) ** 12 - (sigma / r) ** 6),
        4 * epsilon * (sigma / r) ** 6 * ((sigma / r) ** 6 - 1),
        epsilon=(0.5, 3),
        sigma=(0.8, 1.2),
        r=(1.3, 3),
    ),
    formula(
        "spherical_pendulum",
        "Lagrangian of the spherical pendulum",
        m * ell**2 * (v**2 + sin(theta) ** 2 * w**2) / 2 + m * g * ell * cos(theta),
        m=(0.5, 3),
        l=(0.5, 3),
        v=(0.1, 3),
        theta=(0.2, 1.5),
        w=(0.1, 3),
        g=(9, 10),
    ),
)
