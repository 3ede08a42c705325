"""What users get wrong, for type checkers alone: every line that ends in `# wrong` is reported, and no other."""

import symgrad
from symgrad import (
    Exercise,
    Settings,
    Training,
    check,
    check_paths,
    differentiate,
    matrix,
    scalar,
    sigmoid,
    step,
    total,
)

w, x = matrix("w", 2, 2), scalar("x")
m = matrix("m", 2)  # wrong
s = scalar("s", positve=True)  # wrong
z = step("z")  # wrong

a = symgrad.sigmod(x)  # wrong
b = symgrad.leaky_relu(x, slope=0.1)  # wrong
c = symgrad.leaky_relu(x, negative_slope="0.1")  # wrong
d = sigmoid(x, w)  # wrong
e = total(w, axis=0.5)  # wrong
f = symgrad.kl_div(w, w, log_target=3)  # wrong
g = symgrad.hadamard(w)  # wrong

exercise = Exercise(name="e", loss=total(w), parameters=[w])
unnamed = Exercise(loss=total(w), parameters=[w])  # wrong
misspelt = Exercise(name="e", lost=total(w), parameters=[w])  # wrong
mistyped = Exercise(name=3, loss=total(w), parameters=[w])  # wrong
training = Training(samples=[], initial={}, learning_rate=0.1)  # wrong

result = check(exercise, seed="1")  # wrong
result = check(exercise, sed=1)  # wrong
result = check(total(w), points=2.5)  # wrong
settings = Settings(seed="1")  # wrong
report = check_paths(["exercises"], seed=1)  # wrong
first = check_paths(["exercises"])[0]  # wrong
print(result.pased)  # wrong
print(result.rows["w"])  # wrong
for gradient in result.gradients:
    print(gradient.worst.autograd)  # wrong
print(symgrad.render(exercise))  # wrong
print(symgrad.render(result, fmt="html"))  # wrong

differentiate(total(w))  # wrong
derivation = differentiate(total(w), [w])
print(derivation.to_latex().decode())  # wrong
print(derivation.gradient)  # wrong

symgrad.testing.assert_check(3)  # wrong
symgrad.testing.assert_gradients_match(total, w, sead=1)  # wrong
symgrad.testing.assert_gradients_match(total, w, order="2")  # wrong
symgrad.testing.assert_answer_correct(exercise, 1, "2x")  # wrong
symgrad.testing.assert_gradient_matches(total, w)  # wrong
