# Everything a newcomer needs: make run, make test. See README.md.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q
RUN_STAMP := $(VENV)/.run-stamp
DEV_STAMP := $(VENV)/.dev-stamp
SPARK_STAMP := $(VENV)/.spark-stamp
# Spark is half a gigabyte and of no use without Java.
SPARK := $(if $(shell command -v java),$(SPARK_STAMP))
WORKERS ?= 2

.PHONY: help setup setup-dev run test lint bench soak lock clean

help: ## show the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Lantian needs Python 3.11 or newer (Debian: apt-get install python3 python3-venv)."; exit 1; }
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || \
	  { rm -rf $(VENV); echo "Lantian needs Python's venv module (Debian: apt-get install python3-venv)."; exit 1; }

# The project itself is installed without isolation, so that its build tools come from the lock, too.
$(RUN_STAMP): $(VENV)/pyvenv.cfg requirements/run.txt pyproject.toml package-lock.json
	@echo "Setting up (first start: a few minutes) …"
	@$(PIP) install --require-hashes -r requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@command -v npm >/dev/null || $(PIP) install --require-hashes -r requirements/node.txt
	@$(BIN)/python -m lantian.site.assets
	@$(BIN)/python -m lantian.site.messages compile
	@$(BIN)/python -m compileall -q src
	@touch $@

$(DEV_STAMP): $(RUN_STAMP) requirements/dev.txt
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

# pyspark comes as source; its build tools come from the lock, too.
$(SPARK_STAMP): $(DEV_STAMP) requirements/spark.txt requirements/spark-build.txt
	@echo "Installing Spark (half a gigabyte) …"
	@$(PIP) install --require-hashes -r requirements/spark-build.txt
	@$(PIP) install --require-hashes --no-build-isolation -r requirements/spark.txt
	@touch $@

setup: $(RUN_STAMP) ## make .venv with everything that running needs

setup-dev: $(DEV_STAMP) $(SPARK) ## the same with the tools of tests, lint and bench, and with Spark where there is Java

run: setup ## the site with the demonstration city (PLAN=file reads and publishes that plan, too)
	@exec $(BIN)/lantian serve --demo $(if $(PLAN),--plan "$(PLAN)")

test: setup-dev ## every test; on PostgreSQL, too, where LANTIAN_TEST_POSTGRES_URL names a server
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup
	@if [ -n "$$LANTIAN_TEST_POSTGRES_URL" ]; then \
	  DATABASE_URL="$$LANTIAN_TEST_POSTGRES_URL" $(BIN)/python -m pytest -n $(WORKERS) -m db; fi

lint: setup-dev ## ruff, mypy, import-linter
	$(BIN)/ruff check src tests bench
	$(BIN)/ruff format --check src tests bench
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup-dev ## measured figures with the peers beside them
	$(BIN)/python -m bench

soak: setup-dev ## long hauls: 300 kills of the gateway, half an hour of damaged packets, a hundred million hours
	HYPOTHESIS_PROFILE=soak $(BIN)/python -m pytest -n $(WORKERS) tests/reading -p no:cacheprovider
	HYPOTHESIS_PROFILE=soak $(BIN)/python -m pytest -n $(WORKERS) tests/lake tests/ingest tests/analysis -p no:cacheprovider
	HYPOTHESIS_PROFILE=soak $(BIN)/python -m pytest -n $(WORKERS) tests/comparing tests/protocols tests/apps -m hypothesis -p no:cacheprovider
	$(BIN)/python -m bench.scale
	HYPOTHESIS_PROFILE=soak $(BIN)/python -m pytest tests/indicators/test_spark_parity.py -p no:cacheprovider

lock: ## renew the locked versions (needs uv and npm)
	uv pip compile --universal --generate-hashes --python-version 3.11 -q -o requirements/run.txt \
	  --extra ocr --extra science pyproject.toml requirements/build.in
	uv pip compile --universal --generate-hashes --python-version 3.11 -q -o requirements/dev.txt \
	  --extra ocr --extra science --extra dev pyproject.toml requirements/build.in
	uv pip compile --universal --generate-hashes --python-version 3.11 -q -o requirements/spark.txt \
	  --extra spark -c requirements/dev.txt pyproject.toml
	uv pip compile --universal --generate-hashes --python-version 3.11 -q -o requirements/spark-build.txt \
	  requirements/spark-build.in
	uv pip compile --universal --generate-hashes --python-version 3.11 -q -o requirements/node.txt requirements/node.in
	npm install --package-lock-only --omit-lockfile-registry-resolved

clean: ## remove what setup and runs have made (not the data folder var/)
	rm -rf $(VENV) node_modules src/lantian/site/static/vendor .mypy_cache .ruff_cache .pytest_cache
