"""GitHub Classroom and GitHub Actions: a check in each student's repository, and the grading in the instructor's."""

from __future__ import annotations

from cnngrade.ci.released_unit import REPOSITORIES, REQUIREMENTS, filled, reads_repositories, released_unit
from cnngrade.ci.requirements import pinned
from cnngrade.ci.target import About, Bundle, BundleFile, CiTarget, Contents, Packing

CHECKOUT = "actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2"
PYTHON = "actions/setup-python@a309ff8b426b58ec0e2a45f0f869d46889d02405 # v6.2.0"
UPLOAD = "actions/upload-artifact@043fb46d1a93c77aae656e7c1c64a875d1fc6a0a # v7.0.1"
DOWNLOAD = "actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c # v8.0.1"
"""Actions by the commit of a release, which nobody can move."""

_STUDENTS = """\
# Checks @UNIT@ at each push, and tells the points to GitHub Classroom. Written by cnngrade ci.
#
# A student may change this file, so its points are no marks: those come from the instructor's repository.
name: Autograding Tests
on: [push, workflow_dispatch, repository_dispatch]
permissions: {}
concurrency:
  group: cnngrade-${{ github.ref }}
  cancel-in-progress: true

jobs:
  check:
    if: github.actor != 'github-classroom[bot]'
    runs-on: ubuntu-24.04
    timeout-minutes: 20
    permissions:
      contents: read
    outputs:
      result: ${{ steps.check.outputs.result }}
    steps:
      - uses: @CHECKOUT@
        with:
          persist-credentials: false
      - uses: @SETUP@
        with:
          python-version: "@PYTHON@"
      # Of the repository only the file of the unit is used. Tests and answers come from elsewhere, and no command runs in
      # a folder in which a module of the student's could be taken for one of Python's.
      - name: Fetch what is checked with
        working-directory: ${{ runner.temp }}
        env:
          HANDOUTS: ${{ vars.CNNGRADE_HANDOUTS }}
        run: |
          if [ -z "$HANDOUTS" ]; then
            echo "::error::The organization's variable CNNGRADE_HANDOUTS should be the address of the folder of @UNIT@.zip."
            exit 1
          fi
          curl --fail --silent --show-error --location --retry 3 --max-time 120 --output handout.zip "$HANDOUTS/@UNIT@.zip"
          echo "@DIGEST@  handout.zip" | sha256sum --check --strict
          python -I -m zipfile -e handout.zip handout
      - name: Install cnngrade
        working-directory: ${{ runner.temp }}
        run: |
          python -I -m venv tools
          tools/bin/python -I -m pip install --quiet --disable-pip-version-check \\
            -r handout/requirements.txt handout/@WHEEL@
      - name: Check
        id: check
        working-directory: ${{ runner.temp }}
        run: |
          cd handout/@UNIT@
          "$RUNNER_TEMP/tools/bin/cnngrade" check @UNIT@ --work "$GITHUB_WORKSPACE" --as-graded --annotations github \\
            --summary "$GITHUB_STEP_SUMMARY" --classroom "$GITHUB_OUTPUT" --junit "$RUNNER_TEMP/report.xml"
      - uses: @UPLOAD@
        if: ${{ !cancelled() }}
        with:
          name: report
          path: ${{ runner.temp }}/report.xml
          if-no-files-found: ignore

  # GitHub Classroom looks for a job of this name. No student's code runs where something may be written.
  run-autograding-tests:
    needs: check
    if: ${{ !cancelled() && needs.check.outputs.result }}
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    permissions:
      actions: read
      checks: write
    steps:
      - uses: classroom-resources/autograding-grading-reporter@v1
        env:
          CHECK_RESULTS: ${{ needs.check.outputs.result }}
        with:
          runners: check
"""

_INSTRUCTORS = """\
# Grades @UNIT@ with the hidden tests. It belongs into the repository of the course. Written by cnngrade ci.
name: Grade @UNIT@
on:
  workflow_dispatch:
    inputs:
      assignment:
        description: What the names of the students' repositories begin with, up to the hyphen before the login
        required: true
        default: @UNIT@
permissions: {}
concurrency:
  group: cnngrade-grade-@UNIT@
  cancel-in-progress: false

jobs:
  # Has the key to the students' repositories, and runs nothing of what is in them.
  collect:
    runs-on: ubuntu-24.04
    timeout-minutes: 60
    permissions:
      contents: read
    steps:
      - uses: @CHECKOUT@
        with:
          persist-credentials: false
      - name: Read the repositories
        working-directory: ${{ runner.temp }}
        env:
          GH_TOKEN: ${{ secrets.CNNGRADE_SUBMISSIONS }}
          ASSIGNMENT: ${{ inputs.assignment }}
        run: |
          gh api --paginate "orgs/$GITHUB_REPOSITORY_OWNER/repos?per_page=100" --jq '.[].name' > names.txt
          gh auth setup-git
          while read -r name; do
            case "$name" in
              "$ASSIGNMENT"-*) echo "$name https://github.com/$GITHUB_REPOSITORY_OWNER/$name.git" ;;
            esac
          done < names.txt > repositories.txt
          python3 -I "$GITHUB_WORKSPACE/.github/cnngrade/repositories.py" repositories.txt submissions.zip
      - uses: @UPLOAD@
        with:
          name: submissions
          path: ${{ runner.temp }}/submissions.zip
          retention-days: 7

  # Runs the students' code, in the sandbox, and has no key to anything.
  grade:
    needs: collect
    runs-on: ubuntu-24.04
    timeout-minutes: 300
    permissions:
      contents: read
    steps:
      - uses: @CHECKOUT@
        with:
          persist-credentials: false
      - uses: @SETUP@
        with:
          python-version: "@PYTHON@"
      - uses: @DOWNLOAD@
        with:
          name: submissions
          path: ${{ runner.temp }}
      - name: Install cnngrade
        run: |
          python -m venv "$RUNNER_TEMP/tools"
          "$RUNNER_TEMP/tools/bin/python" -m pip install --quiet --disable-pip-version-check \\
            -r .github/cnngrade/requirements.txt .github/cnngrade/@WHEEL@
      # Names that students chose are in what is printed, and GitHub takes lines of it for commands.
      - name: Grade
        run: |
          export PATH="$RUNNER_TEMP/tools/bin:$PATH"
          echo "::stop-commands::$(python -c 'import uuid; print(uuid.uuid4().hex)')"
          cnngrade release @UNIT@
          # What fails for one student, here or in the grading, keeps nothing from the others. The job fails afterwards.
          missed=0
          cnngrade collect @UNIT@ --from "$RUNNER_TEMP/submissions.zip" || missed=$?
          [ "$missed" -le 1 ]
          graded=0
          cnngrade grade @UNIT@ --junit "$RUNNER_TEMP/report.xml" || graded=$?
          cnngrade report @UNIT@ --html "$RUNNER_TEMP/class.html"
          cnngrade feedback @UNIT@
          [ "$graded" -eq 0 ] || exit "$graded"
          exit "$missed"
      - uses: @UPLOAD@
        if: ${{ !cancelled() }}
        with:
          name: grades
          path: |
            ${{ runner.temp }}/report.xml
            ${{ runner.temp }}/class.html
            classroom/gradebook.db
            classroom/reports
            classroom/feedback
          if-no-files-found: ignore
          retention-days: 30
"""

_README = """\
# @UNIT@ on GitHub

Three things, for three places:

- `handouts/@UNIT@.zip`: what @UNIT@ is checked with. Put it where everybody may fetch it by https, such as a public repository
  or its releases: it holds no more than what students were handed out. The address of the folder that it is in is the value of
  the variable `CNNGRADE_HANDOUTS` of your organization (Settings, Secrets and variables, Actions, Variables).
- `student/`: what the repository of the assignment (its template) gets, beside the files of the unit. The digest of the zip is
  in the workflow: write both anew, with `cnngrade ci github @UNIT@`, when you release @UNIT@ again.
- `instructor/`: what your own private repository of the course gets, beside `course.yml` (begin the repository with the
  course's folder). Start its workflow by hand when you want to grade. It needs the secret `CNNGRADE_SUBMISSIONS`: a
  fine-grained token that may read the contents and metadata of the students' repositories. It leaves an artifact, `grades`, for
  30 days: `class.html` (what the class got wrong), a page for each student, the reports and nbgrader's gradebook. Students are
  called as on GitHub, unless the repository has your roster: `git add --force classroom/roster.csv`.

Each run of that workflow begins anew and knows nothing of what persons marked. Where answers in prose are to be marked, or work
may be late, collect and grade on your own machine: `cnngrade collect @UNIT@ --from FOLDER`.

What a student's own repository says is for the student: whoever may push there can change the workflow, and so the points that
GitHub Classroom shows. Marks come from the workflow in your repository alone.
"""


def _bundle(contents: Contents) -> Bundle:
    handout = released_unit(contents)
    actions = {"@CHECKOUT@": CHECKOUT, "@SETUP@": PYTHON, "@UPLOAD@": UPLOAD, "@DOWNLOAD@": DOWNLOAD}

    def workflow(template: str) -> BundleFile:
        for name, action in actions.items():
            template = template.replace(name, action)
        return BundleFile(filled(template, contents, handout).encode())

    place = "instructor/.github"
    return {
        "README.md": workflow(_README),
        f"handouts/{handout.name}": BundleFile(handout.data),
        "student/.github/workflows/classroom.yml": workflow(_STUDENTS),
        f"{place}/workflows/grade-{handout.unit}.yml": workflow(_INSTRUCTORS),
        f"{place}/cnngrade/{REQUIREMENTS}": BundleFile(pinned("instructor", contents.course.policy.packages)),
        f"{place}/cnngrade/{contents.wheel_name}": BundleFile(contents.wheel),
        f"{place}/cnngrade/{REPOSITORIES}": reads_repositories(),
    }


def _notes(_: Contents) -> tuple[str, ...]:
    return ("Its README.md says what goes where. What students can change counts for nothing in the grading.",)


TARGET = CiTarget("github", "GitHub", Packing.FOLDER, About.UNIT, _bundle, _notes, private=False)
