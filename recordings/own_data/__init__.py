"""From plain arrays of any laboratory, each with its own sampling, to a recording in the Sensorium layout."""

from recordings.own_data.files import import_session
from recordings.own_data.session import Movie, OwnSession, OwnTrial, Signal
from recordings.own_data.write import write_recording

__all__ = ["Movie", "OwnSession", "OwnTrial", "Signal", "import_session", "write_recording"]
