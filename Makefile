# Copylift: `make help` lists what there is. Everything installs into .venv, everything it writes goes to var/.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo run worker stop test coverage check format bench bench-stats bench-generation bench-audience bench-doors bench-assistant docs lock clean

# Where it is set, every process compiles hundreds of modules at its start, for seconds.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
SERVE ?= 1
RUNTIME_STAMP := .venv/.runtime-$(shell cat requirements-torch.lock requirements.lock | sha256sum | cut -c1-16)
DEV_STAMP := .venv/.dev-$(shell cat requirements-torch.lock requirements.lock requirements-dev.lock | sha256sum | cut -c1-16)
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

setup: $(RUNTIME_STAMP) ## install what running needs

setup-dev: $(DEV_STAMP) ## install what tests and checks need

# torch comes first, alone: a newer one, or one with gigabytes of CUDA, must not slip in behind another package.
$(RUNTIME_STAMP): requirements.lock requirements-torch.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Copylift needs Python 3.11 or newer")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing Copylift (a few minutes the first time) …"
	@$(PIP) --requirement requirements-torch.lock
	@$(PIP) --no-deps --require-hashes --requirement requirements.lock
	@touch $@

$(DEV_STAMP): $(RUNTIME_STAMP) requirements-dev.lock
	@echo "Installing what tests need …"
	@$(PIP) --no-deps --require-hashes --requirement requirements-dev.lock
	@touch $@

demo: setup ## seed a shop, run the main job, show its result, serve the web UI (SERVE=0: end after the result)
	@$(BIN)/python -m config.launch demo $(if $(filter 0,$(SERVE)),--no-serve)

run: setup ## web, workers and beat on the data there is
	@$(BIN)/python -m config.launch run

stop: ## stop everything this installation started
	@test ! -x $(BIN)/python || $(BIN)/python -m config.launch stop

test: setup-dev ## run all tests (two processes; TESTS="path -k word" for a part)
	@$(BIN)/python -m pytest -n 2 --dist loadgroup --no-loadscope-reorder $(TESTS)

coverage: setup-dev ## every branch of the statistics is run by a test, or this fails
	@$(BIN)/python -m coverage run -m pytest -q tests/experiments/stats tests/experiments/vectors experiments/stats
	@$(BIN)/python -m coverage report

check: setup-dev ## ruff, format, mypy, import contracts, migrations, deployment checks
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy .
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python manage.py makemigrations --check --dry-run
	@HTTPS=1 ALLOWED_HOSTS=copylift.example $(BIN)/python manage.py check --deploy --fail-level WARNING

format: setup-dev ## let ruff mend what it can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: setup-dev ## measure imports, encoding, decisions, events and reports; writes var/bench.json
	@$(BIN)/python -m benchmarks

# Beside .venv, because gbstats pins an older NumPy than ours.
PEERS_STAMP := .venv-peers/.made-$(shell cat requirements-peers.lock | sha256sum | cut -c1-16)

$(PEERS_STAMP): requirements-peers.lock
	@test -x .venv-peers/bin/python || $(PYTHON) -m venv .venv-peers
	@echo "Installing the peers to compare with …"
	@.venv-peers/bin/python -m pip install --quiet --disable-pip-version-check --no-input --no-deps --require-hashes --requirement requirements-peers.lock
	@touch $@

bench-stats: setup-dev $(PEERS_STAMP) ## measure the statistics beside their peers (SECTIONS="aa speed" for a part); rewrites docs/explanation/statistics-measured.md
	@nice $(BIN)/python -m benchmarks.stats $(SECTIONS)

bench-generation: setup-dev ## measure writing: guardrails, models on this machine, the house copywriter beside composer
	@nice $(BIN)/python -m benchmarks.guardrails
	@nice $(BIN)/python -m benchmarks.generation_speed
	@nice $(BIN)/python -m benchmarks.copywriter

# In a folder of its own, for it is no dependency of ours: only its one wheel, over our torch.
ENCODER_PEER_STAMP := .venv-encoder-peer/.made-$(shell cat requirements-encoder-peer.lock | sha256sum | cut -c1-16)

$(ENCODER_PEER_STAMP): requirements-encoder-peer.lock | setup-dev
	@echo "Installing sentence-transformers to compare with …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --no-deps --require-hashes --upgrade --target .venv-encoder-peer --requirement requirements-encoder-peer.lock
	@touch $@

bench-audience: setup-dev $(ENCODER_PEER_STAMP) ## measure profiles, segments, recommendations and strategy (PARTS="segments" for a part)
	@nice $(BIN)/python -m benchmarks.audience $(PARTS)

bench-doors: setup-dev ## measure decide, bulk and events over HTTP (PARTS="events" for a part); rewrites docs/explanation/doors-measured.md
	@$(BIN)/python -m benchmarks.doors $(PARTS)

bench-assistant: setup-dev ## measure finding and answering; rewrites docs/explanation/assistant-measured.md (PARTS="speed" for a part)
	@$(BIN)/python -m benchmarks.assistant $(PARTS) $(if $(SCIFACT),--scifact $(SCIFACT))

lock: setup-dev ## resolve the dependencies of pyproject.toml anew
	@$(BIN)/python -m config.lock

clean: stop ## remove the installation and everything it wrote
	rm -rf .venv .venv-peers .venv-encoder-peer var
