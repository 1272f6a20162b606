import logging

import pytest

from recordings.progress import progress_line, report_progress


class Clock:
    """Moves on when told."""

    now_s = 0.0

    def __call__(self):
        return self.now_s


def run(caplog, items, seconds_each, **options):
    clock = Clock()
    caplog.set_level(logging.INFO, logger="progress")
    seen = []
    for item in report_progress(items, "train", clock=clock, **options):
        seen.append(item)
        clock.now_s += seconds_each
    return seen, [record.message for record in caplog.records]


def test_items_pass_unchanged(caplog):
    seen, _ = run(caplog, range(7), 1.0)
    assert seen == list(range(7))


def test_one_line_every_interval_and_a_last_one(caplog):
    _, lines = run(caplog, range(120), 1.0, every_s=30.0)
    assert lines == [
        "train: 30/120  25% elapsed 00:30 left 01:30",
        "train: 60/120  50% elapsed 01:00 left 01:00",
        "train: 90/120  75% elapsed 01:30 left 00:30",
        "train: 120/120 100% elapsed 02:00 left 00:00",
    ]


def test_short_loop_logs_its_end_only(caplog):
    _, lines = run(caplog, range(3), 0.1)
    assert len(lines) == 1
    assert lines[0].startswith("train: 3/3 100%")


def test_generator_with_given_total(caplog):
    _, lines = run(caplog, (i for i in range(4)), 5.0, total=4)
    assert lines[0] == "train: 2/4  50% elapsed 00:10 left 00:10"


@pytest.mark.parametrize("total", [None, 0])
def test_without_total_only_what_is_done(total):
    assert progress_line("scan", 5, total, 61.0) == "scan: 5 elapsed 01:01"


def test_of_nothing_there_is_no_line(caplog):
    assert run(caplog, [], 1.0) == ([], [])
