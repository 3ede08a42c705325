"""Right claims and losses in another spelling: gradients derived by hand with rounded literals, constants that SymPy rewrites.

EXPECTED: verdict and reason.
"""

import math

import sympy
from sympy import E

from symgrad import Exercise, exp, matrix, mean, relu, scalar, sqrt, square, tanh

x, A = scalar("x"), matrix("A", 2, 3)

EXPECTED = {}


def by_hand(name, loss, gradient, parameter=x, reason="agree", **options):
    EXPECTED[name] = "pass", reason
    return Exercise(name=name, loss=loss, parameters=[parameter], hand_derived={parameter.name: gradient}, **options)


# 3·0.05 isn't the double 0.15, nor 1/3 a third.
literal_folded = by_hand("literal_folded", 0.05 * x**3, 0.15 * x**2)
a_third = by_hand("a_third", x**3 / 9, (1 / 3) * x**2)
a_third_of_a_matrix = by_hand("a_third_of_a_matrix", mean(square(A)), (1 / 3) * A, A)
literal_expanded = by_hand("literal_expanded", 0.5 * (0.1 * x - 0.7) ** 2, 0.01 * x - 0.07)
literal_of_a_root = by_hand("literal_of_a_root", math.sqrt(2 / math.pi) * x**3, 3 * sympy.sqrt(2 / sympy.pi) * x**2)

# Both sides lose most digits of a double.
hand_cancels = by_hand(
    "hand_cancels", sqrt(x**2 + 1) - x, -1 / (x**2 + x * sqrt(x**2 + 1) + 1), domain={"x": (1e5, 1e6)}, reason="ill_conditioned"
)
hand_saturates = by_hand("hand_saturates", tanh(x), 1 / sympy.cosh(x) ** 2)


def constants(name, loss):
    EXPECTED[name] = "pass", "agree"
    return Exercise(name=name, loss=loss, parameters=[x])


# SymPy makes exp(2) of E·E, which no author has written.
e_twice = constants("e_twice", E * relu(E * x))
e_and_pi = constants("e_and_pi", E * sympy.pi * relu(E * sympy.pi * x))
e_divides = constants("e_divides", relu(x / E) / E + E**3 * exp(relu(x / E)))
e_to_e = constants("e_to_e", (E * (x**2 + 1)) ** E)
e_below_zero = constants("e_below_zero", -E * relu(-E * x))
