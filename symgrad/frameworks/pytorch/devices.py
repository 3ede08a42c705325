"""Where PyTorch computes, and what it computes matrix products in there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch

from symgrad.basics.errors import UserError
from symgrad.basics.messages import Message, message

PRODUCTS = {"tf32": 2.0**-10, "bf16": 2.0**-8}
"""The relative error of a factor of a matrix product that is rounded on the way in, by format; TF32 may be truncated."""


def usable(name: str) -> torch.device:
    """The device of a name. Raises UserError where PyTorch can't compute on it."""
    try:
        device = torch.device(name)
        torch.zeros(1, device=device).item()
    except (RuntimeError, AssertionError, NotImplementedError, TypeError) as error:
        said = (str(error).splitlines() or [""])[0].split(";")[0].rstrip(". ")
        raise UserError(message("no_device", name=name, said=said, available=available())) from None
    return device


def available() -> list[str]:
    """The devices that PyTorch can compute on here."""
    found = ["cpu", *(f"cuda:{k}" for k in range(torch.cuda.device_count()))]
    return [*found, "mps"] if torch.backends.mps.is_available() else found


def hardware(device: torch.device) -> str | None:
    """The name of a device's hardware, where PyTorch knows one."""
    return str(torch.cuda.get_device_name(device)) if device.type == "cuda" else None


def lost(device: torch.device, dtype: str) -> float:
    """The relative error of a factor of a matrix product that is rounded on the way in; 0 where it isn't."""
    return PRODUCTS.get(products(device, dtype), 0.0)


PROBED = 4096
"""Terms of the product that is looked at to see what a device adds up in."""


def accumulator(device: torch.device, dtype: str) -> str | None:
    """The format that a device's products add up in, where it isn't the usual one: its own, where a probe strays by more.

    Ones and numbers of a few digits are exact in float32; a device that adds partial sums up in a short format rounds them.
    """
    if device.type == "cpu" or dtype not in ("float16", "bfloat16"):
        return None
    generator = torch.Generator().manual_seed(0)
    numbers = torch.randint(1, 8, (16, PROBED), generator=generator).double() / 64
    exact = numbers.sum(1)
    short: torch.dtype = getattr(torch, dtype)
    found = (numbers.to(device, short) @ torch.ones(PROBED, 16, dtype=short, device=device)).to("cpu", torch.float64)
    strays = (found - exact[:, None]).abs() / (exact[:, None] * torch.finfo(short).eps / 2)
    return dtype if bool((strays > 1).any()) else None


def remarks(device: torch.device, dtype: str) -> Iterator[Message]:
    """What a reader should know of a device: that it isn't the CPU, and what it makes of products in float32."""
    factors = products(device, dtype)
    reduced = message("products_reduced", format=factors) if factors in PRODUCTS else None
    if device.type != "cpu":
        exact = message("tf32_off") if dtype == "float32" else None
        yield message("computed_on", device=str(device), hardware=hardware(device), products=reduced or exact)
    elif reduced is not None:
        yield reduced


def products(device: torch.device, dtype: str) -> str:
    """The format that factors of matrix products may be rounded to on a device: their own, ``"tf32"`` or ``"bf16"``."""
    if dtype != "float32":
        return dtype
    if device.type == "cuda" and not hasattr(torch.backends.cuda.matmul, "fp32_precision"):  # before PyTorch 2.9
        return "tf32" if torch.backends.cuda.matmul.allow_tf32 else dtype
    settings: Any = torch.backends.cuda.matmul if device.type == "cuda" else getattr(torch.backends.mkldnn, "matmul", None)
    allowed = str(getattr(settings, "fp32_precision", dtype))
    return allowed if allowed in PRODUCTS else dtype
