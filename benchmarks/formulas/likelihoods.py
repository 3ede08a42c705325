"""Likelihoods and losses of regression and classification."""

from __future__ import annotations

from sympy import acos, cosh, erfc, exp, log, loggamma, sqrt, symbols

from formulas.formula import formula

a, b, c, k, ell, n, p, r, s, w, x, y = symbols("a b c k l n p r s w x y", positive=True)
u, v, z = symbols("u v z", real=True)
mu, delta, gamma, lam = symbols("mu delta gamma lam", positive=True)

ROWS = (
    formula("poisson", "log likelihood of a Poisson count", k * log(ell) - ell - loggamma(k + 1), k=(1, 12), l=(0.5, 10)),
    formula(
        "binomial",
        "log likelihood of a binomial count",
        loggamma(n + 1) - loggamma(k + 1) - loggamma(n - k + 1) + k * log(p) + (n - k) * log(1 - p),
        n=(10, 20),
        k=(2, 8),
        p=(0.1, 0.9),
    ),
    formula(
        "negative_binomial",
        "log likelihood of a negative binomial count",
        loggamma(k + r) - loggamma(k + 1) - loggamma(r) + r * log(1 - p) + k * log(p),
        k=(2, 10),
        r=(2, 6),
        p=(0.1, 0.9),
    ),
    formula("cross_entropy", "binary cross-entropy", -y * log(p) - (1 - y) * log(1 - p), y=(0.05, 0.95), p=(0.05, 0.95)),
    formula(
        "logit_cross_entropy",
        "binary cross-entropy of a logit",
        y * log(1 + exp(-u)) + (1 - y) * log(1 + exp(u)),
        log(1 + exp(u)) - y * u,
        y=(0.05, 0.95),
        u=(-4, 4),
    ),
    formula("softmax", "softmax of two", exp(u) / (exp(u) + exp(v)), 1 / (1 + exp(v - u)), u=(-3, 3), v=(-3, 3)),
    formula("softmax_loss", "cross-entropy of two logits", log(exp(u) + exp(v)) - u, log(1 + exp(v - u)), u=(-3, 3), v=(-3, 3)),
    formula(
        "neuron",
        "squared loss of a logistic neuron",
        (1 / (1 + exp(-(w * u + z))) - y) ** 2 / 2,
        w=(0.2, 2),
        u=(-1.5, 1.5),
        z=(-1, 1),
        y=(0.05, 0.95),
    ),
    formula(
        "probit",
        "log likelihood of a probit model",
        log(erfc(-u / sqrt(2)) / 2) * y + log(erfc(u / sqrt(2)) / 2) * (1 - y),
        u=(-2, 2),
        y=(0.05, 0.95),
    ),
    formula("logit_link", "the logit link", log(p / (1 - p)), log(p) - log(1 - p), p=(0.05, 0.95)),
    formula("cloglog", "the complementary log-log link", log(-log(1 - p)), p=(0.05, 0.95)),
    formula("poisson_deviance", "deviance of a Poisson regression", 2 * (y * log(y / mu) - (y - mu)), y=(0.5, 5), mu=(0.5, 5)),
    formula("focal_loss", "the focal loss", -((1 - p) ** gamma) * log(p), p=(0.1, 0.9), gamma=(0.5, 4)),
    formula(
        "pseudo_huber",
        "the pseudo-Huber loss",
        delta**2 * (sqrt(1 + (x / delta) ** 2) - 1),
        delta * (sqrt(delta**2 + x**2) - delta),
        delta=(0.5, 2),
        x=(1, 5),
    ),
    formula("log_cosh", "the log-cosh loss", log(cosh(u - v)), u=(-3, 3), v=(-3, 3)),
    formula("box_cox", "the transformation of Box and Cox", (y**lam - 1) / lam, y=(1.5, 8), lam=(0.3, 2)),
    formula(
        "angular_loss",
        "the angle between two directions",
        acos((a * c + b * s) / (sqrt(a**2 + b**2) * sqrt(c**2 + s**2))),
        a=(0.1, 1),
        b=(2, 4),
        c=(2, 4),
        s=(0.1, 1),
    ),
)
