"""What a session asks for: options of the command line and ini settings in, `Asked` out; imports nothing heavy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

SETTINGS: Mapping[str, tuple[str, str]] = {
    "points": ("N", "points to sample; each exercise says how many, 16 unless it does"),
    "seed": ("N", "seed of sampled points"),
    "via": ("WAY", "PyTorch's way to the gradient: backward, unless said"),
    "device": ("DEVICE", "where PyTorch computes: cpu, unless said"),
    "order": ("N", "2 checks second derivatives, too"),
}
"""Settings that have one value, by name; each is ``--symgrad-name`` and ``symgrad_name``."""
WHOLE: Mapping[str, tuple[int, str]] = {
    "points": (0, "a whole number, 0 or more"),
    "seed": (0, "a whole number, 0 or more"),
    "order": (1, "1, or 2 for second derivatives too"),
}
"""Settings that are whole numbers: the least, and what is accepted in words."""
INCONCLUSIVE = ("fail", "skip")


@dataclass(frozen=True)
class Asked:
    """Whether exercises are collected, the settings that are given, the formats, and what becomes of an open question."""

    collects: bool
    given: Mapping[str, Any]
    dtypes: tuple[str, ...]
    skips: bool

    def words(self, dtype: str) -> list[str]:
        """The options that ask for these settings in one format."""
        words = [word for name, value in self.given.items() for word in (f"--symgrad-{name}", str(value))]
        return words if self.dtypes == ("float64",) else [*words, "--symgrad-dtype", dtype]


ASKED = pytest.StashKey[Asked]()


def add(parser: pytest.Parser) -> None:
    """Adds all options and ini settings."""
    group = parser.getgroup("symgrad", "gradients, checked by symgrad")
    group.addoption("--symgrad", action="store_true", default=False, help="collect symgrad's exercises as tests")
    parser.addini("symgrad", "collect symgrad's exercises as tests (as --symgrad)", type="bool", default=False)
    for name, (metavar, text) in SETTINGS.items():
        group.addoption(f"--symgrad-{name}", metavar=metavar, default=None, help=text)
        parser.addini(f"symgrad_{name}", f"{text} (as --symgrad-{name})", default=None)
    text = "format that PyTorch runs in, float64 unless said; several (repeated, or with commas) run every test in each"
    group.addoption("--symgrad-dtype", metavar="D", action="append", default=None, help=text)
    parser.addini("symgrad_dtype", f"{text} (as --symgrad-dtype)", type="args", default=[])
    parser.addini("symgrad_files", "globs for files with exercises (*.py)", type="args", default=["*.py"])
    parser.addini(
        "symgrad_exercises", "files and folders whose exercises the fixture `exercise` gives", type="args", default=[]
    )
    parser.addini("symgrad_inconclusive", "what an exercise that can't be decided does: fail, or skip", default="fail")


def read(config: pytest.Config) -> Asked:
    """What is asked for; the command line wins. Raises UsageError for a value that isn't accepted."""
    collects = bool(config.getoption("symgrad") or config.getini("symgrad"))
    given = {}
    for name in SETTINGS:
        option, ini = config.getoption(f"symgrad_{name}"), config.getini(f"symgrad_{name}")
        if option is not None or ini:
            label, value = (f"--symgrad-{name}", option) if option is not None else (f"symgrad_{name}", ini)
            given[name] = _setting(name, str(value).strip(), label)
    if collects and "device" in given:
        from symgrad.frameworks.pytorch.devices import (
            usable,  # the one import of torch before collection: a device is asked for
        )

        _accepted("--symgrad-device", lambda: usable(given["device"]))
    inconclusive = config.getini("symgrad_inconclusive")
    if inconclusive not in INCONCLUSIVE:
        raise pytest.UsageError(f"symgrad_inconclusive: found '{inconclusive}'; accepted: {', '.join(INCONCLUSIVE)}")
    asked = Asked(collects, given, _dtypes(config), inconclusive == "skip")
    if len(given) > 1:
        from symgrad.checking.results.settings import Settings

        _accepted(", ".join(f"--symgrad-{name}" for name in given), lambda: Settings(**given))
    return asked


def _setting(name: str, text: str, label: str) -> Any:
    """The value of one setting."""
    from symgrad.checking.results.settings import Settings

    value: Any = text
    if name in WHOLE:
        least, accepted = WHOLE[name]
        if not (text.isascii() and text.isdigit()) or int(text) < least:
            raise pytest.UsageError(f"{label}: found '{text}'; accepted: {accepted}")
        value = int(text)
    _accepted(label, lambda: Settings(**{name: value}))
    return value


def _accepted(label: str, make: Callable[[], Any]) -> None:
    """Raises UsageError, naming the option, where something can't be made of its value."""
    from symgrad.basics.errors import UserError

    try:
        make()
    except UserError as error:
        raise pytest.UsageError(f"{label}: {error}") from None


def _dtypes(config: pytest.Config) -> tuple[str, ...]:
    """The formats, each once."""
    option = config.getoption("symgrad_dtype")
    label, listed = ("--symgrad-dtype", option) if option is not None else ("symgrad_dtype", config.getini("symgrad_dtype"))
    names = [name.strip() for each in listed for name in each.split(",")]
    if option is not None or names:
        _known(names, label)
    return tuple(dict.fromkeys(name for name in names if name)) or ("float64",)


def _known(names: Iterable[str], label: str) -> None:
    """Raises UsageError for a format that doesn't exist."""
    from symgrad.basics.errors import nearest
    from symgrad.basics.float_formats import PRECISIONS

    for name in names:
        if name not in PRECISIONS:
            hint = nearest(name, PRECISIONS)
            raise pytest.UsageError(f"{label}: found '{name}'{hint}; accepted: {', '.join(PRECISIONS)}")
