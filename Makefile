# Two commands matter: `make demo` and `make test`. Each makes .venv if need be, installs what it needs there, and runs.
# PYTHON=/path/to/python3 chooses the interpreter that .venv is made with.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
PYTEST := $(BIN)/python -m pytest
# One process more than there are cores, since many a test waits for what it has started; one without tests takes some of another's.
PROCESSES := $(shell expr $$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1) + 1)
PARALLEL := -n $(PROCESSES) --dist worksteal
PYTHON ?=

# The tests start Python hundreds of times: compiling the engine anew each time would cost more than most of them do.
unexport PYTHONDONTWRITEBYTECODE

# Stamps: an installation is done once, and again when pyproject.toml changes.
MADE := $(VENV)/made.stamp
INSTRUCTOR := $(VENV)/instructor.stamp
DEV := $(VENV)/dev.stamp
BENCH := $(VENV)/bench.stamp
VERDICTS := grader/benchmarks/budget_verdicts.py
MUTANTS := grader/benchmarks/mutants.py

.PHONY: help demo test test-slow lint bench bench-budget mutants fuzz docs clean
.DELETE_ON_ERROR:

help:
	@echo 'make demo       release a unit, grade a small class, show gradebook and reports'
	@echo 'make test       what CI runs: ruff, mypy and the tests'
	@echo 'make test-slow  the whole sweeps, of which make test tries some of each kind'
	@echo 'make lint       ruff and mypy alone'
	@echo 'make bench      all figures in one run, into docs/benchmarks.md; ARGUMENTS=--quick takes smaller samples'
	@echo 'make bench-budget  how often verdicts on time budgets flip under load; takes an hour'
	@echo 'make mutants    how many small changes of the code do the tests notice? a sample of ten minutes'
	@echo 'make fuzz       throw generated rubbish at the readers for a few minutes, guided by coverage (atheris)'
	@echo 'make docs       run every command and example of the guides'
	@echo 'make clean      remove .venv, builds and caches; never the classroom'

demo: $(INSTRUCTOR)
	$(BIN)/cnngrade demo

# mypy works beside the tests; what it says comes after them, and either's failure is one of `make test`.
test: $(DEV)
	$(BIN)/ruff check .
	@types=$$(mktemp); \
	$(BIN)/mypy >"$$types" 2>&1 & mypy=$$!; \
	trap 'kill $$mypy 2>/dev/null; rm -f "$$types"' EXIT; trap 'exit 130' INT TERM; \
	tests=0; $(PYTEST) $(PARALLEL) -m 'not slow' || tests=$$?; \
	typed=0; wait $$mypy || typed=$$?; \
	echo 'mypy:'; cat "$$types"; \
	exit $$((tests ? tests : typed))

test-slow: $(DEV)
	$(PYTEST) $(PARALLEL) -m slow

lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(BENCH)
	$(BIN)/python grader/benchmarks/run_all.py $(ARGUMENTS)

bench-budget: $(BENCH)
	$(BIN)/python $(VERDICTS)

mutants: $(DEV)
	@$(PIP) cosmic-ray
	$(BIN)/python $(MUTANTS)

fuzz: $(DEV)
	@$(PIP) atheris
	@set -e; for target in wire cells course; do (cd grader/tests && $(CURDIR)/$(BIN)/python -m fuzz.with_atheris $$target -max_total_time=60); done

docs: $(DEV)
	$(PYTEST) -k docs

clean:
	rm -rf $(VENV) build dist grader/*.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A name on the PATH may be a launcher for a Python that is not there, and Debian ships venv apart from Python: try, do not ask.
$(MADE):
	@usable='import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'; \
	for python in $(if $(PYTHON),'$(PYTHON)',python3.13 python3.12 python3.11 python3); do \
	    if "$$python" -c "$$usable" >/dev/null 2>&1; then \
	        echo "Making $(VENV) with $$("$$python" --version)"; \
	        "$$python" -m venv --clear $(VENV) && touch $@ && exit 0; \
	        exit 1; \
	    fi; \
	done; \
	echo 'cnngrade needs Python 3.11 or newer with its venv module, and found none$(if $(PYTHON), at $(PYTHON)).' >&2; \
	echo 'Install it (Debian and Ubuntu: apt install python3 python3-venv; else https://www.python.org/downloads),' >&2; \
	echo 'or say where it is: make PYTHON=/path/to/python3 $(MAKECMDGOALS)' >&2; \
	exit 1

$(INSTRUCTOR): pyproject.toml $(MADE)
	@echo 'Installing what grading needs (a minute or two, once)'
	@$(PIP) --editable '.[instructor]'
	@touch $@

$(DEV): pyproject.toml $(MADE)
	@echo 'Installing what the tests need (a minute or two, once)'
	@$(PIP) --editable '.[dev]'
	@touch $(INSTRUCTOR) $@

$(BENCH): pyproject.toml $(MADE)
	@echo 'Installing the peers to measure against (large, once)'
	@$(PIP) --editable '.[bench]'
	@touch $(INSTRUCTOR) $@
