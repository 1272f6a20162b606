"""Recordings in the Sensorium 2023 layout; `recordings.open(path)` gives them to a notebook."""

import importlib


def __getattr__(name: str):
    """`open` on demand: importing a module of this package must not load the notebook's."""
    if name == "open":
        return importlib.import_module("recordings.notebook").open_recordings
    raise AttributeError(f"module 'recordings' has no attribute '{name}'")
