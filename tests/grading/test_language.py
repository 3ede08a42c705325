"""The language of answers: every ruling has a case, and what is read is printed so that it reads the same again."""

import pytest
from corpora import corpus, judges

from symgrad.basics.errors import StudentError
from symgrad.grading.equality.contents import read_content
from symgrad.grading.language.grammar import read_text
from symgrad.grading.language.vocabulary import Vocabulary, vocabulary
from symgrad.grading.language.writing import as_latex, as_text

WORDS = Vocabulary(
    shapes={
        **dict.fromkeys(("w", "x", "y", "w1", "theta", "lam", "a", "ab", "b"), (1, 1)),
        "A": (3, 3), "B": (3, 3), "u": (3, 1), "v": (3, 1), "r": (1, 3), "M": (2, 3), "s": (1, 1),
    },
    steps={"z": (1, 1), "z2": (3, 1)},
    matrices=frozenset({"A", "B", "u", "v", "r", "M", "s", "z2"}),
)  # fmt: skip


def read(text):
    return as_text(read_text(text, WORDS))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("w^2", "w^2"), ("w**2", "w^2"), ("w²", "w^2"), ("w³", "w^3"), ("w⁻¹", "w^(−1)"), ("w^-1", "w^(−1)"),
        ("2x", "2·x"), ("2x1", None), ("wx", "w·x"), ("2w1", "2·w1"), ("x(y−1)", "x·(y − 1)"), ("(x)(y)", "x·y"),
        ("σ(z)", "σ(z)"), ("sigmoid(z)", "σ(z)"), ("sigma(z)", "σ(z)"), ("σ'(z)", "σ'(z)"), ("tanh′(z)", "tanh'(z)"),
        ("σ’(z)", "σ'(z)"), ("tanh²(z)", "tanh(z)^2"), ("tanh^2(z)", "tanh(z)^2"), ("sin x", "sin(x)"), ("√x", "√(x)"),
        ("√(x+1)", "√(x + 1)"), ("½x", "½·x"), ("θ", "theta"), ("theta", "theta"), ("λ x", "lam·x"), ("lambda", "lam"),
        ("w_1", "w1"), ("w₁", "w1"), ("z_2", "z2"), ("w·x", "w·x"), ("w×x", "w·x"), ("w*x", "w·x"), ("w@x", "w·x"), ("w−x", "w − x"),
        ("A B", "A B"), ("A*B", "A B"), ("A@B", "A B"), ("A·B", "A B"), ("A ∘ B", "A ∘ B"), ("A ⊙ B", "A ∘ B"), ("A .* B", "A ∘ B"),
        ("Aᵀ", "Aᵀ"), ("A'", "Aᵀ"), ("A.T", "Aᵀ"), ("A^T", "Aᵀ"), ("A^{T}", "Aᵀ"), ("A^⊤", "Aᵀ"), ("transpose(A)", "Aᵀ"), ("A’", "Aᵀ"),
        ("(A B)'", "(A B)ᵀ"), ("u[2]", "u[2,1]"), ("r[2]", "r[1,2]"), ("A[1,2]", "A[1,2]"), ("|x|", "abs(x)"), ("[x+1]·2", "(x + 1)·2"),
        ("{x + [y − (w)]}", "x + (y − w)"), ("e^x", "e^x"), ("pi", "π"), ("ln(x)", "ln(x)"), ("log(x)", "ln(x)"),
        ("-x^2", "−x^2"), ("2*-x", "2·(−x)"), ("2^3^2", "2^(3^2)"), ("w/x/y", "(w/x)/y"), ("w/x*y", "(w/x)·y"), ("--x", "x"), ("+x", "x"),
        ("s u", "s·u"), ("u'v", "uᵀ v"), ("u' v s", "uᵀ v·s"), ("2 + u", "2 + u"), ("u^2", "u^2"), ("M^2", "M^2"), ("u/v", "u/v"),
        ("1/(1+exp(-u))", "1/(1 + exp(−u))"), ("A∘^2", "A∘^2"), ("A.^2", "A∘^2"), ("A^{∘2}", None), ("A^∘2", "A∘^2"), ("A∘²", "A∘^2"),
        ("A^-1", "inv(A)"), ("A⁻¹", "inv(A)"), ("dz2", "dL/dz2"), ("dL/dz2", "dL/dz2"), ("∂L/∂z2", "dL/dz2"), ("dL/d(z2)", "dL/dz2"), ("dz2 r", "dL/dz2 r"),
        ("[[1, 2], [3, 4]]", "[[1, 2], [3, 4]]"), ("[1, 2]", "[[1], [2]]"), ("[[1, 2]]", "[[1, 2]]"), ("[1, 2; 3, 4]", "[[1, 2], [3, 4]]"),
        ("[z > 0]", "[z > 0]"), ("(z > 0)", "[z > 0]"), ("1[z ≥ 0]", "1·[z >= 0]"), ("sum(A, axis=1)", "sum(A, axis=1)"), ("Σ(A)", "sum(A)"), ("Σ₁(A)", "sum(A, axis=1)"),
        ("max(z, 0)", "maximum(z, 0)"), ("2.50x", "2.50·x"), ("1e-3", "1e-3"), (".5", ".5"), ("2 x y", "2·x·y"), ("ones(2, 3)", "ones(2, 3)"), ("eye(3)", "eye(3)"),
        ("u^TAu", "uᵀ A u"), ("A.Tu", "Aᵀ u"), ("ln|x|", "ln(abs(x))"), ("sin^{2}(x)", "sin(x)^2"), ("[u = v]", "[u == v]"), ("2 A ∘ B", "2·A ∘ B"),
        ("√x*y", "√(x)·y"), ("x ^ 2 y", "x^2·y"), ("dot(u, v)", "sum(u ∘ v)"), ("outer(u, v)", "u vᵀ"), ("sech(x)", "1/cosh(x)"), ("ab", "ab"), ("wab", None),
    ],
)  # fmt: skip
def test_what_is_written_is_read(written, meant):
    """Notation by notation; a row without a reading is one that is refused."""
    if meant is None:
        with pytest.raises(StudentError):
            read(written)
    else:
        assert read(written) == meant


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("1/2x", "this is read in two ways, (1/2)*x and 1/(2*x); put parentheses around what is meant"),
        ("A B ∘ A", "∘ beside a matrix product is read in two ways, (A B) ∘ A and A (B ∘ A); put parentheses around what is meant"),
        ("A ∘ B A", "∘ beside a matrix product is read in two ways, (A ∘ B) A and A ∘ (B A); put parentheses around what is meant"),
        ("A^2", "a power of a square matrix (3×3) is read in two ways; write ∘^2 for the power of each entry, A A for the matrix power"),
        ("A ∘ 2 B", "∘ beside a matrix product is read in two ways, (A ∘ 2) B and A ∘ (2 B); put parentheses around what is meant"),
        ("u^2ᵀ", "a transpose right after a number isn't read; put what it transposes in parentheses"),
        ("dz2/dz", "a derivative such as dz2/d… isn't read, but for dL/dz, the adjoint of a step; write it out, as σ'(z)"),
        ("dL/dz2/dz", "a derivative such as dL/dz2/d… isn't read, but for dL/dz, the adjoint of a step; write it out, as σ'(z)"),
        ("∂z2/∂z", "`∂` is read in ∂L/∂z, the adjoint of a step; write other derivatives out, as σ'(z)"),
        ("ln x*y", "how far `ln` reaches is read in two ways; put its operand in parentheses, ln(…)"),
        ("2^A", "a square matrix as an exponent (3×3) is read in two ways; write exp(…) for each entry"),
        ("e^2x", "how far the exponent reaches is read in two ways; put it in parentheses"),
        ("e^xy", "how far the exponent reaches is read in two ways; put it in parentheses"),
        ("2^-wx", "how far the exponent reaches is read in two ways; put it in parentheses"),
        ("sin 2x", "how far `sin` reaches is read in two ways; put its operand in parentheses, sin(…)"),
        ("√2x", "how far `√` reaches is read in two ways; put its operand in parentheses, √(…)"),
        ("|x|y|w|", "which bars belong together is read in two ways; write abs(…), or the `*` between"),
        ("sin^-1(x)", "`sin` to the power -1 is read in two ways; write 1/sin(…), or the name of the inverse function"),
        ("|u|", "bars around a matrix are read in several ways; write abs(…) entry by entry, norm(…) or det(…)"),
        ("||u||", "double bars aren't read; write norm(x), or sum(x∘x) for its square"),
        ("z'", "a prime after a scalar isn't read; it transposes a matrix, or differentiates a function as in σ'(z)"),
        ("σ''(z)", "second derivatives of functions aren't read; write them out"),
        ("x2", "`x2` isn't in this exercise; write `2*x` for a product, `x^2` for a power"),
        ("u2", "`u2` isn't in this exercise; write `2*u` for a product, `u^2` for a power or `u[2]` for an entry"),
        ("w3", "`w3` isn't in this exercise; did you mean `w1`?"),
        ("thta", "`thta` isn't in this exercise; did you mean `theta`?"),
        ("х", "`х` here is a Cyrillic letter"),
        ("ｘ", "`ｘ` is another form of `x`; write `x`"),
        ("w\u200bx", "an invisible character stands here (U+200B); delete it"),
        ("w\x00x", "a control character stands here (U+0000); delete it"),
        (r"\frac{x}{2}", "this looks like LaTeX, which isn't read; write it as σ(z1), (a + b)/c, x^2, dz2 y1ᵀ"),
        ("0,5", "a comma isn't read here; decimals are written with a point, 0.5, and lists in square brackets, [a, b]"),
        ("A + u", "3×3 plus 3×1 doesn't go together entry by entry"),
        ("u * v", "3×1 times 3×1 isn't a matrix product; write ∘ (or .*) for entry by entry"),
        ("M u r'", "2×1 times 3×1 isn't a matrix product; is a transpose missing?"),
        ("u[4]", "there is no entry [4] in 3×1; entries count from 1"),
        ("A[1]", "3×3 has two indices, row and column, found 1"),
        ("A[i,j]", "an index is made of whole numbers, counted from 1: w[2] or w[1,2]"),
        ("[[1, 2], [3]]", "the rows of the matrix have different lengths"),
        ("(x", "`(` is not closed"),
        ("x)", "`)` closes nothing"),
        ("(x]", "`(` is closed by `]`"),
        ("x +", "after `+` an operand is missing"),
        ("* x", "`*` has no operand before it"),
        ("x + * y", "between `+` and `*` an operand is missing"),
        ("()", "the brackets are empty"),
        ("2 3", "a number follows an operand; write the sign that stands between them (`*`, `^`, `+`)"),
        ("x\ny", "a second line begins here; one expression is read"),
        ("exp(x, y)", "exp takes one operand, found 2"),
        ("sum(A, dim=1)", "sum has no option `dim`; it has axis"),
        ("softmax(A)", "softmax: axis may be left out for a row or a column, found 3×3; give axis=0 or axis=1"),
        ("ones(1000, 1000)", "1000×1000 has more than 100000 entries"),
        ("x.dot(y)", "`.dot` isn't read; products are written with `*`, transposes with .T or ᵀ, functions as exp(z)"),
        ("1e999999999", "a number far outside of what computers hold"),
        ("9" * 70, "a number with 70 digits; at most 60 are read"),
        ("(" * 70, "more than 60 brackets within each other"),
        ("x+" * 11_000, "the answer has 22000 characters; at most 20000 are read"),
        ("-" * 7_000 + "x", "the answer has more than 6000 parts"),
        ("*".join("x" * 300), "a product of more than 250 factors"),
        ("^".join("x" * 20), "a tower of more than 12 powers"),
        ("dw", "`dw` is a gradient; an answer may use the adjoints of steps alone (dz, dz2)"),
        ("dL/dw", "`dL/dw` is a gradient; an answer may use the adjoints of steps alone; there are dL/dz, dL/dz2"),
        ("dL/dq", "`q` is no step of this exercise; there are dL/dz, dL/dz2"),
    ],
)  # fmt: skip
def test_what_is_refused_says_why(written, message):
    """Every message, literally."""
    with pytest.raises(StudentError) as caught:
        read(written)
    assert str(caught.value.found) == message


def test_the_caret_stands_under_what_the_message_speaks_of():
    """A message shows the student's own text with a caret, and of a long one the part around it."""
    with pytest.raises(StudentError) as caught:
        read("w*(x + q3)")
    assert str(caught.value).splitlines()[1:] == ["    w*(x + q3)", "           ^^"]
    with pytest.raises(StudentError) as caught:
        read("+".join(["w*x"] * 40) + "+q3+" + "+".join(["w*x"] * 40))
    shown, carets = str(caught.value).splitlines()[1:]
    assert shown[carets.index("^") :].startswith("q3")
    assert shown.strip().startswith("…")
    assert shown.endswith("…")


def test_two_splits_are_asked_back():
    """A run of letters that falls into names in two ways is no guess of ours."""
    words = Vocabulary(dict.fromkeys(("a", "b", "ab", "c"), (1, 1)), {})
    with pytest.raises(StudentError, match=r"`abc` can be read in two ways, `ab\*c` or `a\*b\*c`; write the `\*`"):
        read_text("abc", words)
    assert as_text(read_text("ab", words)) == "ab"


def test_a_name_may_shadow_a_constant_or_a_function():
    """The names of the exercise come first; where both would be possible, it is asked back."""
    words = Vocabulary(dict.fromkeys(("e", "t", "sum", "σ"), (1, 1)), {})
    assert read_text("e", words).head == "name"
    assert as_text(read_text("e^t", words)) == "e^t"
    with pytest.raises(StudentError, match=r"`sum` is a name of this exercise and a function"):
        read_text("sum(t)", words)


def test_a_left_side_names_the_answer():
    """One `=` after what is asked; another left side is told."""
    judge = judges()["sigmoid_network"]
    assert judge.judge("w2", "dL/dw2 = dz2 y1'").verdict == "correct"
    assert judge.judge("w2", "∂L/∂w_2 = dz2 y1'").verdict == "correct"
    assert judge.judge("dz2", "dz2 = (y2 - y) ∘ σ'(z2)").verdict == "correct"
    assert judge.judge("w2[1,2]", "dL/dw2[1,2] = dz2[1] y1[2]").verdict == "correct"
    assert judge.judge("w2", "dL/dw1 = dz2 y1'").message.startswith(
        "the left side names dL/dw1, but this is handed in for dL/dw2"
    )
    assert judge.judge("w2", "dw2 = dz2 y1' = 0").message.startswith("a second `=`")


def test_what_is_read_is_printed_so_that_it_reads_the_same():
    """Of both corpora: read, print, read again, and the terms are equal; LaTeX has balanced braces."""
    count = 0
    for name in ("right", "wrong"):
        for case in corpus(name):
            key = judges()[case["exercise"]].key
            term = read_content(case["answer"], key)
            again = read_text(as_text(term), key.vocabulary)
            assert again == term, case["answer"]
            latex = as_latex(term)
            assert latex.count("{") == latex.count("}")
            count += 1
    assert count > 2000


def test_the_derivation_of_every_exercise_reads_as_its_own_answer():
    """What `derive` prints of a small exercise is an answer that the grader takes."""
    judge = judges()["tanh_network"]
    for name, text in {"dz2": "(z2 − y)/4", "W2": "dz2 hᵀ", "dh": "W2ᵀ dz2", "dz1": "dh ∘ (1 − h²)", "b1": "Σ₁(dz1)"}.items():
        assert judge.judge(name, text).verdict == "correct", text
    assert vocabulary(judge.key.exercise).steps == {"z1": (3, 4), "h": (3, 4), "z2": (2, 4)}
