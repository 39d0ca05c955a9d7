"""What a platform runs: an environment of the pins in requirements.txt and of nothing else.

Made of links to what is installed already, so it takes no network and hardly any time.
"""

import re
import shutil
import sys
import venv
from importlib.metadata import distribution
from pathlib import Path

from numba.core.caching import UserProvidedCacheLocator

from tests.worker import ROOT

PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)==(\S+)$", re.MULTILINE)


def pins(file: str) -> dict[str, str]:
    """Return the pinned distributions of a file, by normalised name."""
    found = PIN.findall((ROOT / file).read_text())
    return {normalised(name): version for name, version in found}


def normalised(name: str) -> str:
    """Return a distribution's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def make(folder: Path) -> Path:
    """Make such an environment and return the folder of its programs."""
    venv.create(folder, symlinks=True)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = folder / "lib" / version / "site-packages"
    for name in pins("requirements.txt"):
        _link(name, packages, folder / "bin")
    return folder / "bin"


def keep_kernels(folder: Path) -> None:
    """Put what has been compiled of matching where NUMBA_CACHE_DIR=folder lets it be found."""
    package = ROOT / "matching"
    there = folder / UserProvidedCacheLocator.get_suitable_cache_subpath(
        str(package / "compiled.py")
    )
    there.mkdir(parents=True)
    for file in (package / "__pycache__").glob("*.nb[ic]"):
        shutil.copy(file, there)
    # Numba uses only a place where it could write.
    for path in (folder, there, *there.iterdir()):
        path.chmod(0o777)


def _link(name: str, packages: Path, programs: Path) -> None:
    installed = distribution(name)
    for file in installed.files or ():
        source = Path(installed.locate_file(file)).resolve()
        if source.parent.name == "bin":
            _copy_program(source, programs)
        elif ".." not in file.parts and not (packages / file.parts[0]).exists():
            top = file.parts[0]
            (packages / top).symlink_to(Path(installed.locate_file(top)))


def _copy_program(source: Path, programs: Path) -> None:
    """Copy a script that starts with its interpreter's path, with our interpreter's instead."""
    lines = source.read_text().splitlines(keepends=True)
    target = programs / source.name
    target.write_text(f"#!{programs / 'python'}\n" + "".join(lines[1:]))
    target.chmod(0o755)
