"""Fetches a wheel and takes two of its collections out of it; the others would be another half gigabyte.

unpack.py REQUIREMENTS FOLDER
"""

import pathlib
import subprocess
import sys
import tempfile
import zipfile

WANTED = tuple(f"ansible_collections/{name}/" for name in ("amazon/aws", "community/aws"))


def main(requirements, folder):
    with tempfile.TemporaryDirectory() as fetched:
        subprocess.run(
            [
                sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
                "--only-binary", ":all:", "--require-hashes", "--requirement", requirements, "--dest", fetched,
            ],
            check=True,
        )
        [wheel] = pathlib.Path(fetched).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder, [name for name in archive.namelist() if name.startswith(WANTED)])


if __name__ == "__main__":
    main(*sys.argv[1:])
