"""Characters: what a sign stands for, which are spelled otherwise, and which only look like a letter of the exercise."""

from __future__ import annotations

import re
import unicodedata

from symgrad.basics.errors import StudentError
from symgrad.basics.messages import Message, message

SHORT_GREEK = {"lam": "λ", "eps": "ε", "sig": "σ"}
"""Names that code uses for letters whose own name is taken or long; the letter means them, and so does its full name."""

SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True))
SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+", strict=True))
FRACTIONS = {"½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅙": (1, 6), "⅛": (1, 8)}

SAME = str.maketrans(
    {
        **dict.fromkeys("−–‒﹣‐‑➖", "-"),
        **dict.fromkeys("·⋅∙•×⋆∗✕⨯・", "*"),
        **dict.fromkeys("÷∕⁄", "/"),
        **dict.fromkeys("’′ʹ‘ʼ", "'"),
        **dict.fromkeys("⊙⊚", "∘"),
        **{"∑": "Σ", "∏": "Π", "µ": "μ", "ϵ": "ε", "ϕ": "φ", "ϑ": "θ", "ϱ": "ρ", "𝜕": "∂", "𝟙": "1", "Ω": "Ω"},
        **{"⟨": "(", "⟩": ")", "❨": "(", "❩": ")", "＋": "+", "ᵗ": "ᵀ", "⊤": "ᵀ", "│": "|", "∣": "|"},
        **SUBSCRIPTS,
    }
)
"""Signs that mean the same, one character for one, so that places in the text stay what they are."""

INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb]"
)
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffd]")
LATEX = re.compile(r"\\[A-Za-z(\[{]|\$|_\s*\{")
TELLTALE = re.compile("[^\x20-\x7e]")


def checked(text: str) -> None:
    """Raises StudentError for characters that can't be seen, and for LaTeX."""
    odd = TELLTALE.search(text)
    if odd is not None:
        for pattern, code in ((INVISIBLE, "invisible_character"), (CONTROL, "control_character")):
            found = pattern.search(text, odd.start())
            if found is not None:
                raise StudentError(Message(code, {"number": ord(found.group())}), found.start(), found.end())
    found = LATEX.search(text)
    if found is not None:
        raise StudentError(message("looks_like_latex"), found.start(), found.end())


def lookalike(text: str, known: frozenset[str]) -> tuple[int, Message] | None:
    """The first character of a name that is no letter of its own here, and what to say of it; None where there is none.

    `known` are the characters of the names that would be read.
    """
    for place, character in enumerate(text):
        if character.isascii() or character in known:
            continue
        plain = unicodedata.normalize("NFKC", character)
        if plain != character:
            return place, message("another_form", character=character, plain=plain)
        script = unicodedata.name(character, "UNKNOWN").split(" ")[0]
        if script not in ("GREEK", "LATIN", "UNKNOWN") or unicodedata.name(character, "") in LIKE_LATIN:
            return place, message("letter_of_script", character=character, script=script.title())
    return None


LIKE_LATIN = frozenset(
    f"GREEK {size} LETTER {name}"
    for size, names in (
        (
            "CAPITAL",
            ("ALPHA", "BETA", "EPSILON", "ZETA", "ETA", "IOTA", "KAPPA", "MU", "NU", "OMICRON", "RHO", "TAU", "UPSILON", "CHI"),
        ),
        ("SMALL", ("OMICRON", "NU", "IOTA", "KAPPA", "UPSILON", "CHI", "GAMMA", "RHO")),
    )
    for name in names
)
"""Greek letters that may have been taken for Latin ones."""
