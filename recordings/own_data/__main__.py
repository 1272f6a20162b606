"""`python -m recordings.own_data session.h5 recording_folder`: a session in one file to a recording folder."""

import argparse
import logging

from recordings.own_data.files import import_session

logger = logging.getLogger("own_data")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m recordings.own_data", description=__doc__)
    parser.add_argument("session", help=".npz or .h5, laid out as docs/own-data.md says")
    parser.add_argument("folder", help="the recording folder to write; must not exist yet")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        table = import_session(arguments.session, arguments.folder)
    except ValueError as error:
        raise SystemExit(str(error)) from None
    except OSError as error:
        place = error.filename or arguments.folder
        raise SystemExit(
            f"{place}: {error.strerror or error}; choose a folder that can be written"
        ) from None
    counts = table.tier.value_counts().to_dict()
    logger.info("%s: %d trials %s", arguments.folder, len(table), counts)


if __name__ == "__main__":
    main()
