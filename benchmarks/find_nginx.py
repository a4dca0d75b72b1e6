"""Find an nginx, or install one; `python -m benchmarks.find_nginx` prints its path."""

import os
import shutil
import subprocess
import sys

from benchmarks.debian import install


class NoNginxError(Exception):
    """No nginx is installed and none can be."""


def find_nginx() -> str:
    """The nginx named by `NGINX`, else the one on PATH or among the system's commands, else Debian's package.

    Raises:
        NoNginxError: with one sentence that says what to do.
    """
    named = os.environ.get("NGINX")
    if named:
        if not _runs(named):
            raise NoNginxError(f"NGINX is “{named}”, which does not run: set it to the path of an nginx.")
        return named
    found = _on_path() or (_on_path() if install("nginx") else None)
    if not found:
        raise NoNginxError(
            "The deployment's tests need nginx, and it could not be installed: put it on PATH or set NGINX to its path."
        )
    return found


def _on_path() -> str | None:
    """Debian keeps nginx in /usr/sbin, which is on the PATH of root alone."""
    path = shutil.which("nginx", path=os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin"]))
    return path if path and _runs(path) else None


def _runs(command: str) -> bool:
    try:
        return subprocess.run([command, "-v"], capture_output=True, check=False, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


if __name__ == "__main__":
    try:
        print(find_nginx())
    except NoNginxError as error:
        sys.exit(str(error))
