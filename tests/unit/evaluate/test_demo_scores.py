"""The check shipped with the demo: it holds where the demo is sound, and misses what is not."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.demo_scores import judge, main

MEANS = {
    "member": 0.80,
    "smoothed_ensemble": 0.83,
    "shuffled_neurons": 0.0,
    "ridge": 0.69,
    "noise_free": 0.94,
}


SOUND = 1
"""a seed whose shuffles are no exception"""


def make_scores(seed: int, **means: float) -> pd.DataFrame:
    """Six clips of two mice; shuffles scatter as those of the demo do, by .16, the rest by .04."""
    generator = np.random.default_rng(seed)
    clips = [(mouse, clip) for mouse in "AB" for clip in range(3)]
    rows = []
    for source, mean in (MEANS | means).items():
        spread = 0.16 if source == "shuffled_neurons" else 0.04
        noise = spread * np.clip(generator.standard_normal(6), -1.5, 1.5)
        noise -= noise.mean() if source != "shuffled_neurons" else 0
        for (mouse, clip), value in zip(clips, mean + noise, strict=True):
            rows.append((mouse, clip, source, value))
    return pd.DataFrame(rows, columns=["mouse", "clip", "source", "video_correlation"])


def make_neurons(reliability: float = 0.49) -> pd.DataFrame:
    return pd.DataFrame({"mouse": ["A", "A", "B"], "reliability": [reliability, 0.4, 0.45]})


def missed(scores: pd.DataFrame, neurons: pd.DataFrame | None = None) -> list[str]:
    found = judge(scores, make_neurons() if neurons is None else neurons)
    return [text for text, holds in found.items() if not holds]


def test_a_sound_demo_holds():
    """The interval holds the 0 of shuffles without a side in about 95 % of the runs."""
    runs = [make_scores(seed) for seed in range(200)]
    assert np.mean([bool(missed(scores)) for scores in runs]) < 0.1
    strays = [abs(s[s.source == "shuffled_neurons"].video_correlation.mean()) for s in runs]
    assert np.mean(np.array(strays) > 0.1) > 0.05


def test_the_shuffles_of_the_shipped_demo_hold():
    """As measured with seed 1: their mean is -.11."""
    scores = make_scores(SOUND)
    shuffled = [-0.19899, 0.07563, -0.08684, 0.07059, -0.35116, -0.17156]
    scores.loc[scores.source == "shuffled_neurons", "video_correlation"] = shuffled
    assert missed(scores) == []


@pytest.mark.parametrize(
    ("means", "says"),
    [
        ({"shuffled_neurons": 0.6}, "shuffled neurons give"),
        ({"shuffled_neurons": -0.6}, "shuffled neurons give"),
        ({"smoothed_ensemble": 0.5}, "is at least"),
        ({"smoothed_ensemble": 0.68}, "ridge decoder"),
        ({"smoothed_ensemble": 0.79}, "mean of its members"),
        ({"noise_free": 0.8}, "upper bound"),
        ({"shuffled_neurons": 0.83}, "best shuffled one"),
    ],
)
@pytest.mark.parametrize("seed", range(10))
def test_a_demo_that_fails_in_one_way_misses_that_line(means, says, seed):
    assert [text for text in missed(make_scores(seed, **means)) if says in text]


def test_one_clip_that_a_shuffle_reconstructs_as_well_is_a_miss():
    scores = make_scores(3)
    shuffled = scores.index[scores.source == "shuffled_neurons"]
    scores.loc[shuffled, "video_correlation"] = [0.86, -0.9, 0.4, -0.3, 0.2, -0.1]
    assert [text.split(",")[0] for text in missed(scores)] == ["its worst clip"]


def test_shuffles_that_agree_on_a_little_are_a_miss():
    """.05 everywhere is no chance, although it is within .1 of 0."""
    scores = make_scores(3)
    shuffled = scores.index[scores.source == "shuffled_neurons"]
    scores.loc[shuffled, "video_correlation"] = [0.05, 0.04, 0.06, 0.05, 0.055, 0.045]
    assert [text[:16] for text in missed(scores)] == ["shuffled neurons"]


def test_scores_that_are_no_numbers_and_reliable_neurons_are_misses():
    scores = make_scores(1)
    scores.loc[scores.index[8], "video_correlation"] = np.nan
    assert missed(scores)[0] == "1 of 30 scores are no numbers"
    assert missed(make_scores(SOUND), make_neurons(2.0)) == ["reliability 1.200 is at most 0.55"]


@pytest.mark.parametrize(("means", "code"), [({}, 0), ({"shuffled_neurons": 0.6}, 1)])
def test_the_exit_code_says_it_and_every_line_is_printed(tmp_path, capsys, means, code):
    (tmp_path / "evaluate").mkdir()
    make_scores(SOUND, **means).to_csv(tmp_path / "evaluate/scores.csv", index=False)
    make_neurons().to_csv(tmp_path / "evaluate/neurons.csv", index=False)
    with pytest.raises(SystemExit) as stopped:
        main(tmp_path)
    assert stopped.value.code == code
    printed = capsys.readouterr().out
    assert printed.count("holds  ") + printed.count("MISSED ") == 8
    assert ("MISSED " in printed) == bool(code)


def test_without_a_demo_it_says_what_to_run(tmp_path):
    with pytest.raises(SystemExit, match=r"scores\.csv: missing; run make demo first"):
        main(tmp_path)
