"""What PyTorch's namespaces `torch` and `torch.special` offer: how it is found out, which row covers it, what is left out.

Names are written without ``torch.``; those of ``torch.special`` begin with ``special.``.
"""

import inspect
import warnings
from collections.abc import Iterator
from typing import Any

import torch

BACKENDS = (
    *(
        "cudnn",
        "miopen",
        "mkldnn",
        "fbgemm",
        "fused_moving",
        "sparse_",
        "quantize_",
        "quantized_",
        "dequantize",
        "fake_quantize",
    ),
    *("q_", "int_repr"),
)
"""How names begin that are bound to a library, a quantised or a sparse tensor."""
SETTINGS = (
    *("set_", "get_", "is_", "use_", "init_", "autocast_", "clear_", "import_", "parse_", "prepare_", "profiler_", "thread_"),
    *("compile", "fork", "load", "merge_type", "unify_type", "are_deterministic", "typename", "classproperty"),
)
"""How names begin that take no tensors (they aren't called: some would change PyTorch's settings)."""
SHAPES = ((3,), (2, 2), (2, 2, 2), (1, 2, 4, 4), (1, 1, 4, 4, 4))


def _numbers(shape: tuple[int, ...], shift: int) -> torch.Tensor:
    """Distinct values between 0 and 1; a 2×2 matrix is positive definite."""
    if shape == (2, 2):
        return torch.tensor([[0.9, 0.2], [0.2, 0.8]]) + 0.05 * shift
    count = torch.Size(shape).numel()
    return (torch.linspace(0.2, 0.8, count) + 0.01 * shift).reshape(shape)


def _tensor(shape: tuple[int, ...], kind: str, position: int) -> torch.Tensor:
    """A tensor argument: the first one is always of floats that require a gradient."""
    if kind == "float" or position == 0:
        return _numbers(shape, position).requires_grad_()
    if kind == "truth":
        return _numbers(shape, position) > 0.5
    return torch.zeros(shape if kind == "index" else (3,), dtype=torch.long)


def _number(kind: str, whole: int) -> Any:
    match kind:
        case "int":
            return whole
        case "bool":
            return whole == 1
        case "List[int]":
            return ([0], [1, 1], [2, 2])[whole]
        case "str":
            return ("mean", "ij,jk->ik", "i,i->")[whole]
    return (0.5, 0.5, 2.0)[whole]


def _filled(schema: Any, shape: tuple[int, ...], kind: str, whole: int) -> tuple[list[Any], dict[str, Any]] | None:
    """Arguments for a schema; None where it takes something that this procedure doesn't make."""
    given: list[Any] = []
    named: dict[str, Any] = {}
    tensors = 0
    for argument in schema.arguments:
        asked = str(argument.type)
        if argument.has_default_value() and "Tensor" not in asked:
            continue
        if asked == "Tensor":
            value: Any = _tensor(shape, kind, tensors)
            tensors += 1
        elif asked == "List[Tensor]":
            value = [_tensor(shape, "float", 0), _tensor(shape, "float", 1)]
            tensors += 2
        elif asked in ("int", "bool", "number", "float", "str", "List[int]"):
            value = _number(asked, whole)
        elif asked.startswith("Optional"):
            value = _tensor(shape, kind, tensors) if kind == "float" and asked == "Optional[Tensor]" and whole == 2 else None
        else:
            return None
        if argument.kwarg_only:
            named[argument.name] = value
        else:
            given.append(value)
    return given, named


def _attempts(schemas: list[Any]) -> Iterator[tuple[list[Any], dict[str, Any]]]:
    """Arguments to try, by schema; a function without one is given one to four tensors."""
    for schema in schemas:
        if not any(argument.is_out for argument in schema.arguments):
            for shape in SHAPES:
                for kind in ("float", "index", "truth", "short index"):
                    for whole in (1, 0, 2):
                        found = _filled(schema, shape, kind, whole)
                        if found is not None:
                            yield found
    if not schemas:
        for count in (1, 2, 3, 4):
            for shape in SHAPES[:2]:
                yield [_tensor(shape, "float", k) for k in range(count)], {}


def _tensors(value: Any) -> Iterator[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from _tensors(item)


def _says(function: Any, schemas: list[Any]) -> str:
    """``gradient`` where backward() reaches an argument, ``none`` where calls give no gradient, ``not reached`` else."""
    said = "not reached"
    for given, named in _attempts(schemas):
        arguments = list(_tensors([*given, *named.values()]))
        try:
            outputs = list(_tensors(function(*given, **named)))
            said = "none"
            made = [t for t in outputs if t.requires_grad and t.is_floating_point() and all(t is not a for a in arguments)]
            if made:
                sum(t.sum() for t in made).backward()
                if any(a.grad is not None for a in arguments):
                    return "gradient"
        except Exception:  # whatever PyTorch raises for arguments that it doesn't take
            continue
    return said


def offered() -> dict[str, str]:
    """What each public callable that takes tensors says of its gradient."""
    schemas: dict[str, list[Any]] = {}
    for schema in torch._C._jit_get_all_schemas():
        schemas.setdefault(schema.name, []).append(schema)
    found = {}
    with warnings.catch_warnings(), torch.random.fork_rng(devices=[]):
        warnings.simplefilter("ignore")
        for module, prefix, operator in ((torch, "", "aten::"), (torch.special, "special.", "aten::special_")):
            for name in sorted(dir(module)):
                function, own = getattr(module, name), schemas.get(operator + name, [])
                if (
                    name.startswith(("_", *BACKENDS))
                    or name.endswith("_")
                    or not callable(function)
                    or inspect.isclass(function)
                ):
                    continue
                if own and not any("Tensor" in str(a.type) for schema in own for a in schema.arguments):
                    continue
                if own or not name.startswith(SETTINGS):
                    found[prefix + name] = _says(function, own)
    return found


ROWS = {
    "abs": "abs absolute",
    "acos": "acos arccos",
    "acosh": "acosh arccosh",
    "add": "add positive sym_sum",
    "addcdiv": "addcdiv",
    "addcmul": "addcmul",
    "amax": "amax",
    "amin": "amin",
    "asin": "asin arcsin",
    "asinh": "asinh arcsinh",
    "atan": "atan arctan",
    "atan2": "atan2 arctan2",
    "atanh": "atanh arctanh",
    "batch_norm": "batch_norm native_batch_norm",
    "binary_cross_entropy_with_logits": "binary_cross_entropy_with_logits",
    "broadcast": "broadcast_to expand_copy",
    "ceil": "ceil",
    "celu": "celu",
    "choose": "where",
    "clamp": "clamp clip",
    "clamp_max": "clamp_max",
    "clamp_min": "clamp_min",
    "copysign": "copysign",
    "cos": "cos",
    "cosh": "cosh",
    "cosine_embedding_loss": "cosine_embedding_loss",
    "cosine_similarity": "cosine_similarity",
    "cross": "cross",
    "cumprod": "cumprod",
    "cumsum": "cumsum",
    "deg2rad": "deg2rad",
    "determinant": "det",
    "diag": "diag",
    "diagonal": "diagonal",
    "diff": "diff",
    "digamma": "digamma special.digamma special.psi",
    "dist": "dist",
    "divide": "div divide true_divide",
    "dot": "dot vdot",
    "embed": "constant_pad_nd",
    "entr": "special.entr",
    "erf": "erf special.erf",
    "erfc": "erfc special.erfc",
    "erfcx": "special.erfcx",
    "erfinv": "erfinv special.erfinv",
    "exp": "exp",
    "exp2": "exp2 special.exp2",
    "expm1": "expm1 special.expm1",
    "flip": "flip fliplr flipud",
    "floor": "floor",
    "fmax": "fmax",
    "fmin": "fmin",
    "fmod": "fmod",
    "frac": "frac",
    "gammainc": "igamma special.gammainc",
    "gammaincc": "igammac special.gammaincc",
    "gammaln": "lgamma special.gammaln",
    "group_norm": "group_norm native_group_norm",
    "hardshrink": "hardshrink",
    "heaviside": "heaviside",
    "hinge_embedding_loss": "hinge_embedding_loss",
    "hstack": "hstack column_stack",
    "hypot": "hypot",
    "i0": "i0 special.i0",
    "i0e": "special.i0e",
    "i1": "special.i1",
    "i1e": "special.i1e",
    "instance_norm": "instance_norm",
    "inverse": "inverse",
    "kl_div": "kl_div",
    "kron": "kron",
    "layer_norm": "layer_norm native_layer_norm",
    "ldexp": "ldexp",
    "lerp": "lerp",
    "log": "log",
    "log10": "log10",
    "log1p": "log1p special.log1p",
    "log2": "log2",
    "log_ndtr": "special.log_ndtr",
    "log_softmax": "log_softmax special.log_softmax",
    "logaddexp": "logaddexp",
    "logaddexp2": "logaddexp2",
    "logcumsumexp": "logcumsumexp",
    "logdet": "logdet",
    "logit": "logit special.logit",
    "logsumexp": "logsumexp special.logsumexp",
    "margin_ranking_loss": "margin_ranking_loss",
    "matmul": "matmul mm mv chain_matmul",
    "maximum": "maximum max",
    "mean": "mean",
    "minimum": "minimum min",
    "multigammaln": "mvlgamma special.multigammaln",
    "multiply": "mul multiply",
    "ndtr": "special.ndtr",
    "ndtri": "special.ndtri",
    "negative": "neg negative",
    "norm": "norm frobenius_norm",
    "outer": "outer ger",
    "pairwise_distance": "pairwise_distance",
    "poisson_nll_loss": "poisson_nll_loss",
    "polygamma": "polygamma special.polygamma",
    "power": "pow float_power",
    "prelu": "prelu",
    "prod": "prod",
    "rad2deg": "rad2deg",
    "reciprocal": "reciprocal",
    "relu": "relu",
    "remainder": "remainder",
    "rms_norm": "rms_norm",
    "roll": "roll",
    "round": "round special.round",
    "rsqrt": "rsqrt",
    "selu": "selu",
    "sigmoid": "sigmoid special.expit",
    "sign": "sign sgn",
    "sin": "sin",
    "sinc": "sinc special.sinc",
    "sinh": "sinh",
    "softmax": "softmax special.softmax",
    "sqrt": "sqrt",
    "square": "square",
    "std": "std",
    "subtract": "sub subtract rsub",
    "take": "select slice_copy narrow",
    "tan": "tan",
    "tanh": "tanh",
    "threshold": "threshold",
    "total": "sum",
    "trace": "trace",
    "transpose": "t transpose adjoint swapaxes swapdims t_copy transpose_copy",
    "tril": "tril",
    "triplet_margin_loss": "triplet_margin_loss",
    "triu": "triu",
    "trunc": "trunc fix",
    "var": "var",
    "vstack": "vstack row_stack cat concat concatenate",
    "xlog1py": "special.xlog1py",
    "xlogy": "xlogy special.xlogy",
    "zeta": "special.zeta",
}
"""Which names of PyTorch's a row covers, separated by blanks."""

LEFT_OUT = {
    "a few rows written out, as PyTorch composes it": """
        addmm addmv addr addbmm baddbmm bilinear inner matrix_power einsum tensordot trapezoid trapz cumulative_trapezoid
        gradient aminmax std_mean var_mean norm_except_dim renorm vander cov corrcoef""",
    "gives its argument back, or a copy of it": "alias_copy clone view_copy detach_copy",
    "arrangement of entries beyond parts, stacks and zeros around": """
        as_strided as_strided_copy as_strided_scatter atleast_2d atleast_3d block_diag broadcast_tensors cartesian_prod
        channel_shuffle chunk combinations diag_embed diagflat diagonal_copy diagonal_scatter dsplit dstack flatten
        hsplit meshgrid moveaxis movedim narrow_copy permute permute_copy pixel_shuffle pixel_unshuffle ravel
        repeat_interleave reshape rot90 select_copy select_scatter slice_inverse slice_scatter split split_copy
        split_with_sizes split_with_sizes_copy squeeze squeeze_copy stack tensor_split tile unbind unbind_copy unflatten
        unfold_copy unsafe_chunk unsafe_split unsafe_split_with_sizes unsqueeze unsqueeze_copy vsplit""",
    "entries chosen by indices or a mask that are data": """
        embedding embedding_bag fill gather index_add index_copy index_fill index_put index_reduce index_select masked_fill
        masked_scatter masked_select put scatter scatter_add scatter_reduce segment_reduce take take_along_dim
        unravel_index""",
    "entries chosen by their order": """
        cummax cummin kthvalue median mode msort nanmedian nanquantile quantile sort topk""",
    "linear algebra beyond the table": """
        cholesky cholesky_inverse cholesky_solve eig geqrf lobpcg lstsq lu lu_solve lu_unpack matrix_exp matrix_rank
        nuclear_norm orgqr ormqr pca_lowrank pinverse qr slogdet solve svd svd_lowrank symeig triangular_solve""",
    "distances between all pairs of rows": "cdist pdist",
    "more than two axes": "bmm",
    "random": """
        alpha_dropout bernoulli binomial dropout feature_alpha_dropout feature_dropout multinomial native_dropout normal
        poisson rrelu""",
    "complex numbers": """
        angle complex conj conj_physical imag polar real resolve_conj resolve_neg view_as_complex view_as_complex_copy
        view_as_real view_as_real_copy""",
    "convolution, pooling and sampling of grids": """
        adaptive_avg_pool1d adaptive_max_pool1d affine_grid_generator avg_pool1d conv1d conv2d conv3d conv_tbc
        conv_transpose1d conv_transpose2d conv_transpose3d convolution grid_sampler grid_sampler_2d grid_sampler_3d
        max_pool1d max_pool1d_with_indices max_pool2d max_pool3d native_channel_shuffle""",
    "recurrent cells": "gru gru_cell lstm lstm_cell rnn_relu rnn_relu_cell rnn_tanh rnn_tanh_cell",
    "spectral": "istft stft",
    "alignments": "ctc_loss",
    "different only where there are nans and infinities": "nan_to_num nanmean nansum",
    "the derivative of one output of two, the other being whole": "frexp",
    "no derivative in PyTorch": """
        floor_divide histc histogram histogramdd special.airy_ai special.bessel_j0 special.bessel_j1
        special.bessel_y0 special.bessel_y1 special.chebyshev_polynomial_t special.chebyshev_polynomial_u
        special.chebyshev_polynomial_v special.chebyshev_polynomial_w special.hermite_polynomial_h
        special.hermite_polynomial_he special.laguerre_polynomial_l special.legendre_polynomial_p
        special.modified_bessel_i0 special.modified_bessel_i1 special.modified_bessel_k0 special.modified_bessel_k1
        special.scaled_modified_bessel_k0 special.scaled_modified_bessel_k1 special.shifted_chebyshev_polynomial_t
        special.shifted_chebyshev_polynomial_u special.shifted_chebyshev_polynomial_v
        special.shifted_chebyshev_polynomial_w special.spherical_bessel_j0""",
    "a derivative that PyTorch gives as 0, of a function between neighbouring floats": "nextafter",
    "of whole numbers": """
        bincount bitwise_and bitwise_left_shift bitwise_not bitwise_or bitwise_right_shift bitwise_xor gcd lcm is_nonzero""",
    "sparse or quantised tensors": """
        ccol_indices_copy col_indices_copy crow_indices_copy dsmm empty_quantized hsmm hspmm indices_copy row_indices_copy
        saddmm smm spmm sspaddmm values_copy choose_qparams_optimized""",
    "internal to other functions of PyTorch's": """
        batch_norm_backward_elemt batch_norm_backward_reduce batch_norm_elemt batch_norm_gather_stats
        batch_norm_gather_stats_with_counts batch_norm_stats batch_norm_update_stats native_norm""",
    "numbers of a traced program, control flow, memory of others": """
        cond from_dlpack from_numpy frombuffer sym_float sym_fresh_size sym_int sym_ite sym_max sym_min sym_not sym_sqrt
        vmap while_loop""",
}
"""Why a name has no row, and the names, separated by blanks."""

NO_DERIVATIVE = "no derivative in PyTorch"
