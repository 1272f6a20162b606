"""The tables of what is known of each recording and of its neurons."""

from collections.abc import Mapping, Sequence

import pandas as pd

from recordings.catalogue.scan import RecordingScan
from recordings.names import parse_name
from recordings.reader import FRAME_RATE_HZ


def stack_neurons(neurons: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The statistics of the neurons of all recordings, in the order of the recordings' names."""
    tables = [table.assign(recording=name) for name, table in sorted(neurons.items())]
    stacked = pd.concat(tables, ignore_index=True)
    return stacked[["recording", *stacked.columns.drop("recording")]]


def tabulate_recordings(scans: Sequence[RecordingScan]) -> pd.DataFrame:
    """The table `basic`, a row per recording; the addresses are those of the published metadata, empty here."""
    return pd.DataFrame([_describe(scan) for scan in sorted(scans, key=lambda s: s.recording)])


def _describe(scan: RecordingScan) -> dict:
    return {
        "recording": scan.recording,
        **parse_name(scan.recording),
        "n_trials": len(scan.trials),
        "samples_per_trial": int(scan.trials.samples_per_trial.iloc[0]),
        "n_neurons": int(scan.trials.num_neurons.iloc[0]),
        "sampling_freq": int(FRAME_RATE_HZ),
        "dataset_url": "",
        "data_url": "",
    }
