"""A real JupyterLab: its server, and a notebook in a browser's window, used as a person does it."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Error, Locator, Page, expect

from support.places import GRADER

_PATIENCE = 120
# Of the extensions those that a student's window has no use for take seconds to load.
_NOT_NEEDED = ("jupyter_lsp", "jupyterlab_jupytext", "jupyter_server_terminals", "nbgrader.server_extensions.assignment_list")
_OF_NBGRADER = tuple(f"nbgrader.server_extensions.{name}" for name in ("course_list", "formgrader", "validate_assignment"))


@dataclass(frozen=True)
class Server:
    """A running server: its address, and the folder in which its users' settings are."""

    address: str
    settings: Path

    def choose_theme(self, theme: str) -> None:
        """Have windows that are opened from now on look like this: "JupyterLab Light" or "JupyterLab Dark"."""
        self._set("apputils-extension", "themes", {"theme": theme})

    def _set(self, extension: str, plugin: str, values: dict[str, object]) -> None:
        folder = self.settings / "@jupyterlab" / extension
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{plugin}.jupyterlab-settings").write_text(json.dumps(values), encoding="utf-8")

    def begin(self) -> None:
        """Ask nobody for news, and keep all cells of a notebook in the page, seen or not."""
        self._set("apputils-extension", "notification", {"fetchNews": "false", "checkForUpdates": False})
        self._set("notebook-extension", "tracker", {"windowingMode": "none"})


@contextlib.contextmanager
def jupyter_server(folder: Path, home: Path) -> Iterator[Server]:
    """Serve the notebooks in `folder`, with a user's folders in `home`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    places = {f"JUPYTER_{name}_DIR": str(home / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    server = Server(f"http://127.0.0.1:{port}", home / "settings")
    server.begin()
    (home / "config").mkdir()
    unused = {"ServerApp": {"jpserver_extensions": dict.fromkeys((*_NOT_NEEDED, *_OF_NBGRADER), False)}}
    (home / "config" / "jupyter_server_config.json").write_text(json.dumps(unused), encoding="utf-8")
    options = {"token": "", "port": port, "root_dir": folder, "ip": "127.0.0.1", "open_browser": False, "allow_root": True}
    command = [sys.executable, "-m", "jupyterlab", *(f"--ServerApp.{name}={value}" for name, value in options.items())]
    environment = {**os.environ, **places, "HOME": str(home), "JUPYTERLAB_SETTINGS_DIR": str(home / "settings")}
    with (home / "server.log").open("w") as log:
        process = subprocess.Popen(command, env={**environment, "PYTHONPATH": str(GRADER)}, stdout=log, stderr=log)
    try:
        _wait_for(f"{server.address}/api", process, home / "server.log")
        yield server
    finally:
        process.terminate()
        process.wait(timeout=_PATIENCE)


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    latest = time.monotonic() + _PATIENCE
    while time.monotonic() < latest and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=5):
            return
        time.sleep(0.1)
    raise AssertionError(f"There is no JupyterLab:\n{log.read_text()}")


class NotebookWindow:
    """A notebook that is open in a window; cells are found by what stands in them."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        # What a window asks in front of the notebook where it takes long to load.
        page.add_locator_handler(page.get_by_role("button", name="Keep Waiting"), lambda button: button.click())
        page.goto(address)
        page.bring_to_front()
        self.page.locator(".jp-CodeCell").first.wait_for()
        # Until there is a kernel nothing that is run is waited for.
        indicator = self.page.locator(".jp-Notebook-ExecutionIndicator").first
        expect(indicator).to_have_attribute("data-status", "idle", timeout=_PATIENCE * 1000)

    def cell(self, text: str) -> Locator:
        """Return the code cell that holds a text."""
        return self.page.locator(".jp-CodeCell", has=self.page.locator(".cm-content", has_text=text)).first

    def _enter(self, cell: Locator) -> None:
        """Put the cursor into a cell; a window that has just been opened may need a second click."""
        latest = time.monotonic() + _PATIENCE
        while time.monotonic() < latest:
            with contextlib.suppress(AssertionError, Error):
                cell.locator(".cm-content").click(timeout=10_000)
                expect(cell.locator(".cm-content")).to_be_focused(timeout=2_000)
                return
        asked = self.page.locator("dialog").all_inner_texts()
        raise AssertionError(f"The cursor does not go into the cell. In front of it: {asked}")

    def write(self, cell: Locator, source: str) -> None:
        """Replace what stands in a cell."""
        content, latest = cell.locator(".cm-content"), time.monotonic() + _PATIENCE
        while time.monotonic() < latest:
            self._enter(cell)
            self.page.keyboard.press("ControlOrMeta+a")
            self.page.keyboard.insert_text(source)
            self.page.wait_for_timeout(200)
            # A window that has just been opened may lose what is typed.
            if content.inner_text().split() == source.split():
                return
        raise AssertionError(f"The cell holds {content.inner_text()!r}.")

    def run(self, cell: Locator) -> Locator:
        """Run a cell and return its output once that is there."""
        prompt = cell.locator(".jp-InputPrompt").first
        before = prompt.inner_text()
        latest = time.monotonic() + _PATIENCE
        while prompt.inner_text() == before and time.monotonic() < latest:
            self._enter(cell)
            self.page.keyboard.press("ControlOrMeta+Enter")
            # A window that has just been opened may not listen to its keys yet.
            with contextlib.suppress(AssertionError):
                expect(prompt).not_to_have_text(before, timeout=3_000)
        expect(prompt).not_to_have_text("[*]:", timeout=_PATIENCE * 1000)
        return cell.locator(".jp-OutputArea").first

    def called(self, cell: Locator, call: str) -> Locator:
        """Call something of cnngrade's in a cell and return its output once that is there."""
        self.write(cell, f"import cnngrade\n\ncnngrade.{call}")
        return self.run(cell)
