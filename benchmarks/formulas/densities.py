"""Log densities and distribution functions."""

from __future__ import annotations

from sympy import Abs, Rational, cos, erf, erfc, exp, log, loggamma, pi, sqrt, symbols

from formulas.formula import formula

a, b, c, k, ell, n, p, r, s, t, x, y = symbols("a b c k l n p r s t x y", positive=True)
m, u, v = symbols("m u v", real=True)
alpha, beta, nu, sigma, theta, lam, rho = symbols("alpha beta nu sigma theta lam rho", positive=True)
LOG_TAU = log(2 * pi) / 2
HALF = Rational(1, 2)

ROWS = (
    formula(
        "normal",
        "log density of the normal distribution",
        -(((u - m) / s) ** 2) / 2 - log(s) - LOG_TAU,
        u=(-3, 3),
        m=(-2, 2),
        s=(0.3, 3),
    ),
    formula(
        "normal_density",
        "density of the normal distribution",
        exp(-((u - m) ** 2) / (2 * s**2)) / (s * sqrt(2 * pi)),
        u=(-2, 2),
        m=(-2, 2),
        s=(0.7, 3),
    ),
    formula(
        "normal_cdf",
        "distribution function of the normal distribution",
        (1 + erf((u - m) / (s * sqrt(2)))) / 2,
        erfc(-(u - m) / (s * sqrt(2))) / 2,
        u=(-2, 2),
        m=(-2, 2),
        s=(0.7, 3),
    ),
    formula(
        "gamma",
        "log density of the gamma distribution",
        a * log(b) - loggamma(a) + (a - 1) * log(x) - b * x,
        a=(2, 6),
        b=(0.3, 3),
        x=(0.1, 5),
    ),
    formula(
        "beta",
        "log density of the beta distribution",
        loggamma(a + b) - loggamma(a) - loggamma(b) + (a - 1) * log(x) + (b - 1) * log(1 - x),
        a=(2, 6),
        b=(2, 6),
        x=(0.05, 0.95),
    ),
    formula(
        "student",
        "log density of Student's t",
        loggamma((nu + 1) / 2) - loggamma(nu / 2) - log(nu * pi) / 2 - (nu + 1) / 2 * log(1 + u**2 / nu),
        nu=(4, 20),
        u=(-3, 3),
    ),
    formula(
        "cauchy",
        "log density of the Cauchy distribution",
        -log(pi * s * (1 + ((u - m) / s) ** 2)),
        log(s / (pi * (s**2 + (u - m) ** 2))),
        u=(-3, 3),
        m=(-2, 2),
        s=(0.3, 3),
    ),
    formula(
        "laplace", "log density of the Laplace distribution", -Abs(u - m) / b - log(2 * b), u=(-3, 3), m=(-2, 2), b=(0.3, 3)
    ),
    formula(
        "logistic",
        "density of the logistic distribution",
        exp(-(u - m) / s) / (s * (1 + exp(-(u - m) / s)) ** 2),
        u=(-2, 2),
        m=(-2, 2),
        s=(0.5, 3),
    ),
    formula(
        "weibull",
        "log density of the Weibull distribution",
        log(k / ell) + (k - 1) * log(x / ell) - (x / ell) ** k,
        k=(0.5, 3),
        l=(0.5, 3),
        x=(0.1, 3),
    ),
    formula(
        "rayleigh", "log density of the Rayleigh distribution", log(x) - 2 * log(s) - x**2 / (2 * s**2), x=(0.1, 4), s=(0.3, 3)
    ),
    formula(
        "chi_squared",
        "log density of χ²",
        (k / 2 - 1) * log(x) - x / 2 - k / 2 * log(2) - loggamma(k / 2),
        k=(4, 12),
        x=(0.5, 10),
    ),
    formula(
        "f_distribution",
        "log density of F",
        loggamma((a + b) / 2)
        - loggamma(a / 2)
        - loggamma(b / 2)
        + a / 2 * log(a / b)
        + (a / 2 - 1) * log(x)
        - (a + b) / 2 * log(1 + a * x / b),
        a=(4, 12),
        b=(4, 12),
        x=(0.2, 4),
    ),
    formula(
        "gumbel",
        "log density of the Gumbel distribution",
        -(u - m) / s - exp(-(u - m) / s) - log(s),
        u=(-2, 3),
        m=(-1, 1),
        s=(0.5, 3),
    ),
    formula(
        "inverse_gaussian",
        "log density of the inverse Gaussian",
        log(ell / (2 * pi * x**3)) / 2 - ell * (x - t) ** 2 / (2 * t**2 * x),
        l=(0.5, 5),
        x=(0.2, 4),
        t=(0.5, 3),
    ),
    formula(
        "bivariate_normal",
        "log density of the bivariate normal distribution",
        -(u**2 - 2 * rho * u * v + v**2) / (2 * (1 - rho**2)) - log(1 - rho**2) / 2 - log(2 * pi),
        u=(-2, 2),
        v=(-2, 2),
        rho=(0.05, 0.9),
    ),
    formula(
        "skew_normal",
        "log density of the skew normal distribution",
        -(u**2) / 2 + log(erfc(-alpha * u / sqrt(2))) - LOG_TAU,
        u=(-1.5, 2.5),
        alpha=(0.2, 2),
    ),
    formula(
        "wrapped_cauchy",
        "log density of the wrapped Cauchy distribution",
        log((1 - r**2) / (1 + r**2 - 2 * r * cos(u - m))) - log(2 * pi),
        r=(0.1, 0.8),
        u=(-2, 2),
        m=(-1, 1),
    ),
    formula(
        "order_statistic",
        "log density of an order statistic of the uniform distribution",
        loggamma(n + 1) - loggamma(k) - loggamma(n - k + 1) + (k - 1) * log(x) + (n - k) * log(1 - x),
        n=(8, 15),
        k=(2, 6),
        x=(0.05, 0.95),
    ),
    formula(
        "exponential_maximum",
        "log density of the greatest of n exponential waits",
        log(n * ell) - ell * x + (n - 1) * log(1 - exp(-ell * x)),
        n=(2, 8),
        l=(0.2, 3),
        x=(0.2, 4),
    ),
    formula(
        "generalised_normal",
        "log density of the generalised normal distribution",
        log(b / (2 * a)) - loggamma(1 / b) - (x / a) ** b,
        a=(0.5, 3),
        b=(1, 3),
        x=(0.1, 3),
    ),
)
