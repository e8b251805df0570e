# The one door: demo, test, nightly, check, fix, bench, build, image, clean. Needs Python 3.11 or newer and make; the rest sets itself up.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --no-input install --require-hashes
SOURCES := manage.py platform tenants services billing bench

export PYTHONPATH := platform:.

.PHONY: demo test nightly check fix bench build image clean
.DEFAULT_GOAL := demo

# The product on this machine, in the foreground. PORT=, DATA_DIR=, DATABASE_URL= and REDIS_URL= are honoured.
demo: $(VENV)/base.done build
	@exec $(PY) -m config.launch demo

# Everything that is tested: units, guards, concurrency, API and browser stories. ARGS= goes to pytest.
test: $(VENV)/dev.done build
	@.ci/packages
	$(PY) -m pytest -n 2 --dist loadfile $(ARGS)

# The long plays: dying machines, whole crawls, every seed of the books' state machine; then each guard taken out once
# (tests/drill); then scanners of others (docs/scanners.md).
nightly: $(VENV)/dev.done build
	@.ci/packages nightly
	$(PY) -m pytest -m nightly $(ARGS)
	$(PY) -m tests.drill
	.ci/scan

# Style, types, layers, templates, migrations and the deployment's settings.
check: export SECRET_KEY := only-for-make-check-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ
check: export MASTER_KEY := b25seS1mb3ItbWFrZS1jaGVjay1ub3QtYS1zZWNyZXQ=
check: $(VENV)/dev.done build
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/lint-imports
	$(VENV)/bin/djlint --lint --quiet templates
	$(PY) manage.py makemigrations --check --dry-run
	HTTPS=1 $(PY) manage.py check --deploy --fail-level WARNING
	$(VENV)/bin/mypy $(SOURCES)

fix: $(VENV)/dev.done
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

# One JSON line for each goal of speed, ours beside the plain way, on a database made for the run.
bench: $(VENV)/dev.done build
	$(PY) -m bench

# The container image, without a daemon, by root on Debian (.ci/image); `make nightly` builds it too and starts it.
image: $(VENV)/base.done
	.ci/image

# The front end and the translations.
ASSETS := $(shell find platform/config/assets -type f 2>/dev/null)
TEMPLATES := $(shell find templates -name '*.html' 2>/dev/null)
MESSAGES := $(wildcard locale/*/LC_MESSAGES/*.po)

build: node_modules/.built node_modules/.translated

node_modules/.installed: package.json package-lock.json requirements/node.txt | $(VENV)/made
	.ci/npm ci --ignore-scripts
	@touch $@

node_modules/.built: node_modules/.installed $(ASSETS) $(TEMPLATES)
	.ci/npm run build
	@touch $@

node_modules/.translated: $(MESSAGES) | node_modules/.installed $(VENV)/base.done
	$(PY) -m config.translations locale
	@touch $@

$(VENV)/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name it: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/base.done: requirements/base.txt | $(VENV)/made
	$(PIP) -r requirements/base.txt
	@touch $@

$(VENV)/dev.done: requirements/dev.txt | $(VENV)/made
	$(PIP) -r requirements/dev.txt
	@touch $@

# What was made here can be made again; the demo's data home (.data) stays.
clean:
	rm -rf $(VENV) .venv-scanners .data-image node_modules platform/config/static .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find locale -name '*.mo' -delete 2>/dev/null || true
