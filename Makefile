# make run [LESSON=06|all] [SCALE=small|full] [NB_LANG=en|ko] · lab · test · test-floor
# make notebooks [LESSON=06] · seeds LESSON=06 · net
SHELL := /bin/bash
LESSON ?= 06
NB_LANG ?= en
export LESSON_STRICT ?= 1
export PYTHONUTF8 := 1
export TF_CPP_MIN_LOG_LEVEL ?= 3

USABLE := import ensurepip, sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))
PYTHON = $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	"$$p" -c '$(USABLE)' 2>/dev/null && echo "$$p" && break; done)
FLOOR_PYTHON = $(shell for p in python3.13 ~/.pyenv/versions/3.13.*/bin/python3.13; do \
	"$$p" -c 'import ensurepip' 2>/dev/null && echo "$$p" && break; done)
INSTALL = -m pip install -q --disable-pip-version-check uv && $(1)/bin/uv pip install -q \
	--python $(1) --compile-bytecode -r requirements.txt -e .

.PHONY: run lab test test-floor notebooks seeds net

run: .venv/ready
	@.venv/bin/python -m tools.run $(LESSON) --lang $(NB_LANG) $(if $(SCALE),--scale $(SCALE))

# a number changed on the projector must not end Run all
lab: export LESSON_STRICT := 0
lab: .venv/ready
	.venv/bin/jupyter lab notebooks

test: .venv/ready
	.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy
	.venv/bin/python -m pytest -n 2 --dist loadfile --nbval --nbval-current-env tests notebooks/en

# Python 3.13 with Colab's versions; stored outputs are of the newest versions, hence lax
test-floor: .venv-floor/ready
	.venv-floor/bin/python -m pytest -n 2 --dist loadfile --nbval-lax --nbval-current-env \
		tests/test_helpers_*.py notebooks/en

notebooks: .venv/ready
	@.venv/bin/python -m tools.notebooks $(if $(filter command line environment,$(origin LESSON)),$(LESSON))

seeds: .venv/ready
	@.venv/bin/python -m tools.seeds $(LESSON)

# the network of lesson 09, for later lessons to load
net: .venv/ready
	@.venv/bin/python -m tools.net

.venv/ready: requirements.txt constraints.txt pyproject.toml helpers/__init__.py
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 (with venv) is needed, none was found"; exit 1; }
	$(PYTHON) -m venv .venv
	.venv/bin/python $(call INSTALL,.venv) -c constraints.txt
	@touch $@

.venv-floor/ready: requirements.txt constraints-floor.txt pyproject.toml helpers/__init__.py
	@test -n "$(FLOOR_PYTHON)" || { echo "Python 3.13 is needed, none was found"; exit 1; }
	$(FLOOR_PYTHON) -m venv .venv-floor
	.venv-floor/bin/python $(call INSTALL,.venv-floor) -c constraints-floor.txt
	@touch $@
