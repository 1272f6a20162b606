"""What the report says about members and about the split."""

from pathlib import Path

import pandas as pd
import yaml

from figures.overview import (
    NO_COMMIT,
    ensemble_rows,
    provenance_rows,
    report_entries,
    split_rows,
    write_config,
)
from figures.save import COMMIT


def test_a_row_per_member_with_its_score_of_every_mouse():
    columns = ["member", "encoder", "source", "num_parameters", "mouse", "validation_correlation"]
    rows = [
        ("dwiseneuro1", "dwiseneuro", "trained here", 12345, "A", 0.2511),
        ("dwiseneuro1", "dwiseneuro", "trained here", 12345, "B", 0.262),
        ("P", "dwiseneuro", "loaded from w.pth", 9, "A", 0.1),
        ("P", "dwiseneuro", "loaded from w.pth", 9, "B", 0.3),
    ]
    assert ensemble_rows(pd.DataFrame(rows, columns=columns)) == [
        (
            "member dwiseneuro1: validation correlation",
            "mouse A 0.251, B 0.262 (dwiseneuro, 12,345 parameters, trained here)",
        ),
        (
            "member P: validation correlation",
            "mouse A 0.100, B 0.300 (dwiseneuro, 9 parameters, loaded from w.pth)",
        ),
    ]


def test_movies_are_counted_once_whatever_the_number_of_their_trials():
    columns = ["training", "validation", "held_out", "unused"]
    rows = [(2, 0, 0, 0), (4, 0, 0, 1), (0, 1, 0, 0), (0, 0, 2, 3), (0, 0, 0, 9)]
    counts = [value for _, value in split_rows(pd.DataFrame(rows, columns=columns))]
    assert counts == [2, 1, 1, 0]
    shared = pd.DataFrame([*rows, (1, 0, 1, 0)], columns=columns)
    assert split_rows(shared)[-1] == ("movies in more than one of these sets", 1)


def test_an_entry_has_caption_numbers_and_the_papers_figure(tmp_path):
    (tmp_path / "stimulus_grid.rst").write_text("Of {{ snakemake.wildcards.kind }}.")
    cells = {"spatial": 1.0, "temporal": 2.0, "video_correlation": [0.25]}
    pd.DataFrame(cells).to_csv(tmp_path / "grid.csv", index=False)
    drawn = {"category": "Stimuli", "name": "stimulus_grid", "path": tmp_path / "grid.png"}
    drawn |= {"of": {"kind": "noise"}, "paper": "figure 4", "tables": []}
    drawn |= {"tells": "quotes_of_variants.tell_grid"}
    entry = report_entries([drawn], tmp_path, {}, {})[0]
    assert entry.title == "stimulus grid, kind noise"
    assert entry.caption_html == "<p>Of noise.</p>\n"
    assert "0.250" in entry.quote
    assert entry.paper == "figure 4"


def test_the_config_is_kept_as_it_was(tmp_path):
    config = {"variants": {"run": ["half"]}, "masks": {"update_threshold": 1e-07}}
    write_config(tmp_path / "config.yaml", config)
    assert yaml.safe_load((tmp_path / "config.yaml").read_text()) == config


def test_the_commit_is_that_of_the_job_and_git_is_not_needed(monkeypatch):
    config = yaml.safe_load(Path("config.yaml").read_text())
    monkeypatch.setenv("PATH", "")
    for commit, said in (("abc, with changes", "abc, with changes"), ("", NO_COMMIT)):
        monkeypatch.setenv(COMMIT, commit)
        assert ("commit", said) in provenance_rows(config)
