"""HDF5 files written whole: the library breaks the process, or a file without a word, where the disk fills up below it."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import h5py

from recordings.files import replace_when_done


@contextmanager
def new_hdf5(path: str | Path) -> Iterator[h5py.File]:
    """An empty HDF5 file, in memory; it is put at `path` once it is filled and closed without an error."""
    memory = io.BytesIO()
    with h5py.File(memory, "w") as file:
        yield file
    with replace_when_done(path) as temporary:
        temporary.write_bytes(memory.getbuffer())
