"""What SymPy refuses of matrices, in an author's words: which operands, of which shapes, and what takes them instead.

An error out of an author's file comes in, a message goes out. SymPy's own words name no operand; its frames still hold them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import pairwise
from types import FrameType, TracebackType
from typing import Any

import sympy
from sympy.matrices.exceptions import NonSquareMatrixError, ShapeError

from symgrad.basics.messages import Message, message
from symgrad.operations.sympy_nodes import is_matrix

SYMPY = os.path.dirname(str(sympy.__file__)) + os.sep
COMPARING = frozenset(("__lt__", "__le__", "__gt__", "__ge__"))
LONGEST = 40
"""Characters of an operand that a message shows."""


def refusal(error: BaseException) -> Message | None:
    """What is wrong with operands of a sum, a product, a power or the like; None where the error isn't SymPy's of shapes."""
    frames = list(_frames(error.__traceback__))
    if isinstance(error, NonSquareMatrixError):
        return next(
            (message("no_square", operand=_operand(m)) for m in _matrices(frames[::-1]) if m.shape[0] != m.shape[1]), None
        )
    made, operands = next(((frame, list(frame.f_locals["args"])) for frame in frames if "args" in frame.f_locals), (None, []))
    if made is None or not any(map(is_matrix, operands)) or not isinstance(error, (ShapeError, TypeError)):
        return None
    heads = {frame.f_locals.get("cls") for frame in frames}
    if isinstance(error, TypeError) or heads & {sympy.MatAdd, sympy.HadamardProduct}:
        entrywise = sympy.HadamardProduct in heads
        return message("not_of_one_shape", operands=[_operand(o) for o in operands], entrywise=entrywise)
    factors = [o for o in operands if is_matrix(o)]
    pairs = pairwise(factors)
    return next((message("no_product_of", operands=[_operand(a), _operand(b)]) for a, b in pairs if _apart(a, b)), None)


def way_out(error: BaseException) -> Message | None:
    """What works on matrices in place of what SymPy raised over; None where it wasn't over a matrix."""
    frames = list(_frames(error.__traceback__))
    matrices = list(_matrices(frames))
    if not frames or not matrices:
        return None
    if isinstance(error, IndexError):
        return message("entries_counted", operand=_operand(matrices[0]))
    if isinstance(error, (ShapeError, NonSquareMatrixError, NotImplementedError)):
        return message("between_matrices")
    compares = any(frame.f_code.co_name in COMPARING for frame in frames)
    if compares or {sympy.Max, sympy.Min} & {frame.f_locals.get("cls") for frame in frames}:
        return message("comparing_matrices")
    return message("between_matrices") if isinstance(error, TypeError) else None


def _frames(trace: TracebackType | None) -> Iterator[FrameType]:
    """Frames of SymPy's that an error came through, the innermost first; none where it was raised elsewhere."""
    every = []
    while trace is not None:
        every.append(trace.tb_frame)
        trace = trace.tb_next
    for frame in reversed(every):
        if not frame.f_code.co_filename.startswith(SYMPY):
            return
        yield frame


def _matrices(frames: list[FrameType]) -> Iterator[Any]:
    """Matrices among what frames hold, from the last frame to the first."""
    for frame in reversed(frames):
        for value in frame.f_locals.values():
            for each in value if isinstance(value, (tuple, list)) else [value]:
                if is_matrix(each) and not isinstance(each, type):
                    yield each


def _apart(left: Any, right: Any) -> bool:
    return bool(left.shape[1] != right.shape[0])


def _operand(operand: Any) -> Message:
    """An operand with its shape; None of a scalar."""
    text = str(operand)
    text = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    shape = [str(length) for length in operand.shape] if is_matrix(operand) else None
    return message("operand_of_shape", text=" ".join(text.split()), shape=shape)
