"""Prints a line for each project of a group in GitLab: its path and where it is cloned from. Written by cnngrade ci.

What it asks is told by the variables CI_API_V4_URL, CNNGRADE_GROUP and CNNGRADE_SUBMISSIONS, a token that may read the API.
"""

from __future__ import annotations

import json
import os
import sys
import urllib.request
from collections.abc import Iterator, Mapping

_A_PAGE = 100


def projects(environment: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the path and the address of each project, page by page; raises KeyError, OSError and ValueError."""
    address = f"{environment['CI_API_V4_URL']}/groups/{environment['CNNGRADE_GROUP']}/projects"
    headers = {"PRIVATE-TOKEN": environment["CNNGRADE_SUBMISSIONS"]}
    page, found = 1, _A_PAGE
    while found == _A_PAGE:
        request = urllib.request.Request(f"{address}?simple=true&per_page={_A_PAGE}&page={page}", headers=headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            listed = json.load(answer)
        for project in listed:
            yield project["path"], project["http_url_to_repo"]
        page, found = page + 1, len(listed)


if __name__ == "__main__":
    sys.stdout.writelines(f"{path} {address}\n" for path, address in projects(os.environ))
