"""Right where numbers get difficult: saturated, cancelling, huge, tiny, subnormal.

EXPECTED: verdict and reason; ill_conditioned says that less than half of the digits mean anything there.
"""

import torch

from symgrad import (
    Exercise,
    hadamard,
    log_softmax,
    logsigmoid,
    logsumexp,
    matrix,
    scalar,
    sigmoid,
    softmax,
    softplus,
    square,
    step,
    tanh,
    total,
    vector,
)

w, x = scalar("w"), scalar("x")
p, c = vector("p", 3), vector("c", 3)

EXPECTED = {}


def at(name, reason, loss, *points, torch_loss=None, parameters=(w,)):
    EXPECTED[name] = "pass", reason
    return Exercise(name=name, loss=loss, parameters=list(parameters), at=list(points), points=0, torch_loss=torch_loss)


saturated_below = at("saturated_below", "agree", sigmoid(w), {"w": -40}, {"w": -600})
# At 18 the slope of tanh is rounding alone, at 10 it isn't.
saturated_tanh = at("saturated_tanh", "ill_conditioned", tanh(w), {"w": 10}, {"w": -18})
nearly_saturated = at("nearly_saturated", "agree", sigmoid(w), {"w": 10})
saturated_but_stable = at("saturated_but_stable", "agree", logsigmoid(w), {"w": 40}, {"w": -40}, {"w": -1000})

softplus_large = at("softplus_large", "agree", softplus(w), {"w": 50}, {"w": 1000}, {"w": 1e300})
softplus_small = at("softplus_small", "agree", softplus(w), {"w": -50}, {"w": -600})
logsumexp_large = at("logsumexp_large", "agree", logsumexp(p), {"p": [1000, 1001, 999.5]}, parameters=(p,))
logsumexp_negative = at("logsumexp_negative", "agree", logsumexp(p), {"p": [-1e5, -100001, -99999.5]}, parameters=(p,))
# The second probability is e^-1000, below all floats: 0 is as near as one gets.
softmax_underflows = at("softmax_underflows", "agree", logsumexp(p), {"p": [1000, 0, 999]}, parameters=(p,))
cross_entropy_large = at(
    "cross_entropy_large",
    "agree",
    -total(hadamard(c, log_softmax(p))),
    {"p": [300, 299, 301.5], "c": [1, 0, 0]},
    parameters=(p,),
)

difference = step("sum", w + x) - x
cancels_a_little = at("cancels_a_little", "agree", square(difference), {"w": 0.3, "x": 100})
cancels_nearly_all = at("cancels_nearly_all", "ill_conditioned", square(difference), {"w": 0.3, "x": 1e12})

huge = at("huge", "agree", square(w * x), {"w": 1.1, "x": 1e100}, {"w": 1e100, "x": 1.3})
tiny = at("tiny", "agree", square(w * x), {"w": 1.1, "x": 1e-100}, {"w": 1e-100, "x": 1.3})
huge_and_tiny = at("huge_and_tiny", "agree", total(square(p)), {"p": [1e100, 1e-100, 1]}, parameters=(p,))
nearly_overflows = at("nearly_overflows", "agree", square(w) * x, {"w": 1.1e154, "x": 1}, {"w": 1e100, "x": 1.3e100})
# Below 2e-308 a float has the fewer digits the smaller it is: here four.
subnormal = at("subnormal", "agree", square(w * x), {"w": 1.1, "x": 1e-160})
# The loss underflows to 0, its gradient 2w doesn't.
loss_underflows = at("loss_underflows", "agree", square(w), {"w": 1.1e-200})

alternating_sum = at(
    "alternating_sum",
    "ill_conditioned",
    square(total(hadamard(p, c))),
    {"p": [1e10, 1, -1e10], "c": [1, 1e-3, 1]},
    parameters=(p,),
)

m = matrix("m", 2, 2)
one_point_saturated = at(
    "one_point_saturated",
    "ill_conditioned",
    total(sigmoid(m)),
    {"m": [[0, 1], [2, 3]]},
    {"m": [[0, 1], [2, 50]]},
    parameters=(m,),
)
no_gradient_in_one_entry = at(
    "no_gradient_in_one_entry", "agree", total(square(hadamard(p, c))), {"p": [1, 2, 3], "c": [1, 0, 2]}, parameters=(p,)
)
weighted_softmax = at(
    "weighted_softmax", "agree", total(hadamard(softmax(p), c)), {"p": [0.5, 1, -1], "c": [3, -1, 0.25]}, parameters=(p,)
)
softplus_by_hand = at(
    "softplus_by_hand",
    "agree",
    softplus(w),
    {"w": 25},
    {"w": -25},
    {"w": 800},
    torch_loss=lambda w: torch.clamp(w, min=0) + torch.log1p(torch.exp(-w.abs())),
)
