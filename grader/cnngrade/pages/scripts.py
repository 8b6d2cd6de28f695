"""JavaScript modules of a course as one script, which a page can hold and a hash in its policy can name.

A page that is opened from the disk may not load modules from files beside it. So each module becomes a function that returns
what it exports, and imports become reads from what another one has returned. The forms that are understood are those that a
module needs, and any other is refused with its line:

    import { a, b as c } from "./lib/other.mjs";
    export function f() { ... }      export class C { ... }      export const x = ...;
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cnngrade.errors import CourseError

_IMPORT = re.compile(r'^import\s*\{([^}]*)\}\s*from\s*"(\./[^"]+|\.\./[^"]+)";[ \t]*$', re.MULTILINE)


_EXPORT = re.compile(r"^export[ ]+(?=(?:async[ ]+function\*?|function\*?|class|const)[ ]+([A-Za-z_$][\w$]*))", re.MULTILINE)


_NOT_UNDERSTOOD = re.compile(r"^[ \t]*(?:import|export)\b(?!\s*\()|\bimport\s*\(|\bimport\.meta\b", re.MULTILINE)


_NAME = re.compile(r"([A-Za-z_$][\w$]*)(?:\s+as\s+([A-Za-z_$][\w$]*))?")


# A page would take these for the end of its script.
_ENDS_A_SCRIPT = re.compile(r"</script|<!--", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Module:
    """A module's text without imports and exports, what it exports, and its imports: (destructuring pattern, file)."""

    body: str
    exports: tuple[str, ...]
    imports: tuple[tuple[str, Path], ...]


def _refuse(path: Path, text: str, position: int, what: str) -> CourseError:
    return CourseError(f"{path}, line {text.count(chr(10), 0, position) + 1}: {what}")


def _pattern(path: Path, text: str, match: re.Match[str]) -> str:
    """Return the imported names as a pattern that takes an object apart: `a, b: c`."""
    names = [part.strip() for part in match[1].split(",") if part.strip()]
    parts = []
    for name in names:
        if (found := _NAME.fullmatch(name)) is None:
            raise _refuse(path, text, match.start(), f"`{name}` cannot be imported: write `name` or `name as other`.")
        parts.append(f"{found[1]}: {found[2]}" if found[2] else found[1])
    return ", ".join(parts)


def _parse(path: Path) -> _Module:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{path} cannot be read: {error}") from error
    if end := _ENDS_A_SCRIPT.search(text):
        raise _refuse(path, text, end.start(), f"`{end[0]}` would end the page's script. Write it in two parts.")
    imports = tuple((_pattern(path, text, match), (path.parent / match[2]).resolve()) for match in _IMPORT.finditer(text))
    # Lines are kept, so that an error in a browser's console names one that can be found.
    body = _IMPORT.sub(lambda match: "\n" * match[0].count("\n"), text)
    exports = tuple(_EXPORT.findall(body))
    body = _EXPORT.sub("", body)
    if other := _NOT_UNDERSTOOD.search(body):
        raise _refuse(
            path, body, other.start(),
            'only `import { name } from "./file.mjs";` and `export` before a function, a class or a const are understood.',
        )  # fmt: skip
    return _Module(body, exports, imports)


def _in_order(path: Path, found: dict[Path, _Module], above: tuple[Path, ...]) -> None:
    """Add a module to `found` after those that it imports."""
    if path in found:
        return
    if path in above:
        raise CourseError(f"{path} imports itself, through {' and '.join(other.name for other in above)}.")
    module = _parse(path)
    for _, other in module.imports:
        _in_order(other, found, (*above, path))
    found[path] = module


def _as_function(module: _Module, numbers: Mapping[Path, int], exported: Mapping[Path, tuple[str, ...]], path: Path) -> str:
    reads = []
    for pattern, other in module.imports:
        wanted = {part.split(":")[0].strip() for part in pattern.split(",")}
        if missing := wanted - set(exported[other]) - {""}:
            raise CourseError(f"{path} imports {', '.join(sorted(missing))}, which {other.name} does not export.")
        reads.append(f"const {{ {pattern} }} = module{numbers[other]};")
    return (
        f"// {path.name}\nconst module{numbers[path]} = (() => {{ {' '.join(reads)}\n{module.body}\n"
        f"return {{ {', '.join(module.exports)} }};\n}})();"
    )


def one_script(entry: Path) -> str:
    """Return the module `entry` and all that it imports as the text of one classic script; raises CourseError."""
    modules: dict[Path, _Module] = {}
    _in_order(entry.resolve(), modules, ())
    numbers = {path: number for number, path in enumerate(modules)}
    exported = {path: module.exports for path, module in modules.items()}
    parts = [_as_function(module, numbers, exported, path) for path, module in modules.items()]
    return '"use strict";\n(() => {\n' + "\n".join(parts) + "\n})();"
