"""What is said of answers, of submissions and of a course."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from symgrad.basics.showing import line
from symgrad.reports.wording.english.phrases import hinted, listed, matrix, several, sized
from symgrad.reports.wording.language import Words

LONGEST = 60
"""Characters of a name that a message repeats."""
DELIMITERS: Mapping[str, str] = {",": "a comma", ";": "a semicolon", "\t": "a tab"}


def _entries_right(count: int, of: int, entries: Sequence[Sequence[int]]) -> str:
    named = listed(f"[{row},{column}]" for row, column in entries)
    return f"{count} of {of} entries are right: {named}{', …' if count > len(entries) else ''}."


def _other_shape(found: Sequence[int], wanted: Sequence[int], transposed: bool) -> str:
    return f"This is {matrix(found)}, the gradient is {matrix(wanted)}{': is it transposed?' if transposed else '.'}"


def _follows(steps: Iterable[str]) -> str:
    return f"This follows from your {' and '.join(f'dL/d{step}' for step in steps)}."


def _quoted(name: str) -> str:
    """A name in quotes, at most so many characters of it."""
    return line(repr(name), LONGEST)


def _lowered(said: str) -> str:
    """A library's sentence as the end of one of ours; names of letters stay as they are."""
    return said[:1].lower() + said[1:]


def _lacking(missing: Sequence[str], found: Sequence[str], more: int, closest: str | None) -> str:
    there = f"; found {listed(map(_quoted, found))}{', …' if more else ''}" if found else ""
    return listed(f"'{name}'" for name in missing) + there + hinted(closest)


NUMBERS = ("no", "one", "two", "three")
WORDS: Words = {
    # judging one answer
    "nothing_handed_in": "Nothing was handed in.",
    "value_for_adjoint": "This is the value of {step}; what is asked is its adjoint, {target}. Hand it in as d{step}.",
    "not_judged": "This couldn't be judged; a person will look at it.",
    "judging_raised": "{type}: {said}",
    "not_decided": "Whether this is right couldn't be decided; a person will look at it.",
    "follows_from_yours": _follows,
    "other_shape": _other_shape,
    "right_on_positive_axes": "This is right only where the variables are positive.",
    "undefined_everywhere": "This is undefined where the gradient is defined.",
    "undefined_at_points": "This is undefined at points where the gradient is defined.",
    "close_to_gradient": "This is close to the gradient, but not equal to it.",
    "answer_is_zero": "This is zero, the gradient isn't.",
    "right_at_points": "This is right at some points and wrong at others.",
    "not_the_gradient": "This is not the gradient.",
    "entries_right": _entries_right,
    "no_finite_number": "This is no finite number.",
    "gradient_without_value": "The gradient has no value at this point; a person will look at this.",
    "give_more_digits": lambda digits: f"This is right as far as it goes; give {NUMBERS[digits]} significant digits.",
    "not_the_gradient_there": "This is not the gradient at the exercise's first point.",
    "at_first_point": "(At the exercise's first point.)",
    "so_many_right": "{count} of {of} entries are right.",
    "no_point_to_compare_at": "no point was found at which the loss is defined and smooth, to compare answers at",
    "bounds_for_symbols": "bounds for the symbols, such as {{'x': (0.5, 2)}}",
    "no_number": "{value} is no number",
    # the end of judging one answer
    # what an answer is handed in for
    "names_no_answer": lambda text, closest, asked: (
        f"`{text}` names no answer of this exercise; "
        + (f"did you mean `{closest}`?" if closest else f"there are {listed(f'dL/d{name}' for name in asked)}")
    ),
    "no_such_entry": lambda text, shape: f"`{text}`: there is no such entry in {sized(shape)}; entries count from 1",
    # submissions
    "placed": "{place}: {found}",
    "holds_no_answers": lambda closest, kinds: (
        f"not a kind of file that holds answers{hinted(closest)}; accepted: a folder, {listed(kinds)}"
    ),
    "no_answers_here": lambda endings: f"no answers here (files ending in {' or '.join(endings)}, not beginning with .)",
    "cannot_be_read": "can't be read: {said}",
    "it_is_a_folder": "it is a folder",
    "it_is_a_device": "it isn't a file but a device or a pipe",
    "it_is_a_link": "it is a link, and links aren't followed; put what it leads to in its place",
    "file_too_large": "the file has {bytes} bytes; accepted: at most {most} for one student",
    "byte_is_no_text": "the byte 0x{byte:02x} isn't {encoding} and was read as {read_as}; save the file as UTF-8",
    "handed_in_twice": lambda student, exercise, name, earlier, later: (
        f"student {_quoted(student)}, exercise {_quoted(exercise)}, name {_quoted(name)}: "
        f"handed in at {earlier} already; the later one, at {later}, counts"
    ),
    # of a document
    "not_valid_toml": lambda said: f"not valid TOML: {_lowered(said)}",
    "not_valid_json": lambda said: f"not valid JSON: {_lowered(re.sub('( starting)? at$', '', said))}",
    "nested_too_deeply": "nested too deeply; accepted: at most {most} levels",
    "key_of_too_many_parts": "a key of more than {most} parts",
    "whole_number_too_long": "a whole number of more than {most} digits; write fewer, or put it in quotes",
    "key_stands_twice": lambda key: f"the key {_quoted(key)} stands twice in one object; the last one counts",
    "student_is_no_text": lambda value, counts: (
        f"student: found {value}; accepted: text; the file's name counts, {_quoted(counts)}"
    ),
    "holds_no_exercises": "found {value}; accepted: exercises, each with names and answers",
    "exercise_without_name": lambda name: f"an exercise with the empty name {_quoted(name)}; accepted: the name of an exercise",
    "no_answers_under": lambda exercise, value: (
        f"exercise {_quoted(exercise)}: found {value}; accepted: names, each with an answer"
    ),
    "answer_without_name": lambda exercise, name: (
        f"exercise {_quoted(exercise)}: an answer with the empty name {_quoted(name)}; accepted: the name of what it answers"
    ),
    "the_number": "the number {digits}",
    "null": "null",
    "truth_value": lambda value: "true" if value else "false",
    "a_table": "a table",
    # of a table
    "no_column": lambda missing, found, more, closest, columns: (
        f"no column {_lacking(missing, found, more, closest)}; "
        f"accepted: a header with {listed(columns)}, separated by , or ; or tabs"
    ),
    "column_stands_twice": "two columns are called '{column}'; accepted: one of each name",
    "no_object_here": lambda value, columns: f"found {value}; accepted: an object with {listed(columns)}",
    "no_key": lambda missing, found, more, closest, columns: (
        f"no {_lacking(missing, found, more, closest)}; accepted: an object with {listed(columns)}"
    ),
    "no_text_in_column": "{column}: found {value}; accepted: text that isn't empty",
    "other_count_of_cells": lambda cells, columns, delimiter: (
        f"{several(cells, 'cell')} where the header has {columns}; "
        f"an answer that holds {DELIMITERS[delimiter]} or a line end has to stand in quotes"
    ),
    "quote_never_closed": "a quote that begins a cell here is never closed; close it, and double quotes inside a cell",
    "cell_too_long": "a cell of more than {most} characters begins here, or a quote isn't closed",
    "text_after_quote": "text follows the quote that ends a cell; double quotes inside a cell",
    # a course
    "no_exercise_could_be_read": lambda problems: "\n".join(["no exercise could be read", *problems]),
    "two_exercises_of_a_name": lambda name, paths: f"two exercises are called '{name}', in {' and in '.join(paths)}",
    "handed_in_as_another": lambda name, earlier, place: (
        f"{name}: handed in as {earlier} at {place or 'another place'} already; this one counts"
    ),
    "no_such_exercise": lambda name, closest: (
        f"There is no exercise `{name}`" + (f"; did you mean `{closest}`?" if closest else "")
    ),
    "no_such_mistake": lambda name, closest: f"there is no mistake '{name}'{hinted(closest)}",
    "entries_left": lambda name, left: f"{name} ({left} more entr{'y' if left == 1 else 'ies'})",
    # judging in worker processes
    "took_too_long": "This took too long to judge; a person will look at it.",
    "took_too_much_memory": "This took too much memory to judge; a person will look at it.",
    "took_longer": "it took longer than {seconds:g} s",
    "needed_more_memory": lambda bytes: f"it needed more than {bytes / 2**20:g} MB",
    "wrote_no_answer": "it wrote what is no answer",
    "exit_status": "exit status {status}",
    "ended_by_signal": lambda number, name: name or f"signal {number}",
    "task_raised": lambda type, said: f"{type}: {said or 'no message'}",
    "result_too_long": "{bytes} bytes of JSON; at most {most}",
    "no_worker_can_start": "no worker process can be started: {said}; fewer --jobs need fewer",
    "workers_never_began": ("{count} worker processes ended before they began ({status}); fewer --jobs need less memory"),
    # the journal of a run
    "journal_not_written": "the journal can't be written: {said}",
    "journal_not_removed": "the journal can't be removed: {said}",
    "journal_in_use": "another run is writing this journal; wait for it, or end it",
    "journal_is_no_file": "this is no file, and can't be a journal",
    "no_journal": "this is no journal of symgrad's; it is left as it is",
    "journal_of_another_version": "this journal was written by another version of symgrad; remove it to begin anew",
    "journal_is_unfinished": "an unfinished run is there; --resume goes on with it, or remove it",
    "journal_of_another_run": (
        "this journal belongs to other submissions or exercises, or to another seed or limit; remove it to begin anew"
    ),
    # the end of submissions and a course
}
