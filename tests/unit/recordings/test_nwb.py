"""NWB files that the test writes itself, and what is refused in them."""

import importlib
import re
import warnings
from datetime import UTC, datetime
from pathlib import Path

import h5py
import numpy as np
import pytest

from recordings.nwb import NO_PYNWB, NwbChoices, import_nwb
from recordings.reader import Recording

ROOT = Path(__file__).resolve().parents[3]
NUM_NEURONS = 4
SLOPE_N = np.arange(1.0, NUM_NEURONS + 1)
MOVIE = np.random.default_rng(0).integers(2, 256, (200, 36, 64), dtype=np.uint8)
TIERS = ("train", "oracle")
pytestmark = pytest.mark.filterwarnings(
    "ignore:The linked table for DynamicTableRegion 'rois' does not share an ancestor:UserWarning"
)
"""which pynwb says while a file is put together here"""


def test_without_pynwb_the_message_says_how_to_get_it(tmp_path, monkeypatch):
    def refuse(name):
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(importlib, "import_module", refuse)
    with pytest.raises(ValueError, match=re.escape(f"a.nwb: {NO_PYNWB}")):
        import_nwb(tmp_path / "a.nwb", tmp_path / "mouse")


@pytest.fixture
def pynwb():
    return pytest.importorskip("pynwb", reason="pynwb (extra nwb) is not installed")


def make_file(pynwb, names=("Deconvolved",)):
    """20 s of responses at 8 Hz and behaviour at 20 Hz, trials at 2 and 8 s; nothing on the screen yet."""
    start = datetime(2024, 1, 1, tzinfo=UTC)
    nwb = pynwb.NWBFile(session_description="a session", identifier="id", session_start_time=start)
    behavior = nwb.create_processing_module(name="behavior", description="of the mouse")
    times_s = np.arange(400) / 20
    running = pynwb.TimeSeries(
        name="running_speed", data=times_s, unit="cm/s", rate=20.0, conversion=2.0
    )
    pupil = pynwb.TimeSeries(name="area", data=times_s + 30, unit="px", timestamps=times_s)
    gaze = pynwb.behavior.SpatialSeries(
        name="eye",
        data=np.stack([times_s, -times_s], 1),
        reference_frame="camera",
        timestamps=pupil,
    )
    behavior.add(pynwb.behavior.BehavioralTimeSeries(time_series=running))
    behavior.add(pynwb.behavior.PupilTracking(time_series=pupil))
    behavior.add(pynwb.behavior.EyeTracking(spatial_series=gaze))
    add_responses(pynwb, nwb, names)
    nwb.add_trial_column(name="tier", description="what the trial is for")
    for start_s, tier in zip((2.0, 8.0), TIERS, strict=True):
        nwb.add_trial(start_time=start_s, stop_time=start_s + 4, tier=tier)
    return nwb


def add_responses(pynwb, nwb, names) -> None:
    ophys = nwb.create_processing_module(name="ophys", description="of the microscope")
    channel = pynwb.ophys.OpticalChannel(name="green", description="light", emission_lambda=500.0)
    device = nwb.create_device(name="microscope")
    plane = nwb.create_imaging_plane(
        name="plane",
        optical_channel=channel,
        description="cells",
        device=device,
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
    values_TN = np.arange(160)[:, None] / 8 * SLOPE_N
    for name in (*names, "Raw"):
        series = pynwb.ophys.RoiResponseSeries(
            name=name, data=values_TN, unit="n.a.", rois=rois, rate=8.0
        )
        ophys.add(pynwb.ophys.Fluorescence(roi_response_series=series, name=f"{name}Traces"))


def write(pynwb, nwb, path: Path) -> Path:
    with pynwb.NWBHDF5IO(str(path), "w") as io:
        io.write(nwb)
    return path


def image_series(pynwb, name="clouds", **changes):
    parts = {"data": MOVIE, "unit": "grey level", "rate": 20.0, "starting_time": 2.0} | changes
    return pynwb.image.ImageSeries(name=name, **parts)


def ready(pynwb, tmp_path, *series, template=False, **changes) -> Path:
    nwb = make_file(pynwb, **changes)
    for one in series or (image_series(pynwb),):
        (nwb.add_stimulus_template if template else nwb.add_stimulus)(one)
    return write(pynwb, nwb, tmp_path / "a.nwb")


def test_a_file_becomes_a_recording(pynwb, tmp_path):
    table = import_nwb(ready(pynwb, tmp_path), tmp_path / "mouse")
    assert list(table.tier) == list(TIERS)
    recording = Recording(tmp_path / "mouse")
    trial, times_s = recording.trial(1), 8 + np.arange(120) / 30
    np.testing.assert_allclose(trial.responses_NT, SLOPE_N[:, None] * times_s, rtol=1e-6)
    expected = [30 + times_s, 2 * times_s, times_s, -times_s]
    np.testing.assert_allclose(trial.behavior_CT, expected, rtol=1e-6)
    shown = np.floor((times_s - 2) * 20 + 1e-6).astype(int)
    np.testing.assert_array_equal(trial.video_THW, MOVIE[shown])
    ids = np.load(recording.folder / "meta/neurons/unit_ids.npy")
    assert ids.tolist() == [10, 11, 12, 13]


def test_a_template_is_shown_from_the_start_of_each_trial(pynwb, tmp_path):
    """Named by the trials, stored as (frame, width, height)."""
    nwb = make_file(pynwb)
    frames = {name: part.swapaxes(1, 2) for name, part in (("a", MOVIE[:80]), ("b", MOVIE[80:]))}
    for name, data in frames.items():
        nwb.add_stimulus_template(image_series(pynwb, name, data=data, starting_time=0.0))
    nwb.add_trial_column(name="movie", description="which", data=["b", "a"])
    path = write(pynwb, nwb, tmp_path / "a.nwb")
    import_nwb(path, tmp_path / "mouse", NwbChoices(width_first=True))
    shown = np.floor(np.arange(120) * 20 / 30 + 1e-6).astype(int)
    for trial, movie in enumerate((MOVIE[80:], MOVIE[:80])):
        found = Recording(tmp_path / "mouse").trial(trial).video_THW
        np.testing.assert_array_equal(found, movie[shown])


def index_series(pynwb, nwb, index):
    pictures = [
        pynwb.image.GrayscaleImage(name=f"picture{k}", data=MOVIE[k].astype(float))
        for k in (2, 0, 1)
    ]
    order = pynwb.base.ImageReferences(
        name="order_of_images", data=[pictures[k] for k in (1, 2, 0)]
    )
    images = pynwb.base.Images(name="pictures", images=pictures, order_of_images=order)
    nwb.add_stimulus_template(images)
    series = pynwb.image.IndexSeries(
        name="shown",
        data=index,
        unit="N/A",
        indexed_images=images,
        rate=0.5,
        starting_time=2.0,
    )
    nwb.add_stimulus(series)


def test_pictures_are_shown_by_their_index(pynwb, tmp_path):
    nwb = make_file(pynwb)
    index_series(pynwb, nwb, np.array([2, 0, 1, 2, 1], np.uint32))
    import_nwb(write(pynwb, nwb, tmp_path / "a.nwb"), tmp_path / "mouse")
    found = Recording(tmp_path / "mouse").trial(0).video_THW
    np.testing.assert_array_equal(found, MOVIE[np.repeat([2, 0], 60)])


def refuse(path: Path, message: str, **choices) -> None:
    folder = path.parent / "mouse"
    with pytest.raises(ValueError, match=rf"^{re.escape(str(path))}: .*{message}"):
        import_nwb(path, folder, NwbChoices(**choices))
    assert not folder.exists()


def test_a_picture_that_does_not_exist_is_refused(pynwb, tmp_path):
    nwb = make_file(pynwb)
    index_series(pynwb, nwb, np.array([2, 0, 3, 2, 1], np.uint32))
    message = "index series 'shown': index 3 at sample 2, expected 0 to 2"
    refuse(write(pynwb, nwb, tmp_path / "a.nwb"), message)


def test_movies_in_other_files_are_refused(pynwb, tmp_path):
    outside = {"external_file": ["clouds.avi"], "format": "external", "starting_frame": [0]}
    outside["num_samples"] = 200
    series = image_series(pynwb, data=None, **outside)
    refuse(ready(pynwb, tmp_path, series), "its frames are in clouds.avi and not in the NWB file")


def test_ambiguous_and_wrong_names_are_refused(pynwb, tmp_path):
    path = ready(pynwb, tmp_path, names=("DeconvolvedA", "DeconvolvedB"))
    refuse(path, r"responses: 2 RoiResponseSeries with deconv .*DeconvolvedATraces/DeconvolvedA")
    refuse(path, "responses: 0 RoiResponseSeries called 'C'", series={"responses": "C"})
    import_nwb(path, tmp_path / "mouse", NwbChoices(series={"responses": "DeconvolvedB"}))


def test_missing_tiers_are_given_by_hand(pynwb, tmp_path):
    path = ready(pynwb, tmp_path)
    refuse(path, "trials: no column 'kind'", tier_column="kind")
    refuse(path, "tiers: 1 for 2 trials", tier_column="kind", tiers=["train"])
    choices = NwbChoices(tiers=["oracle", "train"], not_measured=["gaze"])
    table = import_nwb(path, tmp_path / "mouse", choices)
    assert list(table.tier) == ["oracle", "train"]
    assert not Recording(tmp_path / "mouse").trial(0).behavior_CT[2:].any()


def test_several_movies_need_a_column(pynwb, tmp_path):
    path = ready(pynwb, tmp_path, image_series(pynwb, "a"), image_series(pynwb, "b"))
    refuse(path, r"no column 'movie' says which of the 2 image series \(a, b\)")
    refuse(path, "names 'oracle', but the image series are a, b", movie_column="tier")


def test_what_is_no_nwb_file_is_refused(pynwb, tmp_path):
    refuse(tmp_path / "a.nwb", "no such file")
    (tmp_path / "a.nwb").write_text("nothing")
    refuse(tmp_path / "a.nwb", "not a readable NWB file")


@pytest.mark.parametrize("share", [0.02, 0.3, 0.9, 0.999])
def test_a_truncated_file_is_refused(pynwb, tmp_path, share):
    path = ready(pynwb, tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    refuse_as_unreadable(path)


def test_hdf5_that_is_no_nwb_is_refused(pynwb, tmp_path):
    path = tmp_path / "a.nwb"
    with h5py.File(path, "w") as file:
        file["movies/1"] = np.zeros((3, 4))
    refuse_as_unreadable(path)


@pytest.mark.parametrize("name", ["session_start_time", "specifications/core"])
def test_nwb_without_what_every_nwb_has_is_refused(pynwb, tmp_path, name):
    path = ready(pynwb, tmp_path)
    with h5py.File(path, "a") as file:
        del file[name]
        if name.startswith("spec"):
            file["acquisition"].attrs["neurodata_type"] = "Unheard"
            file["acquisition"].attrs["namespace"] = "nobody"
    refuse_as_unreadable(path)


def test_a_plain_hdf5_file_is_refused_by_its_path(pynwb, tmp_path):
    with h5py.File(tmp_path / "plain.h5", "w") as file:
        file["responses"] = np.ones((3, 4))
    refuse_as_unreadable(tmp_path / "plain.h5")


def refuse_as_unreadable(path):
    """One sentence with the path, whatever hdmf stumbled over, and no folder."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of pynwb about such files
        with pytest.raises(ValueError, match=f"^{path}: not a readable NWB file") as refusal:
            import_nwb(path, path.parent / "mouse")
    assert "\n" not in str(refusal.value)
    assert str(refusal.value).endswith("copy it again")
    assert not (path.parent / "mouse").exists()


def test_unknown_entries_of_series_are_refused():
    with pytest.raises(ValueError, match="series: unknown entry 'pupil', expected responses"):
        NwbChoices(series={"pupil": "a"})


def test_the_example_of_the_page_runs(pynwb, tmp_path, monkeypatch):
    text = (ROOT / "docs/own-data.md").read_text(encoding="utf-8")
    example = re.search(r"## From NWB.*?```python\n(.*?)```", text, re.DOTALL)[1]
    example = example.replace("ophys/Deconvolved", "DeconvolvedTraces/Deconvolved")
    ready(pynwb, tmp_path).rename(tmp_path / "session.nwb")
    monkeypatch.chdir(tmp_path)
    exec(compile(example, "docs/own-data.md", "exec"), {})
    assert (tmp_path / "data/mylab/mouse2/meta/own_data.json").exists()
