"""Debian's Chromium, driven without a network: what a page measures, loads and is read as."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import selenium_axe_python

MISSING = "" if shutil.which("chromedriver") else "needs Debian's chromium and chromium-driver"
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_WORDS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
          "--disable-background-networking", "--disable-component-update", "--disable-sync",
          "--hide-scrollbars")  # fmt: skip
_AXE = Path(selenium_axe_python.__file__).parent / "axe-core" / "axe.min.js"
_PAINTED = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(done))"
_PAGE_OBJECT = re.compile(rb"/Type\s*/Page\b(?!s)")


@contextmanager
def opened() -> Iterator[Browser]:
    """Open one browser and close it in the end; pages are opened in it one after the other."""
    from selenium import webdriver  # only where a browser is driven
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    for word in _WORDS:
        options.add_argument(word)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    options.binary_location = shutil.which("chromium") or ""
    service = Service(shutil.which("chromedriver"), env=dict(os.environ))
    driver = webdriver.Chrome(options=options, service=service)
    driver.set_script_timeout(60)
    try:
        with tempfile.TemporaryDirectory() as folder:
            yield Browser(driver, Path(folder))
    finally:
        driver.quit()


@dataclass
class Browser:
    """One window; ``driver`` is selenium's, for what isn't here."""

    driver: Any
    folder: Path

    def open(self, page: str, width: int) -> None:
        """Show a page at a width in CSS pixels."""
        path = self.folder / "page.html"
        path.write_text(page, encoding="utf-8")
        self.width(width)
        self._do("Page.setBypassCSP", enabled=True)  # axe is put into the page
        self._do("Emulation.setFocusEmulationEnabled", enabled=True)  # a key must find a window
        self.driver.get(path.as_uri())
        self.driver.execute_async_script(_PAINTED)  # what is pressed before that is dropped

    def width(self, width: int) -> None:
        """Make the window so wide."""
        self._do("Emulation.setDeviceMetricsOverride", width=width, height=900,
                 deviceScaleFactor=1, mobile=False)  # fmt: skip

    def scheme(self, name: str) -> None:
        """Prefer the ``light`` or the ``dark`` colours."""
        features = [{"name": "prefers-color-scheme", "value": name}]
        self._do("Emulation.setEmulatedMedia", features=features)

    def js(self, script: str) -> Any:
        """What a piece of JavaScript returns in the page."""
        return self.driver.execute_script(script)

    def height(self) -> int:
        """The height of the whole page in CSS pixels."""
        return int(self.js("return document.documentElement.scrollHeight"))

    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(self.js("const d = document.documentElement; return d.scrollWidth - innerWidth"))

    def click(self, x: float, y: float) -> None:
        """Press the mouse's button there."""
        for kind in ("mousePressed", "mouseReleased"):
            self._do("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def press(self, key: str) -> None:
        """Press and release a key."""
        for kind in ("keyDown", "keyUp"):
            self._do("Input.dispatchKeyEvent", type=kind, key=key, code=key,
                     windowsVirtualKeyCode={"Tab": 9, "Enter": 13}[key])  # fmt: skip

    def without_scripts(self, do: Callable[[], None]) -> None:
        """Do something while the page may run no script."""
        self._do("Emulation.setScriptExecutionDisabled", value=True)
        try:
            do()
        finally:
            self._do("Emulation.setScriptExecutionDisabled", value=False)

    def violations(self, *rules: str) -> list[tuple[str, str]]:
        """The rules of axe that the page breaks, each with the first element that does.

        Without names, all of WCAG 2.2 A and AA and the best practices.
        """
        only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS}
        if not self.js("return typeof axe === 'object'"):
            self.driver.execute_script(_AXE.read_text(encoding="utf-8"))
        found = self.driver.execute_async_script(
            "const done = arguments[0]; axe.run(document, {resultTypes: ['violations'], "
            f"runOnly: {json.dumps(only)}}}).then((r) => done("
            "r.violations.map((v) => [v.id, v.nodes[0].html.slice(0, 300) + ' ' + "
            "(v.nodes[0].any[0] ? v.nodes[0].any[0].message : '')])))"
        )
        return [(rule, node) for rule, node in found]

    def unfold(self) -> None:
        """Open everything that is folded, but for the many cells of a long notebook."""
        self.js("document.querySelectorAll('details:not(.cells)').forEach((d) => d.open = true)")

    def requests(self) -> list[str]:
        """What has been asked for since the last time, but for the page itself and data in it."""
        asked = []
        for line in self.driver.get_log("performance"):
            message = json.loads(line["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                asked.append(message["params"]["request"]["url"])
        return [url for url in asked if not url.startswith(("data:", self.folder.as_uri()))]

    def pages(self) -> int:
        """How many sheets of A4 it prints on."""
        made = self._do("Page.printToPDF", paperWidth=8.27, paperHeight=11.69,
                        preferCSSPageSize=True)  # fmt: skip
        return len(_PAGE_OBJECT.findall(base64.b64decode(made["data"])))

    def picture(self, to: Path) -> None:
        """Write a picture of the whole page."""
        made = self._do("Page.captureScreenshot", captureBeyondViewport=True)
        to.write_bytes(base64.b64decode(made["data"]))

    def _do(self, command: str, /, **values: Any) -> Any:
        return self.driver.execute_cdp_cmd(command, values)
