"""nbgrader as the system of record: its gradebook, feedback and late penalties, with our judge in place of its kernel.

Import the modules of this package only where nbgrader is needed: it takes seconds to load.
"""

from cnngrade.gradebook.light_import import load_nbgrader

# Before anything else loads nbgrader.
load_nbgrader()
