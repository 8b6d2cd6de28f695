"""A `Report` as text, page, JSON and JUnit XML, and as platforms read it: functions from one value to a document."""

from __future__ import annotations
