"""A `Report` as text, page, JSON and JUnit XML: pure functions from one value to a string."""

from __future__ import annotations
