"""Where the project may lie: names of folders that shells and format strings make something of."""

import re

import pytest

from workflow.validation import refuse_braces

ODD = "Ünter 'quotes\" %s %(x)s %d $HOME [1]* ~ & ;"


def started(make_repository, folder):
    folder.parent.mkdir(exist_ok=True)
    return make_repository(folder).run("results/recordings/split.csv")


@pytest.mark.slow
def test_jobs_run_in_a_folder_of_any_name(make_repository, tmp_path):
    started(make_repository, tmp_path / ODD).succeeded()


def test_braces_are_refused_in_a_sentence(make_repository, tmp_path):
    name = "{mouse} b"
    run = started(make_repository, tmp_path / name)
    assert run.code != 0
    sentence = "braces in the path of the project, which Snakemake reads as wildcards; rename or move the folder"
    assert run.text.count(f"{tmp_path / name}: {sentence}") == 1
    assert "Traceback" not in run.text
    assert not (tmp_path / name / "results").exists()


@pytest.mark.parametrize("name", ["{", "a/}b", "{{a}}"])
def test_any_brace_counts(name):
    with pytest.raises(ValueError, match=re.escape(name)):
        refuse_braces("/a b/ü%s", name)
