"""Prove that a unit is sound: stubs earn nothing, solutions everything, and every known mistake is caught.

functions    stub and solution have the same functions and classes with the same arguments; every one is tested
points       the cases and the prose add up to what course.yml promises
examples     every example (>>>) in a stub's docstring and in the lesson's text holds for the solution
solution     earns everything, inside its budgets, in a real worker
stub         is unfinished in every case and earns nothing, in a real worker
mistakes     each one loses points in at least one case; a file has its sentence, and answers in numbers
gates        none closes for a mistake beside its idea, or for one that would earn most of the points behind it
variants     the limit of each time budget keeps its distance from the good variants below it and the slow ones above it, and
             loops cost no points where code is as quick as good variants
inputs       the solution passes whatever inputs are drawn, and little can be copied from the answers in a handout
handout      the public tests run from recorded answers, without the solution, on the inputs of a handout
page         the interactive page can be made, and its calls are played by the solution, and left open by the stub
extras       hints are three per function, pictures can be drawn with the solution and without anything, prose has its scheme
"""

from __future__ import annotations

import ast
import functools
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType

from cnngrade.answers.answer_key import live_answer_key, recorded_answer_key
from cnngrade.answers.mistake_candidate import MistakeFileWork
from cnngrade.answers.mistake_files import finished, mistake_files
from cnngrade.answers.mistakes import KnownMistake, load_mistakes
from cnngrade.course import paths
from cnngrade.course.hints import load_hints
from cnngrade.course.modules import load_module
from cnngrade.course.naming import names_a_class
from cnngrade.errors import CnngradeError, CourseError, Verdict
from cnngrade.jobs.calibrate import FEW_SAMPLES, placements
from cnngrade.jobs.examples import check_examples
from cnngrade.jobs.gates import closing, prove_gates, with_open_gates
from cnngrade.jobs.kept_proof import keep_proof, proof_key
from cnngrade.jobs.mistake_file_proof import prove_mistake_file
from cnngrade.jobs.own_inputs import try_inputs
from cnngrade.jobs.play import prove_page
from cnngrade.jobs.proof import Caught, Defect, Proof
from cnngrade.jobs.record_answers import record_answers
from cnngrade.judge.judging import gates_of, judge_by_function, judge_many, judge_one, untimed_by_function
from cnngrade.judge.suite import Suite
from cnngrade.model import Case, Course, Outcome, Report, Submission, Unit
from cnngrade.pictures.draw import draw, draw_expected, load_pictures
from cnngrade.sandbox.unconfined import Fresh
from cnngrade.student.candidate import Candidate, InlineWork, candidate, remote
from cnngrade.submission.read import read_work

# Cases are judged as in the grading, with drawn inputs; the same ones at each run.
_SECRET = "verify"


_Definition = ast.FunctionDef | ast.ClassDef


def _definitions(path: Path) -> dict[str, _Definition]:
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    except (SyntaxError, UnicodeDecodeError) as error:
        raise CourseError(f"{path} cannot be read as Python: {error}") from error
    return {node.name: node for node in tree.body if isinstance(node, _Definition)}


def _arguments(node: _Definition) -> dict[str, str]:
    """Return a function's arguments with their defaults, without annotations; of a class those of each public method.

    By the names of the functions: a class may have none that its stub does not show, and its solution as many as it likes.
    """
    if isinstance(node, ast.FunctionDef):
        return {node.name: _arguments_of(node)}
    methods = [part for part in node.body if isinstance(part, ast.FunctionDef)]
    return {f"{node.name}.{part.name}": _arguments_of(part) for part in methods if _is_asked_for(part.name)}


def _is_asked_for(method: str) -> bool:
    return not method.startswith("_") or (method.startswith("__") and method.endswith("__"))


def _arguments_of(node: ast.FunctionDef) -> str:
    arguments = ast.parse(f"def f({ast.unparse(node.args)}): pass").body[0]
    assert isinstance(arguments, ast.FunctionDef)
    for part in ast.walk(arguments.args):
        if isinstance(part, ast.arg):
            part.annotation = None
    return ast.unparse(arguments.args)


def _check_functions(course: Course, unit: Unit) -> Iterator[str]:
    stub_file, solution_file = paths.exercise_file(course, unit.name), paths.solution_file(course, unit.name)
    stubs, solutions = _definitions(stub_file), _definitions(solution_file)
    for name in unit.functions:
        missing = [path for path, found in ((stub_file, stubs), (solution_file, solutions)) if name not in found]
        if missing:
            kind = "class" if names_a_class(name) else "function"
            yield f"{', '.join(map(str, missing))}: there is no {kind} {name}, which course.yml names."
            continue
        stub, solution = stubs[name], solutions[name]
        if isinstance(stub, ast.ClassDef) is not names_a_class(name):
            rule = "a class must begin with a capital letter, and nothing else may"
            yield f"{stub_file}, line {stub.lineno}: {name} is not named as what it is: {rule}."
        yield from _other_arguments(stub, stub_file, solution, solution_file)
        if not ast.get_docstring(stubs[name]):
            yield f"{stub_file}, line {stubs[name].lineno}: {name} has no docstring to tell a student what to write."


def _other_arguments(stub: _Definition, stub_file: Path, solution: _Definition, solution_file: Path) -> Iterator[str]:
    taken = _arguments(solution)
    for function, arguments in _arguments(stub).items():
        if taken.get(function) != arguments:
            there = f"takes ({taken[function]})" if function in taken else "is not there"
            yield f"{function} takes ({arguments}) in {stub_file} and {there} in {solution_file}. Make them the same."


def _file_candidate(course: Course, unit: Unit, path: Path, folder: Path, extra_path: Path | None) -> Candidate:
    return remote(course, read_work(path, unit.name, alone=True), Fresh(course.policy, folder, extra_path))


def _check_solution(report: Report) -> Iterator[str]:
    for outcome in report.outcomes:
        if outcome.verdict is not Verdict.PASSED:
            yield _said(outcome)


def _said(outcome: Outcome) -> str:
    said = " ".join(part for part in (outcome.for_student, outcome.for_staff) if part)
    return f"the solution gets {outcome.verdict.value} in {outcome.case.id}: {said}"


def _check_stub(report: Report) -> Iterator[str]:
    for outcome in report.outcomes:
        if outcome.verdict not in (Verdict.UNFINISHED, Verdict.SKIPPED) or outcome.earned:
            yield (
                f"the untouched stub gets {outcome.verdict.value} ({outcome.earned:g} points) in {outcome.case.id}: "
                f"{outcome.for_student} {outcome.for_staff}".rstrip()
            )
    yield from report.problems


def _check_points(unit: Unit, cases: list[Case]) -> Iterator[str]:
    tested = {case.function for case in cases}
    for name in unit.functions:
        if name not in tested:
            yield f"no case tests {name}. Write one whose name begins with test_{name}_."
    found = sum(case.points for case in cases) + unit.prose_points
    if abs(found - unit.points) > 1e-9:
        yield (
            f"the cases ({found - unit.prose_points:g}) and the prose ({unit.prose_points:g}) add up to {found:g} points, "
            f"course.yml says {unit.points:g}."
        )


def _as_module(name: str, solution: ModuleType, functions: dict[str, object]) -> ModuleType:
    module = ModuleType(name)
    module.__dict__.update({key: value for key, value in vars(solution).items() if not key.startswith("__")})
    module.__dict__.update(functions)
    return module


def _by_function(
    suite: Suite, solution: ModuleType, known: Sequence[KnownMistake]
) -> tuple[dict[str, list[KnownMistake]], dict[str, Iterator[Candidate]]]:
    """Return known mistakes by their functions, and the submissions that they are."""
    mine = {name: [entry for entry in known if entry.function == name] for name in suite.unit.functions}
    mine = {function: entries for function, entries in mine.items() if entries}
    return mine, {function: _mistaken(suite.course, suite.unit, solution, entries) for function, entries in mine.items()}


def _judged_mistakes(suite: Suite, solution: ModuleType, known: Sequence[KnownMistake]) -> dict[KnownMistake, Report]:
    """Judge every known mistake by the cases of its own function; of the findings only names are asked for."""
    mine, candidates = _by_function(suite, solution, known)
    reports = judge_by_function(replace(suite, names_alone=True), candidates)
    return {entry: report for name, entries in mine.items() for entry, report in zip(entries, reports[name], strict=True)}


def _unhindered(suite: Suite, solution: ModuleType, judged: Mapping[KnownMistake, Report]) -> dict[KnownMistake, Report]:
    """Return the reports with what comes of the cases that waited for a gate, but for those that take time."""
    mine, candidates = _by_function(suite, solution, [*judged])
    ends = untimed_by_function(replace(suite, open_gates=True), candidates)
    return {
        entry: with_open_gates(judged[entry], outcomes)
        for name, entries in mine.items()
        for entry, outcomes in zip(entries, ends[name], strict=True)
    }


def _mistaken(course: Course, unit: Unit, solution: ModuleType, known: Sequence[KnownMistake]) -> Iterator[Candidate]:
    """Yield every known mistake as a submission: the solution with that one function in place of the right one."""
    kept = {file.known: file for file in mistake_files(course, unit)}
    for entry in known:
        if file := kept.get(entry):
            module = _as_module(entry.name, solution, {})
            yield Candidate(Submission("", unit.name, file.path, ""), MistakeFileWork(course, file, module))
            continue
        # Loaded afresh for each, so that a mistake which remembers something begins without memories.
        code = {found.name: function for found, function in load_mistakes(course, unit).items()}[entry.name]
        module = _as_module(entry.name, solution, {entry.function: code})
        submission = Submission("", unit.name, paths.mistakes_file(course, unit.name), "")
        yield Candidate(submission, InlineWork(course.policy, module))


def _caught(
    known: list[KnownMistake], full: dict[KnownMistake, Report], public: dict[KnownMistake, Report]
) -> Iterator[Caught]:
    for entry in known:
        losing = tuple(outcome.case.id for outcome in full[entry].outcomes if outcome.verdict is not Verdict.PASSED)
        names = {outcome.cause for outcome in full[entry].outcomes if outcome.cause}
        replayed_names = {outcome.cause for outcome in public[entry].outcomes if outcome.cause}
        yield Caught(entry, losing, names == {entry.sentence}, replayed_names == {entry.sentence})


@dataclass(slots=True)
class _Trial:
    """A unit being proved: what every step works with, and what some leave for later ones."""

    course: Course
    unit: Unit
    proof: Proof
    solution: ModuleType = field(init=False)
    suite: Suite = field(init=False)
    untouched: Report = field(init=False)
    timed: frozenset[str] = field(init=False)
    known: list[KnownMistake] = field(init=False)
    in_grading: dict[KnownMistake, Report] = field(init=False)


def _step_functions(trial: _Trial) -> Iterator[str]:
    yield from _check_functions(trial.course, trial.unit)
    trial.solution = load_module(paths.solution_file(trial.course, trial.unit.name), trial.course.root)


def _step_solution(trial: _Trial) -> Iterator[str]:
    course, unit = trial.course, trial.unit
    solution, stub = paths.solution_file(course, unit.name), paths.exercise_file(course, unit.name)
    # Without the rehearsal: here the solution itself is on trial.
    answer_key = replace(live_answer_key(course, unit), solution=None)
    trial.suite = Suite(course, unit, hidden=True, answer_key=answer_key, secret=_SECRET)
    files = ((solution, course.root), (stub, None))
    entries = [_file_candidate(course, unit, path, stub.parent, extra) for path, extra in files]
    reports: list[Report] = []
    judge_many(trial.suite, entries, reports.append)
    solved, trial.untouched = reports
    trial.proof.cases = [outcome.case for outcome in solved.outcomes]
    trial.timed = frozenset(outcome.case.id for outcome in solved.outcomes if outcome.cost)
    yield from _check_solution(solved)


def _step_mistakes(trial: _Trial) -> Iterator[str]:
    files = mistake_files(trial.course, trial.unit)
    yield from (file.problem() for file in files if not file.is_finished)
    trial.known = [*load_mistakes(trial.course, trial.unit), *(file.known for file in finished(files))]
    trial.in_grading = _judged_mistakes(trial.suite, trial.solution, trial.known)
    for entry in trial.known:
        if all(outcome.verdict is Verdict.PASSED for outcome in trial.in_grading[entry].outcomes):
            yield f"no case catches {entry.name}: {entry.sentence}"
    for file in finished(files):
        yield from prove_mistake_file(trial.suite, trial.solution, file, trial.in_grading[file.known])


def _step_gates(trial: _Trial) -> Iterator[str]:
    gates = gates_of(trial.suite)
    # The reports so far are what students get, and say nothing of the cases that wait for a gate.
    waiting = {known: trial.in_grading[known] for known in closing(gates, trial.in_grading.items())}
    unhindered = _unhindered(trial.suite, trial.solution, waiting)
    trial.proof.gates = prove_gates(gates, trial.known, unhindered, trial.timed)
    for gate in trial.proof.gates:
        yield from gate.problems()


def _step_inputs(trial: _Trial) -> Iterator[str]:
    tried = try_inputs(trial.suite, trial.solution)
    for outcome in tried.failed:
        yield f"with the inputs of some students {_said(outcome)}"
    trial.proof.copyable = tried.copyable
    yield from tried.copyable.problems()


def _step_handout(trial: _Trial) -> Iterator[str]:
    course, unit = trial.course, trial.unit
    with tempfile.TemporaryDirectory(prefix="cnngrade-") as scratch:
        answers = Path(scratch) / "answers.npz"
        record_answers(course, unit, answers)
        replay = Suite(course, unit, answer_key=recorded_answer_key(answers))
        submission = Submission("", unit.name, paths.solution_file(course, unit.name), "")
        inline = Candidate(submission, InlineWork(course.policy, trial.solution))
        yield from _check_solution(judge_one(replay, inline))
        public = _judged_mistakes(replay, trial.solution, trial.known)
    trial.proof.mistakes = list(_caught(trial.known, trial.in_grading, public))


def _step_variants(trial: _Trial) -> Iterator[str]:
    for placement in placements(trial.course, trial.unit, lambda variant: None, FEW_SAMPLES):
        trial.proof.placements.append(placement)
        yield from placement.problems()


def _step_page(trial: _Trial) -> Iterator[str]:
    course, unit = trial.course, trial.unit
    stub = candidate(course, paths.exercise_file(course, unit.name), unit, "").work.open()
    try:
        yield from prove_page(course, unit, InlineWork(course.policy, trial.solution).open(), stub)
    finally:
        stub.close()


def _step_extras(trial: _Trial) -> Iterator[str]:
    course, unit = trial.course, trial.unit
    if hints := load_hints(course, unit):
        public = [case for case in trial.proof.cases if not case.hidden]
        for problem in hints.strangers((known.name for known in trial.known), public):
            yield f"{paths.hints_file(course, unit.name)}: {problem}"
    stub = candidate(course, paths.exercise_file(course, unit.name), unit, "").work.open()
    try:
        for entry in load_pictures(course, unit):
            draw_expected(course, unit, entry)
            drawing = draw(entry, stub.functions, paths.data_folder(course))
            if not drawing.unfinished:
                yield f"{paths.pictures_file(course, unit.name)}: {entry.name} does not call {entry.function}, or not first."
    finally:
        stub.close()
    scheme = paths.marking_file(course, unit.name)
    if unit.prose_points and scheme.is_file() and not scheme.read_text(encoding="utf-8").strip():
        yield f"{scheme} is empty: say what a full answer to the question holds, for the person who marks it."


@dataclass(frozen=True, slots=True)
class _Step:
    """A step yields what it finds wrong. Where it cannot be done and others depend on it (`carries`), the proof ends."""

    name: str
    find: Callable[[_Trial], Iterable[str]]
    carries: bool = False
    applies: Callable[[Unit], bool] = lambda unit: True


_STEPS = (
    _Step("functions", _step_functions, carries=True),
    _Step("examples", lambda trial: check_examples(trial.course, trial.unit, trial.solution)),
    _Step("solution", _step_solution, carries=True),
    _Step("stub", lambda trial: _check_stub(trial.untouched)),
    _Step("points", lambda trial: _check_points(trial.unit, trial.proof.cases)),
    _Step("mistakes", _step_mistakes, carries=True),
    _Step("gates", _step_gates),
    _Step("inputs", _step_inputs),
    _Step("handout", _step_handout),
    _Step("variants", _step_variants, applies=lambda unit: bool(unit.budgets)),
    _Step("page", _step_page),
    _Step("extras", _step_extras),
)


def prove(course: Course, unit: Unit, on_step: Callable[[str], None]) -> Proof:
    """Go through all steps for one unit. `on_step` hears the name of each step as it begins."""
    proof, start = Proof(unit), time.monotonic()
    trial = _Trial(course, unit, proof)
    for step in _STEPS:
        if not step.applies(unit):
            continue
        on_step(step.name)
        try:
            proof.findings.extend(Defect(step.name, text) for text in step.find(trial))
        except CnngradeError as error:
            proof.findings.append(Defect(step.name, str(error)))
            if step.carries:
                break
    proof.seconds = time.monotonic() - start
    return proof


def verify(course: Course, units: Iterable[Unit], on_step: Callable[[Unit, str], None]) -> list[Proof]:
    """Prove every unit and return the proofs; nothing is raised for an unsound unit, its proof holds the findings.

    What is sound is noted in the classroom, so that a release need not prove it again.
    """
    proofs = []
    for unit in units:
        key = proof_key(course, unit)
        proofs.append(prove(course, unit, functools.partial(on_step, unit)))
        if proofs[-1].sound:
            keep_proof(course, unit, key, proofs[-1].proven())
    return proofs
