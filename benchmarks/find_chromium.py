"""Find a Chromium, or install one; `python -m benchmarks.find_chromium` prints its path."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks.debian import do, install

COMMANDS = ("chromium", "chromium-browser", "google-chrome")


class NoChromiumError(Exception):
    """No Chromium is installed and none can be."""


def find_chromium() -> str:
    """The Chromium named by `CHROMIUM`, else the one on PATH, else Debian's package, else Playwright's own.

    Raises:
        NoChromiumError: with one sentence that says what to do.
    """
    named = os.environ.get("CHROMIUM")
    if named:
        if not _runs(named):
            raise NoChromiumError(f"CHROMIUM is “{named}”, which does not run: set it to the path of a Chromium.")
        return named
    found = _on_path() or _from_debian() or _from_playwright()
    if not found:
        raise NoChromiumError(
            f"The browser tests need Chromium, and it could not be installed: put one of {', '.join(COMMANDS)} on PATH "
            "or set CHROMIUM to its path."
        )
    return found


def _on_path() -> str | None:
    paths = (shutil.which(command) for command in COMMANDS)
    return next((path for path in paths if path and _runs(path)), None)


def _runs(command: str) -> bool:
    """Whether the command starts: Ubuntu's `chromium-browser` may be a mere pointer to a snap."""
    try:
        return subprocess.run([command, "--version"], capture_output=True, check=False, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _from_debian() -> str | None:
    return _on_path() if install("chromium") else None


def _from_playwright() -> str | None:
    if not do(sys.executable, "-m", "playwright", "install", "chromium"):
        return None
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() and _runs(path) else None


if __name__ == "__main__":
    try:
        print(find_chromium())
    except NoChromiumError as error:
        sys.exit(str(error))
