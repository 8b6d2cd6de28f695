"""nbgrader as the system of record: its gradebook, feedback and late penalties, with our judge in place of its kernel.

Import the modules of this package only where nbgrader is needed: it takes seconds to load.
"""

# Before anything else loads nbgrader: it makes that faster.
import cnngrade.gradebook.compat  # noqa: F401
