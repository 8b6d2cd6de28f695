"""The files that `check` writes beside what it prints, each only if it was asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cnngrade.cli.console import note, write_file
from cnngrade.errors import Fault
from cnngrade.model import Report


def repository_root(environment: Mapping[str, str]) -> Path:
    """Return the folder from which a platform tells paths: what GitHub or GitLab says, or else the current folder."""
    return Path(environment.get("GITHUB_WORKSPACE") or environment.get("CI_PROJECT_DIR") or ".")


@dataclass(frozen=True, slots=True)
class Outputs:
    """Where to write what. `summary` and `classroom` are files of a platform's, to which every step adds."""

    root: Path
    junit: Path | None = None
    html: Path | None = None
    code_quality: Path | None = None
    summary: Path | None = None
    classroom: Path | None = None

    @property
    def are_added(self) -> bool:
        """Whether any of them is added to a file."""
        return bool(self.summary or self.classroom)

    def write(self, reports: Sequence[Report]) -> None:
        """Write the files that were asked for; raises Fault."""
        # Whoever asked for none of them does not wait for what writes them.
        if self.junit:
            from cnngrade.report.junit import reports_as_junit

            write_file(self.junit, reports_as_junit(reports, root=self.root))
        if self.html:
            from cnngrade.report.html import reports_as_page

            write_file(self.html, reports_as_page(reports))
        if self.code_quality:
            from cnngrade.report.annotations import annotations_of, gitlab_code_quality

            write_file(self.code_quality, gitlab_code_quality(annotations_of(reports, self.root)))
        if self.summary:
            from cnngrade.report.step_summary import MOST_BYTES, reports_as_summary

            room = MOST_BYTES - (self.summary.stat().st_size if self.summary.is_file() else 0)
            _add_to(self.summary, reports_as_summary(reports, self.root, room))
        if self.classroom:
            from cnngrade.report.classroom_result import classroom_output

            _add_to(self.classroom, classroom_output(reports))


def _add_to(path: Path, text: str) -> None:
    try:
        with path.open("a", encoding="utf-8", errors="replace", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise Fault(f"{path} cannot be written: {error.strerror or error}. Make room or fix the permissions.") from error
    note(f"Added to: {path}")
