"""Resume: the state of an unfinished job is found again by the same job only."""

import pytest
import torch

from recordings import interruption
from recordings.resume import Resume
from tests.killed import kill_writer

SETTINGS = {"num_steps": 3, "rate": 0.1, "trials": [1, 2]}


def resume(folder, every_s=0.0, **changes) -> Resume:
    return Resume(folder / "movies.h5", SETTINGS | changes, every_s)


def make_state(value: float = 1.0) -> dict:
    return {"movie": torch.full((2, 3), value), "losses": [0.1, 0.2], "current": None}


def test_a_saved_state_is_loaded_bit_for_bit(tmp_path):
    state = make_state() | {"movie": torch.rand(5, 7, generator=torch.Generator().manual_seed(0))}
    resume(tmp_path).save_when_due(lambda: state)
    loaded = resume(tmp_path).load()
    assert torch.equal(loaded.pop("movie"), state.pop("movie"))
    assert loaded == state


def test_a_fresh_job_has_no_state(tmp_path):
    assert resume(tmp_path).load() is None


def test_the_last_state_counts(tmp_path):
    job = resume(tmp_path)
    for value in (1.0, 2.0):
        job.save_when_due(lambda value=value: make_state(value))
    assert resume(tmp_path).load()["movie"][0, 0] == 2


def test_the_order_of_settings_does_not_matter(tmp_path):
    resume(tmp_path).save_when_due(make_state)
    turned = dict(reversed(SETTINGS.items()))
    assert Resume(tmp_path / "movies.h5", turned, 0.0).load() is not None


@pytest.mark.parametrize("change", [{"rate": 0.2}, {"trials": [1, 3]}, {"code": "x"}])
def test_a_job_with_another_fingerprint_sees_nothing(tmp_path, change):
    resume(tmp_path).save_when_due(make_state)
    assert resume(tmp_path, **change).load() is None


def test_a_job_with_another_output_sees_nothing(tmp_path):
    resume(tmp_path).save_when_due(make_state)
    assert Resume(tmp_path / "member.h5", SETTINGS, 0.0).load() is None


def test_nothing_is_written_before_it_is_due(tmp_path):
    job = resume(tmp_path, every_s=1000.0)
    job.save_when_due(lambda: pytest.fail("the state was made"))
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_leaves_the_last_state(tmp_path):
    job = resume(tmp_path)
    job.save_when_due(make_state)
    with pytest.raises(ZeroDivisionError):
        job.save_when_due(lambda: 1 / 0)
    assert resume(tmp_path).load()["losses"] == [0.1, 0.2]


def test_clear_deletes_the_states_of_this_output_only(tmp_path):
    others = [Resume(tmp_path / "ensemble.h5", SETTINGS, 0.0), resume(tmp_path, rate=0.2)]
    job = resume(tmp_path)
    for one in (job, *others):
        one.save_when_due(make_state)
    (tmp_path / "movies.h5").write_text("output")
    job.clear()
    assert {path.name for path in tmp_path.iterdir()} == {"movies.h5", others[0].path.name}


def test_clear_deletes_what_a_killed_write_left(tmp_path):
    resume = Resume(tmp_path / "movies.h5", {}, 0)
    assert kill_writer(resume.path).exists()
    resume.clear()
    assert list(tmp_path.iterdir()) == []


def test_a_state_is_never_unpickled(tmp_path):
    job = resume(tmp_path)
    torch.save({"state": pytest.fail}, job.path)
    with pytest.raises(
        ValueError, match=r"resume-\w+\.pt: not a readable checkpoint .*starts anew"
    ):
        job.load()


def test_the_time_of_all_attempts_adds_up(tmp_path, monkeypatch):
    monkeypatch.setattr(Resume, "earlier_s", 1000.0)
    resume(tmp_path).save_when_due(make_state)
    monkeypatch.setattr(Resume, "earlier_s", 0.0)
    assert set(resume(tmp_path).load()) == set(make_state())
    assert 1000 < Resume.earlier_s < 2000


def test_a_job_that_was_asked_to_end_writes_its_state_first(tmp_path, monkeypatch):
    monkeypatch.setitem(interruption._job, "asked_at", 0.0)
    with pytest.raises(interruption.Interrupted):
        resume(tmp_path, every_s=1000.0).save_when_due(make_state)
    assert resume(tmp_path).load()["losses"] == [0.1, 0.2]


@pytest.mark.parametrize("spoil", ["other value", "a key less", "no table", "another's"])
def test_a_state_that_the_job_did_not_leave_is_refused(tmp_path, spoil):
    """Readable as it may be: its digest is not that of its values."""
    job = resume(tmp_path)
    job.save_when_due(make_state)
    state = torch.load(job.path, weights_only=True)
    if spoil == "other value":
        state["movie"][1, 2] += 1e-6
    elif spoil == "a key less":
        del state["losses"]
    torch.save({"no table": [1], "another's": make_state()}.get(spoil, state), job.path)
    with pytest.raises(
        ValueError, match=r"resume-\w+\.pt: not the state .*delete it, and the job st"
    ):
        resume(tmp_path).load()
