"""Which accelerators this machine has, without importing torch while rules are read."""

from pathlib import Path

DRIVER_FOLDER = Path("/proc/driver/nvidia/gpus")


def local_gpus(folder: Path = DRIVER_FOLDER) -> int:
    """Number of NVIDIA GPUs that the driver shows."""
    return len(list(folder.iterdir())) if folder.is_dir() else 0
