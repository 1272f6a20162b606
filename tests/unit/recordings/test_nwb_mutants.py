"""Spoiled NWB files: one sentence with the path and nothing written, or values that h5py alone finds too."""

import os
import shutil
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import h5py
import numpy as np
import pytest

from recordings.nwb import import_nwb
from recordings.reader import Recording
from tests.converted import convert_all
from tests.hostile_hdf5 import spoil

pynwb = pytest.importorskip("pynwb", reason="pynwb (extra nwb) is not installed")
pytestmark = pytest.mark.filterwarnings("ignore")
NUM_SAMPLES, NUM_NEURONS, RATE_HZ = 90, 3, 30.0
SERIES = {
    "responses": "processing/ophys/Fluorescence/Deconvolved",
    "pupil_size": "processing/behavior/PupilTracking/area",
    "running_speed": "processing/behavior/BehavioralTimeSeries/running_speed",
    "gaze": "processing/behavior/EyeTracking/eye",
}
MOVIE = "stimulus/presentation/clouds"
ATTRIBUTES = ("conversion", "offset", "rate", "neurodata_type", "namespace", "unit", "colnames")
SEVERAL = (0, *range(1, 120, 11))


def make_whole(folder: Path) -> Path:
    """A whole file, of which mutants are made."""
    rng = np.random.default_rng(0)
    start = datetime(2024, 1, 1, tzinfo=UTC)
    nwb = pynwb.NWBFile(session_description="a session", identifier="id", session_start_time=start)
    timing = {"rate": RATE_HZ, "starting_time": 0.0}
    behavior = nwb.create_processing_module(name="behavior", description="of the mouse")
    pupil = pynwb.TimeSeries(
        name="area", data=40 + rng.normal(size=NUM_SAMPLES), unit="px", **timing
    )
    running = pynwb.TimeSeries(
        name="running_speed",
        data=rng.gamma(1.0, 2.0, NUM_SAMPLES),
        unit="cm/s",
        timestamps=np.arange(NUM_SAMPLES) / RATE_HZ,
    )
    gaze = pynwb.behavior.SpatialSeries(
        name="eye",
        data=100 + rng.normal(size=(NUM_SAMPLES, 2)),
        reference_frame="camera",
        **timing,
    )
    behavior.add(pynwb.behavior.BehavioralTimeSeries(time_series=running))
    behavior.add(pynwb.behavior.PupilTracking(time_series=pupil))
    behavior.add(pynwb.behavior.EyeTracking(spatial_series=gaze))
    _add_responses(nwb, rng.gamma(1.0, 2.0, (NUM_SAMPLES, NUM_NEURONS)) + 0.1, timing)
    nwb.add_trial_column(name="tier", description="what the trial is for")
    for start_s, tier in ((0.0, "train"), (1.0, "oracle")):
        nwb.add_trial(start_time=start_s, stop_time=start_s + 0.5, tier=tier)
    frames = rng.integers(2, 256, (NUM_SAMPLES, 36, 64), dtype=np.uint8)
    nwb.add_stimulus(pynwb.image.ImageSeries(name="clouds", data=frames, unit="grey", **timing))
    path = folder / "whole.nwb"
    with pynwb.NWBHDF5IO(str(path), "w") as io:
        io.write(nwb)
    return path


def _add_responses(nwb, values_TN: np.ndarray, timing: dict) -> None:
    ophys = nwb.create_processing_module(name="ophys", description="of the microscope")
    channel = pynwb.ophys.OpticalChannel(name="green", description="light", emission_lambda=500.0)
    plane = nwb.create_imaging_plane(
        name="plane",
        optical_channel=channel,
        description="cells",
        device=nwb.create_device(name="microscope"),
        excitation_lambda=900.0,
        indicator="GCaMP",
        location="V1",
    )
    segmentation = pynwb.ophys.ImageSegmentation()
    ophys.add(segmentation)
    cells = segmentation.create_plane_segmentation(
        name="cells", description="cells", imaging_plane=plane
    )
    for number in range(NUM_NEURONS):
        cells.add_roi(image_mask=np.ones((2, 2)), id=10 + number)
    rois = cells.create_roi_table_region(description="all", region=list(range(NUM_NEURONS)))
    series = pynwb.ophys.RoiResponseSeries(
        name="Deconvolved", data=values_TN, unit="n.a.", rois=rois, **timing
    )
    ophys.add(pynwb.ophys.Fluorescence(roi_response_series=series, name="Fluorescence"))


def keys_of(path: Path) -> tuple[list[str], list[str]]:
    """Datasets, twice those that a recording is made of, and all objects; no copies of the standard."""
    datasets, objects = [], []

    def note(key: str, item) -> None:
        if not key.startswith("specifications"):
            objects.append(key)
            datasets.extend([key] if isinstance(item, h5py.Dataset) else [])

    with h5py.File(path) as file:
        file.visititems(note)
    used = [key for key in datasets if key.startswith((*SERIES.values(), MOVIE, "intervals"))]
    return sorted(datasets + 3 * used), sorted(objects)


def spoiled_nwb(whole: Path, folder: Path, number: int) -> tuple[Path, str]:
    path = folder / "session.nwb"
    shutil.copyfile(whole, path)
    if not number:
        return path, "whole"
    datasets, objects = keys_of(path)
    if number % 6:
        return path, spoil(path, number, datasets)
    return path, _spoil_object(path, objects, number)


def _spoil_object(path: Path, objects: list[str], number: int) -> str:
    """Delete, rename or empty an object, or give one of its attributes another value."""
    rng = np.random.default_rng(number)
    key = objects[rng.integers(len(objects))]
    values = [np.nan, np.inf, 0, -1, "text", b"\xff", 1j, [], [1, 2], h5py.Empty("f8"), 1e300]
    with h5py.File(path, "a") as file:
        item, way = file[key], rng.integers(5)
        names = [name for name in item.attrs if name in ATTRIBUTES] or list(item.attrs)
        if way == 0:
            del file[key]
        elif way == 1:
            file.move(key, f"{key}2")
        elif way == 2 and isinstance(item, h5py.Group):
            item.clear()
        elif names:
            name = names[rng.integers(len(names))]
            value = values[rng.integers(len(values))]
            del item.attrs[name]
            if way > 2:
                item.attrs[name] = value
            return f"{number}: {key}, {name} is {value} ({way})"
    return f"{number}: {key}, way {way}"


def compare(path: Path, folder: Path) -> None:
    """What was taken is what is stored, and finite; a series that was renamed may have been found elsewhere."""
    recording = Recording(folder)
    with h5py.File(path) as file:
        starts = np.asarray(file["intervals/trials/start_time"][()]).ravel()
        for number, start_s in enumerate(starts):
            trial = recording.trial(number)
            moments_s = start_s + np.arange(trial.video_THW.shape[0]) / 30
            shown = {"responses": trial.responses_NT, "pupil_size": trial.behavior_CT[:1]}
            shown |= {"running_speed": trial.behavior_CT[1:2], "gaze": trial.behavior_CT[2:]}
            for name, found in shown.items():
                assert np.isfinite(found).all()
                if SERIES[name] in file:
                    expected = _line(file[SERIES[name]], moments_s)
                    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5, err_msg=name)
            _compare_movie(file, moments_s, trial.video_THW)


def _line(series: h5py.Group, moments_s: np.ndarray) -> np.ndarray:
    data = series["data"]
    assert data.dtype.kind in "biuf", f"{data.dtype} was taken"
    values = data[()].astype(float) * data.attrs.get("conversion", 1.0) + data.attrs.get(
        "offset", 0.0
    )
    values = values[:, None] if values.ndim == 1 else values
    known = ~np.isnan(values).any(axis=1)
    times_s = _times(series, len(values))[known]
    rows = values[known].T
    return np.stack([np.interp(moments_s, times_s, row) for row in rows])


def _times(series: h5py.Group, num: int) -> np.ndarray:
    if "timestamps" in series:
        return np.ravel(series["timestamps"][()]).astype(float)
    start = series["starting_time"]
    first_s, rate_hz = (float(np.ravel(one)[0]) for one in (start[()], start.attrs["rate"]))
    return first_s + np.arange(num) / rate_hz


def _compare_movie(file: h5py.File, moments_s: np.ndarray, video_THW: np.ndarray) -> None:
    assert np.isfinite(video_THW).all()
    if MOVIE not in file:
        return
    frames = file[MOVIE]["data"][()]
    assert frames.dtype.kind in "biuf"
    times_s = _times(file[MOVIE], len(frames))
    place = np.maximum(np.searchsorted(times_s, moments_s + 0.004, side="right") - 1, 0)
    if frames.shape[1:] == (36, 64):
        np.testing.assert_allclose(video_THW, frames[place], rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(
    "numbers",
    [SEVERAL, pytest.param(range(int(os.environ.get("MUTANTS", 420))), marks=pytest.mark.slow)],
    ids=["several", "many"],
)
def test_spoiled_files_are_refused_or_read_as_they_are(tmp_path, numbers):
    make = partial(spoiled_nwb, make_whole(tmp_path))
    assert 0 < convert_all(import_nwb, compare, tmp_path, make, numbers, "ignore") < 0.8
