# Everything a fresh machine needs: Python 3.11, make, git.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: install run test walk check bench bench-matching bench-omos bench-growth prove-delivery fit clean tools browser

install: $(VENV)/.installed

$(VENV)/.installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

tools: $(VENV)/.tools

$(VENV)/.tools: requirements-dev.lock $(VENV)/.installed
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

run: install
	$(BIN)/lotse serve

check: tools
	$(BIN)/ruff check assistant tests scripts
	$(BIN)/ruff format --check assistant tests scripts
	$(BIN)/mypy assistant
	$(BIN)/lint-imports
	$(BIN)/lotse check --errors-only
	$(BIN)/lotse check-weights

browser:
	scripts/install-browser

test: tools browser
	$(BIN)/pytest -q

walk: tools
	LOTSE_WALK_STEPS=10000 $(BIN)/pytest -q -o timeout=1200 tests/test_dialogues.py -k random_walk

bench: tools
	$(BIN)/python scripts/bench.py

$(VENV)/.bench: requirements-bench.lock $(VENV)/.installed
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.lock
	touch $@

bench-matching: $(VENV)/.bench
	$(BIN)/python scripts/bench_matching.py

bench-omos: $(VENV)/.bench
	@test -n "$(OMOS)" || { echo "say where the data set is: make bench-omos OMOS=path (see docs/benchmarks.md)"; exit 1; }
	$(BIN)/python scripts/bench_omos.py "$(OMOS)"

bench-growth: $(VENV)/.bench
	$(BIN)/python scripts/bench_growth.py --plot docs/growth.svg

prove-delivery: tools
	PYTHONPATH=. $(BIN)/python scripts/prove_delivery.py docs/telegram.md

fit: tools
	$(BIN)/lotse fit

clean:
	rm -rf $(VENV) var dist
