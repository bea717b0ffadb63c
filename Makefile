# One verb per need. Everything runs in .venv, which the first verb makes without pip, ensurepip or python3-venv.
PYTHON ?= python3
VENV := .venv/bin/python

.PHONY: run test serve lint ready ready-dev

run: ready
	@$(VENV) scripts/run.py

serve: ready
	@$(VENV) scripts/serve.py

test: ready-dev
	@$(VENV) -m pytest -n auto

lint: ready-dev
	@$(VENV) -m ruff check .
	@$(VENV) -m ruff format --check .
	@$(VENV) -m mypy ohs imports exports
	@.venv/bin/lint-imports
	@$(VENV) scripts/check_screens.py

ready:
	@$(PYTHON) scripts/bootstrap.py requirements.txt

ready-dev:
	@$(PYTHON) scripts/bootstrap.py requirements-dev.txt
