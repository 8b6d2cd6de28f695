"""The Dockerfile of a machine that has cnngrade, and what it is built from."""

from __future__ import annotations

import sys
from collections.abc import Collection

from cnngrade.ci.requirements import pinned
from cnngrade.ci.target import BundleFile, Contents
from cnngrade.safe_text import visible_line

_DOCKERFILE = """\
# {title}
# Written by cnngrade ci.
FROM python:{python}-slim-bookworm

# The filter of system calls in the sandbox. Debian keeps no older version that could be asked for.
# hadolint ignore=DL3008
RUN apt-get update \\
 && apt-get install --yes --no-install-recommends libseccomp2 \\
 && rm -rf /var/lib/apt/lists/*

COPY requirements.txt {wheel} /opt/cnngrade/
RUN python -m pip install --no-cache-dir --disable-pip-version-check \\
    -r /opt/cnngrade/requirements.txt /opt/cnngrade/{wheel}

"""


def image_files(contents: Contents, title: str, rest: str, but: Collection[str] = ()) -> dict[str, BundleFile]:
    """Return what an image is built from: `rest` are the Dockerfile's last lines, and `but` packages that it does without."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    head = _DOCKERFILE.format(title=visible_line(title), python=python, wheel=contents.wheel_name)
    return {
        "Dockerfile": BundleFile((head + rest).encode()),
        # Nothing else goes to the daemon, whatever lies beside it one day.
        ".dockerignore": BundleFile(f"*\n!requirements.txt\n!{contents.wheel_name}\n".encode()),
        "requirements.txt": BundleFile(pinned("instructor", contents.course.policy.packages, but)),
        contents.wheel_name: BundleFile(contents.wheel),
    }
