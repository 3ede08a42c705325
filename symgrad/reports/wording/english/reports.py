"""What formats say beside messages: headings, summaries, labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from symgrad.reports.wording.english.phrases import controls, hinted, listed, several, sized
from symgrad.reports.wording.language import Words
from symgrad.reports.wording.values import point_text


def _deviation(
    label: str,
    dtype: str,
    quantity: str,
    share: str | None,
    torch: float,
    truth: str,
    relative: float,
    absolute: float,
    ulps: float,
    point: Mapping[str, Any],
) -> str:
    what = f"{label}, {dtype}, {quantity}" + (f" {share}" if share else "")
    off = f"{relative:.2g} relative, {absolute:.2g} absolute, {ulps:.2g} ulps"
    return f"{what}: PyTorch has {torch:.17g}, true is {truth}, {off}, at {point_text(point)}"


def _survey_summary(operations: int, tested: int, dtypes: Sequence[str], known: int, open: Sequence[str]) -> str:
    looked = f"{operations} operations, {tested} values and derivatives in {listed(dtypes)}"
    return f"{looked}; {known} deviations acknowledged; not acknowledged: {listed(open) or 'none'}"


def _training(exercise: str, training: str, epochs: int, rates: Mapping[str, float], dtype: str) -> str:
    same = len(set(rates.values())) == 1
    rate = f"{next(iter(rates.values())):g}" if same else listed(f"{v:g} for {k}" for k, v in rates.items())
    return f"{exercise}: {training}: {epochs} epochs, rate {rate}, {dtype}"


OF_SURVEYS: Words = {
    "survey_of_pytorch": "Survey of PyTorch",
    "survey_legend": "worst relative error, and the same in units of the last place; ! marks what rounding doesn't explain",
    "survey_with_versions": lambda versions: (
        f"{listed(f'{name} {version}' for name, version in versions.items())}."
        " Worst relative error, and in units of the last place; ! marks what rounding doesn't explain."
    ),
    "survey_column": lambda of: of,
    "survey_no_point": "no point",
    "survey_not_run": "not run",
    "survey_worst": lambda relative, ulps, explained: f"{relative:.1e} {ulps:.2g} ulp{'' if explained else ' !'}",
    "deviations_open": "Deviations that rounding doesn't explain",
    "deviations_acknowledged": "Acknowledged deviations",
    "cancellation": "Cancellation in PyTorch's own formula, in {dtype}: rounding explains it, but most digits are lost",
    "conventions_at_kinks": "Conventions at kinks",
    "operations_not_run": "Not run",
    "deviation": _deviation,
    "share_of_values": "({count} of {of} values)",
    "deviation_acknowledged": "{deviation}; acknowledged: {reason}",
    "operation_not_run": "{label} in {dtype}: {found}",
    "survey_summary": _survey_summary,
}
OF_TRAINING: Words = {
    "training": _training,
    "prediction": lambda trained, point, name, value: (
        f"prediction {'after' if trained else 'before'} training at {point_text(point)}: {name} = {value}"
    ),
    "training_column": lambda of: of,
    "entries_at_most": lambda shape, greatest: f"{sized(shape)}, at most {greatest:.9g}",
    "training_verdict": "{verdict}: {said}",
    "repeat_training": "repeat       {command}",
    "entries_along_the_way": "{entries} entries of gradients compared along the way, {certified} certified",
    "figures_agree": "{agreeing} of {figures} published figures agree with the digits printed",
    "controls": lambda planted, caught, uncatchable: f"controls: {controls(planted, caught, uncatchable)}",
}


def _counted(students: int, answers: int, verdicts: Sequence[str]) -> str:
    told = f": {listed(verdicts)}" if verdicts else ""
    return f"{several(students, 'student')}, {several(answers, 'answer')}{told}"


def _paper(score: float, max_score: float, waiting: int) -> str:
    left = f"; a person will look at {several(waiting, 'answer')}" if waiting else ""
    return f"{score} of {max_score} marks{left}"


def _left_to_a_person(student: str, exercise: str, name: str, note: str | None) -> str:
    return f"student {student}, exercise {exercise}, name {name}{f': {note}' if note else ''}"


def _made_with(seed: int, versions: Mapping[str, str]) -> str:
    return listed([f"Seed {seed}", *(f"{name} {version}" for name, version in versions.items())])


OF_GRADES: Words = {
    # grades
    "grades_no_format": lambda name, names, closest: f"no format '{name}' among {listed(names)}{hinted(closest)}",
    "grades_format_takes_folder": lambda name, others: (
        f"the format '{name}' makes a file for each student, which takes a folder; one text is {listed(others)}"
    ),
    "verdict_correct": "correct",
    "verdict_incorrect": "incorrect",
    "verdict_unreadable": "unreadable",
    "verdict_undecided": "undecided",
    "verdict_missing": "missing",
    "grades_verdict": "{verdict}: {said}",
    "grades_empty": "(empty)",
    # columns of tables
    "grades_column_student": "student",
    "grades_column_exercise": "exercise",
    "grades_column_name": "name",
    "grades_column_verdict": "verdict",
    "grades_column_score": "score",
    "grades_column_message": "message",
    "grades_column_marks": "marks",
    "grades_column_answers": "answers",
    "grades_column_mean": "mean",
    # the lines that say how a course did
    "grades_counted": _counted,
    "grades_of_verdict": "{count} {verdict}",
    "grades_marks": "marks: {score} of {max_score}, {percent:.0f}%",
    "grades_waiting": lambda answers: f"for a person: {several(answers, 'answer')}",
    "grades_with_problems": lambda problems: f"submissions: {several(problems, 'problem')}",
    "grades_more": "and {count} more",
    "grades_more_students": lambda count: f"and {several(count, 'more student')}",
    "grades_more_answers": lambda count: f"and {several(count, 'more answer')}",
    "grades_more_problems": lambda count: f"and {several(count, 'more problem')}",
    # to a student
    "grades_feedback": "Feedback for {student}",
    "grades_own_marks": "Marks: {score} of {max_score}",
    "grades_no_answers": "No answers were handed in.",
    "grades_exercise": "Exercise {exercise}",
    "grades_answer": "Answer {name}: {verdict}, {score} of {max_score}",
    "grades_you_wrote": "You wrote:",
    "grades_comment": "Comment:",
    "grades_person_will_look": "A person will look at this.",
    "grades_paper": _paper,
    # to the teacher
    "grades_title": "Grades",
    "grades_exercises": "Exercises",
    "grades_misconceptions": "Misconceptions",
    "grades_in_exercise": "In exercise {exercise}",
    "grades_frequent": "Frequent wrong answers",
    "grades_for_a_person": "For a person",
    "grades_problems": "Problems of the submissions",
    "grades_share": "{percent:.0f}% ({count})",
    "grades_mistake": lambda answers, percent, tag, example: (
        f"{several(answers, 'answer')}, {percent:.0f}%: {tag}, such as {example}"
    ),
    "grades_repeated": "{count} times {verdict}: {answer} in exercise {exercise}, name {name}",
    "grades_left_to_a_person": _left_to_a_person,
    "grades_problem": "at {place}: {said}",
    "grades_made_with": _made_with,
    # the end of grades
}
WORDS: Words = {**OF_SURVEYS, **OF_TRAINING, **OF_GRADES}
