"""Balls: every value encloses the truth, and one that is too wide says so."""

import flint
import numpy as np
import pytest
from flint import arb

from symgrad.number_systems.balls import Balls, at_precision, to_balls

BALLS = Balls()


def array(*values):
    return np.array([arb(v) if not isinstance(v, arb) else v for v in values], dtype=object).reshape(-1, 1, 1)


def only(output):
    return output.ravel()[0]


def test_the_precision_is_restored():
    """`at_precision` sets the precision of python-flint and sets it back, after an error as well."""
    before = flint.ctx.prec
    with at_precision(777):
        assert flint.ctx.prec == 777
        with at_precision(99):
            assert flint.ctx.prec == 99
        assert flint.ctx.prec == 777
    assert flint.ctx.prec == before
    with pytest.raises(RuntimeError, match="inside"), at_precision(333):
        raise RuntimeError("inside")
    assert flint.ctx.prec == before


@pytest.mark.parametrize("bits", [64, 128, 1024])
def test_a_float_is_an_exact_ball(bits):
    """A double is taken exactly at any precision, the least and the greatest as well."""
    with at_precision(bits):
        for value in (0.1, 5e-324, 1.7976931348623157e308, -0.0):
            ball = only(to_balls(np.array([value])))
            assert ball.rad() == 0
            assert float(ball) == value


def test_sigmoid_far_out():
    """σ(700) and σ(−700) are enclosed with all digits, as is their slope σ(1 − σ)."""
    with at_precision(3000):
        for sign in (1, -1):
            s = only(BALLS.sigmoid(array(700 * sign)))
            small = (arb(-700)).exp() / (1 + arb(-700).exp())
            assert s.overlaps(small if sign < 0 else 1 - small)
            assert s.rad() < 1e-300
            assert (s * (1 - s)).overlaps(small * (1 - small))
            assert s * (1 - s) > 0
    with at_precision(128):
        s = only(BALLS.sigmoid(array(700)))
        assert (s * (1 - s)).contains(0)  # too few bits to tell 1 − σ from 0: the ball says so
        low = only(BALLS.sigmoid(array(-700)))
        assert low > 0
        assert low.rad() < low * arb(10) ** -30


@pytest.mark.parametrize("z", [-1000, -50, 0, 50, 1000])
def test_softplus_and_logsigmoid_are_of_one_kind(z):
    """ln σ(z) = −softplus(−z), far out as well, where exp overflows a double."""
    with at_precision(4000):
        left, right = only(BALLS.logsigmoid(array(z))), only(BALLS.softplus(array(-z), 1))
        assert left.overlaps(-right)
        assert left.rad() < 1e-300


def test_conditions_at_exactly_zero():
    """An exact 0 is neither above nor below 0, and equals 0; a ball around 0 decides nothing."""
    zero, around = array(0), array(arb(0, 2.0**-100))
    assert only(BALLS.less(zero, 0)) is False
    assert only(BALLS.less(0, zero)) is False
    assert only(BALLS.less_equal(zero, 0)) is True
    assert only(BALLS.equal(zero, 0)) is True
    assert only(BALLS.less(around, 0)) is None
    assert only(BALLS.less_equal(around, 0)) is None
    assert only(BALLS.equal(around, 0)) is None
    assert only(BALLS.equal(array(1), around)) is False
    assert only(BALLS.relu(zero)) == 0
    assert only(BALLS.sign(zero)) == 0
    assert only(BALLS.heaviside(zero)) == arb(0.5)
    assert only(BALLS.abs(zero)) == 0


def test_logic_of_three_values():
    """False decides a conjunction, true a disjunction, whatever else isn't decided."""
    yes, no, open_ = (np.array([[[v]]], dtype=object) for v in (True, False, None))
    assert only(BALLS.both(yes, yes)) is True
    assert only(BALLS.both(no, open_)) is False
    assert only(BALLS.both(yes, open_)) is None
    assert only(BALLS.either(yes, open_)) is True
    assert only(BALLS.either(no, open_)) is None
    assert only(BALLS.either(no, no)) is False
    assert only(BALLS.negation(open_)) is None
    assert only(BALLS.negation(no)) is True


def test_an_undecided_choice_is_the_union_of_the_branches():
    """Where balls don't decide, the result encloses every branch that may be taken, and no branch that can't."""
    around = array(arb(0, 2.0**-100))
    union = only(BALLS.choose(array(1), BALLS.less(around, 0), array(5)))
    assert union.contains(1)
    assert union.contains(5)
    assert not union.contains(6)
    assert only(BALLS.choose(array(1), BALLS.less(around, 1), array(5))) == 1
    assert only(BALLS.choose(array(1), BALLS.less(around, -1), array(5))) == 5
    first = only(BALLS.choose(array(1), BALLS.less(around, 0), array(2), BALLS.less(around, 1), array(9)))
    assert first.contains(1)
    assert first.contains(2)
    assert not first.contains(9)
    relu = only(BALLS.relu(around))
    assert relu.contains(0)
    assert relu.contains(arb(2) ** -101)


def test_what_is_undefined_is_nan():
    """The logarithm and root of a negative number, a quotient by 0 and the inverse of a singular matrix are nan."""
    assert only(BALLS.log(array(-1))).is_nan()
    assert only(BALLS.sqrt(array(-1))).is_nan()
    assert only(array(1) / array(0)).is_nan()
    inverse = BALLS.inverse(to_balls(np.ones((2, 2, 2))))
    assert inverse.shape == (2, 2, 2)
    assert all(entry.is_nan() for entry in inverse.ravel())


def test_only_the_singular_matrix_of_a_batch_is_nan():
    """A singular matrix among others leaves theirs alone."""
    inverse = BALLS.inverse(to_balls(np.stack([np.eye(2) * 4, np.zeros((2, 2)), np.eye(2)])))
    assert [float(entry) for entry in inverse[0].ravel()] == [0.25, 0, 0, 0.25]
    assert all(entry.is_nan() for entry in inverse[1].ravel())
    assert [float(entry) for entry in inverse[2].ravel()] == [1, 0, 0, 1]


def test_determinant_and_inverse_enclose():
    """A A⁻¹ encloses the unit matrix, det A det A⁻¹ encloses 1, for a badly conditioned A as well."""
    n = 8
    with at_precision(300):
        hilbert = np.array([[arb(1) / (i + j + 1) for j in range(n)] for i in range(n)], dtype=object)[None]
        inverse = BALLS.inverse(hilbert)
        product = (hilbert @ inverse)[0]
        assert all(product[i, j].contains(int(i == j)) for i in range(n) for j in range(n))
        assert only(BALLS.determinant(hilbert) * BALLS.determinant(inverse)).contains(1)
        assert only(BALLS.determinant(hilbert)).rad() < 1e-60


def test_reductions():
    """Totals, means and extremes run along the axis that is asked for."""
    a = to_balls(np.arange(6.0).reshape(1, 2, 3))
    assert [float(v) for v in BALLS.total(a, 0).ravel()] == [3, 5, 7]
    assert [float(v) for v in BALLS.total(a, 1).ravel()] == [3, 12]
    assert float(only(BALLS.total(a, None))) == 15
    assert [float(v) for v in BALLS.mean(a, 1).ravel()] == [1, 4]
    assert [float(v) for v in BALLS.amax(a, 0).ravel()] == [3, 4, 5]
    assert float(only(BALLS.amax(a, None))) == 5
    assert float(only(BALLS.amin(a, None))) == 0


def test_a_mean_is_exact_to_all_bits():
    """The mean of 1, 0, 0 is a third, not a double near it."""
    with at_precision(500):
        third = only(BALLS.mean(to_balls(np.array([[[1.0], [0.0], [0.0]]])), None))
        assert third.overlaps(arb(1) / 3)
        assert third.rad() < 1e-140


def test_shares_and_gaps():
    """Exact ties share equally, undecided ones may have anything from 0 to 1, and the gap is to the next greatest."""
    assert [float(v) for v in BALLS.share(to_balls(np.array([[[1.0, 3.0, 3.0]]])), None).ravel()] == [0, 0.5, 0.5]
    near = np.array([[[arb(0), arb(3, 1e-9), arb(3, 1e-9)]]], dtype=object)
    shares = BALLS.share(near, None).ravel()
    assert shares[0] == 0
    assert shares[1].contains(0)
    assert shares[1].contains(1)
    assert float(only(BALLS.gap(to_balls(np.array([[[1.0, 5.0, 3.0]]])), None))) == 2
    assert only(BALLS.gap(near, None)).contains(0)
    columns = BALLS.gap(to_balls(np.array([[[1.0, 9.0], [4.0, 2.0]]])), 0)
    assert [float(v) for v in columns.ravel()] == [3, 7]


def test_a_numeric_constant_is_exact():
    """Constants have as many digits as are asked for."""
    with at_precision(600):
        assert BALLS.number(1, 3).overlaps(arb(1) / 3)
        assert BALLS.number(1, 3).rad() < 1e-170
        assert abs(BALLS.pi() - arb.pi()) < 1e-170
        for constant, value in ((BALLS.euler(), 0.5772156649015329), (BALLS.catalan(), 0.915965594177219)):
            assert abs(float(constant) - value) < 1e-15
            assert constant.rad() < 1e-170


def test_polygamma_of_any_order():
    """ψ⁽ⁿ⁾(1) is (−1)ⁿ⁺¹ n! ζ(n + 1), and ψ(1) is −γ."""
    with at_precision(300):
        assert only(BALLS.polygamma(array(1), 0)).overlaps(-arb.const_euler())
        for n, sign, factorial in ((1, 1, 1), (2, -1, 2), (3, 1, 6), (4, -1, 24)):
            assert only(BALLS.polygamma(array(1), n)).overlaps(sign * factorial * arb(n + 1).zeta())
