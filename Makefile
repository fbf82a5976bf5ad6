# Everything a newcomer needs. Only Python 3.11+, make and a package registry are assumed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
GENERATOR ?= ../shared/bench/gen_offers.py
READY := $(VENV)/.ready

.PHONY: run test soak bench bench-normalise bench-harvest bench-dedupe bench-export lint review format lock clean

run: $(READY)  ## one whole night on the local stand-in sites
	$(BIN)/bildungsraum nightly --standin

test: $(READY)  ## the test suite
	$(BIN)/pytest -m "not soak"

soak: $(READY)  ## the long proofs
	$(BIN)/pytest -m soak

bench: $(READY)  ## the benchmarks, as ratios to a reference in the same run
	for bench in tests/bench/bench_*.py; do $(BIN)/python $$bench || exit 1; done

bench-normalise: $(READY)  ## offers a second, beside decoding and html-to-text of the same listings
	$(BIN)/python tests/bench/bench_normalise.py --listings 20000 --passes 2

bench-harvest: $(READY)  ## processor time per page beside a bare Scrapy spider, then memory at 50,000 pages
	$(BIN)/python tests/bench/bench_harvest.py
	$(BIN)/python tests/bench/bench_harvest.py --memory

bench-export: $(READY)  ## time and memory of a publication in all formats beside DuckDB's own COPY
	$(BIN)/python tests/bench/bench_export.py

bench-dedupe: $(READY)  ## quality and cost of dedupe and of a night with 1 % changes; PEERS=<python with splink> beside it
	$(BIN)/python tests/bench/bench_dedupe.py $(if $(PEERS),--peers $(PEERS)) \
	$(if $(wildcard $(GENERATOR)),--generator $(GENERATOR) --rows 10000 100000 1000000)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

review: $(READY)  ## the stewards' desk on the stand-in night's data, after such a night if there was none
	test -e var/standin/review/current || $(BIN)/bildungsraum nightly --standin
	$(BIN)/bildungsraum review --home var/standin --demo

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(READY)  ## resolve pyproject.toml into exact pins with hashes
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --extra dev pyproject.toml -o requirements.lock

# uv, because pip's hash mode fails on this lock; `uv pip sync` leaves uv itself alone.
$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv>=0.9"
	$(BIN)/uv pip sync --quiet --require-hashes --python $(BIN)/python requirements.lock
	$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --python $(BIN)/python --editable .
	touch $(READY)

clean:
	rm -rf $(VENV) var
