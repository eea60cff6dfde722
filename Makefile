# Everything a person does with the repository. `make` alone lists it.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.PHONY: help demo check test campaign endings faults lint types reference screenshots requirements changelog clean

PYTHON ?= $(shell for each in python3 python3.13 python3.12 python3.11; do \
	$$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo $$each; break; }; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
WORKERS ?= $(shell echo $$(( $$(getconf _NPROCESSORS_ONLN) + 1 )))
# The programs that the tests start are not to compile everything anew each time.
unexport PYTHONDONTWRITEBYTECODE
TRANSLATIONS := $(shell find src -name '*.po' 2>/dev/null | sed 's/ /\\ /g')

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: .venv/.tutela ## run the demonstration; DEMO="--port 8700" passes options
	@$(BIN)/tutela demo $(DEMO)

check: .venv/.dev .venv/.tutela lint types ## check everything: style, types, layers, all tests
	$(BIN)/pytest --numprocesses=$(WORKERS) --dist=loadfile $(TESTS)

test: .venv/.dev .venv/.tutela ## run the tests; TESTS="tests/db -k lock" chooses some
	$(BIN)/pytest $(TESTS)

campaign: .venv/.dev .venv/.tutela ## kill the processes 50 times; CAMPAIGN="--kills 200 --seed 7"
	$(BIN)/python -m tests.campaigns.kill $(CAMPAIGN)

endings: .venv/.dev .venv/.tutela ## kill purge and rotation; KILLS=100 PEOPLE=2000 is the long one
	TUTELA_TEST_KILLS=$(or $(KILLS),50) TUTELA_TEST_PEOPLE=$(or $(PEOPLE),1000) \
		$(BIN)/pytest -q -s tests/retention/test_kill.py

faults: .venv/.dev .venv/.tutela ## take database, disk and clock away, as root; FAULTS="--rounds 9 --seed 7"
	$(BIN)/python -m tests.campaigns.faults $(FAULTS)

lint: .venv/.dev .venv/.tutela ## check style and the layers of the rooms
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports

types: .venv/.dev .venv/.tutela ## check types
	$(BIN)/mypy

reference: .venv/.tutela ## write the pages of docs/reference that are made from the code
	@$(BIN)/python -m docs.tools.reference

screenshots: .venv/.dev .venv/.tutela ## take the pictures of docs/images anew, with Chromium
	@$(BIN)/python -m docs.tools.screenshots

PINNED := --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url

requirements: .venv/.dev ## pin anew what is installed, after a change in pyproject.toml
	@$(PIP) install uv
	$(BIN)/uv pip compile pyproject.toml $(PINNED) --output-file requirements.txt
	$(BIN)/uv pip compile pyproject.toml $(PINNED) --group dev --constraint requirements.txt \
		--output-file requirements-dev.txt

changelog: .venv/.tutela ## gather the fragments of changelog.d into CHANGELOG.md
	@$(BIN)/python changelog.d/gather.py

clean: ## remove the environment and what tools have left
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Tutela needs Python 3.11 or newer; install it, or name it: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "This Python cannot make environments; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }

.venv/.runtime: requirements.txt | .venv/bin/python
	@echo "Installing what Tutela needs into .venv …"
	@$(PIP) install --require-hashes --requirement requirements.txt
	@touch $@

.venv/.dev: requirements-dev.txt | .venv/bin/python
	@echo "Installing what checking needs into .venv …"
	@$(PIP) install --require-hashes --requirement requirements-dev.txt
	@touch $@

# The package is built anew when a translation changes, because building compiles them.
.venv/.tutela: .venv/.runtime pyproject.toml hatch_build.py $(TRANSLATIONS)
	@$(PIP) install --no-deps --editable .
	@touch $@
