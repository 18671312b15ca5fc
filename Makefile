# Everything on a fresh machine with Python (3.11–3.13) and make. The README says how to do it without make.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
OUT ?= demo-out
# Processes that run tests side by side.
JOBS ?= auto

PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check
RUN = $(VENV)/.run
DEV = $(VENV)/.dev

.PHONY: setup setup-dev demo test test-slow lint generate verify pins clean

# What grading needs. What runs behind the wall cannot store its compiled code, so that is done here.
setup: $(RUN)

# That, and what testing and writing a course need.
setup-dev: $(DEV)

$(RUN): constraints/run.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes -r constraints/run.txt
	$(PIP) --no-deps --no-build-isolation -e .
	$(BIN)/python -m compileall -q autograder source_lib
	@touch $@

$(DEV): $(RUN) constraints/dev.txt
	$(PIP) --require-hashes -r constraints/dev.txt
	@touch $@

demo: setup
	$(BIN)/autograder demo --out $(OUT)

test: lint
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile -m "not slow"

test-slow: setup-dev
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder --durations 40 -m slow

lint: setup-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell

generate: setup-dev
	$(BIN)/autograder generate

verify: setup-dev
	$(BIN)/autograder verify

# Both files, from pyproject.toml. `make pins UPGRADE=--upgrade` takes the newest versions.
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links $(UPGRADE)
pins: setup-dev
	$(COMPILE) pyproject.toml --extra dev -o constraints/dev.txt
	$(COMPILE) pyproject.toml constraints/build.in -c constraints/dev.txt -o constraints/run.txt

clean:
	rm -rf $(VENV) $(OUT) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
