"""Members on disk: read back as they were, refused by name when they are something else."""

import os

import pytest
import torch

from models.checkpoint import (
    MemberDescription,
    load_member,
    require_neurons,
    save_member,
)
from models.registry import build_encoder
from recordings.tensor_file import load_tensors

SETTINGS = {
    "clip_frames": 8,
    "warmup_frames": 2,
    "num_spatial": 2,
    "num_channels": 3,
    "spatial_kernel_px": 6,
    "temporal_kernel_frames": 4,
}
NUM_NEURONS = {"A": 5, "B": 3}
TRAINING = {
    "num_updates": 9,
    "batch_clips": 2,
    "learning_rate": 0.01,
    "weight_decay": 0.05,
    "ema_decay": 0.9,
    "warmup_updates": 2,
    "validate_every_updates": 3,
    "cutmix_probability": 0.0,
    "distillation_share": 0.0,
    "mixed_precision": False,
}
DESCRIPTION = MemberDescription("factorised", SETTINGS, TRAINING, 4, NUM_NEURONS)


@pytest.fixture
def encoder():
    torch.manual_seed(0)
    encoder = build_encoder("factorised", SETTINGS, NUM_NEURONS)
    encoder(draw_inputs(), "A")
    return encoder


@pytest.fixture
def member(tmp_path, encoder):
    save_member(tmp_path / "member.pt", encoder, DESCRIPTION)
    return tmp_path / "member.pt"


def draw_inputs() -> torch.Tensor:
    generator = torch.Generator().manual_seed(1)
    return torch.rand(2, 5, 8, 36, 64, generator=generator) * 100


def rewrite(member, **changes) -> None:
    torch.save(torch.load(member, weights_only=True) | changes, member)


def test_a_member_comes_back_as_it_was(member, encoder):
    loaded, description = load_member(member)
    assert description == DESCRIPTION
    state = encoder.state_dict()
    assert loaded.state_dict().keys() == state.keys()
    for name, tensor in loaded.state_dict().items():
        assert torch.equal(tensor, state[name]), name
    assert torch.equal(loaded(draw_inputs(), "B"), encoder.eval()(draw_inputs(), "B").detach())


def test_a_loaded_member_is_frozen_and_evaluated(member):
    loaded, _ = load_member(member)
    assert not loaded.training
    assert not any(parameter.requires_grad for parameter in loaded.parameters())


def test_saving_what_was_loaded_changes_nothing(member, tmp_path):
    loaded, description = load_member(member)
    save_member(tmp_path / "again.pt", loaded, description)
    again, _ = load_member(tmp_path / "again.pt")
    for name, tensor in loaded.state_dict().items():
        assert torch.equal(tensor, again.state_dict()[name])


def test_a_hostile_pickle_is_refused_and_not_executed(tmp_path):
    class Payload:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "executed"),)

    torch.save({"state": Payload()}, tmp_path / "member.pt")
    with pytest.raises(ValueError, match=r"member\.pt: not a readable checkpoint of plain tensors"):
        load_member(tmp_path / "member.pt")
    assert not (tmp_path / "executed").exists()


@pytest.mark.parametrize("kept", [0, 1, 100, -200])
def test_a_truncated_file_is_refused(member, kept):
    member.write_bytes(member.read_bytes()[:kept])
    with pytest.raises(ValueError, match=r"member\.pt: not a readable checkpoint .*delete it"):
        load_member(member)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"member\.pt: missing; run snakemake"):
        load_tensors(tmp_path / "member.pt")


@pytest.mark.parametrize("content", [{"model": {}}, {"format": "other"}, [1, 2], torch.zeros(3)])
def test_the_torch_file_of_another_project_is_refused(tmp_path, content):
    torch.save(content, tmp_path / "member.pt")
    with pytest.raises(ValueError, match=r"member\.pt: not a member of this project .*member 1"):
        load_member(tmp_path / "member.pt")


def test_weights_of_another_size_are_refused(member):
    description = torch.load(member, weights_only=True)["description"]
    rewrite(member, description=description | {"num_neurons": {"A": 5, "B": 4}})
    with pytest.raises(
        ValueError, match=r"member\.pt: its weights do not fit the encoder they name"
    ):
        load_member(member)


def test_an_unknown_encoder_is_refused(member):
    description = torch.load(member, weights_only=True)["description"]
    rewrite(member, description=description | {"encoder": "oracle"})
    with pytest.raises(
        ValueError, match=r"unknown encoder 'oracle' \(known: \['dwiseneuro', 'factorised'"
    ):
        load_member(member)


def test_the_neurons_of_its_recording_are_accepted(encoder):
    for mouse, num_neurons in NUM_NEURONS.items():
        require_neurons("member.pt", encoder, mouse, num_neurons)


def test_another_mouse_is_refused(encoder):
    with pytest.raises(ValueError, match=r"m\.pt: no readout for mouse C \(has \['A', 'B'\]\)"):
        require_neurons("m.pt", encoder, "C", 5)


def test_another_number_of_neurons_is_refused(encoder):
    with pytest.raises(
        ValueError, match=r"m\.pt: readout of mouse B has 3 neurons, its recording 4; train"
    ):
        require_neurons("m.pt", encoder, "B", 4)
