"""Every primitive of the table in balls: the image of a ball encloses the images of the points within it."""

import itertools

import pytest
from flint import arb

from symgrad.number_systems.balls import at_precision
from symgrad.operations.row import Elementwise
from symgrad.operations.table import TABLE

PRIMITIVES = [name for name, row in TABLE.items() if isinstance(row, Elementwise) and row.arb is not None]
CENTRES = (-30.5, -8.25, -3, -2.5, -1, -0.75, -0.5, 0, 0.25, 0.5, 1, 1.4616321449683622, 2, 2.5, 6, 9.75, 40)
RADII = (0.0, 2.0**-100, 2.0**-30, 2.0**-9)
INSIDE = (-1.0, -0.625, 0.0, 0.375, 1.0)
"""Where within a ball points are taken, in units of its radius."""
OPTIONS = {
    "polygamma": [(0,), (1,), (3,)],
    "zeta": [(2,), (arb(7) / 2,)],
    "gammainc": [(1,), (arb(5) / 2,), (20,)],
    "gammaincc": [(1,), (arb(5) / 2,), (20,)],
}


def balls_of(count):
    """Balls around every centre, or pairs of them, with a radius for all."""
    centres = CENTRES if count == 1 else CENTRES[2:13:2]
    return itertools.product(itertools.product(centres, repeat=count), RADII)


@pytest.mark.parametrize("name", PRIMITIVES)
def test_a_ball_encloses_the_image_of_its_points(name):
    """At 128 bits the image of a ball, if it is finite, holds the images (at 400 bits) of five points of it on each axis."""
    row = TABLE[name]
    count = row.operands
    finite = 0
    for options in OPTIONS.get(name, [()]):
        for centres, radius in balls_of(count):
            with at_precision(128):
                image = row.arb(*(arb(c, radius) for c in centres), *options)
            if not image.is_finite():
                continue
            finite += 1
            for shares in itertools.product(INSIDE if radius else (0.0,), repeat=count):
                with at_precision(400):
                    point = row.arb(*(arb(c) + arb(radius) * s for c, s in zip(centres, shares, strict=True)), *options)
                    assert not point.is_finite() or image.overlaps(point), (centres, radius, shares, options)
    assert finite >= 8


@pytest.mark.parametrize("name", PRIMITIVES)
def test_more_bits_make_sharper_balls(name):
    """At an exact point the ball's radius falls with the precision, or is zero."""
    row = TABLE[name]
    for options in OPTIONS.get(name, [()]):
        operands = [arb(0.3125), arb(0.75)][: row.operands]
        if row.domain == "x > 1":
            operands = [arb(1.3125)]
        radii = []
        for bits in (64, 128, 512):
            with at_precision(bits):
                image = row.arb(*operands, *options)
                assert image.is_finite()
                radii.append(float(image.rad() / (abs(image) + arb(2) ** -900)))
        assert radii[2] <= radii[1] <= radii[0] < 2.0**-30
        assert radii[2] < 2.0**-400
