# Two commands for a newcomer: `make demo` and `make test`. Everything they need beyond cargo, python3.11, a C and C++
# compiler and make is installed into this folder (.venv, target, build).

.DELETE_ON_ERROR:
.PHONY: help demo test test-rust generate bench bench-peers clean

help:
	@echo "make demo        value, stage and tier the CDNOW customers and write a report"
	@echo "make test        everything: format, lints, Rust, C, C++, Python, vectors, docs, examples"
	@echo "make install     libcrm_core, headers, pkg-config and CMake files under PREFIX (default /usr/local)"
	@echo "make generate    the files that are generated from the core (C header, kernels of C and Python)"
	@echo "make bench       criterion benchmarks"
	@echo "make bench-peers this library beside pandas, polars, lifetimes and numpy: the ratios of the README"
	@echo "make clean       all that these commands made"

include bindings/c/c.mk
include bindings/python/python.mk

demo: python-build
	$(VENV)/bin/python scripts/demo.py

test: test-rust c-test python-test

# An example prints the same text in every language.
RUST_EXAMPLES := $(notdir $(basename $(wildcard crates/crm-core/examples/*.rs)))

test-rust: $(VENV_STAMP)
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings
	$(VENV)/bin/python scripts/check_dependencies.py
	cargo test --locked --workspace
	cargo test --locked -p crm-core --no-default-features --tests
	for example in $(RUST_EXAMPLES); do \
		cargo run --locked --quiet -p crm-core --example $$example | diff examples/$$example.txt - || exit 1; \
	done
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps

generate:
	cargo run --locked -q -p xtask -- generate

bench:
	cargo bench --locked -p crm-core-benches

bench-peers: python-build $(PEERS_STAMP)
	$(VENV)/bin/python benches/peers/matrix_clv.py
	$(VENV)/bin/python benches/peers/uncertainty.py
	$(VENV)/bin/python benches/peers/summary.py
	$(VENV)/bin/python benches/peers/prediction.py
	$(VENV)/bin/python benches/peers/likelihoods.py
	$(VENV)/bin/python benches/peers/idic.py
	$(VENV)/bin/python benches/peers/resolve.py
	$(VENV)/bin/python benches/peers/store.py
	$(VENV)/bin/python benches/peers/structural.py
	$(VENV)/bin/python benches/peers/hmm.py
	$(VENV)/bin/python benches/peers/classify.py
	$(VENV)/bin/python benches/peers/survey.py

clean:
	cargo clean
	rm -rf .venv build crm-core-report
