"""What the simulator knows, as tables and maps that figures may show."""

from pathlib import Path

import numpy as np
import pandas as pd

from recordings.csv_table import write_table
from recordings.files import replace_when_done
from recordings.simulate.truth import read_truth
from recordings.write_layout import save_array


def describe_truth(truth_path: str | Path, mouse: str, neurons: Path, coverage: Path) -> None:
    """A row per neuron (field centre, single-trial reliability), and the coverage map of the population."""
    truth = read_truth(truth_path)
    table = pd.DataFrame(
        {
            "mouse": mouse,
            "neuron": np.arange(len(truth.reliability_N)),
            "field_row_px": truth.centers_px_N2[:, 0],
            "field_column_px": truth.centers_px_N2[:, 1],
            "reliability": truth.reliability_N,
        }
    )
    write_table(neurons, table)
    with replace_when_done(coverage) as temporary:
        save_array(temporary, truth.coverage_HW)
