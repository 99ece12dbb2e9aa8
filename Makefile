# `make demo`, `make test`: on a fresh machine with Python 3.10 or newer, and nothing else.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.lazulite-ready
# What tests need besides: every extra, and the servers that they start.
TEST_STAMP := $(VENV)/.lazulite-test-ready
EXTRAS := azure,s3,sql,databricks,spark,notebooks,usql

# Programs that tests start would compile the package each time, where the shell forbids Python to keep what it compiles.
test test-fast: export PYTHONDONTWRITEBYTECODE =

.PHONY: demo test test-fast lint reference bench clean

demo: $(STAMP)
	@$(BIN)/lazulite demo

# Tests of what runs scripts: these may be forked or get a fresh process each, and both must be right.
SCRIPTS := tests/unit/worker tests/unit/processes tests/contract/test_processes_compute.py \
	tests/acceptance/test_v1_programs.py tests/acceptance/test_founding_document.py tests/acceptance/test_error_messages_running.py

# Everything: what CI runs. Three at once on two cores: much of it is waiting for processes that are killed and come back.
test: $(TEST_STAMP) lint
	$(BIN)/pytest -n 3 --dist worksteal
	LAZULITE_FRESH_PROCESS=1 $(BIN)/pytest -n 3 --dist worksteal -k "not remote" $(SCRIPTS)

# The everyday part, under two minutes.
test-fast: $(TEST_STAMP)
	$(BIN)/pytest -n 2 --dist worksteal -m "not slow"

lint: $(TEST_STAMP)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

# Speed and scale beside peers, 25 minutes; writes docs/benchmarks.md. A quick look: make bench BENCH=--quick
# The tables of docs/reference/http-api.md, from the code.
reference: $(TEST_STAMP)
	LAZULITE_WRITE_DOCS=1 $(BIN)/pytest -q tests/unit/server/test_http_reference.py

bench: $(TEST_STAMP)
	@$(BIN)/python -m benchmarks $(BENCH)

$(STAMP): pyproject.toml scripts/setup
	@scripts/setup $(PYTHON) $(VENV)
	@touch $@

$(TEST_STAMP): pyproject.toml scripts/setup scripts/setup-services
	@scripts/setup $(PYTHON) $(VENV) $(EXTRAS)
	@scripts/setup-services $(VENV)
	@touch $(STAMP) $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
