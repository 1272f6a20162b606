"""The whole pipeline once, undisturbed: everything is there, and a second run does nothing."""

import csv
import json
import math
import re

import pytest
import yaml

from recordings.files import MARKER

SEEDED = {  # rule -> where its provenance names the seed, and which seed that is
    "simulate_mouse": ("params", "seed", 1),
    "fit_alpha": ("params", "seed", 1),
    "reconstruct_shuffled": ("params", "seed", 1),
    "train_member": ("params", "seed", 1),
}
SOURCES = {
    "member",
    "ensemble",
    "smoothed_ensemble",
    "shuffled_neurons",
    "other_clips",
    "mean_movie",
    "ridge",
    "true_neurons",
    "noise_free",
}


def provenances(pipeline):
    found = pipeline.files("results/logs/**/*.provenance.json")
    return {path: json.loads(path.read_text()) for path in found}


def test_run_succeeds(smoke_run):
    _, run = smoke_run
    assert run.code == 0, run.text[-6000:]
    assert "100%" in run.text


def test_second_run_has_nothing_to_do(smoke):
    run = smoke.run().succeeded()
    assert "Nothing to be done" in run.text


def test_nothing_unfinished_is_left(smoke):
    hidden = {p.name for p in smoke.files("results/**/.*")} - {".snakemake_timestamp", MARKER}
    assert hidden == set()


def test_every_figure_has_picture_and_numbers(smoke):
    figures = {p.with_suffix("") for p in smoke.files("results/figures/*")}
    assert len(figures) == 22  # sixteen of all mice, and three kinds of each of the two mice
    for figure in figures:
        assert "<svg" in figure.with_suffix(".svg").read_text()
        assert figure.with_suffix(".png").read_bytes().startswith(b"\x89PNG")
        assert len(figure.with_suffix(".csv").read_text().splitlines()) > 1


def test_every_movie_is_one(smoke):
    movies = smoke.files("results/figures/movies/*")
    kinds = ("error_map", "side_by_side", "spread")
    names = [f"{kind}_mouse-{m}.mp4" for kind in kinds for m in "AB"]
    assert [movie.name for movie in movies] == ["all_clips.mp4", *names]
    for movie in movies:
        assert movie.read_bytes()[4:8] == b"ftyp"


def test_report_holds_every_figure_and_movie(smoke):
    page = (smoke.folder / "results/report.html").read_text()
    assert page.count("data:image/png;base64,") == len(smoke.files("results/figures/*.png"))
    assert page.count("data:video/mp4;base64,") == len(smoke.files("results/figures/movies/*.mp4"))
    assert not re.search(r'src="(?!data:)', page)
    links = re.findall(r'href="(?!data:|#|https?://)([^"]+)"', page)
    assert all((smoke.folder / "results" / link).is_file() for link in links)
    assert {"figures/scores.csv", "figures/scores.svg", "tables/paper.csv"} <= set(links)


def test_captions_quote_the_runs_own_numbers_and_the_config_is_kept(smoke):
    page = (smoke.folder / "results/report.html").read_text()
    assert "Video correlation, mean over" in page
    kept = yaml.safe_load((smoke.folder / "results/config.yaml").read_text())
    assert set(kept) == {*yaml.safe_load((smoke.folder / "config.yaml").read_text())}


def test_report_names_the_members_and_proves_the_split(smoke):
    page = (smoke.folder / "results/report.html").read_text()
    for member in ("factorised1", "factorised2"):
        assert f"member {member}: validation correlation" in page
    row = page.split("movies in more than one of these sets", 1)[1]
    assert re.match(r"\s*</th>\s*<td>0</td>", row)


def test_scores_have_every_source_of_every_clip(smoke):
    with open(smoke.folder / "results/evaluate/scores.csv") as file:
        rows = list(csv.DictReader(file))
    assert {row["source"] for row in rows} == SOURCES
    for source in SOURCES:
        found = sorted({(r["mouse"], r["clip"]) for r in rows if r["source"] == source})
        assert found == [(mouse, clip) for mouse in "AB" for clip in "01"]
    assert all(-1 <= float(row["video_correlation"]) <= 1 for row in rows)


def test_activity_is_scored_for_every_version_of_every_clip(smoke):
    with open(smoke.folder / "results/evaluate/activity.csv") as file:
        rows = list(csv.DictReader(file))
    versions = ("movie", "masked", "reconstruction", "matched")
    expected = [(mouse, clip, version) for mouse in "AB" for clip in "01" for version in versions]
    assert [(row["mouse"], row["clip"], row["version"]) for row in rows] == expected
    assert all(math.isfinite(float(row["poisson_loss"])) for row in rows)


def test_every_job_has_log_provenance_and_benchmark(smoke, smoke_run):
    jobs = sum(smoke_run[1].jobs.values()) - 1  # `all` runs nothing
    logs = smoke.files("results/logs/*/*.log")
    assert len(logs) == jobs
    assert set(provenances(smoke)) == {log.with_suffix(".provenance.json") for log in logs}
    benchmarks = {
        p.relative_to(smoke.folder / "results/benchmarks").with_suffix("")
        for p in smoke.files("results/benchmarks/*/*.tsv")
    }
    assert benchmarks == {
        p.relative_to(smoke.folder / "results/logs").with_suffix("") for p in logs
    }


def test_provenance_names_commit_params_and_inputs(smoke, commit):
    for path, job in provenances(smoke).items():
        assert job["rule"] == path.parent.name
        assert job["commit"] == commit
        assert job["params"]["code"]
        assert job["success"], path
        assert job["error"] is None
        assert job["device"] == "cpu"
        assert set(job["config_hashes"]) >= {"recordings", "models", "masks", "reconstruct"}
        assert job["inputs"] or job["rule"] == "simulate_mouse"


@pytest.mark.parametrize("rule", SEEDED)
def test_provenance_names_the_seed(smoke, rule):
    *keys, seed = SEEDED[rule]
    job = next(job for job in provenances(smoke).values() if job["rule"] == rule)
    for key in keys:
        job = job[key]
    assert job == seed


def test_logs_hold_no_warning(smoke):
    for log in smoke.files("results/logs/*/*.log"):
        assert not re.search(r"warning|traceback", log.read_text(), re.IGNORECASE), log
