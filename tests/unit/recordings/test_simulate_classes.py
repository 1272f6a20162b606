"""Each stimulus class has the change signal, the timing and the background that real movies of it have."""

import numpy as np
import pytest

from recordings.simulate.classes import (
    gabor,
    gaussian_dot,
    natural_images,
    natural_video,
    pink_noise,
    random_dots,
)
from recordings.simulate.classes.plan import Switch, Transitions, VideoPlan, deal, join

SHARP, OFTEN, LATE = Transitions(0.0, 0.0), Transitions(0.5, 0.0), Transitions(0.0, 1.0)
SEED = 5


def change(video_HWT: np.ndarray) -> np.ndarray:
    return np.mean(np.diff(video_HWT, axis=-1) ** 2, axis=(0, 1))


def split(rendered) -> tuple[np.ndarray, np.ndarray]:
    """The change inside segments, and at switches."""
    signal = change(rendered.video_HWT)
    at = np.array(rendered.starts[1:]) - 1
    return np.delete(signal, at), signal[at]


def background_share(video_HWT: np.ndarray) -> float:
    return float(np.mean(np.abs(video_HWT - 128) < 0.5))


@pytest.fixture(scope="module")
def dots():
    return random_dots.render_random_dots(random_dots.plan_random_dots(1, SEED)[0])


def test_join_mixes_only_the_first_frame_after_a_switch():
    clips = [np.full((1, 1, 3), level) for level in (0.0, 100.0, 20.0)]
    joined = join(clips, [Switch(0.75), Switch(0.25, late=True)])
    assert joined.video_HWT.ravel().tolist() == [0, 0, 0, 75, 100, 100, 80, 20, 20]
    assert joined.starts == (0, 3, 7)


def test_deal_gives_every_name_before_any_twice():
    hands = deal("abcdef", 4, 3, SEED)
    assert sorted(hands[0] + hands[1]) == sorted(hands[2] + hands[3]) == list("abcdef")


def test_a_movie_is_the_same_whenever_it_is_drawn():
    plan = pink_noise.plan_pink_noise(2, SEED)[1]
    first, again = (pink_noise.render_pink_noise(plan, OFTEN).video_HWT for _ in range(2))
    assert np.array_equal(first, again)


def test_six_movies_show_each_gabor_and_each_dot_once():
    gabors = [name for plan in gabor.plan_gabors(6, SEED) for name in plan.contents]
    blobs = [name for plan in gaussian_dot.plan_dots(6, SEED) for name in plan.contents]
    assert len(gabors) == len(set(gabors)) == 72
    assert len(blobs) == len(set(blobs)) == 210


def test_gabors_leave_the_margins_of_the_screen_grey():
    for plan in gabor.plan_gabors(6, SEED):
        video_HWT = gabor.render_gabors(plan, SHARP).video_HWT
        assert video_HWT.shape == (36, 64, 300)
        assert np.ptp(video_HWT[:, :22]) <= 35
        assert np.ptp(video_HWT[:8]) <= 35
        assert np.ptp(video_HWT[:, :25]) > 35
        assert 0.6 < background_share(video_HWT) < 0.67


def test_two_of_three_gabors_drift_so_slowly_that_they_count_as_static():
    moved = [change(gabor.draw_gabor(*values, 25)).max() for values in gabor.GABORS.values()]
    assert np.mean(np.array(moved) <= 50) == pytest.approx(2 / 3)
    assert 2 < min(moved) < max(moved) < 235


def test_gaussian_dots_stand_still_on_grey():
    plan = gaussian_dot.plan_dots(1, SEED)[0]
    rendered = gaussian_dot.render_dots(plan, SHARP)
    inside, switches = split(rendered)
    assert rendered.video_HWT.shape[-1] == 315
    assert inside.max() == 0
    assert switches.min() > 50
    for start in rendered.starts:
        assert 0.64 < background_share(rendered.video_HWT[..., start]) < 0.8


def test_ghosts_of_gaussian_dots_come_after_the_switch():
    plan = gaussian_dot.plan_dots(1, SEED)[0]
    rendered = gaussian_dot.render_dots(plan, OFTEN)
    signal, starts = change(rendered.video_HWT), np.array(rendered.starts[1:])
    assert starts.tolist() == list(range(9, 315, 9))
    assert (signal[starts] > 0).mean() > 0.5
    assert (signal[starts - 1] > signal[starts]).all()
    assert (signal[starts - 2] == 0).all()


def test_random_dots_move_in_every_frame_and_jump_at_the_switch(dots):
    inside, switches = split(dots)
    assert dots.video_HWT.shape[-1] == 240
    assert dots.starts == (0, 60, 120, 180)
    assert 150 < inside.min() < inside.max() < 763
    assert 700 < switches.min() < switches.max() < 1100


def test_random_dots_fill_the_screen_at_two_grey_levels(dots):
    assert np.ptp(dots.video_HWT) == pytest.approx(152.8)
    assert 0.56 < background_share(dots.video_HWT) < 0.75
    assert np.ptp(dots.video_HWT[:, :1]) > 35
    assert np.ptp(dots.video_HWT[-1:]) > 35


def test_pink_noise_changes_as_much_in_every_frame_and_more_at_the_switch():
    rendered = pink_noise.render_pink_noise(pink_noise.plan_pink_noise(1, SEED)[0], SHARP)
    inside, switches = split(rendered)
    assert rendered.video_HWT.shape[-1] == 324
    assert 290 < inside.min() < inside.max() < 527
    assert 1300 < switches.min() < switches.max() < 2800
    assert np.ptp(rendered.video_HWT) > 250


def test_a_mixed_frame_of_pink_noise_leaves_only_a_dip():
    plans = pink_noise.plan_pink_noise(12, SEED)
    unseen = []
    for plan in plans:
        rendered = pink_noise.render_pink_noise(plan, Transitions(1.0, 0.0))
        inside, switches = split(rendered)
        unseen.append(int((switches > 280).sum()))
        assert np.sort(switches)[-2] < 280 < inside.min()
    assert set(unseen) == {0, 1}
    assert inside.max() < 700  # no jump
    assert rendered.starts == tuple(range(0, 324, 27))


@pytest.mark.parametrize(
    ("plan", "render"),
    [
        (gabor.plan_gabors(1, SEED)[0], gabor.render_gabors),
        (pink_noise.plan_pink_noise(1, SEED)[0], pink_noise.render_pink_noise),
        (natural_images.plan_natural_images(1, SEED)[0], natural_images.render_natural_images),
    ],
)
def test_late_switches_begin_one_frame_after_the_plan(plan, render):
    rendered = render(plan, LATE)
    signal, planned = change(rendered.video_HWT), np.cumsum(plan.lengths)[:-1]
    assert rendered.starts == (0, *(planned + 1).tolist())
    assert (signal[planned] > signal[planned - 1]).all()


def test_natural_images_stand_still_between_grey():
    plan = natural_images.plan_natural_images(1, SEED)[0]
    rendered = natural_images.render_natural_images(plan, OFTEN)
    grey, pictures = np.array(plan.lengths[0::2]), np.array(plan.lengths[1::2])
    assert 305 <= plan.num_frames == rendered.video_HWT.shape[-1] <= 326
    assert 13 <= grey.min() <= grey.max() <= 20
    assert set(pictures) == {15, 16}
    stops = [*rendered.starts[1:], plan.num_frames]
    for index, (start, stop) in enumerate(zip(rendered.starts, stops, strict=True)):
        core_HWT = rendered.video_HWT[..., start + 3 : stop - 3]
        assert change(core_HWT).max() == 0
        assert (np.ptp(core_HWT) == 0) == (index % 2 == 0)


def test_a_glitch_is_another_movie_of_the_same_pictures():
    plan = natural_images.plan_natural_images(1, SEED)[0]
    glitch = natural_images.freeze(plan)
    assert glitch.key == f"{plan.key}-glitch"
    assert glitch.contents == plan.contents
    assert glitch.num_frames - plan.num_frames == 111 - plan.lengths[2]
    videos = [
        natural_images.render_natural_images(p, SHARP).video_HWT[..., -1] for p in (plan, glitch)
    ]
    assert np.array_equal(*videos)


def test_jitter_moves_boundaries_by_two_frames_at_most():
    plans = natural_images.plan_natural_images(20, SEED)
    moved = [
        np.cumsum(natural_images.jitter(plan).lengths) - np.cumsum(plan.lengths) for plan in plans
    ]
    assert {int(moves.max()) for moves in moved} == {1, 2}
    assert {int(moves.min()) for moves in moved} == {0}
    assert {int(moves[-1]) for moves in moved} == {0, 1, 2}


def test_natural_videos_have_as_many_shots_as_real_ones():
    plans = natural_video.plan_natural_videos(400, SEED)
    counts = np.bincount([len(plan.lengths) for plan in plans], minlength=10)
    assert counts[1] / 400 == pytest.approx(2510 / 5261, abs=0.08)
    assert {plan.num_frames for plan in plans} == {300}
    assert min(min(plan.lengths) for plan in plans) == 32


def test_cuts_of_natural_videos_stand_out_from_the_motion():
    plan = VideoPlan("NaturalVideo", "clip", (SEED, 9), ("a", "b"), (40, 50))
    rendered = natural_video.render_natural_video(plan)
    signal = change(rendered.video_HWT)
    assert rendered.starts == (0, 40)
    assert int(np.argmax(signal)) == 39
    assert 0 <= rendered.video_HWT.min() < rendered.video_HWT.max() <= 255


def test_a_movie_whose_cuts_cannot_be_seen_is_refused(monkeypatch):
    monkeypatch.setattr(natural_video, "MOST_FILMS", 2)
    monkeypatch.setattr(natural_video, "CLEAR_CHANGE", 255.0**2)
    plan = VideoPlan("NaturalVideo", "clip", (SEED, 9), ("a", "b"), (40, 50))
    with pytest.raises(
        ValueError, match=r"clip: 2 films of shots of 40, 50 frames .* another seed"
    ):
        natural_video.render_natural_video(plan)
