# One verb per need. Everything runs in .venv, which the first verb makes without pip, ensurepip or python3-venv.
PYTHON ?= python3
VENV := .venv/bin/python

.PHONY: run test serve bench lint python ready ready-dev

run: ready
	@$(VENV) scripts/run.py

serve: ready
	@$(VENV) scripts/serve.py

test: ready-dev
	@$(VENV) -m pytest -n auto -rs

# BENCH="--quick lists" for a part; BENCH=--django for Django's admin beside it.
bench: ready-dev
	@$(VENV) -m bench $(BENCH)

lint: ready-dev
	@$(VENV) -m ruff check .
	@$(VENV) -m ruff format --check .
	@$(VENV) -m mypy ohs imports exports
	@.venv/bin/lint-imports
	@$(VENV) scripts/check_screens.py

python:
	@command -v $(PYTHON) > /dev/null || { echo "需要 Python 3.11 或更新版本：apt-get install python3"; echo "Python 3.11 or newer is needed: apt-get install python3"; exit 1; }

ready: python
	@$(PYTHON) scripts/bootstrap.py requirements.txt

ready-dev: python
	@$(PYTHON) scripts/bootstrap.py requirements-dev.txt
