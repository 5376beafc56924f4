# Everything a newcomer types. Variables: PYTHON, HOST, PORT, DATA_DIR, HTTP, PYTEST_ARGS, BENCH_ARGS, AUDIT_ARGS,
# FUZZ_ARGS.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000

VENV := .venv
PY := $(VENV)/bin/python
MANAGE := $(PY) manage.py
# Twice quiet: errors only.
PIP_INSTALL := $(PY) -m pip install --quiet --quiet --disable-pip-version-check

# A stamp is newer than the list it was installed from: the second time, nothing is asked of pip.
VENV_STAMP := $(VENV)/.venv-stamp
RUNTIME := $(VENV)/.runtime-stamp
MCP := $(VENV)/.mcp-stamp
DEV := $(VENV)/.dev-stamp
FUZZ := $(VENV)/.fuzz-stamp

.DEFAULT_GOAL := help

.PHONY: help
help: ## Lists what can be asked.
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: $(RUNTIME) ## Prepares the site, fills it when it is empty, and serves it on HOST and PORT.
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) load_content --if-empty
	@$(MANAGE) rebuild_search --if-empty --verbosity 0
	@echo
	@echo "  Veille              http://$(HOST):$(PORT)/"
	@echo "  Editors             http://$(HOST):$(PORT)/admin/   (make superuser creates an administrator)"
	@echo "  Stop                Ctrl+C"
	@echo
	@ALLOWED_HOSTS="$${ALLOWED_HOSTS:-$(HOST),localhost,127.0.0.1,[::1]}" \
		SITE_URL="$${SITE_URL:-http://$(HOST):$(PORT)}" \
		$(MANAGE) runserver $(HOST):$(PORT)

# The standard output speaks the protocol: whatever is said goes to the other one.
.PHONY: mcp
mcp: $(MCP) ## Serves the site to assistants (Model Context Protocol), over stdio or on HTTP=host:port.
	@$(MANAGE) migrate --verbosity 0 >&2
	@$(MANAGE) load_content --if-empty >&2
	@$(MANAGE) rebuild_search --if-empty --verbosity 0 >&2
	@exec $(MANAGE) mcp $(if $(HTTP),--http $(HTTP))

.PHONY: superuser
superuser: $(RUNTIME) ## Creates an administrator, who can then open the admin.
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) createsuperuser

# `load` hands the tests out in their order: those that empty the database stay the last of each core.
.PHONY: test
test: $(DEV) ## Runs the tests, on the database that DATABASE_URL names or on SQLite.
	@$(PY) -m pytest --numprocesses auto --dist load $(PYTEST_ARGS)

.PHONY: lint
lint: $(DEV) ## Checks style and format of the Python code, changing nothing.
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .

.PHONY: check
check: $(DEV) ## Checks models, migrations, the API schema and the settings of production.
	@echo "Models and templates"
	@$(MANAGE) check
	@echo "Migrations"
	@$(MANAGE) makemigrations --check --dry-run
	@echo "API schema"
	@$(MANAGE) spectacular --api-version v1 --validate --fail-on-warn --file /dev/null
	@echo "Production settings"
	@DEBUG=false ALLOWED_HOSTS=veille.example.org SITE_URL=https://veille.example.org \
		SECRET_KEY="$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(50))')" \
		$(MANAGE) check --deploy --fail-level WARNING

.PHONY: bench
bench: $(RUNTIME) ## Measures lists, search and the comparison of figures (BENCH_ARGS=--long: 100,000 records).
	@$(PY) -m bench $(BENCH_ARGS)
	@$(PY) -m bench.checks
	@$(if $(findstring --long,$(BENCH_ARGS)),$(PY) -m bench.bulk)
	@$(if $(findstring --long,$(BENCH_ARGS)),$(PY) -m bench.changes)

.PHONY: audit
audit: $(DEV) ## Measures one page of each type with Lighthouse, axe-core, a validator of HTML.
	@$(PY) -m audit $(AUDIT_ARGS)

.PHONY: fuzz
fuzz: $(FUZZ) ## Tries the whole API on inputs that nobody thought of, with and without tokens.
	@$(PY) -m audit.fuzzing $(FUZZ_ARGS)

.PHONY: screenshots
screenshots: $(DEV) ## Makes the pictures of docs/pages.md again.
	@$(PY) -m audit.screenshots

.PHONY: clean
clean: ## Removes the virtual environment and the caches, never the data.
	@rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis .coverage htmlcov
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV_STAMP):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Veille needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 …"; exit 1; }
	@echo "Preparing the virtual environment ($(VENV))…" >&2
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(RUNTIME): requirements.txt | $(VENV_STAMP)
	@echo "Installing what the site runs on…"
	@$(PIP_INSTALL) -r requirements.txt
	@touch $@

$(MCP): requirements.txt requirements-mcp.txt | $(VENV_STAMP)
	@echo "Installing the server for assistants…" >&2
	@$(PIP_INSTALL) -r requirements-mcp.txt
	@touch $@ $(RUNTIME)

$(DEV): requirements.txt requirements-production.txt requirements-mcp.txt requirements-dev.txt | $(VENV_STAMP)
	@echo "Installing the tests and linters…"
	@$(PIP_INSTALL) -r requirements-dev.txt
	@touch $@ $(RUNTIME) $(MCP)

$(FUZZ): requirements-fuzz.txt $(DEV)
	@echo "Installing what tries the API…"
	@$(PIP_INSTALL) -r requirements-fuzz.txt
	@touch $@
