"""Do the budgets' lines lie in gaps? Every right answer of the corpus, as the judge measures it, beside its unit's line.

    python grader/benchmarks/budgets.py [UNIT]...

Each right or merely slow submission in grader/tests/corpus is judged in a real worker; printed are the ratios of its time to
the reference's, sorted, with the line among them. What has no ratio (it was left unfinished, or its answer did not pass) is
named. A line is well placed if honest code in which NumPy touches every number lies at half of it or below, and the first code
in which Python does at twice of it or above.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "grader")]

from cnngrade.candidates import candidate
from cnngrade.course import load_course
from cnngrade.judge import judge
from cnngrade.model import Report

CORPUS = ROOT / "grader" / "tests" / "corpus"


def main() -> None:
    course = load_course(ROOT)
    for unit in course.units:
        if not unit.budgets or (len(sys.argv) > 1 and unit.name not in sys.argv[1:]):
            continue
        files = [path for path in sorted((CORPUS / unit.name).glob("*.py")) if not path.name.startswith("wrong")]
        reports: list[Report] = []
        judge(course, unit, [candidate(course, path, unit, path.stem) for path in files], reports.append, hidden=False)
        for function, line in unit.budgets.items():
            rows = [(line, "---- the line ----")]
            rows += [
                (outcome.cost.ratio, report.submission.student)
                for report in reports
                for outcome in report.outcomes
                if outcome.cost and outcome.case.function == function
            ]
            print(f"{function}: time of the answer over the reference's")
            for ratio, name in sorted(rows):
                print(f"  {ratio:9.1f}  {name}")
            if missing := sorted({path.stem for path in files} - {name for _, name in rows}):
                print(f"  without a ratio: {', '.join(missing)}")


if __name__ == "__main__":
    main()
