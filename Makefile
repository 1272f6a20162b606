# demo: the whole pipeline on simulated mice. test: the tests. test-all: these and the slow ones (kills,
# whole runs, thousands of mutated files). check: what must pass before a commit.
# lock: new pins, with hashes (on Linux, x86_64). bench: speed and memory. `make demo CORES=8` uses more cores.
PYTHON ?= python3.11
CORES ?= 2
BIN = .venv/bin
# in the order of tests/conftest.py
TEST = $(BIN)/pytest -q -n 2 --dist loadfile --no-loadscope-reorder

.PHONY: demo test test-all check lock bench schema python

demo: .venv/.installed
	$(BIN)/snakemake --cores $(CORES)
	@printf 'figures: results/figures\nmovies:  results/figures/movies\nreport:  results/report.html\n'

test: .venv/.installed
	$(TEST) -m "not slow"

test-all: test
	THOROUGH=1 $(TEST) -m slow

check: .venv/.installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/snakefmt --check Snakefile workflow
	$(BIN)/snakemake --lint
	$(TEST) -m "not slow"

bench: .venv/.installed
	$(BIN)/python benchmarks/full_size.py
	$(BIN)/python benchmarks/training.py

# What editors know of config.yaml, from the settings of the stages.
schema: .venv/.installed
	$(BIN)/python -m workflow.schema

# The newest versions that fit pyproject.toml, in a fresh environment that is thrown away.
lock: python
	fresh=$$(mktemp -d) && trap 'rm -rf '$$fresh EXIT && $(PYTHON) -m venv $$fresh && \
	$$fresh/bin/pip install --quiet --upgrade pip && $$fresh/bin/pip install --quiet packaging '.[dev]' && \
	$$fresh/bin/python -m workflow.lock_environment && $$fresh/bin/python -m workflow.licences

# A lock is complete, so no dependency is looked up. On Linux, where pip finds no torch without CUDA, it is the second.
.venv/.installed: requirements.lock requirements-cuda.lock pyproject.toml | python
	$(PYTHON) -m venv .venv
	cpu=$$(sed -n 's/^torch==\([^ ]*\).*/\1/p' requirements.lock)+cpu; lock=requirements-cuda.lock; \
	if test "$$(uname)" = Darwin || $(BIN)/pip index versions torch | grep -qF "$$cpu"; then lock=requirements.lock; fi; \
	$(BIN)/pip install --quiet --no-deps --require-hashes -r $$lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	$(BIN)/pip check
	touch $@

python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null || \
	{ echo "$(PYTHON) is not a Python 3.11: install it, or name one: make PYTHON=/path/to/python3.11"; exit 1; } >&2
