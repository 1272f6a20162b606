"""A small session with all that real ones have, in both types of numbers: what the catalogue must find in it, and find again."""

import numpy as np
import pandas as pd
import pytest

from recordings.catalogue.hidden_zeros import correct_statistics
from recordings.catalogue.labels import LABELS
from recordings.catalogue.tables import write_tables
from recordings.reader import MODALITIES, Recording
from recordings.simulate.schedule import DTYPES, SessionSettings
from recordings.simulate.session import simulate_session
from tests.whole_catalogue import catalogue_from_disk

SETTINGS = {
    **{"seed": 4, "num_neurons": 4, "num_train_videos": 2, "num_main_videos": 0},
    **{"num_gabor_videos": 3, "num_gaussian_dot_videos": 1, "num_random_dots_videos": 1},
    **{"num_pink_noise_videos": 1, "num_natural_images_videos": 1, "num_repeats": 2},
    **{"blended_share": 0.5, "late_share": 0.2, "jitter_share": 0.0},
}
KEYS = ["recording", "trial", "segment_index"]


@pytest.fixture(scope="module")
def sessions(tmp_path_factory):
    """By type of numbers: the truth, the recordings by name, the catalogue."""
    made = {}
    for dtype in DTYPES:
        folder = tmp_path_factory.mktemp(dtype)
        truth = simulate_session(folder, SessionSettings(dtype=dtype, **SETTINGS))
        recordings = {path.name: Recording(path) for path in sorted(folder.glob("dynamic*"))}
        made[dtype] = truth, recordings, catalogue_from_disk(recordings)
    return made


@pytest.fixture(params=DTYPES)
def session(sessions, request):
    return sessions[request.param]


def test_the_session_has_all_that_real_ones_have(session):
    """All classes, late boundaries, a glitch, hidden zeros, NaN tails of all arrays, missing trial numbers."""
    truth, recordings, _ = session
    assert set(truth.trials.label) == set(LABELS)
    assert truth.trials.glitch.sum() == 1
    whole = truth.trials[truth.trials.label == "PinkNoise"]
    starts = truth.segments.merge(whole[["recording", "trial"]]).frame_start
    assert set(starts % 27) == {0, 1}
    gaps = []
    for name, rows in truth.trials.groupby("recording"):
        gaps.append(rows.trial.max() + 1 - len(rows))
        shown = rows[~rows.hidden & (rows.valid_frames < rows.valid_frames.max())]
        for row in shown.itertuples():
            for modality in MODALITIES:
                array = recordings[name].array(modality, row.trial)
                assert np.isnan(array[..., row.valid_frames :]).all()
        for trial in rows.trial[rows.hidden]:
            assert not recordings[name].array("responses", trial).any()
    assert gaps == [3, 0]
    assert truth.trials.hidden.any()


def test_labels_boundaries_and_groups(session):
    """All labels right, boundaries within a frame, repeats and partners grouped, no two Gabor movies merged."""
    truth, _, found = session
    trials = found.trials.merge(truth.trials, on=["recording", "trial"], suffixes=("", "_true"))
    assert (trials.label == trials.label_true).all()
    assert (trials.valid_frames == trials.valid_frames_true).all()
    assert ((trials.response_state == "hidden") == trials.hidden).all()
    pairs = trials[["video", "video_ID"]].drop_duplicates()
    assert len(pairs) == trials.video.nunique() == trials.video_ID.nunique()
    assert trials[trials.label == "Gabor"].video_ID.nunique() == SETTINGS["num_gabor_videos"]
    both = found.segments.merge(
        truth.segments, on=KEYS, suffixes=("", "_true"), how="outer", indicator=True
    )
    assert (both._merge == "both").all()
    for bound in ("frame_start", "frame_end"):
        assert (both[bound] - both[f"{bound}_true"]).abs().max() <= 1


def test_both_types_of_numbers_give_the_same_ids(sessions):
    one, other = (sessions[dtype][2] for dtype in DTYPES)
    for name in ("trials", "videos", "segments", "basic"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))
    pd.testing.assert_frame_equal(one.neurons, other.neurons, rtol=1e-5, atol=1e-5)


def test_order_and_number_of_workers_change_no_byte(sessions, tmp_path):
    """Another run, two workers instead of one, recordings and files in another order."""
    _, recordings, catalogue = sessions["float32"]
    write_tables(vars(catalogue), tmp_path / "one")
    again = {name: Reversed(recordings[name].folder) for name in reversed(recordings)}
    assert [*again[min(again)].trials] == [*reversed(recordings[min(again)].trials)]
    write_tables(vars(catalogue_from_disk(again, num_workers=2)), tmp_path / "other")
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert len(files) == 10
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()


class Reversed(Recording):
    """A recording whose files are found in another order."""

    @property
    def trials(self):
        return tuple(sorted(self._numbers("videos"), reverse=True))


def test_statistics_are_those_that_count_hidden_zeros_corrected(session):
    """And not those themselves."""
    truth, recordings, found = session
    biased = found.neurons.copy()
    for name, rows in found.trials.groupby("recording"):
        parts = [
            recordings[name].array("responses", row.trial)[:, : row.valid_frames_response]
            for row in rows.itertuples()
        ]
        stored_NT = np.concatenate(parts, axis=1).astype(np.float64)
        own = biased.recording == name
        biased.loc[own, "mean_activation"] = stored_NT.mean(axis=1)
        biased.loc[own, "std_activation"] = stored_NT.std(axis=1)
    columns = ["mean_activation", "std_activation"]
    corrected = correct_statistics(biased, found.trials)
    np.testing.assert_allclose(corrected[columns], found.neurons[columns], rtol=1e-6)
    hidden = found.neurons.recording.isin(truth.trials.recording[truth.trials.hidden])
    assert hidden.any()
    assert (biased.mean_activation < 0.9 * found.neurons.mean_activation)[hidden].all()
