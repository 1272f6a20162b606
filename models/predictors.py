"""Members of the ensemble as they predict: read, compared with the recording, frozen."""

from collections.abc import Iterable

from models.checkpoint import load_member, require_neurons
from models.encoder import Encoder
from models.frozen import freeze


def load_predictors(
    members: Iterable[str], mouse: str, num_neurons: int, device: str
) -> tuple[Encoder, ...]:
    """The encoders of some members; one that was made for another recording is refused."""
    encoders = []
    for member in members:
        encoder, _ = load_member(member, device)
        require_neurons(member, encoder, mouse, num_neurons)
        encoders.append(freeze(encoder))
    return tuple(encoders)
