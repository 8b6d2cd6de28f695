"""A grading machine as a container: all that an instructor's commands need, for a course that is mounted into it."""

from __future__ import annotations

import sys

from cnngrade.ci.requirements import pinned
from cnngrade.ci.target import About, Bundle, BundleFile, CiTarget, Contents, Packing

_DOCKERFILE = """\
# A machine that grades: {title}
# Written by cnngrade ci. The course is not in it, and is mounted when it runs: see README.md.
FROM python:{python}-slim-bookworm

# The filter of system calls in the sandbox.
RUN apt-get update \\
 && apt-get install --yes --no-install-recommends libseccomp2 \\
 && rm -rf /var/lib/apt/lists/*

COPY requirements.txt {wheel} /opt/cnngrade/
RUN python -m pip install --no-cache-dir --disable-pip-version-check \\
    -r /opt/cnngrade/requirements.txt /opt/cnngrade/{wheel}

# The owner of the mounted course should have this number: docker build --build-arg USER_ID=$(id -u)
ARG USER_ID=1000
RUN useradd --create-home --uid $USER_ID grader
USER grader
WORKDIR /course

ENTRYPOINT ["cnngrade"]
CMD ["doctor", "--all"]
"""

_README = """\
# A machine that grades: {title}

Build it once, in this folder, and again when `cnngrade ci docker` has written it anew:

    docker build --tag {image} --build-arg USER_ID=$(id -u) .

Then, in the folder of the course:

    docker run --rm --network none --volume "$PWD":/course {image}
    docker run --rm --network none --volume "$PWD":/course {image} grade UNIT

The first says what this machine can do. Students' code is confined by Landlock, which needs Linux 5.13 or newer outside of the
container, and a profile of seccomp that lets it through: Docker's own does from 23.0 on. Where it does not, grading is refused,
and no option such as `--privileged` is needed where it does.
"""


def _bundle(contents: Contents) -> Bundle:
    course = contents.course
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    title = " ".join(course.title.split())
    said = {"title": title, "wheel": contents.wheel_name, "python": python, "image": _image(course.name)}
    return {
        "Dockerfile": BundleFile(_DOCKERFILE.format(**said).encode()),
        # Nothing else goes to the daemon, whatever lies beside it one day.
        ".dockerignore": BundleFile(f"*\n!requirements.txt\n!{contents.wheel_name}\n".encode()),
        "README.md": BundleFile(_README.format(**said).encode()),
        "requirements.txt": BundleFile(pinned("instructor", course.policy.packages)),
        contents.wheel_name: BundleFile(contents.wheel),
    }


def _image(course: str) -> str:
    """Return a name that an image may have: small letters, and digits."""
    return f"cnngrade-{course.lower().replace('_', '-').strip('-')}"


def _notes(_: Contents) -> tuple[str, ...]:
    return ("Its README.md says how to build and run it. No course is in it: that is mounted.",)


TARGET = CiTarget("docker", "A grading machine", Packing.FOLDER, About.COURSE, _bundle, _notes, private=False)
