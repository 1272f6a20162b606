"""Real recordings: those that are there, and those that the target `recordings` fetches and unpacks."""

from recordings.settings import DownloadSettings

WITHOUT_RECORDINGS = {"recordings", "archive"}  # targets that need none
WITH_RECORDINGS = {"all", "figures", "masks", "check", "catalogue"}  # that do, also beside those


def is_recording_there(name):
    return os.path.isdir(Path(RECORDINGS["folder"], name))


def fetched_recording(recording="{recording}"):
    """The record of the zip of a recording."""
    return result("recordings/downloads", f"{recording}.json")


def unpacked_recording(recording="{recording}"):
    """The record of a recording that was unpacked."""
    return result("recordings/unpacked", f"{recording}.json")


def recording_targets():
    """What fetches and unpacks the real recordings that are not there yet."""
    names = [] if SIMULATED else RECORDINGS["mice"].values()
    return [unpacked_recording(name) for name in names if not is_recording_there(name)]


def time_of(record):
    """When a record was made, 0 if it was not: another at every loss, which a mere yes would not be."""
    return Path(record).stat().st_mtime_ns if Path(record).exists() else 0


def lost_recording(wildcards):
    """Not 0 where a recording was unpacked once and deleted later: a parameter, so that it is unpacked again."""
    record = unpacked_recording(wildcards.recording)
    return 0 if is_recording_there(wildcards.recording) else time_of(record)


def lost_zip(wildcards):
    """Not 0 where a zip was fetched once and is needed again, but was deleted."""
    there = DownloadSettings(**RECORDINGS["download"]).zip_path(wildcards.recording).exists()
    needless = there or is_recording_there(wildcards.recording)
    return 0 if needless else time_of(fetched_recording(wildcards.recording))


def needs_recordings():
    """Whether this run was asked for more than files that are fetched; Snakemake knows its targets only after the rules."""
    asked = set(sys.argv[1:])
    with_others = WITH_RECORDINGS & asked or not WITHOUT_RECORDINGS & asked
    return workflow.is_main_process and bool(with_others)


for mouse in MICE if not SIMULATED and needs_recordings() else []:
    if not is_recording_there(RECORDINGS["mice"][mouse]):
        raise WorkflowError(
            f"recordings.mice.{mouse}: {recording_folder(mouse)} is no folder; put the recording there, or fetch "
            "it by a command of its own: `snakemake --cores 2 recordings --configfile ...`, with the config files of this run; or correct "
            "recordings.folder and recordings.mice in the config"
        )
