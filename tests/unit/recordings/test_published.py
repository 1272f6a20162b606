"""What is exported in the published format is read back, and what is broken is refused by name."""

import json

import numpy as np
import pandas as pd
import pytest

from recordings.catalogue.publish import export_published, published_ids
from recordings.catalogue.published import find_recordings, read_published
from recordings.catalogue.published_format import ORDER, TABLES, locate_parts, make_table
from recordings.catalogue.text_files import write_csv
from recordings.catalogue.validate import validate_published
from tests.published import NAMES, ONE, REAL, SEGMENTS, TWO, make_catalogue, needs_real, read_real


@pytest.fixture
def exported(tmp_path):
    tables = make_catalogue()
    return tables, tmp_path / "metadata", export_published(tables, tmp_path / "metadata")


def contents(folder):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_an_exported_catalogue_has_no_findings_and_nothing_absent(exported):
    assert validate_published(read_published(exported[1]), complete=True).to_dict("records") == []


def test_the_tables_come_back(exported):
    tables, folder, ids = exported
    published = read_published(folder)
    trials = tables["trials"].assign(video_ID=tables["trials"].video_ID.map(ids))
    pd.testing.assert_frame_equal(published.trials, make_table("trials", trials))
    pd.testing.assert_frame_equal(published.neurons, make_table("neurons", tables["neurons"]))
    pd.testing.assert_frame_equal(published.basic, make_table("basic", tables["basic"]))
    pd.testing.assert_frame_equal(
        published.trial_segments, make_table("trial_segments", tables["segments"])
    )
    videos = tables["videos"].assign(video_ID=tables["videos"].video_ID.map(ids), sampling_freq=30)
    pd.testing.assert_frame_equal(published.videos, make_table("videos", videos))
    pd.testing.assert_frame_equal(published.video_trials, make_table("video_trials", trials))
    places = {
        (ids[segment], ids[video], index)
        for video, named in SEGMENTS.items()
        for index, segment in enumerate(named)
    }
    assert set(published.segment_places.itertuples(index=False, name=None)) == places
    lengths = published.segments.set_index("segment_ID").valid_frames
    assert lengths[[ids[name] for name in ("sx", "sg", "sp")]].tolist() == [25, 14, 15]


def test_file_names_and_keys_are_the_published_ones(exported):
    _, folder, ids = exported
    for recording in (ONE, TWO):
        basic, trials, neurons, videos = locate_parts(folder, recording)
        assert trials.read_text().startswith("recording,label,trial,trial_type,video_ID,valid_fr")
        assert neurons.read_text().startswith("ID,coord_x,coord_y,coord_z,mean_activation,min_a")
        assert json.loads(basic.read_text())["dataset_url"] is None
        columns = trials.read_text().splitlines()[0].split(",")
        assert list(json.loads(trials.with_suffix(".json").read_text())) == columns
    assert sorted(p.name for p in videos.iterdir()) == ["0.json", "1.json", "3.json"]
    video = json.loads((folder / f"global_meta/videos/Gabor-{ids['vc']}.json").read_text())
    keys = ["label", "ID", "valid_frames", "sampling_freq", "segments", "duplicates"]
    assert list(video) == keys
    assert video["duplicates"] == {
        ONE: {"trials": ["11"], "n": 1},
        TWO: {"trials": ["0"], "n": 1},
    }
    assert video["segments"]["segment_ID"] == [ids["sx"], ids["sy"]]
    natural = json.loads((folder / "global_meta/videos/NaturalVideo-v000123.json").read_text())
    assert list(natural["segments"]) == ["frame_start", "frame_end", "bad_properties"]
    grey = json.loads((folder / f"global_meta/segments/Background-{ids['sg']}.json").read_text())
    assert grey["duplicates"] == {ids["vd"]: {"segment_index": [0, 2], "n": 2}}


def test_the_order_of_rows_does_not_change_a_byte(exported, tmp_path):
    tables, folder, _ = exported
    shuffled = {name: table.sample(frac=1, random_state=1) for name, table in tables.items()}
    shuffled["neurons"] = tables["neurons"]
    export_published(shuffled, tmp_path / "again")
    assert contents(tmp_path / "again") == contents(folder)


def test_segments_that_were_split_have_no_peaks(exported):
    for recording, trial, peaks in ((ONE, 0, [11]), (ONE, 11, []), (TWO, 1, [13, 28, 44])):
        path = locate_parts(exported[1], recording)[-1] / f"{trial}.json"
        found = json.loads(path.read_text())
        assert (found["peaks"], found["n_peaks"]) == (peaks, len(peaks))
        assert found["segments_n_peaks"] == len(peaks) + 1


def test_neurons_without_coordinates_are_left_out(exported, tmp_path):
    tables, folder, _ = exported
    recording = tables["neurons"].recording.iloc[0]
    tables["neurons"].loc[tables["neurons"].recording == recording, "coord_z"] = np.nan
    export_published(tables, tmp_path / "again")
    assert not locate_parts(tmp_path / "again", recording)[2].exists()
    left = read_published(tmp_path / "again").neurons
    before = read_published(folder).neurons
    expected = before[before.recording != recording].reset_index(drop=True)
    pd.testing.assert_frame_equal(left, expected)


def test_an_export_replaces_metadata_but_no_other_folder(exported, tmp_path):
    tables, folder, _ = exported
    before = contents(folder)
    (folder / "old.json").write_text("{}")
    export_published(tables, folder)
    assert contents(folder) == before
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/thesis.txt").write_text("")
    with pytest.raises(
        ValueError, match=r"mine: holds files that this pipeline did not make .*; move it away"
    ):
        export_published(tables, tmp_path / "mine")


def test_a_failed_export_leaves_the_old_metadata(exported):
    tables, folder, _ = exported
    before = contents(folder)
    tables["segments"]["max_change"] = float("inf")
    with pytest.raises(ValueError, match=r"json: an infinite number, .*; make it finite"):
        export_published(tables, folder)
    assert contents(folder) == before


def test_a_catalogue_that_cannot_be_exported_is_refused(tmp_path):
    tables = make_catalogue()
    with pytest.raises(ValueError, match=r"table 'trials' has no columns \['first_label'\]"):
        export_published(
            tables | {"trials": tables["trials"].drop(columns="first_label")}, tmp_path
        )
    outside = tables["basic"].assign(recording="../x")
    with pytest.raises(ValueError, match=r"recording: '\.\./x' cannot name a file or folder"):
        export_published(tables | {"basic": outside}, tmp_path)
    odd = tables["trials"].assign(label="a/b")
    with pytest.raises(ValueError, match="label 'a/b', expected one of"):
        export_published(tables | {"trials": odd}, tmp_path)


def test_published_ids_are_stable_unique_and_keep_what_is_known():
    ours = [f"v{n:012x}" for n in range(3000)]
    ids = published_ids(ours, "v", {ours[5]: "v000007", ours[6]: ""})
    assert ids == published_ids(reversed(ours), "v", {ours[5]: "v000007"})
    assert len(set(ids.values())) == len(ours)
    assert ids[ours[5]] == "v000007"
    assert all(len(name) == 7 and name[1:].isdecimal() for name in ids.values())
    assert published_ids(ids.values(), "v") == {name: name for name in ids.values()}
    with pytest.raises(ValueError, match="two of ours have the same one"):
        published_ids(ours, "v", {ours[1]: "v000007", ours[2]: "v000007"})


def test_what_is_absent_is_an_empty_table(exported):
    _, folder, _ = exported
    for path in (*folder.rglob("*.csv"), *(folder / "global_meta").rglob("*.json")):
        path.unlink()
    published = read_published(folder)
    for name in ("trials", "neurons", "videos", "segments", "video_trials", "counts"):
        table = getattr(published, name)
        assert table.empty
        assert dict(table.dtypes) == dict(
            pd.DataFrame(columns=TABLES[name]).astype(TABLES[name]).dtypes
        )
    assert len(published.basic) == 2
    assert set(validate_published(published).kind) == set()
    assert set(validate_published(published, complete=True).kind) == {"absent"}
    assert set(ORDER) == set(TABLES)


def test_a_folder_without_metadata_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no published metadata here"):
        read_published(tmp_path)
    with pytest.raises(ValueError, match="nothing: no such folder"):
        read_published(tmp_path / "nothing")


BROKEN_JSON = {
    "truncated": (lambda text: text[:-20], "no readable JSON"),
    "empty": (lambda text: "", "no readable JSON"),
    "deep": (lambda text: "[" * 100_000, "no readable JSON"),
    "not an object": (lambda text: "[1]", "no JSON object"),
    "no label": (lambda text: text.replace('"label"', '"labels"'), "no key 'label'"),
    "another id": (lambda text: text.replace('"ID": "v', '"ID": "x'), "file named <label>-<ID>"),
    "a key twice": (lambda text: text.replace('"ID"', '"label"'), "a key occurs twice"),
    "NaN": (lambda text: text.replace("50,", "NaN,", 1), "NaN is no JSON"),
    "a fraction": (lambda text: text.replace("50,", "49.5,", 1), "expected a whole number"),
    "true": (lambda text: text.replace("50,", "true,", 1), "'valid_frames' is True, expected"),
    "a huge number": (lambda text: text.replace("50,", "9" * 5000 + ",", 1), "no readable JSON"),
    "other lengths": (lambda text: text.replace("false,", "", 1), "equal lengths"),
    "trial as number": (lambda text: text.replace('"11"', "11"), "list of trial number as text"),
    "trial with a path": (lambda text: text.replace('"11"', '"../11"'), "list of trial number"),
    "no n": (lambda text: text.replace('"n"', '"m"'), r"no key 'duplicates\.dynamic.*\.n'"),
}


@pytest.mark.parametrize(("spoil", "reason"), BROKEN_JSON.values(), ids=BROKEN_JSON.keys())
def test_a_broken_video_is_refused_with_its_path(exported, spoil, reason):
    path = next((exported[1] / "global_meta/videos").glob("Gabor-*.json"))
    path.write_text(spoil(path.read_text()))
    with pytest.raises(ValueError, match=rf"(?s)^\S*Gabor-v\d+\.json: .*{reason}.*; restore"):
        read_published(exported[1])


BROKEN_CSV = {
    "no header": (lambda text: "", "columns"),
    "missing column": (lambda text: text.replace("video_ID", "id"), r"named \['video_ID'\]"),
    "column twice": (lambda text: text.replace("label", "trial"), "named"),
    "missing field": (lambda text: text.replace(",train,", ","), "line 2 has 16 fields"),
    "word for number": (lambda text: text.replace(",20,", ",many,"), "valid_frames is 'many'"),
    "NaN": (lambda text: text.replace(",20,", ",nan,"), "a whole number"),
    "huge": (lambda text: text.replace(",20,", "," + "9" * 30 + ","), "a whole number"),
    "yes": (lambda text: text.replace("True", "yes"), "expected True or False"),
    "empty text": (lambda text: text.replace("train", ""), "expected a text"),
    "open quote": (lambda text: text.replace("train", '"train'), "no readable csv"),
    "another recording": (lambda text: text.replace("1-2-3", "1-2-4"), "rows of the recording"),
}


@pytest.mark.parametrize(("spoil", "reason"), BROKEN_CSV.values(), ids=BROKEN_CSV.keys())
def test_a_broken_trials_table_is_refused_with_its_path(exported, spoil, reason):
    path = locate_parts(exported[1], ONE)[1]
    path.write_text(spoil(path.read_text()))
    with pytest.raises(ValueError, match=rf"^\S*\.csv: .*({reason}).*; restore"):
        read_published(exported[1])


def test_bytes_that_are_no_text_are_refused(exported):
    for part, reason in ((0, "no readable JSON"), (2, "no readable csv")):
        path = locate_parts(exported[1], ONE)[part]
        kept = path.read_bytes()
        path.write_bytes(b"\x80\x04\x95" + kept)
        with pytest.raises(ValueError, match=reason):
            read_published(exported[1])
        path.write_bytes(kept)


def test_a_trial_file_of_another_trial_is_refused(exported):
    path = locate_parts(exported[1], ONE)[-1] / "11.json"
    path.rename(path.with_name("12.json"))
    with pytest.raises(ValueError, match=r"12\.json: recording .*, trial 11, expected .* trial 12"):
        read_published(exported[1])


@needs_real
def test_numbers_are_written_digit_for_digit_as_published(tmp_path):
    published = read_real()
    assert find_recordings(REAL) == sorted(NAMES.values())
    rows = published.neurons[published.neurons.recording == NAMES["E"]].drop(columns="recording")
    write_csv(tmp_path / "neurons.csv", rows)
    assert (tmp_path / "neurons.csv").read_bytes() == locate_parts(REAL, NAMES["E"])[2].read_bytes()
