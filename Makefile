# make help shows what there is.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# One more than cores: tests wait for browsers, signatures and clocks.
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)

# Types are judged while the tests run, and said after them; either fails the target.
TYPES_AND_TESTS = said=$$(mktemp); trap 'rm -f "$$said"' EXIT; \
	$(BIN)/mypy >"$$said" 2>&1 & types=$$!; \
	$(BIN)/pytest -n $(WORKERS); tests=$$?; \
	wait $$types; types=$$?; cat "$$said"; [ $$tests -eq 0 ] && [ $$types -eq 0 ]

.DEFAULT_GOAL := help
.PHONY: help demo test check lint types golden bench lock wheel clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/run ## an approved, signed and published example in build/demo
	@$(BIN)/policygen demo build/demo

test: $(VENV)/dev ## every test, browser included; installs what the system lacks
	@sh scripts/system_packages.sh
	@$(BIN)/ruff format --check -q . && $(BIN)/ruff check -q .
	@$(TYPES_AND_TESTS)

check: $(VENV)/dev ## format, lint, types, tests and the example's own check
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	@$(TYPES_AND_TESTS)
	$(BIN)/policygen check

lint: $(VENV)/dev ## put the code into shape and report what is left
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

types: $(VENV)/dev ## static types
	$(BIN)/mypy

bench: $(VENV)/dev ## times beside the floor measured in the same run
	$(BIN)/python -m bench.run

golden: $(VENV)/dev ## write rendered text and docs/problems.md anew; say in the pull request why
	$(BIN)/policygen render
	$(BIN)/python scripts/problems_page.py

lock: $(VENV)/dev ## pin the newest releases with hashes
	sh scripts/lock.sh $(BIN)

wheel: $(VENV)/dev ## build sdist and wheel into dist/
	$(BIN)/python -m build

clean: ## remove what is derived
	rm -rf build dist $(VENV) .mypy_cache .ruff_cache .pytest_cache

# Each stamp depends on its lock file, so that a changed lock is installed and an unchanged one is not.
$(VENV)/run: requirements.lock pyproject.toml
	@$(PYTHON) scripts/setup_venv.py $(VENV) requirements.lock
	@touch $@

$(VENV)/dev: requirements-dev.lock pyproject.toml
	@$(PYTHON) scripts/setup_venv.py $(VENV) requirements-dev.lock
	@touch $(VENV)/run $@
