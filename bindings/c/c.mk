# The C side of the Makefile: the library, its tests in C and C++, its installation.

PREFIX ?= /usr/local
DESTDIR ?=

C_BUILD := build/c
C_STAGE := $(C_BUILD)/stage
C_STAGED := $(C_STAGE)/lib/libcrm_core.a
C_SOURCES := Cargo.toml Cargo.lock $(shell find crates/crm-core bindings/c \( -name '*.rs' -o -name Cargo.toml \)) \
	$(wildcard include/*) bindings/c/install.sh $(wildcard bindings/c/install/*)

C_STRICT := -O1 -g -Wall -Wextra -Wpedantic -Werror
C_FLAGS := -std=c11 $(C_STRICT) -I$(C_STAGE)/include
CXX_FLAGS := -std=c++17 $(C_STRICT) -I$(C_STAGE)/include
C_LINK := -L$(C_STAGE)/lib -Wl,-rpath,$(abspath $(C_STAGE)/lib) -lcrm_core -lm -lpthread

# Every program runs under valgrind; without it, under the compiler's own checks of memory.
VALGRIND := $(shell command -v valgrind)
ifneq ($(VALGRIND),)
C_RUN := $(VALGRIND) --quiet --error-exitcode=99 --leak-check=full \
	--show-leak-kinds=definite,indirect --errors-for-leak-kinds=definite,indirect
C_CHECKER := valgrind
else
C_FLAGS += -fsanitize=address,undefined
CXX_FLAGS += -fsanitize=address,undefined
C_RUN := ASAN_OPTIONS=allocator_may_return_null=1
C_CHECKER := gcc's address and undefined-behaviour sanitizers (valgrind is not installed)
endif

C_PROGRAMS := $(patsubst tests/c/%.c,$(C_BUILD)/c_%,$(wildcard tests/c/test_*.c)) \
	$(patsubst tests/cpp/%.cpp,$(C_BUILD)/cpp_%,$(wildcard tests/cpp/test_*.cpp)) \
	$(C_BUILD)/c_pointers $(C_BUILD)/c_vectors
C_EXAMPLES := $(patsubst examples/c/%.c,$(C_BUILD)/example_c_%,$(wildcard examples/c/*.c)) \
	$(patsubst examples/cpp/%.cpp,$(C_BUILD)/example_cpp_%,$(wildcard examples/cpp/*.cpp))
C_RAN := $(C_PROGRAMS:=.ran) $(C_EXAMPLES:=.ran)

.PHONY: c-build c-test install
.SECONDARY: $(C_PROGRAMS) $(C_EXAMPLES)

c-build: $(C_STAGED)

# Tests compile against an installation, as users do.
$(C_STAGED): $(C_SOURCES)
	cargo build --locked --release -p crm-core-capi
	rm -rf $(C_STAGE)
	PREFIX=$(abspath $(C_STAGE)) sh bindings/c/install.sh target/release

install: c-build
	PREFIX=$(PREFIX) DESTDIR=$(DESTDIR) sh bindings/c/install.sh target/release

c-test: $(C_RAN) $(C_BUILD)/symbols.ok $(C_BUILD)/layout.ok $(C_BUILD)/misuse.ok $(C_BUILD)/install.ok
	@echo "C and C++ tests passed, under $(C_CHECKER)"

$(C_BUILD)/c_%: tests/c/%.c $(wildcard tests/c/*.h) $(C_STAGED)
	$(CC) $(C_FLAGS) -Itests/c $< -o $@ $(C_LINK)

$(C_BUILD)/cpp_%: tests/cpp/%.cpp $(wildcard tests/cpp/*.hpp) $(C_STAGED)
	$(CXX) $(CXX_FLAGS) $< -o $@ $(C_LINK)

$(C_BUILD)/example_c_%: examples/c/%.c $(C_STAGED)
	$(CC) $(C_FLAGS) $< -o $@ $(C_LINK)

$(C_BUILD)/example_cpp_%: examples/cpp/%.cpp $(C_STAGED)
	$(CXX) $(CXX_FLAGS) $< -o $@ $(C_LINK)

$(C_BUILD)/pointers.c: tests/c/generate_pointers.py $(C_STAGED)
	python3 $< $(C_STAGE)/include/crm_core.h $@

$(C_BUILD)/c_pointers: $(C_BUILD)/pointers.c tests/c/fixtures.h tests/c/check.h
	$(CC) $(C_FLAGS) -Itests/c $< -o $@ $(C_LINK)

$(C_BUILD)/cases.c: tests/c/generate_vectors.py $(wildcard tests/vectors/*.json tests/c/vectors*.c) $(C_STAGED)
	python3 $< $@

$(C_BUILD)/c_vectors: $(C_BUILD)/cases.c $(wildcard tests/c/vectors*.c) $(addprefix tests/c/,estimates.h purchase_models.h vectors.h)
	$(CC) $(C_FLAGS) -Itests/c $(filter %.c,$^) -o $@ $(C_LINK)

# A program has run well; an example beside a text of the same name prints that text.
$(C_BUILD)/%.ran: $(C_BUILD)/%
	@echo "run $<"
	@$(C_RUN) $< > $@.out
	@cp $@.out $@

$(C_BUILD)/example_c_%.ran: $(C_BUILD)/example_c_% $(wildcard examples/*.txt)
	@echo "run $<"
	@$(C_RUN) $< > $@.out
	@test ! -f examples/$*.txt || diff examples/$*.txt $@.out
	@cp $@.out $@

$(C_BUILD)/example_cpp_%.ran: $(C_BUILD)/example_cpp_% $(wildcard examples/*.txt)
	@echo "run $<"
	@$(C_RUN) $< > $@.out
	@test ! -f examples/$*.txt || diff examples/$*.txt $@.out
	@cp $@.out $@

# The shared library exports what the header declares, and nothing else.
$(C_BUILD)/symbols.ok: bindings/c/symbols.txt $(C_STAGED)
	nm -D --defined-only $(C_STAGE)/lib/libcrm_core.so | sed 's/.* //' | LC_ALL=C sort > $(C_BUILD)/symbols.txt
	diff bindings/c/symbols.txt $(C_BUILD)/symbols.txt
	@touch $@

# test_layout.c knows every enum and struct of the header.
$(C_BUILD)/layout.ok: tests/c/check_layout.py tests/c/test_layout.c $(C_STAGED)
	python3 $< $(C_STAGE)/include/crm_core.h tests/c/test_layout.c
	@touch $@

# Misuse that must not compile: each file does with -DCORRECT, and without it fails as it says.
$(C_BUILD)/misuse.ok: $(wildcard tests/cpp/misuse_*.cpp) tests/cpp/misuse.sh $(C_STAGED)
	sh tests/cpp/misuse.sh "$(CXX) $(filter-out -fsanitize%,$(CXX_FLAGS))" tests/cpp/misuse_*.cpp
	@touch $@

# cmake is a program of the machine, or comes from the package index into the build folder.
CMAKE := $(shell command -v cmake)
ifeq ($(CMAKE),)
C_CMAKE := $(abspath $(C_BUILD)/cmake/bin/cmake)
$(C_BUILD)/install.ok: $(C_CMAKE)
$(C_CMAKE):
	python3 -m venv $(C_BUILD)/cmake
	$(C_BUILD)/cmake/bin/python -m pip install --quiet --disable-pip-version-check cmake
else
C_CMAKE := $(CMAKE)
endif

$(C_BUILD)/install.ok: tests/c/test_install.sh $(wildcard tests/c/cmake/* examples/c/*.c examples/cpp/*.cpp) $(C_STAGED)
	CMAKE=$(C_CMAKE) sh tests/c/test_install.sh $(C_BUILD)/installed
	@touch $@
