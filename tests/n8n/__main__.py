"""Installs the n8n that the tests need into .local/n8n, if it is not there, and runs them.

python -m tests.n8n [pytest's arguments]
"""

import shutil
import subprocess
import sys

from tests.n8n.process import FOLDER, INSTALLED, wanted_version
from tests.worker import ROOT

OLDEST_NODE = 20
NEWEST_NODE = 24
NODE_IS_NEEDED = f"""\
`make test-n8n` needs Node.js {OLDEST_NODE} to {NEWEST_NODE} and npm on the path: {{}}.
Install it, for example from https://nodejs.org or as Debian's packages nodejs and npm."""


def main() -> int:
    trouble = _node_trouble()
    if trouble:
        sys.stderr.write(NODE_IS_NEEDED.format(trouble) + "\n")
        return 1
    _install()
    command = [sys.executable, "-m", "pytest", "tests/n8n", "-v", *sys.argv[1:]]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def _node_trouble() -> str | None:
    for name in ("node", "npm"):
        if shutil.which(name) is None:
            return f"{name} is missing"
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    major = int(said.strip().lstrip("v").split(".")[0])
    if not OLDEST_NODE <= major <= NEWEST_NODE:
        return f"this is {said.strip()}"
    return None


def _install() -> None:
    """Install once for each version; it takes some minutes."""
    if INSTALLED.exists() and INSTALLED.read_text() == wanted_version():
        return
    sys.stderr.write(f"Installing n8n {wanted_version()} into .local/n8n, some minutes ...\n")
    FOLDER.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "tests" / "n8n" / "package.json", FOLDER)
    # Nothing is compiled: what would be is for databases and expression engines not used here.
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(["npm", "install", *options], cwd=FOLDER, check=True)
    INSTALLED.write_text(wanted_version())


if __name__ == "__main__":
    sys.exit(main())
