"""Forms in which right and half right work arrives, as real tools and students write notebooks and scripts."""

from __future__ import annotations

from support.forms.cells import CELLS
from support.forms.definitions import DEFINITIONS
from support.forms.files import FILES
from support.forms.scripts import SCRIPTS

FORMS = (*CELLS, *DEFINITIONS, *FILES, *SCRIPTS)
