"""nbgrader as the system of record: its gradebook, feedback and late penalties, with our judge where its kernel stood.

Import the modules of this package only where nbgrader is needed: it takes seconds to load.
"""

# Before anything else loads nbgrader: it says how that goes quicker.
import cnngrade.gradebook.compat  # noqa: F401
