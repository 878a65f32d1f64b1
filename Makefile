# Everything a contributor runs. `make demo` and `make test` need only Python (3.11 or newer) and make.
PYTHON ?= python3
VENV ?= .venv
RUN := $(VENV)/bin/
BROWSER = IMVIZ_CHROMIUM="$$($(RUN)python scripts/environment.py --chromium)" $(RUN)python -m pytest -m browser

.PHONY: demo test lint fast docs site wheel numbers bench clean

demo: $(VENV)/.ready        ## set everything up and open the viewer on a demo image
	$(RUN)imviz demo

test: lint                  ## set everything up and run every check and test, browser included
	$(RUN)python -m pytest -m "not browser" -n auto --dist loadfile
	$(BROWSER) -n 2 --dist loadfile

lint: $(VENV)/.ready-test   ## style, types, import rules
	$(RUN)ruff check
	$(RUN)ruff format --check
	$(RUN)mypy
	$(RUN)lint-imports
	$(RUN)python scripts/house.py

fast: $(VENV)/.ready-test   ## the tests that need no browser
	$(RUN)python -m pytest -m "not browser" -n auto --dist loadfile

docs: $(VENV)/.ready-test   ## take the documentation's screenshots anew
	IMVIZ_CHROMIUM="$$($(RUN)python scripts/environment.py --chromium)" $(RUN)python docs/screenshots.py

site: $(VENV)/.ready-test    ## build the documentation's site in docs/_build; a warning is an error
	$(RUN)python -m sphinx -q -W --keep-going docs docs/_build

wheel: $(VENV)/.ready-test   ## build the wheel, check it, and use it in an environment of its own
	$(RUN)python scripts/wheel.py dist

numbers: $(VENV)/.ready-test ## write docs/numbers.md anew from the checks
	$(RUN)python -m pytest tests/walks/test_numbers.py --numbers

bench: $(VENV)/.ready-test  ## time the hot paths
	$(RUN)python -m pytest benchmarks --benchmark-only

clean:
	rm -rf $(VENV)

$(VENV)/.ready: pyproject.toml scripts/environment.py
	$(PYTHON) scripts/environment.py $(VENV)
	touch $@

$(VENV)/.ready-test: pyproject.toml scripts/environment.py
	$(PYTHON) scripts/environment.py $(VENV) test
	touch $@ $(VENV)/.ready
