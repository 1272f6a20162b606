"""First lines of every script: log, one clear sentence on failure, seeds, threads, provenance.

    from _run import start

    start(snakemake)

Call it before importing anything heavy: torch gets seed and threads when, and only if, it loads.
"""

import atexit
import hashlib
import importlib.abc
import importlib.util
import json
import logging
import os
import platform
import random
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
LARGEST_HASHED_BYTES = 64 * 2**20
RECORDED = ("numpy", "scipy", "pandas", "h5py", "skimage", "sklearn", "torch", "matplotlib")
THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def start(snakemake: Any) -> None:
    """Prepare this process for one job; everything it prints or logs from here on goes to its log file."""
    sys.path.insert(0, str(ROOT))
    import_module(
        "recordings.files"
    )  # now: a process that ends cannot load what it writes its record with
    terminal, status = os.fdopen(os.dup(2), "w", buffering=1), {"error": None}
    install_excepthook(snakemake, terminal, status)
    redirect_output(Path(snakemake.log[0]))
    configure_logging(terminal, describe_job(snakemake))
    import_module("workflow.locks").hold_run_lock(Path.cwd(), snakemake.config["run"]["name"])
    import_module("recordings.interruption").end_on_signals()
    import_module("workflow.interruption").follow_run()
    limit_threads(snakemake.threads)
    import_module("recordings.memory").keep_freed_memory()
    seed_generators(snakemake.params.get("seed"), snakemake.threads)
    job = begin_provenance(snakemake)
    name_commit(job)
    atexit.register(write_provenance, snakemake, job, status, time.monotonic())


def describe_job(snakemake: Any) -> str:
    """`train_member (mouse=A, member=0)`"""
    wildcards = ", ".join(f"{name}={value}" for name, value in snakemake.wildcards.items())
    return f"{snakemake.rule} ({wildcards})" if wildcards else snakemake.rule


def redirect_output(log: Path) -> None:
    """Send stdout and stderr to the log, those of child processes too."""
    with import_module("recordings.disk").naming_the_disk(log):
        log.parent.mkdir(parents=True, exist_ok=True)
        file = open(log, "w")  # noqa: SIM115 (closed below)
    with file:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
            os.dup2(file.fileno(), stream.fileno())
            stream.reconfigure(line_buffering=True)


def configure_logging(terminal: Any, job: str) -> None:
    """Log to the log file; lines of the logger `progress` go to the terminal too."""
    logging.basicConfig(
        level=logging.INFO,
        stream=sys.stderr,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        force=True,
    )
    to_terminal = logging.StreamHandler(terminal)
    to_terminal.setFormatter(logging.Formatter(job.replace("%", "%%") + " %(message)s"))
    logging.getLogger("progress").addHandler(to_terminal)


def install_excepthook(snakemake: Any, terminal: Any, status: dict) -> None:
    """An error leaves its traceback in the log and one line on the terminal; Python then exits with code 1."""
    interruption = import_module("recordings.interruption")

    def hook(kind, error, trace):
        named = None if isinstance(error, PermissionError) else getattr(error, "filename", None)
        path = Path(named or [*snakemake.output, "results"][0])
        said = import_module("recordings.disk").write_fault(error, path) or str(error)
        status["error"] = f"{kind.__name__}: {' '.join(said.split())}"
        if interruption.asked_to_end():  # whatever broke then, broke because of it
            status["error"] = interruption.describe(error)
            logging.getLogger("job").warning(status["error"])
        else:
            sys.__excepthook__(kind, error, trace)
        line = f"rule {describe_job(snakemake)}: {status['error']}  [log: {snakemake.log[0]}]"
        print(f"\n{line}", file=terminal, flush=True)  # Snakemake may be in the middle of a line

    sys.excepthook = hook


def limit_threads(threads: int) -> None:
    """Hold libraries that load later (by environment) and those loaded already (by threadpoolctl) to the rule's threads."""
    from threadpoolctl import threadpool_limits

    os.environ |= {name: str(threads) for name in THREAD_VARIABLES}
    threadpool_limits(limits=threads)


def seed_generators(seed: int | None, threads: int) -> None:
    """Seed python, numpy and torch from the rule's seed; torch as soon as it is imported."""

    def prepare_torch(torch):
        torch.set_num_threads(threads)
        if seed is not None:
            torch.manual_seed(seed)

    if seed is not None:
        import numpy

        random.seed(seed)
        numpy.random.seed(seed % 2**32)
    if "torch" in sys.modules:
        prepare_torch(sys.modules["torch"])
    else:
        sys.meta_path.insert(0, AfterImport("torch", prepare_torch))


class AfterImport(importlib.abc.MetaPathFinder):
    """Calls a function with a module right after its first import, so that jobs without torch never load it."""

    def __init__(self, name: str, action):
        self.name, self.action = name, action

    def find_spec(self, name, path=None, target=None):
        if name != self.name:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None:
            execute = spec.loader.exec_module

            def execute_then_act(module):
                execute(module)
                self.action(module)

            spec.loader.exec_module = execute_then_act
        return spec


def begin_provenance(snakemake: Any) -> dict:
    """What is known before the job runs; the commit is read now, since it may change meanwhile."""
    commit = import_module("recordings.commit").read_commit(ROOT)
    return {
        "rule": snakemake.rule,
        "wildcards": dict(snakemake.wildcards.items()),
        "params": dict(snakemake.params.items()),
        "threads": snakemake.threads,
        "commit": commit.name,
        "dirty": commit.dirty,
        "config_hashes": {name: hash_value(part) for name, part in snakemake.config.items()},
        "started": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
    }


def name_commit(job: dict) -> None:
    """Tell the commit to figures, which carry it, through the environment: a parameter would draw all of them again with each commit."""
    dirty = ", with changes" if job["dirty"] else ""
    os.environ["PIPELINE_COMMIT"] = f"{job['commit']}{dirty}" if job["commit"] else ""


def write_provenance(snakemake: Any, job: dict, status: dict, began: float) -> None:
    """Write the record beside the log: train.log -> train.provenance.json."""
    import_module("recordings.interruption").ignore_signals()
    job["wall_s"] = round(time.monotonic() - began, 3)
    job["earlier_attempts_s"] = round(earlier_attempts_s(), 3)
    job["inputs"] = {str(path): describe_input(Path(path)) for path in snakemake.input}
    loaded = {name: sys.modules[name] for name in RECORDED if name in sys.modules}
    job["versions"] = {
        name: getattr(module, "__version__", None) for name, module in loaded.items()
    }
    job["versions"] |= {"python": platform.python_version(), "platform": platform.platform()}
    job["device"] = describe_device(loaded.get("torch"))
    job["error"] = status["error"]
    job["success"] = status["error"] is None and all(
        Path(path).exists() for path in snakemake.output
    )
    path = Path(snakemake.log[0]).with_suffix(".provenance.json")
    try:
        with import_module("recordings.files").replace_when_done(path) as temporary:
            temporary.write_text(json.dumps(job, indent=1, default=str) + "\n")
    except ValueError as fault:
        logging.getLogger("progress").warning(str(fault))


def earlier_attempts_s() -> float:
    """How long attempts that were killed had worked for the checkpoint that this one went on from."""
    resume = sys.modules.get("recordings.resume")
    return resume.Resume.earlier_s if resume else 0.0


def hash_value(value: Any) -> str:
    """12 hex digits of a config section."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:12]


def describe_input(path: Path) -> dict:
    """Size of a file and its sha256 below 64 MB; number and size of the files of a folder; what may not be read is left out."""
    if os.path.isdir(path):
        marker = import_module("recordings.files").MARKER
        found = [file for file in path.rglob("*") if file.name != marker]
        files = [file for file in found if os.path.isfile(file)]
        return {"files": len(files), "bytes": sum(map(os.path.getsize, files))}
    try:
        size = path.stat().st_size
        if size >= LARGEST_HASHED_BYTES:
            return {"bytes": size}
        with open(path, "rb") as file:
            return {"bytes": size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}
    except OSError as fault:
        return {"error": fault.strerror}


def describe_device(torch: Any | None) -> str:
    """Name of the GPU that the job used, else cpu."""
    used = torch is not None and torch.cuda.is_initialized()
    return torch.cuda.get_device_name() if used else "cpu"
