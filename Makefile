# The README's commands. Nothing is needed but Python 3.11 or newer and make: uv is fetched into .uv/ when absent.
PYTHON ?= python3
UV := $(or $(shell command -v uv 2>/dev/null),.uv/bin/uv)
export UV_PYTHON_DOWNLOADS = never
# Some machines forbid compiled modules to be kept: each of the many processes would then compile the whole project anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test check lint types layers docs wheel bench clean

# exec: Ctrl-C and signals reach the product itself, which stops all that it started.
run: .venv/ready
	exec .venv/bin/linxuan up --demo

test: .venv/ready
	.venv/bin/pytest --numprocesses auto --dist loadfile --maxprocesses 4

check: types docs wheel lint layers

lint: .venv/ready
	.venv/bin/ruff check
	.venv/bin/ruff format --check

types: .venv/ready
	.venv/bin/mypy

layers: .venv/ready
	.venv/bin/lint-imports

docs: .venv/ready
	.venv/bin/sphinx-build --fail-on-warning --quiet docs docs/_build

wheel: .venv/ready
	rm -rf dist
	$(UV) build --quiet --out-dir dist
	.venv/bin/python tests/wheel.py dist/*.whl

bench: .venv/ready
	for benchmark in benchmarks/*.py; do \
		name=$$(basename "$$benchmark" .py); echo "== $$name"; .venv/bin/python -m "benchmarks.$$name" || exit 1; done

clean:
	rm -rf .venv .uv dist docs/_build

.venv/ready: pyproject.toml uv.lock | $(UV)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name it with: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	$(UV) sync --locked --quiet --compile-bytecode --python "$$(command -v $(PYTHON))"
	touch $@

.uv/bin/uv:
	$(PYTHON) -m venv .uv
	.uv/bin/python -m pip install --quiet --disable-pip-version-check uv
