# Five verbs: make install lint test eval chat. Everything stays inside this checkout (.venv, .pincite).
PYTHON ?= python3
BIN := .venv/bin
STORE := .pincite/store
# As many rounds as the full count of the slow harness asks for; `.ci/run` takes a tenth.
CRASH_ROUNDS ?= 200
FUZZ_ROUNDS ?= 1000
ATTACKS ?= 1000
SIMULATIONS ?= 2000
# Where the training and development data of the reader lie, and where its training keeps what it made.
DATA ?= data
WORK ?= .pincite/training
# In the environment, constraints also hold for what pip builds with.
PIP := PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt PIP_DISABLE_PIP_VERSION_CHECK=1 \
  $(BIN)/python -m pip install

# The question may hold any character: it goes through the environment, never through the shell's grammar.
export Q

.PHONY: help install lint test faults fuzz attacks documents followups page screenshots simulate train quality bench scale demo eval ask chat clean

help:
	@echo "make chat           open the web chat over the demo's documents"
	@echo "make ask Q=\"...\"    ask them one question here"
	@echo "make eval           measure the answers to the gold questions"
	@echo "make test           run the tests"
	@echo "make lint           check style and types"
	@echo "make faults         kill the writer CRASH_ROUNDS times and look at what is left ($(CRASH_ROUNDS))"
	@echo "make fuzz           read FUZZ_ROUNDS broken files of each format ($(FUZZ_ROUNDS))"
	@echo "make attacks        show ATTACKS hostile strings in every place of the page ($(ATTACKS))"
	@echo "make documents      measure what is read of documents of every format"
	@echo "make simulate       count how often intervals hold the truth ($(SIMULATIONS) times)"
	@echo "make followups      measure follow-up questions on the data in DATA: a minute"
	@echo "make page           measure how fast the page is there and answers"
	@echo "make screenshots    take the pictures of the README from the real page"
	@echo "make train          train the reader on the data in DATA ($(DATA)): two hours"
	@echo "make quality        measure the reader on the data in DATA: half an hour"
	@echo "make bench          compare speed and memory with other programs on the data in DATA: hours"
	@echo "make scale          measure 1,000 to 1,000,000 passages, mixed from the data in DATA: half an hour"
	@echo "make install        make .venv with everything for the above"

.venv/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Pincite needs Python 3.11 or newer, and $(PYTHON) is older or missing: make PYTHON=python3.12 ..."; exit 2; }
	@$(PYTHON) -m venv .venv || { \
	  echo "Python's venv module is missing. On Debian and Ubuntu: sudo apt install python3-venv"; rm -rf .venv; exit 2; }
	@touch $@

.venv/installed: .venv/python pyproject.toml constraints.txt
	@echo "Installing into .venv: about 460 MB the first time, PyTorch most of it."
	$(PIP) --editable .
	@touch $@

.venv/installed-dev: .venv/installed
	$(PIP) --editable ".[dev]"
	@touch $@

install: .venv/installed-dev

lint: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# A file of tests stays in one process: what its tests share is made once.
test: .venv/installed-dev
	$(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile

faults: .venv/installed-dev
	PINCITE_CRASH_ROUNDS=$(CRASH_ROUNDS) $(BIN)/pytest tests/faults/test_crash.py

fuzz: .venv/installed-dev
	PINCITE_FUZZ_ROUNDS=$(FUZZ_ROUNDS) $(BIN)/pytest tests/faults/test_fuzz.py tests/faults/test_quotes.py

attacks: .venv/installed-dev
	PINCITE_ATTACKS=$(ATTACKS) $(BIN)/pytest tests/attacks

documents: .venv/installed-dev
	$(BIN)/python -m benchmarks.documents

followups: .venv/installed-dev
	@mkdir -p $(WORK)
	$(BIN)/python -m benchmarks.followups $(DATA) --work $(WORK) --docs docs

page: .venv/installed-dev
	$(BIN)/python -m benchmarks.chat_speed

screenshots: .venv/installed-dev
	$(BIN)/python -m benchmarks.screenshots

chat: .venv/installed
	$(BIN)/pincite chat --store $(STORE)

simulate: .venv/installed-dev
	PINCITE_SIMULATIONS=$(SIMULATIONS) $(BIN)/pytest tests/evaluation/test_statistics.py

train: .venv/installed-dev
	$(BIN)/python -m benchmarks.training $(DATA) --work $(WORK)

quality: .venv/installed-dev
	@mkdir -p $(WORK)
	$(BIN)/python -m benchmarks.reader_quality $(DATA) --work $(WORK)

bench: WORK = .pincite/bench
bench: .venv/installed
	$(BIN)/python -m benchmarks.performance $(DATA) --work $(WORK)

scale: WORK = .pincite/scale
scale: .venv/installed
	$(BIN)/python -m benchmarks.scale $(DATA) --work $(WORK)

# Quick where nothing has changed: then no model is loaded.
demo: .venv/installed
	@$(BIN)/pincite index --store $(STORE) seeds/corpus >/dev/null

# Exit code 3 says that the documents do not answer: for make that is no failure.
ask: demo
	@test -n "$$Q" || { echo 'Ask something: make ask Q="Who is Zamir Kabulov?"'; exit 2; }
	@$(BIN)/pincite ask --store $(STORE) -- "$$Q" || test $$? -eq 3

eval: demo
	@$(BIN)/pincite eval --store $(STORE) seeds/gold.jsonl

clean:
	rm -rf .venv .pincite .mypy_cache .pytest_cache .ruff_cache .hypothesis
