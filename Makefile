# `make demo` and `make test` work as the first command on a clean clone.
MAKEFLAGS += --no-print-directory
PYTHON ?= python3
BIN := .venv/bin
ONCE ?=

# Missing servers are embedded ones under .local/, a missing n8n is the phone simulator.
export LOCAL_SERVICES ?= 1

.DEFAULT_GOAL := help
.PHONY: help setup demo run migrate admin test test-unit test-faults test-n8n check bench pictures clean

help: ## Show what there is
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

setup: .venv/.installed ## Create .venv and install every pinned dependency

.venv/.installed: requirements.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; name one with PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -m venv .venv
	@echo "Installing dependencies into .venv ..." >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input -r requirements-dev.txt
	@touch $@

demo: setup ## Rehearse a whole event day in about a minute (ONCE=1: end when the texts are out)
	@$(BIN)/python -m web.rehearsal $(if $(filter-out 0,$(ONCE)),--once)

run: setup ## Run web and worker here, with local servers for what has no address
	@$(BIN)/python -m web.local

migrate: setup ## Bring the database's schema up to date
	@$(BIN)/flask --app web migrate

admin: setup ## Create somebody who may sign in
	@$(BIN)/flask --app web create-admin

# As many lanes as processors, each with servers of its own. A lane that is done takes over the
# later half of what another has left, so that a file's tests mostly stay together.
LANES := --numprocesses logical --maxprocesses 4 --dist worksteal
test: setup ## Run every test: unit, integration, browser
	@$(BIN)/python -m pytest $(LANES)

test-unit: setup ## Run the tests that need nothing running
	@$(BIN)/python -m pytest $(LANES) tests/unit

# LONG=1: the sizes that the promises name; TIMES=10: again with other seeds, until one fails;
# ONLY=test_pace: those whose names match.
LONG ?=
TIMES ?= 1
ONLY ?=
test-faults: setup ## Break everything in turn and count the texts (LONG=1 TIMES=10 ONLY=…)
	@$(BIN)/python -m tests.faults --times $(TIMES) $(if $(filter-out 0,$(LONG)),--long) \
		$(if $(ONLY),--only "$(ONLY)")

test-n8n: setup ## Run the workflows in n8n/ on a real n8n (installs it first; needs Node.js 20)
	@$(BIN)/python -m tests.n8n

check: setup ## Lint, format and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: setup ## Measure matching, the whole batch job, delivery and replies
	@$(BIN)/python -m tests.bench

pictures: setup ## Take the pictures of the guides anew, from a rehearsal, in five minutes
	@$(BIN)/python -m tests.browser.pictures

clean: ## Remove the environment and all local data
	@rm -rf .venv .local .mypy_cache .ruff_cache .pytest_cache .hypothesis
