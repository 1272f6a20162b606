"""The perceptual hash: the published values, and what it does not see."""

import numpy as np
import pytest

from recordings.phash import hash_frame, hash_movie
from tests.tiny import golden, golden_trial, make_movie


def test_the_published_hashes_exactly():
    published = golden("phash")
    names = [name for name in published if not name.endswith("_frames")]
    found = {name: hash_movie(published[f"{name}_frames"]) for name in names}
    assert found == {name: int(published[name]) for name in names}
    assert len(found) == 6
    assert hash_movie(golden_trial(0, 0, slice(100)).video_THW) == found["mouse0_trial0"]


def test_brightness_and_contrast_do_not_change_the_hash():
    frame = make_movie(0)[0] / 2
    assert hash_frame(frame.astype(np.uint8)) == hash_frame((frame // 1 * 2).astype(np.uint8))


def test_an_inverted_frame_has_the_opposite_bits():
    frame = make_movie(1)[0].astype(np.uint8)
    assert bin(hash_frame(frame) ^ hash_frame(255 - frame)).count("1") >= 62


def test_the_hash_of_a_still_is_that_of_its_frame():
    movie = np.repeat(make_movie(2)[:1], 40, axis=0)
    assert hash_movie(movie) == hash_frame(movie[0].astype(np.uint8))


def test_five_frames_are_hashed():
    movie = make_movie(3, 40)
    for frame in range(40):
        changed = movie.copy()
        changed[frame] = 255 - changed[frame]
        assert (hash_movie(changed) != hash_movie(movie)) == (frame in (4, 12, 20, 28, 36))


def test_a_movie_of_less_than_five_frames_is_refused():
    with pytest.raises(ValueError, match="movie of 4 frames; its hash needs at least 5"):
        hash_movie(make_movie(0, 4))
