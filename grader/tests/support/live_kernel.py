"""A real kernel at which a test runs cells one after the other, and may interrupt them."""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

from support.places import GRADER

_PATIENCE = 120


@dataclass
class Shown:
    """What a cell showed: what it printed, the plain and HTML forms of its results, and the traceback of what it raised."""

    printed: str = ""
    plain: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    traceback: str = ""

    @property
    def text(self) -> str:
        """The HTML's text on one line, as a person reads it."""
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", "\n".join(self.html))).split())


class LiveKernel:
    """Runs cells in a kernel of its own."""

    def __init__(self, manager: KernelManager, client: BlockingKernelClient) -> None:
        self._manager, self._client = manager, client

    def run(self, *sources: str, interrupted_at: str = "") -> Shown:
        """Run cells and return what the last one showed; interrupt it as soon as it has printed `interrupted_at`."""
        for source in sources:
            shown = self._run(source, interrupted_at if source is sources[-1] else "")
        return shown

    def _run(self, source: str, interrupted_at: str) -> Shown:
        asked, shown = self._client.execute(source), Shown()
        while True:
            message: dict[str, Any] = self._client.get_iopub_msg(timeout=_PATIENCE)
            kind, content = message["msg_type"], message["content"]
            if message["parent_header"].get("msg_id") != asked:
                continue
            if kind == "status" and content["execution_state"] == "idle":
                return shown
            if kind == "stream":
                shown.printed += content["text"]
                if interrupted_at and interrupted_at in shown.printed:
                    interrupted_at = ""
                    time.sleep(0.2)
                    self._manager.interrupt_kernel()
            elif kind in ("execute_result", "display_data"):
                shown.plain.append(content["data"]["text/plain"])
                shown.html.append(content["data"].get("text/html", ""))
            elif kind == "error":
                shown.traceback += "\n".join(content["traceback"])


@contextlib.contextmanager
def live_kernel(folder: Path) -> Iterator[LiveKernel]:
    """Run a kernel whose working directory is `folder`."""
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(cwd=str(folder), env={**os.environ, "PYTHONPATH": str(GRADER)})
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=_PATIENCE)
        yield LiveKernel(manager, client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.cleanup_resources()
