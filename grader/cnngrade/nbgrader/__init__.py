"""nbgrader as the system of record: its gradebook, feedback and late penalties, with our judge where its kernel stood.

Import the modules of this package only where nbgrader is needed: it takes seconds to load.
"""
