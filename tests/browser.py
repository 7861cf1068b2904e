"""Drives a headless Chromium as a person would use it, over a pipe, without any package.

The commands are those of the Chrome DevTools Protocol; each is a JSON text that ends with a NUL.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import pytest

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
NEEDS_CHROMIUM = pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine")
_UNPACKED = "document.documentElement.dataset.ready === 'yes'"
_PATIENCE = 60  # seconds; a machine under load is slow, and this is no test of speed


class Page:
    """One tab: what is done in it, and what it asked for or complained of."""

    def __init__(self, to: BinaryIO, back: BinaryIO):
        """Take the two ends of the pipe."""
        self._to, self._back = to, back
        self._number, self._session = 0, None
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self._buffer = b""
        target = self._send("Target.createTarget", url="about:blank")["targetId"]
        attached = self._send("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._send(f"{domain}.enable")

    def _send(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._to.write(json.dumps(message).encode() + b"\0")
        self._to.flush()
        while True:
            answer = self._read()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer["error"]
                return answer["result"]
            self._note(answer)

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            part = self._back.read1(1 << 20)
            assert part, "Chromium ended"
            self._buffer += part
        text, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(text)

    def _note(self, event: dict[str, Any]) -> None:
        method, said = event.get("method"), event.get("params", {})
        if method == "Runtime.exceptionThrown":
            details = said["exceptionDetails"]
            self.complaints.append(details.get("exception", {}).get("description", details["text"]))
        elif method == "Log.entryAdded" and said["entry"]["level"] in ("error", "warning"):
            self.complaints.append(said["entry"]["text"])
        elif method == "Runtime.consoleAPICalled" and said["type"] in (
            "error",
            "warning",
            "assert",
        ):
            self.complaints.append(str(said["args"]))
        elif method == "Network.requestWillBeSent":
            self.requests.append(said["request"]["url"])

    def open(self, path: Path, place: str = "", ready: str = _UNPACKED) -> None:
        """Open a file of the disk, and wait until it can be used."""
        self._send("Page.navigate", url=path.absolute().as_uri() + place)
        self.until(f"document.documentElement && ({ready})")

    def leave(self) -> None:
        """Leave the page, so that opening it again begins from nothing."""
        self._send("Page.navigate", url="about:blank")
        self.until("location.href === 'about:blank'")

    def go(self, place: str) -> None:
        """Follow an address within the page."""
        self.run(f"location.hash = {json.dumps(place)}")
        self.settle()

    def settle(self) -> None:
        """Wait until the page was drawn."""
        self.run("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 90)))")

    def run(self, script: str) -> Any:
        """Return the value of an expression in the page; a promise is waited for."""
        answer = self._send(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def until(self, condition: str) -> None:
        """Wait until a condition holds in the page."""
        end = time.monotonic() + _PATIENCE
        while not self.run(f"Boolean({condition})"):
            assert time.monotonic() < end, f"never: {condition}; {self.complaints}"
            time.sleep(0.02)

    def text(self, selector: str) -> str:
        """Return the visible text of the first element of a selector."""
        return self.run(f"document.querySelector({json.dumps(selector)})?.innerText ?? ''")

    def press(self, key: str, code: int = 0, text: str = "") -> None:
        """Press and release a key."""
        common = {"key": key, "windowsVirtualKeyCode": code or ord(key[0].upper())}
        self._send("Input.dispatchKeyEvent", type="keyDown", text=text, **common)
        self._send("Input.dispatchKeyEvent", type="keyUp", **common)
        self.settle()

    def type(self, text: str) -> None:
        """Type a text where the focus is."""
        self._send("Input.insertText", text=text)
        self.settle()

    def resize(self, width: int, height: int, dark: bool = False) -> None:
        """Set the size of the window, and the colours that the reader likes."""
        self._send("Emulation.setDeviceMetricsOverride", width=width, height=height,
                   deviceScaleFactor=1, mobile=width < 600)  # fmt: skip
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._send("Emulation.setEmulatedMedia", features=[scheme])

    def picture(self, path: Path) -> None:
        """Keep what the window shows as a picture."""
        path.write_bytes(base64.b64decode(self._send("Page.captureScreenshot")["data"]))

    def printed(self) -> bytes:
        """Return the page as it would be printed, as PDF."""
        return base64.b64decode(self._send("Page.printToPDF", printBackground=True)["data"])


@contextmanager
def browser() -> Iterator[Page]:
    """Yield a tab of a fresh Chromium; it is ended afterwards."""
    to_read, to_write = os.pipe()
    back_read, back_write = os.pipe()

    def ends() -> None:  # Chromium reads from 3 and writes to 4
        os.dup2(to_read, 103)
        os.dup2(back_write, 104)
        os.dup2(103, 3)
        os.dup2(104, 4)

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
             "--no-first-run", "--disable-ipc-flooding-protection", "--disable-dev-shm-usage", f"--user-data-dir={profile}", "about:blank"],
            preexec_fn=ends, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(to_read)
        os.close(back_write)
        try:
            with os.fdopen(to_write, "wb") as to, os.fdopen(back_read, "rb") as back:
                yield Page(to, back)
        finally:
            process.kill()
            process.wait()
