"""Looking at files and folders of others: whatever the system refuses is told in one sentence with the path."""

import os
import stat
from pathlib import Path

ANNEX = "get it with `git annex get`"
RESTORE = "restore it from the recording's archive"


def shown(path: Path | str) -> str:
    """A path as a line of text: line breaks, and bytes that are no text, are spelled out."""
    text = str(path)
    return text if text.isprintable() else ascii(text)[1:-1]


def unreadable(path: Path, fault: OSError, remedy: str = RESTORE) -> ValueError:
    """The error of a file or folder that the system does not give: a link to nothing, missing, or without rights."""
    broken = [place for place in (Path(path), *Path(path).parents) if is_link_to_nothing(place)]
    if broken and isinstance(fault, FileNotFoundError):
        target = shown(os.readlink(broken[0]))[:200]
        at = "" if broken[0] == Path(path) else f" at {shown(broken[0])}"
        what = f"a link to nothing{at} ({target} is not there); {ANNEX}, or {remedy}"
    elif isinstance(fault, FileNotFoundError):
        what = f"missing; {remedy}"
    elif isinstance(fault, PermissionError):
        what = "this user may not read it (permission denied); give the right to read it and to enter its folders"
    else:
        what = f"cannot be read ({fault.strerror or fault}); {remedy}"
    return ValueError(f"{shown(path)}: {what}")


def is_link_to_nothing(path: Path) -> bool:
    """Whether this is a link whose target is not there, as git-annex leaves one for an unfetched file."""
    return os.path.islink(path) and not os.path.exists(path)


def is_absent(path: Path) -> bool:
    """Whether nothing has this name: a link to nothing has it, and so has what this user may not see."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:  # told by whoever opens it
        return False
    return False


def is_folder(path: Path) -> bool:
    """Whether there is a folder of this name; ValueError where that cannot be known."""
    if is_absent(path):
        return False
    try:
        return stat.S_ISDIR(os.stat(path).st_mode)
    except OSError as fault:
        raise unreadable(path, fault) from None


def is_open(folder: Path) -> bool:
    """Whether there is a folder that this user may list and enter."""
    return os.access(folder, os.R_OK | os.X_OK)


def list_names(folder: Path, remedy: str = RESTORE) -> list[str]:
    """The names in a folder, sorted; ValueError where they cannot be listed, or what they name cannot be opened."""
    try:
        names = sorted(os.listdir(folder))
        if not os.access(folder, os.X_OK):
            raise PermissionError
        return names
    except FileNotFoundError as fault:
        if is_link_to_nothing(folder):
            raise unreadable(folder, fault, remedy) from None
        raise ValueError(f"{shown(folder)}: no such folder; {remedy}") from None
    except NotADirectoryError:
        raise ValueError(f"{shown(folder)}: is no folder; {remedy}") from None
    except OSError as fault:
        raise unreadable(folder, fault, remedy) from None


def links_to_nothing(folder: Path) -> list[Path]:
    """Every link below a folder whose target is not there, in order."""
    below = [
        Path(home, name) for home, folders, files in os.walk(folder) for name in (*folders, *files)
    ]
    return sorted(filter(is_link_to_nothing, below))


def read_bytes_of(path: Path, max_bytes: int, remedy: str = RESTORE) -> bytes:
    """The content of a regular file of bounded size; a pipe is not waited for."""
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            raise ValueError(f"{shown(path)}: is no regular file; {remedy}")
        if status.st_size > max_bytes:
            raise ValueError(
                f"{shown(path)}: {status.st_size} bytes, more than the {max_bytes} that such a file may have; {remedy}"
            )
        with open(path, "rb") as file:
            return file.read(max_bytes)
    except OSError as fault:
        raise unreadable(path, fault, remedy) from None
