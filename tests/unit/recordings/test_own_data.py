"""Plain arrays at their own rates to a recording: closed forms survive, each fault is refused in one sentence."""

import json
from dataclasses import replace

import numpy as np
import pytest

from recordings.checks import check_recording
from recordings.own_data import Movie, OwnSession, OwnTrial, Signal, write_recording
from recordings.own_data.convert import Converter
from recordings.reader import Recording

NUM_NEURONS, DURATION_S = 8, 40.0
STARTS_S = (1.0, 12.03, 23.5)
FRAMES = 240
"""of 1/30 s in a trial of 8 s"""
SLOPE_N = np.arange(1, NUM_NEURONS + 1)


def ramp(times_s: np.ndarray) -> np.ndarray:
    """Responses that grow with time, each neuron's at its own pace."""
    return SLOPE_N[:, None] * times_s


def noise_movie(seed: int, num: int = 192, size=(72, 128)) -> np.ndarray:
    return np.random.default_rng(seed).integers(2, 255, (num, *size), dtype=np.uint8)


def level_movie(num: int = 192) -> np.ndarray:
    """Every frame is uniform, of a grey level that is its number."""
    return np.broadcast_to(np.arange(num, dtype=np.uint8)[:, None, None], (num, 72, 128))


def make_session(**changes) -> OwnSession:
    """Movies at 24 Hz and 72 x 128, responses at 8 Hz, behaviour at 20 Hz with short gaps."""
    at_8_hz = np.arange(int(DURATION_S * 8)) / 8
    at_20_hz = np.arange(int(DURATION_S * 20)) / 20
    pupil = 30 + at_20_hz
    pupil[100:108] = np.nan  # 5.0 to 5.35 s
    trials = [
        OwnTrial(start, start + 8, tier, movie)
        for start, tier, movie in zip(
            STARTS_S, ("train", "oracle", "train"), ("levels", "noise", "other"), strict=True
        )
    ]
    parts = {
        "movies": {
            "levels": Movie(level_movie(), rate_hz=24),
            "noise": Movie(noise_movie(1), rate_hz=24),
            "other": Movie(noise_movie(2), rate_hz=24),
        },
        "trials": trials,
        "responses": Signal(ramp(at_8_hz), rate_hz=8),
        "pupil_size": Signal(pupil, rate_hz=20),
        "running_speed": Signal(np.full(at_20_hz.size, 7.25), times_s=at_20_hz),
        "gaze": Signal(np.stack([100 + at_20_hz, 50 - at_20_hz]), rate_hz=20),
    }
    return OwnSession(**(parts | changes))


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Recording:
    folder = tmp_path_factory.mktemp("own") / "mouse"
    write_recording(folder, make_session())
    return Recording(folder)


def moments_s(trial: int) -> np.ndarray:
    return STARTS_S[trial] + np.arange(FRAMES) / 30


def test_the_recording_passes_the_checks(written):
    table = check_recording(written)
    assert list(table.tier) == ["train", "oracle", "train"]
    assert list(table.num_frames) == [FRAMES] * 3
    assert not table.hidden.any()
    assert table.video.nunique() == 3


@pytest.mark.parametrize("trial", range(3))
def test_ramps_and_constants_survive(written, trial):
    """Interpolation from 8 and 20 Hz is exact for lines, across a gap too."""
    found, times_s = written.trial(trial), moments_s(trial)
    np.testing.assert_allclose(found.responses_NT, ramp(times_s), rtol=1e-6)
    pupil, running, x, y = found.behavior_CT
    np.testing.assert_allclose(pupil, 30 + times_s, rtol=1e-6)
    assert (running == 7.25).all()
    np.testing.assert_allclose(x, 100 + times_s, rtol=1e-6)
    np.testing.assert_allclose(y, 50 - times_s, rtol=1e-5)


def test_every_frame_is_the_one_that_was_on_the_screen(written):
    """Of 24 Hz shown at 30 Hz every fourth frame stays twice as long."""
    shown = written.trial(0).video_THW
    expected = np.floor(np.arange(FRAMES) * 24 / 30 + 1e-6)
    assert (shown == expected[:, None, None]).all()


def test_frames_are_means_over_areas(written):
    blocks = noise_movie(1)[0].reshape(36, 2, 64, 2).mean(axis=(1, 3))
    np.testing.assert_allclose(written.trial(1).video_THW[0], blocks, rtol=1e-6)


def test_meta_is_complete(written):
    load = lambda name: np.load(written.folder / "meta" / name, allow_pickle=False)  # noqa: E731
    assert load("trials/tiers.npy").tolist() == ["train", "oracle", "train"]
    assert load("neurons/unit_ids.npy").tolist() == list(range(NUM_NEURONS))
    assert not (written.folder / "meta/neurons/cell_motor_coordinates.npy").exists()
    record = json.loads((written.folder / "meta/own_data.json").read_text())
    assert record["filled_with_zeros"] == []
    assert record["trials"][1]["start_s"] == 12.03


def test_shorter_trials_end_in_nan(tmp_path):
    session = make_session()
    short = replace(session.trials[2], stop_s=session.trials[2].start_s + 2)
    table = write_recording(
        tmp_path / "mouse", replace(session, trials=[*session.trials[:2], short])
    )
    assert list(table.num_frames) == [240, 240, 60]
    stored = Recording(tmp_path / "mouse").array("behavior", 2)
    assert stored.shape == (2, 240)
    assert np.isnan(stored[:, 60:]).all()


def test_neurons_keep_their_ids_and_places(tmp_path):
    places = np.arange(24.0).reshape(8, 3) + 0.4
    ids = np.arange(8) * 3 + 1
    write_recording(tmp_path / "mouse", make_session(unit_ids=ids, coordinates_um=places))
    meta = tmp_path / "mouse/meta/neurons"
    assert np.load(meta / "unit_ids.npy").tolist() == ids.tolist()
    assert np.load(meta / "cell_motor_coordinates.npy").tolist() == places.round().tolist()


def test_what_was_not_measured_is_zero_and_said(tmp_path, caplog):
    session = make_session(pupil_size=None, gaze=None, not_measured=("pupil_size", "gaze"))
    write_recording(tmp_path / "mouse", session)
    pupil, running, *gaze = Recording(tmp_path / "mouse").trial(1).behavior_CT
    assert not np.any([pupil, *gaze])
    assert (running == 7.25).all()
    assert "pupil_size was not measured, it is filled with zeros" in caplog.text
    record = json.loads((tmp_path / "mouse/meta/own_data.json").read_text())
    assert record["filled_with_zeros"] == ["pupil_size", "gaze"]


def test_a_step_lands_on_its_frame():
    """Light from the 48th frame of 24 Hz on, at 2 s: frame 60 of the trial."""
    movie = np.full((192, 36, 64), 10, np.uint8)
    movie[48:] = 200
    session = make_session()
    session = replace(session, movies={**session.movies, "levels": Movie(movie, rate_hz=24)})
    shown_HWT = Converter(session).trial(0)["videos"]
    assert (shown_HWT[..., :60] == 10).all()
    assert (shown_HWT[..., 60:] == 200).all()


@pytest.mark.parametrize("rate_hz", [30, 60, 120])
def test_jitter_of_the_screen_moves_no_frame(rate_hz):
    step = rate_hz // 30
    movie = np.broadcast_to((np.arange(8 * rate_hz) // step)[:, None, None], (8 * rate_hz, 36, 64))
    late_s = np.random.default_rng(0).uniform(-0.001, 0.003, len(movie))
    shown = Movie(np.uint8(movie), times_s=np.arange(len(movie)) / rate_hz + late_s)
    session = make_session()
    session = replace(session, movies={**session.movies, "levels": shown})
    video_HWT = Converter(session).trial(0)["videos"]
    assert (video_HWT[0, 0] == np.arange(FRAMES)).all()


def test_a_movie_on_the_clock_of_the_session():
    """One long movie; the second trial starts in the middle of it."""
    levels = np.repeat(np.arange(40, dtype=np.uint8) + 1, 24)
    movie = np.broadcast_to(levels[:, None, None], (960, 36, 64))
    session = make_session()
    movies = {"all": Movie(movie, rate_hz=24, clock="session")}
    trials = [replace(trial, movie="all") for trial in session.trials]
    video_HWT = Converter(replace(session, movies=movies, trials=trials)).trial(1)["videos"]
    assert (video_HWT[0, 0] == np.floor(moments_s(1) + 0.004) + 1).all()


def test_a_trial_that_starts_within_its_movie():
    session = make_session()
    trial = OwnTrial(5.0, 8.0, "train", "levels", movie_from_s=2.0)
    session = replace(session, trials=[trial, *session.trials[1:]])
    video_HWT = Converter(session).trial(0)["videos"]
    assert (video_HWT[0, 0] == np.floor(48 + np.arange(90) * 24 / 30 + 1e-6)).all()


def test_values_at_30_hz_pass_unchanged():
    values = np.random.default_rng(3).gamma(1.0, 2.0, (NUM_NEURONS, 1200))
    session = make_session(responses=Signal(values, rate_hz=30))
    found_NT = Converter(session).trial(0)["responses"]
    np.testing.assert_allclose(found_NT, values[:, 30:270], rtol=1e-5, atol=1e-5)


def convert(**changes) -> list[dict]:
    converter = Converter(make_session(**changes))
    return [converter.trial(number) for number in range(3)]


def refuse(message: str, **changes) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        convert(**changes)
    assert str(caught.value).count("\n") == 0


def with_movie(**changes) -> dict:
    movie = Movie(**({"frames_THW": noise_movie(5), "rate_hz": 24} | changes))
    return {"movies": {**make_session().movies, "noise": movie}}


def with_trial(**changes) -> dict:
    first, second, third = make_session().trials
    return {"trials": [first, replace(second, **changes), third]}


MOVIE = noise_movie(5)
DARK = np.full((192, 72, 128), 0.5)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"frames_THW": DARK}, r"trial 1: movie 'noise': pixels from 0\.5 .* by 255"),
        ({"frames_THW": DARK * 600}, r"pixels from 300 to 300, expected grey levels 0\.\.255"),
        ({"frames_THW": DARK - 3}, r"pixels from -2\.5 .*expected grey levels"),
        ({"frames_THW": DARK * np.nan}, "NaN or infinite pixels"),
        ({"frames_THW": MOVIE.transpose(0, 2, 1)}, r"128 x 72 \(height x width\).*in the order"),
        ({"frames_THW": MOVIE.transpose(1, 2, 0)}, r"128 x 192 .*expected 16:9.*in the order"),
        ({"frames_THW": MOVIE[..., None]}, r"expected \(frame, height, width\); average colours"),
        ({"frames_THW": noise_movie(5, 192, (60, 80))}, r"60 x 80 .*expected 16:9.*letterbox"),
        ({"frames_THW": MOVIE[:0]}, r"movie 'noise': shape \(0, 72, 128\) has 0 samples"),
        ({"frames_THW": MOVIE[:100]}, r"trial 1: movie 'noise': .*from 0\.000 to 4\.167 s"),
        ({"start_s": 0.5}, r"movie 'noise': .*from 0\.500 to .*correct the times"),
        ({"rate_hz": 0}, "movie 'noise': rate_hz is 0, expected more than 0"),
        ({"rate_hz": None}, "give either rate_hz or times_s, and not both"),
        ({"times_s": np.arange(192.0)}, "give either rate_hz or times_s, and not both"),
        (
            {
                "rate_hz": None,
                "times_s": np.arange(192) / 24,
                "frames_THW": MOVIE.transpose(1, 2, 0),
            },
            r"shape \(72, 128, 192\) has its axes in another order.*give np\.moveaxis",
        ),
        ({"clock": "wall"}, "movie 'noise': clock 'wall', expected one of trial, session"),
    ],
)
def test_a_wrong_movie_is_refused(changes, message):
    refuse(message, **with_movie(**changes))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"start_s": 35.0, "stop_s": 43.0}, r"trial 1: from 35 to 43 s, outside of the responses"),
        ({"start_s": -2.0}, "trial 1: from -2 to .* outside of the responses"),
        ({"tier": "test"}, "trial 1: tier 'test', expected one of train, oracle"),
        ({"tier": "train"}, "trials: 3 of tier train and 0 of other tiers"),
        ({"movie": "lost"}, r"movie 'lost' is not among the movies \(levels, noise, other\)"),
        ({"stop_s": 12.1}, "trial 1: from 12.03 to 12.1 s, expected a stop at least 5 frames"),
        ({"stop_s": np.nan}, "trial 1: stop_s is nan, expected"),
    ],
)
def test_a_wrong_trial_is_refused(changes, message):
    refuse(message, **with_trial(**changes))


def test_a_movie_on_the_session_clock_has_no_place_to_start_from():
    movies = with_movie(clock="session")
    refuse("movie_from_s is 2, but the clock", **movies, **with_trial(movie_from_s=2.0))


def spoil(place, value) -> Signal:
    values = ramp(np.arange(320) / 8)
    values[place] = value
    return Signal(values, rate_hz=8)


@pytest.mark.parametrize(
    ("responses", "message"),
    [
        (spoil(np.s_[3, 120], -1.0), r"trial 1: responses of neuron 3 at 15\.000 s are below 0"),
        (spoil(np.s_[2, 120], np.nan), r"trial 1: responses of neuron 2 at 15\.000 s are NaN"),
        (spoil(np.s_[3, 96], -1.0), r"trial 1: responses of neuron 3 at 12\.000 s are below 0"),
        (spoil(np.s_[2, 161], np.nan), r"trial 1: responses of neuron 2 at 20\.125 s are NaN"),
        (spoil(np.s_[:, 120:124], np.nan), r"trial 1: responses: no values from 14\.875 to"),
        (
            spoil(np.s_[1, 120], np.inf),
            r"trial 1: responses: infinite, or beyond 1e\+38, at 15\.000 s",
        ),
        (spoil(np.s_[:, 90:170], 0.0), "trial 1: no neuron responds from 12.030"),
        (
            Signal(np.ones((8, 320)), times_s=np.arange(319) / 8),
            r"319 times_s for shape \(8, 320\), expected one per sample",
        ),
        (
            Signal(np.ones((320, 8)), times_s=np.arange(320) / 8),
            r"shape \(320, 8\) has its axes in another order",
        ),
        (
            Signal(np.ones((8, 320)), times_s=np.r_[np.arange(319) / 8, 39.75]),
            "must increase from sample to sample, but sample 319 is at 39.75 s after 39.75 s",
        ),
        (Signal(np.ones((8, 320)), times_s=np.r_[np.arange(319) / 8, np.nan]), "must increase"),
        (Signal(np.ones(320), rate_hz=8), r"expected \(neurons, samples\)"),
    ],
)
def test_wrong_responses_are_refused(responses, message):
    refuse(message, responses=responses)


def test_a_lost_sample_of_the_microscope_is_bridged():
    session = make_session(responses=spoil(np.s_[:, 120], np.nan))
    found_NT = Converter(session).trial(1)["responses"]
    np.testing.assert_allclose(found_NT, ramp(moments_s(1)), rtol=1e-6)


def behaviour(first: int, stop: int) -> Signal:
    values = np.arange(800) / 20
    values[first:stop] = np.nan
    return Signal(values, rate_hz=20)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"pupil_size": behaviour(300, 315)}, r"trial 1: pupil_size: no values from 14\.950 to 15"),
        ({"running_speed": behaviour(0, 60)}, "trial 0: running_speed: no values from 1.000 to 3"),
        ({"running_speed": behaviour(580, 800)}, "trial 2: running_speed: no values from 28.950"),
        ({"gaze": Signal(np.ones((800, 2)), rate_hz=20)}, r"\(800, 2\).*give its transpose"),
        ({"gaze": Signal(np.ones(800), rate_hz=20)}, r"gaze: shape \(800,\), expected \(2, sam"),
        ({"pupil_size": Signal(np.ones((1, 800)), rate_hz=20)}, r"expected \(samples,\)"),
        ({"gaze": None}, "gaze: not given; give it, or name it in not_measured"),
        ({"not_measured": ("gaze",)}, "gaze: given, and named in not_measured; choose one"),
        ({"not_measured": ("eye",)}, r"not_measured: \['eye'\], expected some of pupil_size"),
        ({"fit": "crop"}, "fit: 'crop', expected one of refuse, letterbox"),
        ({"max_gap_s": -1.0}, "max_gap_s: -1, expected seconds"),
        ({"unit_ids": np.arange(7)}, r"unit_ids: shape \(7,\), expected \(8,\) for 8 neurons"),
        ({"unit_ids": np.zeros(8)}, "unit_ids: some occur twice"),
        ({"unit_ids": np.arange(8) / 2}, "unit_ids: some are no whole numbers"),
        ({"unit_ids": np.full(8, np.nan)}, "unit_ids: NaN or infinite"),
        ({"coordinates_um": np.full((8, 3), np.nan)}, "coordinates_um: NaN or infinite"),
        ({"coordinates_um": np.zeros((8, 2))}, r"coordinates_um: shape \(8, 2\), expected \(8, 3"),
    ],
)
def test_wrong_behaviour_and_options_are_refused(changes, message):
    refuse(message, **changes)


def test_a_longer_gap_is_bridged_when_asked():
    session = make_session(pupil_size=behaviour(300, 315), max_gap_s=1.0)
    pupil = Converter(session).trial(1)["behavior"][0]
    np.testing.assert_allclose(pupil, moments_s(1), rtol=1e-6)


def test_nothing_is_left_of_a_refused_session(tmp_path):
    with pytest.raises(ValueError, match="trial 1: responses of neuron 3"):
        write_recording(tmp_path / "mouse", make_session(responses=spoil(np.s_[3, 120], -1.0)))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_files_is_never_replaced(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ValueError, match="exists already; delete it, or write the recording into"):
        write_recording(tmp_path, make_session())
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_fault_that_only_the_checks_find_names_the_folder(tmp_path):
    black = {name: Movie(np.zeros((192, 36, 64)), rate_hz=24) for name in make_session().movies}
    with pytest.raises(ValueError, match=rf"^{tmp_path}/mouse/data/videos: no pixel"):
        write_recording(tmp_path / "mouse", make_session(movies=black))
    assert list(tmp_path.iterdir()) == []
