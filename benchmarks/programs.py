"""Programs that tests need, found or installed; `python -m benchmarks.programs` prints the path of Chromium."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import sync_playwright


class MissingProgramError(Exception):
    """The program is not installed and cannot be."""


@dataclass(frozen=True)
class Program:
    """A program by the name of its Debian package, and how it is told from a mere pointer to one."""

    package: str
    commands: tuple[str, ...]
    asked: str  # an argument that it answers at once
    elsewhere: Callable[[], str | None] = lambda: None  # a last way to get it

    def find(self) -> str:
        """The one that the environment names, else the one on PATH, else Debian's package, else from elsewhere.

        Raises:
            MissingProgramError: with one sentence that says what to do.
        """
        variable = self.package.upper()
        named = os.environ.get(variable)
        if named:
            if not self.runs(named):
                raise MissingProgramError(
                    f"{variable} is “{named}”, which does not run: set it to the path of {self.package}."
                )
            return named
        found = self._on_path() or (self._on_path() if _install(self.package) else None) or self.elsewhere()
        if not found or not self.runs(found):
            raise MissingProgramError(
                f"The tests need {self.package}, and it could not be installed: put {' or '.join(self.commands)} on "
                f"PATH or set {variable} to its path."
            )
        return found

    def _on_path(self) -> str | None:
        """Debian keeps nginx in /usr/sbin, which is on the PATH of root alone."""
        places = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin"])
        paths = (shutil.which(command, path=places) for command in self.commands)
        return next((path for path in paths if path and self.runs(path)), None)

    def runs(self, command: str) -> bool:
        """Whether the command starts: Ubuntu's `chromium-browser` may be a mere pointer to a snap."""
        try:
            return subprocess.run([command, self.asked], capture_output=True, check=False, timeout=60).returncode == 0
        except (OSError, subprocess.TimeoutExpired):
            return False


def _install(package: str) -> bool:
    """Whether apt-get is here, may install, and has installed the package."""
    apt = shutil.which("apt-get")
    if not apt or os.geteuid() != 0:
        return False
    import fcntl  # noqa: PLC0415 - where apt-get is, it is too

    with (Path(tempfile.gettempdir()) / "see-deep-learning.apt").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # apt-get refuses to run twice, and tests run in several processes
        return _do(apt, "update") and _do(apt, "install", "-y", package)


def _do(*command: str) -> bool:
    """Run an installer; its output goes to stderr, because stdout is for the path of what was installed."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, stdout=sys.stderr, env=environment, check=False).returncode == 0


def _playwrights() -> str | None:
    if not _do(sys.executable, "-m", "playwright", "install", "chromium"):
        return None
    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


CHROMIUM: Final = Program("chromium", ("chromium", "chromium-browser", "google-chrome"), "--version", _playwrights)
NGINX: Final = Program("nginx", ("nginx",), "-v")


if __name__ == "__main__":
    try:
        print(CHROMIUM.find())
    except MissingProgramError as error:
        sys.exit(str(error))
