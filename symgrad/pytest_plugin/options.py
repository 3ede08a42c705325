"""What a session asks for: options of the command line and ini settings in, `Asked` out; imports nothing heavy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
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
WHOLE: Mapping[str, int] = {"points": 0, "seed": 0, "order": 1}
"""Settings that are whole numbers, with the least."""
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
        raise _found("symgrad_inconclusive", inconclusive, INCONCLUSIVE)
    asked = Asked(collects, given, _dtypes(config), inconclusive == "skip")
    if len(given) > 1:
        from symgrad.checking.results.settings import Settings

        _accepted(", ".join(f"--symgrad-{name}" for name in given), lambda: Settings(**given))
    return asked


def _setting(name: str, text: str, label: str) -> Any:
    """The value of one setting."""
    from symgrad.basics.messages import message
    from symgrad.checking.results.settings import Settings

    value: Any = text
    if name in WHOLE:
        least = WHOLE[name]
        if not (text.isascii() and text.isdigit()) or int(text) < least:
            accepted = message("one_or_two") if name == "order" else message("a_whole_number", least=least)
            raise pytest.UsageError(str(message("option_found", label=label, value=text, accepted=accepted)))
        value = int(text)
    _accepted(label, lambda: Settings(**{name: value}))
    return value


def _accepted(label: str, make: Callable[[], Any]) -> None:
    """Raises UsageError, naming the option, where something can't be made of its value."""
    from symgrad.basics.errors import UserError
    from symgrad.basics.messages import message

    try:
        make()
    except UserError as error:
        raise pytest.UsageError(str(message("option_refused", label=label, found=error.found))) from None


def _found(label: str, value: str, accepted: Sequence[str], closest: str | None = None) -> pytest.UsageError:
    """That an option has a value which isn't one of those that it takes."""
    from symgrad.basics.messages import message

    names = message("names", names=accepted)
    return pytest.UsageError(str(message("option_found", label=label, value=value, accepted=names, closest=closest)))


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
    from symgrad.basics.errors import closest
    from symgrad.basics.format_names import FORMAT_NAMES

    for name in names:
        if name not in FORMAT_NAMES:
            raise _found(label, name, FORMAT_NAMES, closest(name, FORMAT_NAMES))
