"""What the name of a recording folder says: dynamic<animal>-<session>-<scan>-Video-<set>."""

import re

RECORDING_NAME = re.compile(r"dynamic(?P<animal_id>[^-]+)-(?P<session>[^-]+)-(?P<scan_idx>[^-]+)")


def parse_name(recording: str) -> dict[str, str]:
    """animal_id, session and scan_idx; empty texts where the name is not like the published ones."""
    match = RECORDING_NAME.match(recording)
    return match.groupdict() if match else dict.fromkeys(RECORDING_NAME.groupindex, "")
