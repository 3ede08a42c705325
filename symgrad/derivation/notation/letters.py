r"""Letters and names as LaTeX has them: what derivations and answers are typeset with.

>>> latex_name("w1"), latex_name("alpha"), latex_name("learning_rate")
('w_{1}', '\\alpha', '\\mathrm{learning\\_rate}')
"""

from __future__ import annotations

from collections.abc import Mapping

GREEK: Mapping[str, str] = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η", "theta": "θ",
    "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "omicron": "ο", "pi": "π", "rho": "ρ",
    "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ",
    "Omega": "Ω",
}  # fmt: skip
WORDS: Mapping[str, str] = {sign: word for word, sign in GREEK.items()}
ESCAPES = str.maketrans(
    {"_": r"\_", "{": r"\{", "}": r"\}", "$": r"\$", "%": r"\%", "&": r"\&", "#": r"\#", "\\": "", "^": "", "~": ""}
)


def latex_name(name: str) -> str:
    """A name: Greek letters by their commands, digits at the end as an index, several letters upright."""
    stem = name.rstrip("0123456789")
    digits, stem = name[len(stem) :], stem.rstrip("_") or stem
    word = WORDS.get(stem, stem)
    if word in GREEK:
        shown = f"\\{word}" if word != "omicron" else "o"  # LaTeX has no command for it
    else:
        upright = "mathrm" if stem.isascii() else "text"
        shown = escaped(stem) if len(stem) == 1 and stem.isascii() else rf"\{upright}{{{escaped(stem)}}}"
    return f"{shown}_{{{digits}}}" if digits else shown


def escaped(text: str) -> str:
    r"""Text without meaning for LaTeX.

    >>> escaped("a_b$")
    'a\\_b\\$'
    """
    return text.translate(ESCAPES)
