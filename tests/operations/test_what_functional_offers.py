"""Every function of torch.nn.functional is covered by a row of the table, or left out for a reason.

What counts is every public name of the namespace that can be called and is no class: a function that PyTorch adds has to be
listed here, and one that it drops to be listed no more.
"""

import inspect

import pytest
import torch
import torch.nn.functional as F

from symgrad import Exercise, matrix, scalar, total
from symgrad.checking.check import check
from symgrad.operations.row import Elementwise
from symgrad.operations.table import TABLE

OFFERED = sorted(
    name
    for name, offered in vars(F).items()
    if callable(offered)
    and not name.startswith("_")
    and not inspect.isclass(offered)
    and (getattr(offered, "__module__", None) or "").startswith("torch")
)

OTHER_NAMES = {"pad": "embed", "linear": "matmul"}
"""What a row covers under another name; every other name is its row's own."""

LEFT_OUT = {
    "in place: the same function, written over its argument": """
        celu_ elu_ hardtanh_ leaky_relu_ relu_ rrelu_ selu_ threshold_""",
    "random": """
        alpha_dropout dropout dropout1d dropout2d dropout3d feature_alpha_dropout fractional_max_pool2d
        fractional_max_pool2d_with_indices fractional_max_pool3d fractional_max_pool3d_with_indices gumbel_softmax rrelu""",
    "a convolution": "conv1d conv2d conv3d conv_tbc conv_transpose1d conv_transpose2d conv_transpose3d fold unfold",
    "pooling, over windows of more than two axes": """
        adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool1d adaptive_max_pool1d_with_indices
        adaptive_max_pool2d adaptive_max_pool2d_with_indices adaptive_max_pool3d adaptive_max_pool3d_with_indices avg_pool1d
        avg_pool2d avg_pool3d lp_pool1d lp_pool2d lp_pool3d max_pool1d max_pool1d_with_indices max_pool2d
        max_pool2d_with_indices max_pool3d max_pool3d_with_indices max_unpool1d max_unpool2d max_unpool3d""",
    "sampling and rearrangement of images": """
        affine_grid channel_shuffle grid_sample interpolate native_channel_shuffle pixel_shuffle pixel_unshuffle upsample
        upsample_bilinear upsample_nearest""",
    "a normalisation over neighbouring channels, of three axes or more": "local_response_norm",
    "an index as target or argument, which is no symbol": """
        embedding embedding_bag multi_margin_loss multilabel_margin_loss one_hot""",
    "alignments of sequences, summed over by a recursion of its own": "ctc_loss",
    "a few rows written out: products, softmax, cross_entropy": """
        bilinear linear_cross_entropy multi_head_attention_forward scaled_dot_product_attention""",
    "a distance that is a function of the author's own": "triplet_margin_with_distance_loss",
    "distances between all pairs of rows": "pdist",
    "products in formats of eight bits, or of many matrices at once": "grouped_mm scaled_grouped_mm scaled_mm",
    "machinery of PyTorch's, no function of tensors": """
        assert_int_or_pair boolean_dispatch handle_torch_function has_torch_function has_torch_function_unary
        has_torch_function_variadic""",
}
"""Why a name has no row, and the names, separated by blanks."""

REASONS = {name: reason for reason, names in LEFT_OUT.items() for name in names.split()}
COVERED = {name: OTHER_NAMES.get(name, name) for name in OFFERED if name not in REASONS}


def test_every_function_has_a_row_or_a_reason():
    """A function that PyTorch adds has to be given a row, or a reason to have none."""
    assert len(OFFERED) > 100
    assert [name for name, row in COVERED.items() if row not in TABLE] == []


def test_every_listed_name_is_offered():
    """A name that PyTorch has no more is listed no more, none is listed twice, and none that is left out has a row."""
    assert [name for name in (*REASONS, *OTHER_NAMES) if name not in OFFERED] == []
    assert sum(len(names.split()) for names in LEFT_OUT.values()) == len(REASONS)
    assert REASONS.keys() & (TABLE.keys() | OTHER_NAMES.keys()) == set()


@pytest.mark.parametrize(
    "name", [n for n, r in COVERED.items() if isinstance(TABLE[r], Elementwise) and TABLE[r].operands == 1]
)
def test_a_function_of_one_operand_is_its_rows(name):
    """An activation without options agrees with PyTorch's function of that name, value and gradient."""
    x, a = scalar("x"), matrix("a", 2, 3)
    row, function = TABLE[COVERED[name]], getattr(F, name)
    arguments = {"threshold": (0.0, 0.0)}.get(name, ())
    exercise = Exercise(
        name="same",
        loss=x * row(x) + total(row(a)),
        parameters=[x, a],
        domain={"x": (-8, 8), "a": (-8, 8)},
        torch_loss=lambda x, a: x * function(x, *arguments) + function(a, *arguments).sum(),
    )
    result = check(exercise)
    expected = ("fail", "autograd_wrong") if name == "hardsigmoid" else ("pass",)  # its 1/6 is rounded to float32 in backward
    assert (result.verdict, result.reason)[: len(expected)] == expected


def test_padding_and_a_linear_layer_have_other_names():
    """Padding by zeros is the row `embed`, a linear layer a product with the transpose and a sum."""
    a, w, b = matrix("a", 2, 3), matrix("w", 4, 3), matrix("b", 1, 4)
    padded = TABLE["embed"](a, rows=4, columns=6, top=1, left=2)
    layer = TABLE["add"](TABLE["matmul"](a, TABLE["transpose"](w)), b)
    programs = (
        (total(TABLE["sin"](padded)), ["a"], lambda a: torch.sin(F.pad(a, (2, 1, 1, 1))).sum()),
        (total(TABLE["sin"](layer)), ["a", "w", "b"], lambda a, w, b: torch.sin(F.linear(a, w, b[0])).sum()),
    )
    for loss, parameters, program in programs:
        assert check(Exercise(name="other", loss=loss, parameters=parameters, torch_loss=program)).verdict == "pass"
