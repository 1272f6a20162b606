"""Readouts of published checkpoints go to the recordings whose neurons they predict, or nowhere."""

import pytest

from models.readouts import PUBLISHED_NEURONS, match_readouts
from recordings.names import recording_id

HASH = "9b4f6a1a067fe51e15306b9628efea20"
COUNTS = list(PUBLISHED_NEURONS.values())
READOUTS = list(PUBLISHED_NEURONS)
RECORDINGS = {
    "A": (f"dynamic29712-5-9-Video-{HASH}", 7939),
    "B": (f"dynamic29515-10-12-Video-{HASH}", 7863),
}


def test_the_id_of_a_recording_is_in_the_name_of_its_folder():
    assert recording_id(RECORDINGS["A"][0]) == "29712-5-9"
    assert recording_id("my-mouse") == "my-mouse"
    assert recording_id("dynamicfoo-day-2-x") == "dynamicfoo-day-2-x"


def test_readouts_are_found_by_the_id_of_the_recording():
    assert match_readouts("f.pth", COUNTS, READOUTS, RECORDINGS) == {"A": 3, "B": 0}
    assert sum(COUNTS) == 78853


@pytest.mark.parametrize(
    ("counts", "readouts", "recordings", "sentence"),
    [
        (COUNTS[:9], READOUTS, RECORDINGS, r"f\.pth: has 9 readouts, but .* names 10 recordings"),
        (
            COUNTS,
            READOUTS,
            {"A": (RECORDINGS["A"][0], 7900)},
            r"f\.pth: readout 3, of recording 29712-5-9, has 7939 neurons, but mouse A \(dynamic29712-5-9.*has 7900",
        ),
        (
            COUNTS,
            READOUTS,
            {"C": ("dynamic1-2-3-Video-x", 10)},
            r"f\.pth: no readout for mouse C, recording 1-2-3; models\.load\.readouts has 29515-10-12, ",
        ),
        (
            COUNTS,
            [READOUTS[1], READOUTS[0], *READOUTS[2:]],
            RECORDINGS,
            r"f\.pth: readout 0 has 7863 neurons, but recording 29623-4-9, .* has 7908; correct the order",
        ),
    ],
)
def test_what_does_not_fit_is_refused_naming_both(counts, readouts, recordings, sentence):
    with pytest.raises(ValueError, match=sentence):
        match_readouts("f.pth", counts, readouts, recordings)
