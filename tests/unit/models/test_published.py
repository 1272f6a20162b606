"""The published checkpoint format: read safely, written back identically, refused where it does not fit."""

import pickle

import pytest
import torch

from models.dwiseneuro import DwiseNeuro
from models.published import pick_mice, read_published
from models.settings import DwiseNeuroSettings
from tests.published_format import save_published
from tests.tiny import GOLDEN
from tests.unit.models.test_dwiseneuro import SMALL

MICE = {"A": 0, "B": 1}
SETTINGS = DwiseNeuroSettings(**SMALL)


@pytest.fixture
def saved(tmp_path):
    """A file in the published format, and the encoder that it holds."""
    torch.manual_seed(0)
    encoder = DwiseNeuro(SETTINGS, {"A": 7, "B": 4})
    save_published(tmp_path / "model.pth", encoder, SETTINGS)
    return tmp_path / "model.pth", encoder


def rewrite(path, **changes):
    content = torch.load(path, weights_only=True)
    torch.save(content | changes, path)


def assert_same_state(found, expected):
    assert list(found) == list(expected)
    for name, tensor in found.items():
        assert torch.equal(tensor, expected[name]), name


def load(path, places=MICE) -> DwiseNeuro:
    return pick_mice(read_published(path), places)


def test_what_is_written_is_read_back(saved):
    path, encoder = saved
    loaded = load(path)
    assert_same_state(loaded.state_dict(), encoder.state_dict())
    assert loaded.num_neurons == {"A": 7, "B": 4}
    assert loaded.spec == encoder.spec
    assert not loaded.training
    inputs = torch.rand(1, 5, 4, 64, 64)
    assert torch.equal(loaded(inputs, "B"), encoder.eval()(inputs, "B"))


def test_only_the_readouts_of_the_wanted_mice_are_picked(saved):
    path, encoder = saved
    picked = pick_mice(read_published(path), {"x": 1})
    assert picked.num_neurons == {"x": 4}
    inputs = 255 * torch.rand(2, 5, 4, 64, 64, generator=torch.Generator().manual_seed(1))
    assert torch.equal(picked(inputs, "x"), encoder.eval()(inputs, "B"))


def test_a_published_file_is_written_back_identically(tmp_path):
    source = GOLDEN / "member1.pth"
    published = torch.load(source, weights_only=True)
    encoder = load(source)
    arguments = published["params"]["nn_module"][1]
    settings = {k: v for k, v in arguments.items() if k not in ("readout_outputs", "in_channels")}
    settings = DwiseNeuroSettings(clip_frames=16, frame_step=2, canvas_px=(64, 64), **settings)
    save_published(tmp_path / "model.pth", encoder, settings)
    again = torch.load(tmp_path / "model.pth", weights_only=True)
    assert_same_state(again["nn_state_dict"], published["nn_state_dict"])
    assert again["params"]["nn_module"] == published["params"]["nn_module"]
    for name in ("frame_stack", "inputs_processor", "responses_processor"):
        assert again["params"][name] == published["params"][name]


class Payload:
    """Creates a file when unpickled."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return open, (self.path, "w")


def test_a_hostile_checkpoint_is_refused_and_not_executed(tmp_path):
    trace = tmp_path / "executed"
    torch.save({"params": Payload(trace), "nn_state_dict": {}}, tmp_path / "model.pth")
    with pytest.raises(ValueError, match=r"model\.pth: not a readable checkpoint of plain tensors"):
        load(tmp_path / "model.pth")
    assert not trace.exists()
    pickle.loads(pickle.dumps(Payload(trace))).close()
    assert trace.exists()


def test_files_that_are_something_else_are_refused(saved, tmp_path):
    path, _ = saved
    rewrite(path, params={"nn_module": ("resnet", {})})
    with pytest.raises(ValueError, match=r"model\.pth: not a published DwiseNeuro checkpoint"):
        load(path)
    torch.save([1, 2], tmp_path / "list.pth")
    with pytest.raises(ValueError, match=r"list\.pth: not a published DwiseNeuro checkpoint"):
        load(tmp_path / "list.pth")


def test_a_truncated_file_is_refused(saved):
    path, _ = saved
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(ValueError, match=r"model\.pth: not a readable checkpoint"):
        load(path)


def test_weights_of_another_size_are_refused(saved):
    path, _ = saved
    state = torch.load(path, weights_only=True)["nn_state_dict"]
    state["readouts.1.layer.1.bias"] = torch.zeros(9)
    rewrite(path, nn_state_dict=state)
    with pytest.raises(
        ValueError, match=r"do not fit its own parameters .*readouts\.1\.layer\.1\.bias"
    ):
        load(path)


@pytest.mark.parametrize(
    ("where", "value", "sentence"),
    [
        ("groups", 0, "groups: Input should be greater than or equal to 1, found 0"),
        ("expansion_ratio", 2.5, "expansion_ratio: Input should be a valid integer, found 2.5"),
        ("attention_heads", 4, "attention_heads: Unexpected keyword argument, found 4"),
        ("readout_outputs", [7, -1], "readout 1 has -1 neurons, allowed 1 to"),
    ],
)
def test_impossible_parameters_are_refused(saved, where, value, sentence):
    path, _ = saved
    content = torch.load(path, weights_only=True)
    content["params"]["nn_module"][1][where] = value
    torch.save(content, path)
    with pytest.raises(ValueError, match=rf"model\.pth: .*({sentence})"):
        load(path)


def test_weights_that_are_no_numbers_are_refused(saved):
    path, _ = saved
    state = torch.load(path, weights_only=True)["nn_state_dict"]
    state["core.stem.0.weight"][0] = torch.nan
    rewrite(path, nn_state_dict=state)
    with pytest.raises(ValueError, match=r"model\.pth: .*core.stem.0.weight is not finite"):
        load(path)
