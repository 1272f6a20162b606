"""What a run has made, as digests: to keep, or to compare with another run of the same config.

python benchmarks/manifest.py results > before.txt     a line for each table, picture, array and weight
python benchmarks/manifest.py results before.txt       what differs; exit code 1 where anything does
python benchmarks/manifest.py results other/results    the same with another folder

Of a picture the pixels count, not the commit that it names; logs, benchmarks and the report, which hold times, do not.
"""

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
from PIL import Image

OF_ONE_RUN = ("logs", "benchmarks", "report.html", "config.yaml")


def manifest(folder: Path) -> dict[str, str]:
    """Digest of every table, picture, dataset of an HDF5 file and weight of a member below a folder."""
    found = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder)
        if name.parts[0] in OF_ONE_RUN or name.name.startswith("."):
            continue
        for part, content in READERS.get(path.suffix, lambda path: [])(path):
            found[f"{name}{part}"] = hashlib.sha256(content).hexdigest()[:16]
    return found


def read_bytes(path: Path) -> list[tuple[str, bytes]]:
    return [("", path.read_bytes())]


def read_pixels(path: Path) -> list[tuple[str, bytes]]:
    with Image.open(path) as image:
        return [("", f"{image.size} {image.mode}".encode() + image.tobytes())]


def read_datasets(path: Path) -> Iterator[tuple[str, bytes]]:
    """Type, shape and values of every dataset."""
    names: list[str] = []
    with h5py.File(path, "r") as file:
        file.visititems(
            lambda name, node: names.append(name) if isinstance(node, h5py.Dataset) else None
        )
        for name in names:
            values = file[name][()]
            plain = repr(np.asarray(values).tolist()).encode()
            content = plain if file[name].dtype.hasobject else np.asarray(values).tobytes()
            yield f":{name}", f"{file[name].dtype} {file[name].shape}".encode() + content


def read_weights(path: Path) -> Iterator[tuple[str, bytes]]:
    """Every tensor of a member."""
    import torch

    state = torch.load(path, weights_only=True)["state"]
    for name, tensor in state.items():
        yield (
            f":{name}",
            f"{tensor.dtype} {tuple(tensor.shape)}".encode() + tensor.numpy().tobytes(),
        )


READERS = {
    ".csv": read_bytes,
    ".npy": read_bytes,
    ".parquet": read_bytes,
    ".json": read_bytes,
    ".png": read_pixels,
    ".h5": read_datasets,
    ".pt": read_weights,
}


def read_lines(path: Path) -> dict[str, str]:
    """A manifest that was kept."""
    rows = [line.split("  ", 1) for line in path.read_text(encoding="utf-8").splitlines()]
    return {name: digest for digest, name in rows}


def differences(found: dict[str, str], expected: dict[str, str]) -> list[str]:
    """A line for each name that only one has, or that differs."""
    lines = [f"missing  {name}" for name in expected if name not in found]
    lines += [f"new      {name}" for name in found if name not in expected]
    both = found.keys() & expected.keys()
    return lines + [f"differs  {name}" for name in sorted(both) if found[name] != expected[name]]


def main(arguments: list[str]) -> int:
    """Print the manifest of a folder, or how it differs from another one."""
    if not 1 <= len(arguments) <= 2 or not Path(arguments[0]).is_dir():
        print(__doc__, file=sys.stderr)
        return 2
    found = manifest(Path(arguments[0]))
    if len(arguments) == 1:
        print("\n".join(f"{digest}  {name}" for name, digest in found.items()))
        return 0
    other = Path(arguments[1])
    lines = differences(found, manifest(other) if other.is_dir() else read_lines(other))
    print("\n".join(lines) or f"{len(found)} tables, pictures, arrays and weights are equal")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
