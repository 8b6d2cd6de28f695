"""nbgrader as the system of record: its gradebook, feedback and late penalties, with our judge where its kernel stood.

Import the modules of this package only where nbgrader is needed: it takes seconds to load.
"""

from __future__ import annotations

import sys

# Where it finds this package, `jsonschema` has it build a grammar of web addresses, which takes a second. `nbformat` loads
# `jsonschema` and asks for no such format.
if "jsonschema" not in sys.modules and "rfc3987_syntax" not in sys.modules:
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]  # the import machinery's way to say: not there
    try:
        import jsonschema  # noqa: F401
    finally:
        del sys.modules["rfc3987_syntax"]
