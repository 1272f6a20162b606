"""Wrong configs through Snakemake itself: one sentence, exit code 1, no traceback, nothing written."""

import random

import pytest
import yaml

from tests.wrong_configs import CONFIG, NO_CONFIGS, REFUSED, ROOT, endless

MUTANTS_OF_A_KIND = 3
OVERLAYS = {  # mutants that YAML can write down, each as a whole config laid over config.yaml
    f"{mutate.__name__}-{seed}": mutate(random.Random(1000 + seed))
    for mutate in REFUSED
    if mutate is not endless
    for seed in range(MUTANTS_OF_A_KIND)
}


@pytest.fixture(scope="module")
def pristine(make_repository, tmp_path_factory):
    """A copy that no run of this module may write into, but for Snakemake's own folder."""
    return make_repository(tmp_path_factory.mktemp("wrong") / "repository")


def told(pipeline, *arguments):
    before = set(pipeline.folder.iterdir())
    run = pipeline.run("-n", *arguments, configs=())
    assert run.code == 1, run.text[-3000:]
    assert "Traceback" not in run.text
    assert {path.name for path in set(pipeline.folder.iterdir()) - before} <= {".snakemake"}
    return run.text


@pytest.mark.slow
@pytest.mark.parametrize(("content", "sentence"), NO_CONFIGS.values(), ids=NO_CONFIGS)
def test_a_file_that_is_no_config(pristine, tmp_path, content, sentence):
    overlay = tmp_path / "overlay.yaml"
    overlay.write_bytes(content)
    lines = told(pristine, "--configfile", str(overlay)).splitlines()
    assert sum(line.startswith(f"{overlay}") and sentence in line for line in lines) == 1


@pytest.mark.slow
@pytest.mark.parametrize(("config", "key"), OVERLAYS.values(), ids=OVERLAYS)
def test_a_wrong_config(repository, config, key):
    try:
        text = yaml.safe_dump(config, sort_keys=False, allow_unicode=False)
    except (yaml.YAMLError, ValueError):  # a tuple as key, a number of thousands of digits
        pytest.skip("YAML cannot write it")
    (repository.folder / "config.yaml").write_text(text)
    assert f"  {key}" in told(repository) or "overlay.yaml" in key


def test_both_profiles_read_config_files_strictly():
    """Snakemake reads overlays before the Snakefile: only a profile comes before."""
    first = [path.read_text() for path in sorted(ROOT.glob("profiles/*/config.yaml"))]
    assert len(first) == 2
    assert all(text.count("read_strictly()") == 1 for text in first)


def test_an_overlay_that_is_no_mapping(repository):
    (repository.folder / "list.yaml").write_text("- masks\n")
    assert "list.yaml: holds ['masks'] and no keys" in told(repository, "--configfile", "list.yaml")


def test_the_whole_config_as_its_own_overlay(repository):
    """What is not wrong still runs."""
    (repository.folder / "same.yaml").write_text(yaml.safe_dump(CONFIG))
    assert repository.plan(configs=("same.yaml",))
