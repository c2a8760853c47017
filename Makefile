# make run [LESSON=mnist_mlp|06|all] [SCALE=small|full] [NB_LANG=en|ko] · lab
# make check [BASE=origin/main] · test · test-floor
# make notebooks [LESSON=…] · seeds LESSON=… [SCALE=full] · weights [LESSON=…] · constraints
SHELL := /bin/bash
LESSON ?= mnist_mlp
NB_LANG ?= en
CONSTRAINTS ?= constraints.txt
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
GIVEN = $(if $(filter command line environment,$(origin LESSON)),$(LESSON))
PYTEST = -m pytest -n 2 --nbval-current-env --nbval-sanitize-with tests/nbval_sanitize.cfg

.PHONY: run lab check test test-floor notebooks seeds weights constraints

run: .venv/ready
	@.venv/bin/python -m tools.run $(LESSON) --lang $(NB_LANG) $(if $(SCALE),--scale $(SCALE))

# a number changed on the projector must not end Run all
lab: export LESSON_STRICT := 0
lab: .venv/ready
	.venv/bin/jupyter lab notebooks

# what a change touches
check: .venv/tested
	@.venv/bin/python -m tools.check $(BASE)

test: .venv/tested
	.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy
	.venv/bin/python $(PYTEST) --nbval tests notebooks/en

# Python 3.13 with Colab's versions; stored outputs are of the newest versions, hence lax
test-floor: .venv-floor/tested
	.venv-floor/bin/python $(PYTEST) --nbval-lax tests/test_helpers_*.py tests/test_weights.py \
		tests/test_pretrained.py tests/test_transfer.py notebooks/en

notebooks: .venv/tested
	@.venv/bin/python -m tools.notebooks $(GIVEN)

seeds: .venv/tested
	@.venv/bin/python -m tools.seeds $(LESSON) $(if $(SCALE),--scale $(SCALE))

# the networks that lessons keep in data/ for later ones
weights: .venv/tested
	@.venv/bin/python -m tools.weights $(GIVEN)

# renew the pins: everything that the groups name, newest versions, for all systems
constraints: .venv/ready
	.venv/bin/uv pip compile -q --universal --upgrade --no-annotate --no-header \
		--python-version 3.11 --group dev requirements.txt -o constraints.txt

.venv/ready: requirements.txt $(CONSTRAINTS) pyproject.toml helpers/__init__.py
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 (with venv) is needed, none was found"; exit 1; }
	$(PYTHON) -m venv .venv
	.venv/bin/python $(call INSTALL,.venv) $(CONSTRAINTS:%=-c %)
	@touch $@

.venv/tested: .venv/ready
	.venv/bin/uv pip install -q --python .venv --compile-bytecode --group dev $(CONSTRAINTS:%=-c %)
	@touch $@

.venv-floor/tested: requirements.txt constraints-floor.txt pyproject.toml helpers/__init__.py
	@test -n "$(FLOOR_PYTHON)" || { echo "Python 3.13 is needed, none was found"; exit 1; }
	$(FLOOR_PYTHON) -m venv .venv-floor
	.venv-floor/bin/python $(call INSTALL,.venv-floor) --group test -c constraints-floor.txt
	@touch $@
