"""A grading machine as a container: all that an instructor's commands need, for a course that is mounted into it."""

from __future__ import annotations

from cnngrade.ci.images import image_files
from cnngrade.ci.target import About, Bundle, BundleFile, CiTarget, Contents, Packing
from cnngrade.safe_text import visible_line

_REST = """\
# The owner of the mounted course should have this number: docker build --build-arg USER_ID=$(id -u)
ARG USER_ID=1000
RUN useradd --create-home --uid $USER_ID grader
USER $USER_ID
# The course is not in it, and is mounted here when it runs.
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
container, and a profile of seccomp that lets its system calls through: that of Docker 23.0 and newer does. Where it does not,
grading is refused, with the reason. No option such as `--privileged` is needed.
"""


def _bundle(contents: Contents) -> Bundle:
    title = visible_line(contents.course.title)
    readme = _README.format(title=title, image=contents.image or _image(contents.course.name))
    return {
        **image_files(contents, f"A machine that grades: {title}", _REST),
        "README.md": BundleFile(readme.encode()),
    }


def _image(course: str) -> str:
    """Return a name that an image may have: small letters, and digits."""
    return f"cnngrade-{course.lower().replace('_', '-').strip('-')}"


def _notes(_: Contents) -> tuple[str, ...]:
    return ("Its README.md says how to build and run it. No course is in it: that is mounted.",)


TARGET = CiTarget("docker", "A grading machine", Packing.FOLDER, About.COURSE, _bundle, _notes, private=False, has_image=True)
