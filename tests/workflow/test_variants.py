"""Variants and artificial stimuli run for real beside a finished run: what is shared is not made again, figures are drawn."""

import csv

import pytest

pytestmark = pytest.mark.slow

VARIED = {"variants": {"run": ["unsmoothed", "population50"]}}


SHOWN = {
    "stimuli": {
        "run": ["noise", "gratings"],
        "noise": {
            "num_repetitions": 1,
            "spatial_px": [4, 16],
            "temporal_frames": [2],
            "num_frames": 32,
        },
        "gratings": {
            "directions_deg": [0],
            "spatial_cycles_per_px": [0.0625],
            "temporal_hz": [3.75, 0.0],
            "num_frames": 32,
        },
    }
}


def read_rows(path) -> list[dict]:
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def test_variants_share_what_is_equal_and_are_compared(finished):
    figures = ("population", "variants", "variant_frames_mouse-A_clip-0")
    finished.run(*(f"results/figures/{name}.png" for name in figures), overlay=VARIED).succeeded()
    made = {path.parent.parent.name for path in finished.files("results/reconstruct/*/*/movies.h5")}
    assert made == {"standard", "population50"}
    scores = read_rows(finished.folder / "results/evaluate/variants.csv")
    assert {row["variant"] for row in scores} == {"standard", "unsmoothed", "population50"}
    assert {(row["variant"], row["share"]) for row in scores} >= {("population50", "0.5")}
    frames = read_rows(finished.folder / "results/figures/variant_frames_mouse-A_clip-0.csv")
    assert list(dict.fromkeys(row["variant"] for row in frames)) == [
        "standard",
        *VARIED["variants"]["run"],
    ]
    tests = read_rows(finished.folder / "results/evaluate/variant_tests.csv")
    assert {row["second"] for row in tests if row["family"] == "variants"} == {
        "unsmoothed",
        "population50",
    }
    assert {row["test"] for row in tests if row["family"] == "populations"} == {
        "paired t",
        "repeated-measures ANOVA",
    }


def test_artificial_stimuli_are_reconstructed_scored_and_drawn(finished):
    figures = [
        f"results/figures/{name}_kind-{kind}.png"
        for name in ("stimuli", "stimulus_grid")
        for kind in ("noise", "gratings")
    ]
    figures.append("results/figures/movies/stimulus_film_kind-noise.mp4")
    run = finished.run(*figures, overlay=SHOWN).succeeded()
    assert run.jobs["reconstruct_stimuli"] == (2 + 1) * 2  # mice of noise and of gratings, members
    assert not {"train_member", "fit_alpha", "reconstruct_clips"} & set(run.jobs)
    noise = read_rows(finished.folder / "results/evaluate/stimuli/kind-noise/scores.csv")
    assert [(row["mouse"], row["spatial"], row["inverted"]) for row in noise] == [
        (mouse, spatial, inverted)
        for mouse in "AB"
        for spatial in ("4.0", "16.0")
        for inverted in ("False", "True")
    ]
    cells = read_rows(finished.folder / "results/evaluate/stimuli/kind-gratings/cells.csv")
    assert [row["temporal"] for row in cells] == ["0.0", "3.75"]
    assert all(
        abs(float(row["video_correlation"])) <= 1 for row in cells if row["temporal"] > "0.0"
    )
