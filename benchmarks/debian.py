"""Install a package of Debian or Ubuntu, where that needs no password."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path


def install(package: str) -> bool:
    """Whether apt-get is here, may install, and has installed the package."""
    apt = shutil.which("apt-get")
    if not apt or os.geteuid() != 0:
        return False
    import fcntl  # noqa: PLC0415 - where apt-get is, it is too

    with (Path(tempfile.gettempdir()) / "see-deep-learning.apt").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # apt-get refuses to run twice, and tests run in several processes
        return do(apt, "update") and do(apt, "install", "-y", package)


def do(*command: str) -> bool:
    """Run an installer; its output goes to stderr, because stdout is for the path of what was installed."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, stdout=sys.stderr, env=environment, check=False).returncode == 0
