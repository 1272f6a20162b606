"""What a descent leaves behind: a row for every clip and iteration, without times, so that equal runs leave equal bytes."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from reconstruct.clips import Descent
from reconstruct.descent import Evaluation, State


@dataclass
class Trace:
    """Rows so far. The correlation to the movie that was shown is for the record: nothing decides by it."""

    descent: Descent
    mask_HW: np.ndarray
    track_every_iterations: int
    rows: list[dict] = field(default_factory=list)
    """per iteration: columns of one value per clip"""

    def __post_init__(self):
        shown = np.stack([trial.video_THW for trial in self.descent.trials])
        self.shown_BX = torch.from_numpy(shown[..., self.mask_HW]).flatten(1)
        self.before = self.descent.state.params

    def observe(self, state: State, evaluation: Evaluation) -> None:
        """Terms of the loss where the gradient was taken; step and correlation after it."""
        row = {name: values.tolist() for name, values in evaluation.terms.items()}
        row["step"] = (state.params - self.before).flatten(1).norm(dim=1).tolist()
        row["iteration"] = state.iteration
        self.before = state.params
        last = state.iteration == self.descent.num_iterations
        if last or state.iteration % self.track_every_iterations == 0:
            row["video_correlation"] = self.correlation(self.descent.read(state)).tolist()
        if "accepted" in state.memory:
            row["accepted"] = state.memory["accepted"].tolist()
        self.rows.append(row)

    def correlation(self, movies_BTHW: Tensor) -> Tensor:
        """Pearson over the mask and all frames; NaN for a constant movie."""
        mask_HW = torch.from_numpy(self.mask_HW)
        seen_BX = movies_BTHW.cpu()[..., mask_HW].flatten(1)
        pair = [(x - x.mean(1, keepdim=True)).double() for x in (seen_BX, self.shown_BX)]
        norms = [x.norm(dim=1) for x in pair]
        return (pair[0] * pair[1]).sum(1) / (norms[0] * norms[1])


def trace_table(rows: list[dict], places: list[int]) -> pd.DataFrame:
    """A row for every clip and iteration."""
    tables = []
    for column, place in enumerate(places):
        found = [
            {
                name: value[column] if isinstance(value, list) else value
                for name, value in row.items()
            }
            for row in rows
        ]
        tables.append(pd.DataFrame(found).assign(clip=place))
    return pd.concat(tables, ignore_index=True)
