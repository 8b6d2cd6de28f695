"""GitLab: a pipeline for students' projects that stands in the instructor's, where students cannot change it."""

from __future__ import annotations

from pathlib import Path

from cnngrade.ci.released_unit import REPOSITORIES, REQUIREMENTS, filled, reads_repositories, released_unit
from cnngrade.ci.requirements import pinned
from cnngrade.ci.target import About, Bundle, BundleFile, CiTarget, Contents, Packing

_STUDENTS = """\
# Checks @UNIT@ in a student's project. Written by cnngrade ci.
#
# It stands in a project that students cannot write to, and theirs name it as their CI/CD configuration file.
workflow:
  rules:
    - if: $CI_PIPELINE_SOURCE == "push" || $CI_PIPELINE_SOURCE == "web"

check:
  image: python:@PYTHON@-slim-bookworm
  timeout: 20 minutes
  interruptible: true
  variables:
    GIT_DEPTH: "1"
    GIT_SUBMODULE_STRATEGY: none
  # Of the project only the file of the unit is used. Tests and answers come from elsewhere, and no command runs in a folder in
  # which a module of the student's could be taken for one of Python's.
  script:
    # What a student has committed under these names is no report.
    - rm -rf "$CI_PROJECT_DIR/cnngrade-report.xml" "$CI_PROJECT_DIR/cnngrade-quality.json"
    - place="$(mktemp -d)"
    - cd "$place"
    - >-
      python -I -c 'import sys, urllib.request; urllib.request.urlretrieve(sys.argv[1], "handout.zip")'
      "${CNNGRADE_HANDOUTS:?should be the address of the folder of @UNIT@.zip}/@UNIT@.zip"
    - echo "@DIGEST@  handout.zip" | sha256sum --check --strict
    - python -I -m zipfile -e handout.zip handout
    - apt-get -qq update && apt-get -qq install --yes --no-install-recommends libseccomp2
    - python -I -m venv tools
    - tools/bin/python -I -m pip install --quiet --disable-pip-version-check -r handout/requirements.txt handout/@WHEEL@
    - cd handout/@UNIT@
    - >-
      "$place/tools/bin/cnngrade" check @UNIT@ --work "$CI_PROJECT_DIR" --as-graded
      --junit "$CI_PROJECT_DIR/cnngrade-report.xml" --code-quality "$CI_PROJECT_DIR/cnngrade-quality.json"
  artifacts:
    when: always
    expire_in: 30 days
    reports:
      junit: cnngrade-report.xml
      codequality: cnngrade-quality.json
"""

_INSTRUCTORS = """\
# Grades @UNIT@ with the hidden tests. It belongs into the project of the course. Written by cnngrade ci.
stages: [collect, grade]

workflow:
  rules:
    - if: $CI_PIPELINE_SOURCE == "web"

# Has the key to the students' projects, and runs nothing of what is in them.
collect:
  stage: collect
  image: python:@PYTHON@-bookworm
  timeout: 1 hour
  environment:
    name: collect
    action: access
  script:
    # The students' projects are those of one group, called as the students are.
    - python -I .gitlab/cnngrade/projects.py > projects.txt
    # The key is told to this GitLab alone, whatever address is asked.
    - >-
      git config --global "credential.$CI_SERVER_URL.helper"
      '!f() { echo username=oauth2; echo "password=$CNNGRADE_SUBMISSIONS"; }; f'
    - python -I .gitlab/cnngrade/repositories.py projects.txt submissions.zip
  artifacts:
    access: maintainer
    expire_in: 7 days
    paths: [submissions.zip]

# Runs the students' code, in the sandbox. Keep CNNGRADE_SUBMISSIONS to the environment "collect", so that it is not here.
grade:
  stage: grade
  image: python:@PYTHON@-bookworm
  timeout: 5 hours
  script:
    - apt-get -qq update && apt-get -qq install --yes --no-install-recommends libseccomp2
    - python -m venv "$CI_PROJECT_DIR/.tools"
    - >-
      .tools/bin/python -m pip install --quiet --disable-pip-version-check
      -r .gitlab/cnngrade/requirements.txt .gitlab/cnngrade/@WHEEL@
    - export PATH="$CI_PROJECT_DIR/.tools/bin:$PATH"
    - cnngrade release @UNIT@
    # What fails for one student, here or in the grading, keeps nothing from the others. The job fails afterwards.
    - missed=0
    - cnngrade collect @UNIT@ --from submissions.zip || missed=$?
    - '[ "$missed" -le 1 ]'
    - graded=0
    - cnngrade grade @UNIT@ --junit report.xml || graded=$?
    - cnngrade report @UNIT@ --html class.html
    - cnngrade feedback @UNIT@
    - '[ "$graded" -eq 0 ] || exit "$graded"'
    - exit "$missed"
  artifacts:
    access: maintainer
    when: always
    expire_in: 30 days
    paths: [class.html, classroom/gradebook.db, classroom/reports, classroom/feedback]
    reports:
      junit: report.xml
"""

_README = """\
# @UNIT@ on GitLab

Three things, for three places:

- `handouts/@UNIT@.zip`: what @UNIT@ is checked with. Put it where everybody may fetch it by https, such as a public project: it
  holds no more than what students were handed out. The address of the folder that it is in is the value of the variable
  `CNNGRADE_HANDOUTS` of the students' group (Settings, CI/CD, Variables).
- `student/@UNIT@.gitlab-ci.yml`: put it into a project that students can read and not write. Each student's project names it at
  Settings, CI/CD, General pipelines, CI/CD configuration file, as `@UNIT@.gitlab-ci.yml@GROUP/PROJECT`. Students are Developers
  of their projects: a Maintainer could change that setting. Allow no pipeline variables to Developers at the same place.
- `instructor/`: what your own private project of the course gets, beside `course.yml` (begin the project with the course's
  folder). Start its pipeline by hand (Build, Pipelines, New pipeline). It needs the variables `CNNGRADE_GROUP` (the number of
  the group with the students' projects) and, masked, hidden and limited to the environment `collect`, `CNNGRADE_SUBMISSIONS`: a
  group's access token that may read repositories and the API. It leaves artifacts for 30 days: `class.html` (what the class got
  wrong), a page for each student, the reports and nbgrader's gradebook. Students are called as their projects are.

Each run of that pipeline begins anew and knows nothing of what persons marked. Where answers in prose are to be marked, or work
may be late, collect and grade on your own machine: `cnngrade collect @UNIT@ --from FOLDER`.

Where students cannot change the pipeline, they still see no other tests than the public ones, and know their answers. Marks
come from the pipeline in your project alone.
"""


def _bundle(contents: Contents) -> Bundle:
    handout = released_unit(contents)

    def text(template: str) -> BundleFile:
        return BundleFile(filled(template, contents, handout).encode())

    return {
        "README.md": text(_README),
        f"handouts/{handout.name}": BundleFile(handout.data),
        f"student/{handout.unit}.gitlab-ci.yml": text(_STUDENTS),
        "instructor/.gitlab-ci.yml": text(_INSTRUCTORS),
        f"instructor/.gitlab/cnngrade/{REQUIREMENTS}": BundleFile(pinned("instructor", contents.course.policy.packages)),
        f"instructor/.gitlab/cnngrade/{contents.wheel_name}": BundleFile(contents.wheel),
        f"instructor/.gitlab/cnngrade/{REPOSITORIES}": reads_repositories(),
        "instructor/.gitlab/cnngrade/projects.py": BundleFile(Path(__file__).with_name("gitlab_projects.py").read_bytes()),
    }


def _notes(_: Contents) -> tuple[str, ...]:
    return ("Its README.md says what goes where. What students can change counts for nothing in the grading.",)


TARGET = CiTarget("gitlab", "GitLab", Packing.FOLDER, About.UNIT, _bundle, _notes, private=False)
