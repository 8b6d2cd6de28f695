"""A report as the output of a notebook's cell where scripts are taken out, in windows of other colours and widths."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from cnngrade.report.html import report_fragment
from support.browser import chromium, needs_a_browser
from support.handmade_reports import DANGEROUS, ESTIMATED, EVERY_VERDICT, FAULT, STOPPED
from support.readable import unreadable

# What VS Code gives to the output of a cell: the colours of its theme, and plain rules for tables and code.
_VSCODE = """
body {{ color: var(--vscode-foreground); background: var(--vscode-editor-background); margin: 0; padding: 4px 8px;
  font: 13px/1.4 "Segoe WPC", system-ui, sans-serif; }}
:root {{ --vscode-foreground: {0}; --vscode-editor-background: {1}; --vscode-textPreformat-background: {2};
  --vscode-textPreformat-foreground: {3}; }}
table {{ border-collapse: collapse; border-spacing: 0; }}
table th, table td {{ border: 0; text-align: right; padding: 5px 8px; }}
table thead th {{ font-weight: bold; }}
code {{ color: var(--vscode-textPreformat-foreground); background: var(--vscode-textPreformat-background); }}
"""
_THEMES = {
    "light": ("#3b3b3b", "#ffffff", "#0000001f", "#3b3b3b"),
    "dark": ("#cccccc", "#1f1f1f", "#3c3c3c", "#d0d0d0"),
    "high contrast": ("#ffffff", "#000000", "#1a1a1a", "#ffffff"),
    "high contrast light": ("#292929", "#ffffff", "#0f4a8514", "#292929"),
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


@needs_a_browser
@pytest.mark.parametrize("theme", _THEMES)
def test_a_report_is_readable(page: Page, theme: str) -> None:
    """no text is cut off or too small, and each stands out from what is behind it; what is folded opens without a script"""
    style = _VSCODE.format(*_THEMES[theme])
    for report in (EVERY_VERDICT, STOPPED, ESTIMATED, FAULT, DANGEROUS):
        for function in (None, report.outcomes[0].case.function):
            shown = report_fragment(report, function, more="For a hint: `cnngrade.hint()`")
            assert "<script" not in shown
            page.set_content(f"<!DOCTYPE html><style>{style}</style><body>{shown}")
            for summary in page.locator("summary").all():
                if summary.evaluate("one => !one.parentElement.open"):
                    summary.click()
            for width in (420, 900):
                page.set_viewport_size({"width": width, "height": 900})
                assert unreadable(page.locator(".tex2jax_ignore"), seconds=0) == [], (report.title, function, width)
                assert page.evaluate("document.documentElement.scrollWidth") <= width


@needs_a_browser
def test_what_cannot_be_read_is_noticed(page: Page) -> None:
    """pale text, tiny text and text beyond the edge are each found"""
    page.set_content(
        '<!DOCTYPE html><div style="width:300px"><p style="color:#aaa">pale</p><p style="font-size:8px">tiny</p>'
        '<p style="white-space:nowrap">beyond the edge, beyond the edge, beyond the edge, beyond the edge</p><p>plain</p></div>'
    )
    found = unreadable(page.locator("div"), seconds=0)
    assert [line.split(":")[0].split()[0] for line in found] == ["cut", "8", "contrast"]
