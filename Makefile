# Two commands on a fresh machine:  make demo  and  make test.
# Needed: Python 3.11 or newer with pip, and make. Everything else goes into .venv.
#
#   make PYTHON=python3.12 …         another interpreter
#   make PIP_ARGS="…" …              extra arguments for pip install (an index of CPU builds, say)
#   make test PYTEST_ARGS="-k wall"  extra arguments for pytest

PYTHON ?= python3
PIP_ARGS ?=
PYTEST_ARGS ?=
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help demo test lint class-test formats-test hiding-test image-test lock verify bench env env-dev python clean distclean

help:  ## what there is to make
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 18

demo: env  ## grade two examples (a loop with four bugs, and repaired), and a class of twelve
	@mkdir -p build/demo
	@for name in debug_loop_buggy debug_loop_repaired; do \
	  echo; echo "$$ grade examples/$$name.py --exercise debug_loop --report build/demo/$$name.html"; \
	  code=0; \
	  $(BIN)/grade examples/$$name.py --exercise debug_loop --report build/demo/$$name.html || code=$$?; \
	  if [ $$code -gt 1 ]; then echo "grade ended with exit code $$code." >&2; exit $$code; fi; \
	done
	@echo; echo "The reports, one file each, to open in a browser:"
	@for name in debug_loop_buggy debug_loop_repaired; do echo "  $(CURDIR)/build/demo/$$name.html"; done
	@$(BIN)/python scripts/demo_class.py build/demo
	@echo; echo "$$ grade bulk class --exercise debug_loop --roster roster.csv --output results"
	@cd build/demo && ../../$(BIN)/grade bulk class --exercise debug_loop --roster roster.csv \
	  --output results
	@echo; echo "The class on one page, and what Canvas takes back:"
	@for name in index.html canvas.csv; do echo "  $(CURDIR)/build/demo/results/$$name"; done

test: lint  ## the whole suite: style, types, import contracts, tests
	$(BIN)/python -m pytest -n auto --dist worksteal $(PYTEST_ARGS)

lint: env-dev  ## style, types and import contracts alone
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

class-test: env-dev  ## a class of 400 of every kind, killed three times on the way (half an hour)
	$(BIN)/python -m pytest -m slow -s -p no:randomly tests/bulk/test_mixed.py

formats-test: env-dev  ## the formats of platforms, with 10,000 odd reports each (an hour)
	GRADE_ODD_REPORTS=10000 $(BIN)/python -m pytest -n auto --timeout 7200 tests/export -k odd_report

hiding-test: env-dev  ## hostile programs against impossible twins, ways of hiding with ten wrong programs each (an hour)
	GRADE_HIDING=10 GRADE_TWINS=all $(BIN)/python -m pytest -n auto --dist worksteal --timeout 7200 tests/wall/test_hiding.py tests/wall/test_twins.py

image-test: env-dev  ## build the image for real, and grade in it (root, buildah, debootstrap; half an hour)
	$(BIN)/python -m pytest -m slow -s -p no:randomly --timeout 7200 tests/image

lock: env-dev  ## renew constraints/, the versions and hashes that the image is made of
	$(BIN)/python scripts/lock.py

verify: env  ## prove the exercises: references pass, starters fail, every case gets its verdict
	$(BIN)/grade verify

bench: env-dev  ## the benchmarks, one after the other; nothing else should run meanwhile
	@for file in benchmarks/*.py; do echo "== $$file"; $(BIN)/python "$$file" || exit; done

env: python
	@$(PYTHON) scripts/environment.py -- $(PIP_ARGS)

env-dev: python
	@$(PYTHON) scripts/environment.py --dev -- $(PIP_ARGS)

# In words that any interpreter understands, however old.
python:
	@command -v $(PYTHON) >/dev/null || \
	  { echo "There is no $(PYTHON) here. Name a Python: make PYTHON=/path/to/python3.11" >&2; exit 2; }
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("This project needs Python \
	3.11 or newer; $(PYTHON) is %d.%d. Name a newer one: make PYTHON=/path/to/python3.11" \
	% sys.version_info[:2])'

clean:  ## remove what was built and cached
	rm -rf build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -path ./.venv -prune -o -name __pycache__ -type d -exec rm -rf {} +

distclean: clean  ## the same, and the environment
	rm -rf .venv .venv.lock
