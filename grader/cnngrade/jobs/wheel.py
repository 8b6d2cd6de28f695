"""The wheel of cnngrade itself, for a course folder: made of what is installed here, without a network or a build tool.

Where cnngrade was installed from a wheel, that wheel is no more; where it runs from a checkout, there never was one. In either
case its modules are here, and what pip noted about it when it was installed. That is all that a wheel is.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.metadata
import io
from collections.abc import Iterator, Mapping
from pathlib import Path

import cnngrade
from cnngrade.errors import UsageError
from cnngrade.files import zip_of

_NAME = "cnngrade"


_KINDS = (".py", ".typed", ".ini", ".json", ".css", ".js", ".html")
"""What the files of the package end in: an allowlist, so that nothing which lies beside them travels."""


_NOTED = ("METADATA", "entry_points.txt", "top_level.txt")


_WHEEL = """\
Wheel-Version: 1.0
Generator: cnngrade
Root-Is-Purelib: true
Tag: py3-none-any
"""


def _package_files() -> Iterator[tuple[str, bytes]]:
    top = Path(cnngrade.__file__).resolve().parent
    for path in sorted(top.rglob("*")):
        parts = path.relative_to(top).parts
        if path.suffix in _KINDS and path.is_file() and not any(part.startswith((".", "__pycache__")) for part in parts):
            yield "/".join((_NAME, *parts)), path.read_bytes()


def _noted() -> importlib.metadata.Distribution:
    """Return what was noted about cnngrade when it was installed; raises UsageError where it was not."""
    found = list(importlib.metadata.distributions(name=_NAME))
    if not found:
        raise UsageError(
            "cnngrade is not installed here, so no wheel of it can be made for students. "
            'Install it: pip install -e ".[instructor]" in its checkout.'
        )
    # In a checkout, what built it has left notes of its own beside the modules, which lack the licence.
    return next((distribution for distribution in found if distribution.read_text("WHEEL")), found[0])


def _facts(installed: importlib.metadata.Distribution) -> Iterator[tuple[str, bytes]]:
    """Yield the files that say what the package is: what pip noted, and its licences."""
    for name in _NOTED:
        # A checkout that was never built notes the metadata under another name.
        text = installed.read_text(name) or (installed.read_text("PKG-INFO") if name == "METADATA" else None)
        if text:
            yield name, text.encode()
    for name in installed.metadata.get_all("License-File") or ():
        # Where it is depends on the version of the tool that built it.
        text = installed.read_text(f"licenses/{name}") or installed.read_text(name)
        if text:
            yield f"licenses/{name}", text.encode()
    yield "WHEEL", _WHEEL.encode()


def _record(files: Mapping[str, bytes], name: str) -> bytes:
    lines = io.StringIO()
    for path, data in files.items():
        code = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        lines.write(f"{path},sha256={code},{len(data)}\n")
    lines.write(f"{name},,\n")
    return lines.getvalue().encode()


def wheel_name() -> str:
    """Return the file name of the wheel of this cnngrade."""
    return f"{_NAME}-{cnngrade.__version__}-py3-none-any.whl"


def wheel() -> bytes:
    """Return the content of cnngrade's wheel, which is the same for the same cnngrade.

    Raises UsageError where cnngrade is not installed, or was installed as another version.
    """
    installed = _noted()
    if installed.version != cnngrade.__version__:
        raise UsageError(
            f"This is cnngrade {cnngrade.__version__}, and {installed.version} is what was installed: install it again, "
            "so that students get a wheel of the right version."
        )
    facts = f"{_NAME}-{installed.version}.dist-info"
    files = dict(_package_files()) | {f"{facts}/{name}": data for name, data in _facts(installed)}
    files[f"{facts}/RECORD"] = _record(files, f"{facts}/RECORD")
    return zip_of(files)
