"""axe-core, which finds what keeps people from a page who cannot see well or use no mouse."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser

axe = pytest.importorskip("axe_playwright_python.base", reason="`pip install axe-playwright-python` brings axe-core")

# Windows' widths in pixels, and schemes of colours. Two of the four see every width and every scheme.
Look = tuple[int, Literal["light", "dark"]]
TWO_LOOKS: tuple[Look, ...] = ((360, "dark"), (1280, "light"))
ALL_LOOKS: tuple[Look, ...] = tuple(itertools.product((360, 1280), ("light", "dark")))

# Rules of the standard, WCAG 2.2 to level AA, and what axe's authors recommend beyond it.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(browser: Browser, path: Path, text: str, looks: tuple[Look, ...] = TWO_LOOKS) -> list[str]:
    """Write a page, and return what axe finds wrong with it at these widths and in these schemes of colours."""
    path.write_text(text, encoding="utf-8", errors="replace")
    context = browser.new_context()
    page = context.new_page()
    page.goto(path.as_uri())
    page.evaluate(axe.AXE_SCRIPT)
    # What is folded is looked at, too.
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    found = []
    for width, scheme in looks:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        result: dict[str, Any] = page.evaluate(
            "(rules) => axe.run(document, { runOnly: rules, resultTypes: ['violations'] })", RULES
        )
        for violation in result["violations"]:
            for node in violation["nodes"]:
                found.append(f"{violation['id']} ({width}, {scheme}): {node['target']} {node['html'][:150]}")
    context.close()
    return found
