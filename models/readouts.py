"""Whose neurons the readouts of a published checkpoint predict: the file itself only has their order."""

from recordings.names import recording_id

PUBLISHED_NEURONS = {
    "29515-10-12": 7863,
    "29623-4-9": 7908,
    "29647-19-8": 8202,
    "29712-5-9": 7939,
    "29755-2-8": 8122,
    "29156-11-10": 7440,
    "29228-2-10": 7928,
    "29234-6-9": 8285,
    "29513-3-5": 7671,
    "29514-2-9": 7495,
}
"""The ten recordings (animal-session-scan) of the published weights in the order of their readouts."""


def match_readouts(
    path, counts: list[int], readouts: list[str], recordings: dict[str, tuple[str, int]]
) -> dict[str, int]:
    """The place of each mouse's readout in a checkpoint with `counts` neurons; refused where anything differs.

    `readouts` are the recordings of the file's readouts in order, `recordings` the folder name and the number of
    neurons of each mouse.
    """
    if len(counts) != len(readouts):
        raise ValueError(
            f"{path}: has {len(counts)} readouts, but models.load.readouts names {len(readouts)} recordings; "
            "list the recording of each readout, in the order of the file"
        )
    for place, (name, count) in enumerate(zip(readouts, counts, strict=True)):
        if PUBLISHED_NEURONS.get(name, count) != count:
            raise ValueError(
                f"{path}: readout {place} has {count} neurons, but recording {name}, named there by "
                f"models.load.readouts, has {PUBLISHED_NEURONS[name]}; correct the order"
            )
    places = {}
    for mouse, (folder, num_neurons) in recordings.items():
        name = recording_id(folder)
        if name not in readouts:
            raise ValueError(
                f"{path}: no readout for mouse {mouse}, recording {name}; models.load.readouts has {', '.join(readouts)}"
            )
        places[mouse] = readouts.index(name)
        if counts[places[mouse]] != num_neurons:
            raise ValueError(
                f"{path}: readout {places[mouse]}, of recording {name}, has {counts[places[mouse]]} neurons, but "
                f"mouse {mouse} ({folder}) has {num_neurons}; they do not belong together"
            )
    return places
