"""The sentences for calls that give no answer: what happened, and what to look at."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import Any

from cnngrade.errors import Interrupted, Reason, StudentFailure, StudentRaised, Told
from cnngrade.sandbox.connection import LIMITED_BY, WorkerExcess, WorkerGone, WorkerSilent
from cnngrade.student.own_code import OwnCode
from cnngrade.submission.read import Work
from cnngrade.worker.cells import lines_that_bind

YOUR_FILE = "your file"
"""What replaces a function's name while the whole file is loaded."""


def changed_argument(function: str) -> StudentFailure:
    """Return the failure of a function that changed its arguments."""
    text = f"{function} changed one of its arguments. Work on a copy: x = x.copy()."
    return StudentFailure(Reason.CHANGED_ARGUMENT, text)


def shares_argument(function: str) -> StudentFailure:
    """Return the failure of a function whose answer had to be an array of its own."""
    return StudentFailure(
        Reason.SHARES_ARGUMENT,
        f"{function} returned its argument, or a view of it: a change of the answer changes the argument. "
        "Return an array of its own.",
    )


def too_many_answers(function: str, most_bytes: int) -> StudentFailure:
    """Return the failure of a call after which the answers exceed what is compared."""
    text = f"{function} was not compared: all answers together are larger than {most_bytes >> 20} MiB."
    return StudentFailure(Reason.TOO_MANY_ANSWERS, text)


def lost_object(label: str) -> StudentFailure:
    """Return the failure of asking for an object that is no longer there."""
    text = f"{label} is gone: the process that held it has ended, or the case is over in which it was made."
    return StudentFailure(Reason.ENDED_PROCESS, text)


def without_end(label: str, most: int) -> StudentFailure:
    """Return the failure of objects that had to be asked more often than any case does."""
    text = f"{label} was stopped: this case has asked for more than {most:,} things. Does an iteration never end?"
    return StudentFailure(Reason.EXCESS, text)


def unreadable(function: str, for_staff: str = "") -> StudentFailure:
    """Return the failure of a function for which something was sent that is not an answer."""
    return StudentFailure(Reason.UNREADABLE, f"{function} sent an answer that cannot be read.", for_staff)


def wrong_while_timed(function: str) -> StudentFailure:
    """Return the failure of a function that was right before it was timed, and wrong while it was."""
    return StudentFailure(Reason.WRONG_WHILE_TIMED, f"{function} gave a wrong answer while it was timed.")


def only_while_counted(function: str, failure: StudentFailure) -> StudentFailure:
    """Return the failure of a function that answers, and fails on the same inputs while its steps are counted."""
    text = f"{function} answers, but fails on the same inputs while its loops are counted. {failure}"
    return StudentFailure(failure.reason, text, failure.for_staff)


def interrupted(function: str, answer: dict[str, Any], code: OwnCode) -> Interrupted:
    """Return what ends everything after somebody has interrupted a call of a function in this process."""
    return Interrupted("\n".join(filter(None, [f"You stopped {function}.", _own_line(answer, code)])))


def not_tried_again(function: str, times: int) -> StudentFailure:
    """Return the failure of a function that ran over its time too often."""
    return StudentFailure(Reason.OVER_TIME, f"{function} was not tried again: it ran over its time {times} times.")


def no_time_left(function: str, seconds: float) -> StudentFailure:
    """Return the failure of a function whose turn comes after the file's time is used up."""
    text = f"{function} was not tried: the whole file has used up its {seconds:g} s, its waiting included."
    return StudentFailure(Reason.OVER_TIME, text)


def no_patience_left(function: str, seconds: float) -> StudentFailure:
    """Return the failure of a function whose turn comes after the file has taken too long by the clock."""
    text = f"{function} was not tried: the whole file has taken {seconds:g} s by the clock, most of it waiting."
    return StudentFailure(Reason.OVER_TIME, text)


def no_answer_in_time(function: str, seconds: float) -> StudentFailure:
    """Return the failure of a call that was stopped after it had run for so many seconds."""
    text = f"{function} gave no answer within {seconds:g} s {LIMITED_BY} and was stopped. Does a loop never end?"
    return StudentFailure(Reason.OVER_TIME, text)


def only_waited(function: str, seconds: float) -> StudentFailure:
    """Return the failure of a call that was stopped after so many seconds, in a part of which it waited."""
    text = (
        f"{function} gave no answer within {seconds:g} s, its waiting included, and was stopped. "
        "Does it sleep, or wait for somebody?"
    )
    return StudentFailure(Reason.OVER_TIME, text)


def stopped_with_the_file(function: str, seconds: float) -> StudentFailure:
    """Return the failure of a call during which the file's time was used up."""
    text = f"{function} was stopped: the whole file has used up its {seconds:g} s, its waiting included."
    return StudentFailure(Reason.OVER_TIME, text)


def of_worker(function: str, seconds: float, error: Exception) -> StudentFailure:
    """Return the failure of a call with a limit of so many seconds, in which its worker came to its end."""
    if isinstance(error, WorkerExcess):
        return stopped(function, error)
    if isinstance(error, WorkerSilent):
        return only_waited(function, error.seconds) if error.waited else no_answer_in_time(function, seconds)
    if isinstance(error, WorkerGone):
        return ended_process(function, error)
    return unreadable(function, str(error))


def too_much_code(how: Exception) -> StudentFailure:
    """Return the failure of a file whose text is too long to be sent to a worker."""
    return StudentFailure(Reason.CELL_FAILED, f"{YOUR_FILE} holds more code than can be run: {how}.")


def stopped(function: str, excess: Exception) -> StudentFailure:
    """Return the failure of a call that took more of something than any honest one does."""
    return StudentFailure(Reason.EXCESS, f"{function} was stopped: {excess}.", str(excess))


def ended_process(function: str, how: Exception) -> StudentFailure:
    """Return the failure of a call that ended its own process."""
    return StudentFailure(Reason.ENDED_PROCESS, f"{function} ended the whole process: {how}.", str(how))


def not_written(function: str) -> str:
    """Return the sentence about a function that raises NotImplementedError without a word."""
    return f"{function} is yours to write"


_UNDEFINED = re.compile(r"name '(\w+)' is not defined")


def left_out_name(text: str, work: Work | None) -> str:
    """Return a sentence about the cell that binds the name which an exception misses, if that cell is not run; else ""."""
    found = _UNDEFINED.search(text)
    return f" {_not_run(found[1], work)}".rstrip() if found else ""


def _binds(name: str, source: str) -> bool:
    """Say whether a text, which may be no Python, has a line that binds a name as modules do."""
    line = rf"^[ \t]*(?:(?:async +)?def|class) +{name}\s*[(\[:]|^{name} *=[^=]|^[ \t]*(?:from|import)\b.*\b{name}\b"
    return re.search(line, source, re.MULTILINE) is not None


def _not_run(name: str, work: Work | None) -> str:
    """Return a sentence about a cell that is not run and would have bound a name; "" if there is none."""
    cell = next((cell for cell in work.left_out if _binds(name, cell.source)), None) if work else None
    return f"There is a {name} in {cell.where}, but {cell.why}." if cell else ""


def _overwritten(function: str, kind: str, work: Work) -> StudentFailure:
    """Return the failure of a function whose name stands for something else at the end."""
    places = [f"{cell.filename}, line {line}" for cell in work.cells for line in lines_that_bind(function, cell)]
    where = f" in {places[-1]}" if places else ""
    return StudentFailure(
        Reason.UNFINISHED,
        f"{function} is no function any more: its name was given to a value ({kind}){where}. Give the value another name.",
    )


def missing(function: str, work: Work, failed_cells: Sequence[tuple[int, str]], kind: str = "") -> StudentFailure:
    """Return the failure of a function that is missing: not defined, overwritten by a value, or in a cell that does not run.

    `kind` is what its name stands for.
    """
    if kind:
        return _overwritten(function, kind, work)
    for index, text in failed_cells:
        if 0 <= index < len(work.cells) and _binds(function, work.cells[index].source):
            return StudentFailure(
                Reason.CELL_FAILED, f"{function} is missing because its cell does not run. {text}", for_staff=text
            )
    why = _not_run(function, work) or _fails(function, work, failed_cells)
    return StudentFailure(Reason.UNFINISHED, f"{function} is not defined in {work.submission.path.name}. {why}".rstrip())


def _fails(name: str, work: Work, failed_cells: Sequence[tuple[int, str]]) -> str:
    """Return a sentence about a cell that fails and may have been meant to define a name; "" if none fails.

    The line that would define it may be the one that is no Python, so a cell that mentions the name is the likeliest.
    """
    mentions = re.compile(rf"\b{name}\b")
    texts = [
        (not (0 <= index < len(work.cells) and mentions.search(work.cells[index].source)), text) for index, text in failed_cells
    ]
    return f"A part of it does not run: {min(texts, key=lambda found: found[0])[1]}" if texts else ""


def told_by_worker(function: str, answer: dict[str, Any], work: Work | None, code: OwnCode) -> StudentFailure:
    """Return the failure that a worker's answer describes. A forged one can only say what an exception would say."""
    reason, message, trace = Reason(answer["reason"]), answer["message"], answer.get("trace", ())
    for_staff = "\n".join(f"  {name}, line {line}, in {where}: {text}" for name, line, where, text in trace)
    if reason is Reason.UNFINISHED:
        if sentence := code.unrun(function):
            return StudentFailure(reason, f"{function} is not defined. {sentence}")
        return StudentFailure(reason, f"{message or not_written(function)}{_elsewhere(function, work)}")
    if reason in (Reason.UNSENDABLE, Reason.TOO_LARGE):
        return StudentFailure(reason, f"{function} returned what cannot be compared: {message}.")
    if reason is Reason.OVER_MEMORY:
        return StudentFailure(reason, f"{function} asked for more memory than there is: {message}", for_staff)
    elsewhere = _where_defined(message, work, code) if answer.get("kinds", ())[:1] == ["NameError"] else ""
    answer = answer | {"message": f"{message}{elsewhere}"}
    tell = functools.partial(_told_exception, function, answer, code, bool(elsewhere))
    return StudentRaised("", tuple(answer.get("kinds", ())) or ("Exception",), message, for_staff, tell)


def _told_exception(function: str, answer: dict[str, Any], code: OwnCode, is_explained: bool, with_floats: bool) -> Told:
    """Return what to tell about an exception."""
    # Right work raises what is expected, and nobody reads it.
    from cnngrade.student.exceptions import meaning_of
    from cnngrade.student.raised import Raised
    from cnngrade.student.raised_text import places_of, raised_of, text_of

    line = _own_line(answer, code)
    try:
        raised = raised_of(function, answer, code, with_floats)
        meaning = None if is_explained else meaning_of(raised)
        return text_of(raised, meaning, line), places_of(raised, meaning)
    except RecursionError:
        # An expression of a thousand parts in a row is as deep.
        bare = Raised(tuple(answer.get("kinds", ())) or ("Exception",), answer["message"], code, asked=function)
        return text_of(bare, None, line), ()


def _where_defined(message: str, work: Work | None, code: OwnCode) -> str:
    """Return a sentence about the cell that would have defined the name that a message misses, with a space before it."""
    found = _UNDEFINED.search(message)
    unrun = code.unrun(found[1]) if found else ""
    return f". {unrun}" if unrun else left_out_name(message, work)


def _elsewhere(function: str, work: Work | None) -> str:
    where = _not_run(function, work) if work else ""
    return f". {where}" if where else ""


def _own_line(answer: dict[str, Any], code: OwnCode) -> str:
    """Return the last line of the student's own code that an exception went through, "" where there is none."""
    trace = answer.get("trace", ())
    own = [trace[index] for index, _, _ in answer.get("frames", ()) if index < len(trace) and code.knows(trace[index][0])]
    if not own:
        return ""
    filename, line, function, text = own[-1]
    return f"{code.place(filename, line)}, in {function}{':  ' if text else ''}{text}"
