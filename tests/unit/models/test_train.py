"""Training: repeatable, resumable bit for bit, stopped by a poisoned response."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from models import train
from models.checkpoint import MemberDescription, load_member
from models.data import MouseData
from models.encoder import ClipSpec
from models.settings import TrainingSettings
from models.train import (
    TrainingJob,
    TrainingRun,
    describe_member,
    learning_rate,
    train_member,
    validation_correlation,
)
from tests.tiny import Interrupted, LinearEncoder, read_pixels, save, stop_after, write_recording
from tests.unit.models.test_dwiseneuro import SMALL

ENCODER = {
    "clip_frames": 12,
    "warmup_frames": 4,
    "num_spatial": 2,
    "num_channels": 3,
    "spatial_kernel_px": 6,
    "temporal_kernel_frames": 4,
}
TRAINING = {
    "num_updates": 6,
    "batch_clips": 2,
    "learning_rate": 0.01,
    "weight_decay": 0.01,
    "ema_decay": 0.9,
    "warmup_updates": 2,
    "validate_every_updates": 3,
    "cutmix_probability": 0.0,
    "distillation_share": 0.0,
    "mixed_precision": False,
}
PIXELS = LinearEncoder(
    read_pixels([(9, 20), (9, 44), (17, 34), (28, 12), (30, 50)]), ClipSpec(12, warmup_frames=4)
)


@pytest.fixture(scope="module")
def mice(tmp_path_factory) -> dict[str, MouseData]:
    folder = tmp_path_factory.mktemp("mice")
    return {
        mouse: MouseData(
            write_recording(folder / mouse, respond=PIXELS.respond), [0, 1, 4], [9], mouse
        )
        for mouse in "AB"
    }


def describe(mice, seed: int = 1, **changes) -> MemberDescription:
    return describe_member("factorised", ENCODER, TRAINING | changes, seed, mice)


def train_one(mice, output: Path, seed: int = 1, **changes) -> tuple[dict, pd.DataFrame]:
    train_member(mice, describe(mice, seed, **changes), job_of(output))
    curve = pd.read_csv(job_of(output).curve)
    return load_member(output)[0].state_dict(), curve


def job_of(output: Path, code: str = "code") -> TrainingJob:
    return TrainingJob(output, output.with_suffix(".csv"), code, checkpoint_s=0)


def same_weights(one: dict, other: dict) -> bool:
    return all(torch.equal(tensor, other[name]) for name, tensor in one.items())


def test_the_same_seed_gives_identical_weights(mice, tmp_path):
    first, first_curve = train_one(mice, tmp_path / "first.pt")
    torch.manual_seed(99)
    again, curve = train_one(mice, tmp_path / "again.pt")
    assert same_weights(first, again)
    pd.testing.assert_frame_equal(curve, first_curve)


def test_members_differ_by_seed(mice, tmp_path):
    first, _ = train_one(mice, tmp_path / "first.pt", num_updates=3)
    other, _ = train_one(mice, tmp_path / "other.pt", seed=2, num_updates=3)
    assert not torch.equal(first["spatial.weight"], other["spatial.weight"])


@pytest.mark.parametrize("num_done", [1, 3, 5, 6])
def test_resuming_equals_continuing_bit_for_bit(mice, tmp_path, monkeypatch, num_done):
    expected, expected_curve = train_one(mice, tmp_path / "undisturbed.pt")
    with monkeypatch.context() as patch:
        patch.setattr(train, "report_progress", stop_after(num_done))
        if num_done == TRAINING["num_updates"]:
            patch.setattr(train, "save_member", stop_writing)
        with pytest.raises(Interrupted):
            train_one(mice, tmp_path / "member.pt")
    assert not (tmp_path / "member.pt").exists()
    updates = count_updates(monkeypatch)
    weights, curve = train_one(mice, tmp_path / "member.pt")
    assert len(updates) == TRAINING["num_updates"] - num_done
    assert same_weights(weights, expected)
    pd.testing.assert_frame_equal(curve, expected_curve)
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "member.csv",
        "member.pt",
        "undisturbed.csv",
        "undisturbed.pt",
    ]


def stop_writing(*arguments):
    raise Interrupted


def count_updates(monkeypatch) -> list[int]:
    updates, step = [], TrainingRun.step

    def counted(run, batch):
        updates.append(run.update)
        step(run, batch)

    monkeypatch.setattr(TrainingRun, "step", counted)
    return updates


@pytest.mark.parametrize("other", ["code", "seed", "settings", "content"])
def test_the_state_of_another_member_is_not_resumed(mice, tmp_path, monkeypatch, other):
    description = describe(mice)
    with monkeypatch.context() as patch:
        patch.setattr(train, "report_progress", stop_after(2))
        with pytest.raises(Interrupted):
            train_member(mice, description, job_of(tmp_path / "member.pt"))
    changed = {
        "code": description,
        "content": description,
        "seed": replace(description, seed=2),
        "settings": replace(description, training_settings=TRAINING | {"learning_rate": 0.02}),
    }[other]
    updates = count_updates(monkeypatch)
    code = "other" if other == "code" else "code"
    if other == "content":
        mice = {mouse: replace(data, content="other") for mouse, data in mice.items()}
    train_member(mice, changed, job_of(tmp_path / "member.pt", code))
    assert updates == list(range(6))


def test_the_curve_has_a_row_per_validation_and_mouse(mice, tmp_path):
    _, curve = train_one(mice, tmp_path / "member.pt")
    assert list(zip(curve["update"], curve.mouse, strict=True)) == [
        (3, "A"),
        (3, "B"),
        (6, "A"),
        (6, "B"),
    ]
    assert np.isfinite(curve[["training_loss", "validation_correlation"]]).all(axis=None)


def test_a_validation_without_new_losses_of_a_mouse_is_no_error(mice, tmp_path):
    changes = {"num_updates": 3, "validate_every_updates": 2, "batch_clips": 1}
    _, curve = train_one(mice, tmp_path / "member.pt", **changes)
    assert list(curve["update"]) == [2, 2, 3, 3]
    assert np.isnan(curve.training_loss.iloc[-1])


def test_the_loss_falls(mice, tmp_path):
    _, curve = train_one(mice, tmp_path / "member.pt", num_updates=30, validate_every_updates=6)
    loss = curve.groupby("update").training_loss.mean()
    assert loss.iloc[-1] < loss.iloc[0]


@pytest.mark.parametrize("mouse", ["A", "B"])
def test_a_poisoned_response_raises_before_the_step(mice, tmp_path, mouse):
    poisoned = MouseData(write_recording(tmp_path / "mouse"), [0], [9], "poisoned")
    description = describe(mice)
    run = TrainingRun(mice, description, "cpu")
    path = poisoned.recording.path("responses", 0)
    save(path, np.full_like(np.load(path), np.nan))
    run.mice = mice | {mouse: poisoned}
    before = {name: tensor.clone() for name, tensor in run.encoder.named_parameters()}
    with pytest.raises(ValueError, match=f"training loss is nan for mouse {mouse} at update 0"):
        run.step(run.draw(0))
    assert same_weights(before, dict(run.encoder.named_parameters()))


def test_a_poisoned_recording_writes_no_member(tmp_path):
    data = MouseData(write_recording(tmp_path / "mouse"), [0, 1], [9], "poisoned")
    path = data.recording.path("responses", 1)
    values = np.load(path)
    values[2, 5] = np.nan
    save(path, values)
    with pytest.raises(ValueError, match=r"responses/1\.npy: NaN or infinity at frame 5"):
        train_one({"A": data}, tmp_path / "member.pt")
    assert not (tmp_path / "member.pt").exists()


def dwiseneuro_run(mice, teacher=None, **training) -> TrainingRun:
    training = TRAINING | {"cutmix_probability": 0.5} | training
    description = describe_member("dwiseneuro", SMALL, training, 1, mice)
    return TrainingRun(mice, description, "cpu", teacher)


def test_the_loss_is_the_published_one_with_all_readouts_run_for_every_clip(mice):
    """Sum over neurons, frames and clips, divided by the clips; a clip has targets for its own mouse only."""
    run = dwiseneuro_run(mice, batch_clips=5)
    batch = run.draw(0)
    run.encoder.eval()
    expected = 0.0
    for mouse in mice:
        rates = run.encoder(batch.inputs_BCTHW, mouse)
        targets = torch.zeros_like(rates)
        targets[batch.clips[mouse]] = batch.responses[mouse]
        has_target = torch.zeros(5)
        has_target[batch.clips[mouse]] = 1
        loss = rates - targets * (rates + 1e-8).log()
        expected = expected + (loss.sum((1, 2)) * has_target).sum() / 5
    found = run._loss(batch)
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-4)


def test_a_teacher_fills_the_targets_of_the_mice_that_did_not_see_a_clip(mice):
    teacher = dwiseneuro_run(mice).encoder.eval().requires_grad_(False)
    torch.manual_seed(5)
    run = dwiseneuro_run(mice, teacher, batch_clips=2, distillation_share=0.36)
    batch = run.draw(0)
    run.encoder.eval()
    losses = {}
    for clip, (seer, other) in enumerate((("A", "B"), ("B", "A"))):
        inputs = batch.inputs_BCTHW[clip : clip + 1]
        targets = {seer: batch.responses[seer], other: teacher(inputs, other)}
        for mouse, target in targets.items():
            rates = run.encoder(inputs, mouse)
            loss = (rates - target * (rates + 1e-8).log()).sum()
            losses.setdefault(mouse == seer, []).append(loss)
    own, distilled = (sum(losses[kind]) / 2 for kind in (True, False))
    torch.testing.assert_close(run._loss(batch), 0.64 * own + 0.36 * distilled, rtol=1e-5, atol=0.0)


def test_only_the_readouts_that_are_needed_run(mice):
    run = dwiseneuro_run(mice, batch_clips=1)
    run._loss(run.draw(0)).backward()
    assert all(p.grad is not None for p in run.encoder.readouts[0].parameters())
    assert all(p.grad is None for p in run.encoder.readouts[1].parameters())


@pytest.mark.parametrize("changes", [{}, {"distillation_share": 0.3}])
def test_dwiseneuro_trains_repeatably_and_resumes_bit_for_bit(mice, tmp_path, monkeypatch, changes):
    training = TRAINING | {"cutmix_probability": 0.5} | changes
    description = describe_member("dwiseneuro", SMALL, training, 1, mice)
    teacher = dwiseneuro_run(mice).encoder.eval().requires_grad_(False) if changes else None

    def run(name):
        train_member(mice, description, job_of(tmp_path / name), teacher)
        return load_member(tmp_path / name)[0].state_dict()

    expected = run("undisturbed.pt")
    assert same_weights(run("again.pt"), expected)
    with monkeypatch.context() as patch:
        patch.setattr(train, "report_progress", stop_after(4))
        with pytest.raises(Interrupted):
            run("killed.pt")
    assert same_weights(run("killed.pt"), expected)


def test_the_learning_rate_warms_up_and_falls_to_a_hundredth():
    settings = TrainingSettings(**TRAINING | {"num_updates": 110, "warmup_updates": 10})
    rates = [learning_rate(settings, update) for update in (0, 4, 9, 10, 60, 110)]
    assert rates == pytest.approx([0.001, 0.005, 0.01, 0.01, 0.00505, 0.0001])


def test_without_warmup_the_learning_rate_starts_full():
    settings = TrainingSettings(**TRAINING | {"warmup_updates": 0})
    assert learning_rate(settings, 0) == pytest.approx(0.01)


def test_the_true_neurons_have_a_validation_correlation_of_one(mice):
    encoder = LinearEncoder(PIXELS.weight_NHW.clone(), PIXELS.spec, offset=3.0)
    assert validation_correlation(encoder, "A", mice["A"], "cpu") == pytest.approx(1, abs=1e-5)
    encoder.weight_NHW.neg_()
    assert validation_correlation(encoder, "A", mice["A"], "cpu") == pytest.approx(-1, abs=1e-5)


def test_a_neuron_predicted_to_be_constant_counts_as_nothing(mice):
    weight_NHW = PIXELS.weight_NHW.clone()
    weight_NHW[2:] = 0
    encoder = LinearEncoder(weight_NHW, PIXELS.spec, offset=3.0)
    assert validation_correlation(encoder, "A", mice["A"], "cpu") == pytest.approx(2 / 5, abs=1e-5)


def test_a_teacher_that_knows_no_number_stops_before_the_step(mice):
    teacher = dwiseneuro_run(mice).encoder.eval().requires_grad_(False)
    teacher.readouts[0].layer[1].bias[0] = torch.nan
    run = dwiseneuro_run(mice, teacher, distillation_share=0.5)
    before = {name: tensor.clone() for name, tensor in run.encoder.named_parameters()}
    with pytest.raises(ValueError, match="distillation loss is nan at update 0"):
        run.step(run.draw(0))
    assert same_weights(before, dict(run.encoder.named_parameters()))


@pytest.mark.parametrize("key", ["warmup_updates", "validate_every_updates"])
def test_more_of_it_than_updates_is_refused(key):
    with pytest.raises(ValueError, match=rf"models\.training: {key} 7 is above num_updates 6"):
        TrainingSettings(**TRAINING | {key: 7})
