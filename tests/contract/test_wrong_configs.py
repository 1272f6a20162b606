"""No config ends in a traceback: it is refused in a sentence per problem, or it builds all settings."""

import random
import re

import pytest

from tests.wrong_configs import NO_CONFIGS, PERHAPS, REFUSED, spoilt_file
from workflow.config_files import MOST_BYTES, read_config
from workflow.overlays import settle, take_away_mice
from workflow.validation import MOST_PROBLEMS, validate_config

HEAD = "the configuration is refused (config.yaml and what is laid over it):"
SENTENCE = re.compile(r"  \S.*: \S.{3,}|  and \d+ more like these")
LONGEST = 4000
"""letters of one sentence: one may list all names or columns that there are"""


def verdict(config):
    """The problems of a config, each a line that can be printed; none if it builds all settings."""
    take_away_mice(config)
    try:
        settle(validate_config(config))
    except ValueError as error:
        head, *lines = str(error).split("\n")
        assert head == HEAD
        assert 0 < len(lines) <= MOST_PROBLEMS + 1
        wrong = [line for line in lines if not SENTENCE.fullmatch(line) or len(line) > LONGEST]
        assert wrong == []
        assert all(line.isprintable() for line in lines)
        return lines
    return []


def mutants(few, many):
    """How many of each kind: few in `make test`, many in `make test-all`."""
    return pytest.mark.parametrize("num", [few, pytest.param(many, marks=pytest.mark.slow)])


@mutants(25, 150)
@pytest.mark.parametrize("mutate", REFUSED)
def test_wrong_configs_are_refused_by_key(mutate, num):
    for seed in range(num):
        config, key = mutate(random.Random(seed))
        lines = verdict(config)
        assert lines, f"{mutate.__name__} {seed}: {key} is accepted"
        assert any(key in line for line in lines), f"{mutate.__name__} {seed}: {key} in {lines}"


@mutants(6, 50)
@pytest.mark.parametrize("mutate", PERHAPS)
def test_configs_that_may_be_wrong_are_refused_or_build(mutate, num):
    found = [bool(verdict(mutate(random.Random(seed))[0])) for seed in range(num)]
    assert True in found


@pytest.mark.parametrize(("content", "told"), NO_CONFIGS.values(), ids=NO_CONFIGS)
def test_files_that_are_no_config_are_refused_with_path_and_line(tmp_path, content, told):
    path = tmp_path / "overlay.yaml"
    path.write_bytes(content)
    sentence = refusal(path)
    assert told in sentence


def refusal(path):
    with pytest.raises(ValueError, match=r"overlay\.yaml") as caught:
        read_config(path)
    sentence = str(caught.value)
    assert sentence.startswith(str(path))
    assert sentence.isprintable()
    assert len(sentence) < 500
    return sentence


def test_what_is_no_file_is_refused(tmp_path):
    (tmp_path / "overlay.yaml").mkdir()
    assert "cannot be read (Is a directory)" in refusal(tmp_path / "overlay.yaml")
    assert "cannot be read (No such file" in refusal(tmp_path / "no/overlay.yaml")


def test_a_device_without_an_end_is_refused(tmp_path):
    (tmp_path / "overlay.yaml").symlink_to("/dev/zero")
    assert f"more than {MOST_BYTES} bytes" in refusal(tmp_path / "overlay.yaml")


@mutants(12, 200)
def test_spoilt_files_are_refused_or_read(tmp_path, num):
    path = tmp_path / "overlay.yaml"
    sentences = []
    for seed in range(num):
        path.write_bytes(spoilt_file(random.Random(seed)))
        try:
            config = read_config(path)
        except ValueError as error:
            sentences.append(str(error))
        else:
            verdict(config)
    assert [s for s in sentences if not s.startswith(str(path)) or not s.isprintable()] == []
    assert len(sentences) > num / 10


def test_json_is_read_as_snakemake_reads_it(tmp_path):
    (tmp_path / "a.json").write_text('{"a": 1e-3,\t"b": [true, null]}')
    assert read_config(tmp_path / "a.json") == {"a": 1e-3, "b": [True, None]}
