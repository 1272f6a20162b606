"""Chunks of HDF5 datasets: whether each is there and unpacks to its full length; HDF5 itself fills up with whatever is in memory."""

import math
import zlib

import h5py

from recordings.untrusted import reading

DEFLATE, SHUFFLE, FLETCHER32, LZF = 1, 2, 3, 32000
UNCHECKED = (4, 5, 6)
"""szip, n-bit and scale-offset: nothing in a chunk tells whether it is whole"""
FLETCHER_BYTES, VARIABLE_BYTES = 4, 16


def refuse_filters(name: str, filters: list[int]) -> None:
    """Refuse what is packed in a way that is not installed, or by which values cannot be checked."""
    for code in filters:
        if not h5py.h5z.filter_avail(code) or code in UNCHECKED:
            raise ValueError(
                f"{name}: packed by filter {code}, which is not installed or does not tell damaged values; save it with gzip or "
                "uncompressed"
            )


def stored_size(dataset: h5py.Dataset) -> int:
    """Bytes in the file for each value; of texts of any length, those of the place where the text is."""
    kind = dataset.id.get_type()
    texts = isinstance(kind, h5py.h5t.TypeStringID) and kind.is_variable_str()
    if texts or isinstance(kind, h5py.h5t.TypeVlenID):
        return VARIABLE_BYTES
    return kind.get_size()


def check_chunks(name: str, dataset: h5py.Dataset, filters: list[int], file_bytes: int) -> None:
    """Refuse a dataset with chunks that were never written, lie beyond the file's end, or unpack to another length."""
    with reading(name):
        shape, chunk = dataset.shape, dataset.chunks
        num_bytes = math.prod(chunk) * stored_size(dataset)
    expected = math.prod(-(-size // step) for size, step in zip(shape, chunk, strict=True))
    found, beyond = set(), []

    def note(stored) -> None:
        found.add(stored.chunk_offset)
        if stored.byte_offset + stored.size > file_bytes:
            beyond.append(stored.chunk_offset)

    with reading(name):
        num_chunks = dataset.id.get_num_chunks() if expected else 0
        if num_chunks == expected and num_chunks:
            dataset.id.chunk_iter(note)
    if expected and (num_chunks != expected or len(found) != expected):
        raise ValueError(
            f"{name}: shape {shape} needs {expected} chunks, but {num_chunks} were written; fill it in, or give the shape that was "
            "recorded"
        )
    if beyond:
        raise ValueError(
            f"{name}: shape {shape}, but the file ends before its values from {beyond[0]} on; copy it again"
        )
    for place in sorted(found):
        with reading(name):
            mask, content = dataset.id.read_direct_chunk(place)
            length = _unpacked_length(content, filters, mask, num_bytes)
        if length != num_bytes:
            raise ValueError(
                f"{name}: its chunk at {place} unpacks to {length} bytes, expected {num_bytes}; it is damaged: save it again"
            )


def _unpacked_length(content: bytes, filters: list[int], mask: int, num_bytes: int) -> int:
    """Length of an unpacked chunk; of more than `num_bytes` one byte too many is enough."""
    for number in reversed(range(len(filters))):
        if mask >> number & 1:  # the filter was skipped
            continue
        code = filters[number]
        if code == FLETCHER32:
            content = content[:-FLETCHER_BYTES]
        elif code == DEFLATE:
            content = zlib.decompressobj().decompress(content, num_bytes + 2 * FLETCHER_BYTES)
        elif code == LZF:  # h5py packs by it last, but for a checksum
            return _lzf_length(content)
        elif code != SHUFFLE:  # of an installed plugin, which checks by itself
            return num_bytes
    return len(content)


def _lzf_length(content: bytes) -> int:
    """Length of what LZF packed: runs of up to 32 bytes as they are, and copies of earlier ones."""
    place = length = 0
    while place < len(content):
        control = content[place]
        if control < 32:
            place += control + 2
            length += control + 1
        else:
            long = control >> 5 == 7
            length += (control >> 5) + 2 + (content[place + 1] if long else 0)
            place += 3 if long else 2
    return length if place == len(content) else -1
