"""Settings of the evaluate stage; each class mirrors one block of config.yaml."""

from typing import Annotated

from recordings.keys import block, item, key, listed, settings, unique


@settings
class RidgeSettings:
    """Time lags and penalties of the linear decoder from activity to pixels."""

    num_components: Annotated[
        int,
        key(
            "principal components of the activity that are decoded; bounds the memory",
            "components",
            ge=1,
            le=100000,
        ),
    ]
    lags_frames: Annotated[
        tuple[Annotated[int, item(ge=0, le=300)], ...],
        listed(
            "how long after a frame the activity is read, several lags together",
            "frames",
            min_length=1,
        ),
        unique,
    ]
    penalties: Annotated[
        tuple[Annotated[float, item(gt=0, le=1000000000000000.0)], ...],
        listed("ridge penalties to choose from by validation", "squared weight", min_length=1),
        unique,
    ]


@settings
class EvaluateSection:
    """How movies are scored."""

    skip_frames: Annotated[
        int, key("first frames of each clip, not scored", "frames", ge=0, le=9999)
    ]
    shuffle_seed: Annotated[int, key("seed of the shuffled controls", "seed", ge=0, le=4294967295)]
    max_lag_frames: Annotated[
        int,
        key(
            "largest lag of the cross-correlation of the accuracies of predicted activity and reconstruction",
            "frames",
            ge=0,
            le=9999,
        ),
    ]
    ridge: Annotated[
        RidgeSettings, block("linear decoder from activity to pixels, the baseline to beat")
    ]
