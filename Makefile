# The one door: demo, dev, shell, test, nightly, check, fix, bench, build, image, clean. Needs Python 3.11 or newer and make; the rest sets itself up.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --no-input install --require-hashes

export PYTHONPATH := platform:.

.PHONY: demo dev shell test nightly check fix bench build image clean
.DEFAULT_GOAL := demo

# The product on this machine, in the foreground. PORT=, DATA_DIR=, DATABASE_URL= and REDIS_URL= are honoured.
demo: $(VENV)/base.done build
	@exec $(PY) -m config.launch demo

# The same for who writes it: what changes in Python, templates, styles and scripts is taken up, faults show Django's
# debug page, mail goes to the terminal. It takes the place of `make demo` on the same data.
dev: $(VENV)/base.done build
	@exec $(PY) -m config.launch dev

# Django's shell on the demo's data, whether a demo runs or not.
shell: $(VENV)/base.done
	@exec $(PY) -m config.launch shell

# Everything that is tested: units, guards, concurrency, API and browser stories. ARGS= goes to pytest.
# T=path runs one file, folder or test at once, in one process, with the front end as it was built last.
ifdef T
test: $(VENV)/dev.done node_modules/.translated $(if $(wildcard node_modules/.built),,build)
	$(PY) -m pytest $(T) $(ARGS)
else
test: $(VENV)/dev.done build
	@.ci/packages
	$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder --durations=20 --durations-min=1 $(ARGS)
endif

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
	folders=$$($(PY) -m config.sources) && $(VENV)/bin/mypy manage.py $$folders bench

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

node_modules/.built: node_modules/.installed pyproject.toml $(ASSETS) $(TEMPLATES)
	.ci/npm run build
	@touch $@

node_modules/.translated: $(MESSAGES) | $(VENV)/base.done
	$(PY) -m config.translations locale
	@mkdir -p node_modules
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
