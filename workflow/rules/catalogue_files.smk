"""Where the catalogue lies, and the published metadata that it takes names from."""

METADATA = RECORDINGS["published_metadata"].rstrip("/")
SHOWN = ("trials", "segments")
"""tables that say what was shown; sets of trials depend on nothing else of the catalogue"""
KNOWN = ("videos", "neurons", "basic")


def catalogue_file(name, **entities):
    """A file of the catalogue: of all recordings, or of one."""
    return result("recordings/catalogue", name, **entities)


def scan_file(name, mouse="{mouse}"):
    """What is known of one recording before it is compared with the others."""
    return catalogue_file(name, mouse=mouse)


def catalogue_tables(ending, names=(*SHOWN, *KNOWN)):
    """The tables of all recordings."""
    return [catalogue_file(f"{name}.{ending}") for name in names]


def published_files(wildcards):
    """Every file of the published metadata."""
    found = [path for ending in ("csv", "json") for path in Path(METADATA).rglob(f"*.{ending}")]
    return sorted(map(str, filter(may_be_read, found))) or [METADATA]


def may_be_read(path):
    """Whether Snakemake can take a file as input; the jobs say what is wrong with any other."""
    return os.access(path, os.R_OK) and path.is_file()


def metadata_checks():
    """The findings of the published metadata, where there is some."""
    return [result("recordings", "metadata.csv")] if METADATA else []


def published_names(wildcards):
    """The published trials and basic facts of our recordings, as far as they are there; the folder where it is not."""
    if METADATA and not os.path.isdir(METADATA):
        return [METADATA]
    names = RECORDINGS["mice"].values() if METADATA else []
    parts = [part for name in names for part in locate_parts(Path(METADATA), name)[:2]]
    return [str(part) for part in parts if may_be_read(part)]
