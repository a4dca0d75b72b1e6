.POSIX:
.PHONY: run test benchmark format

# The first that runs and is 3.11 or newer is taken; `make PYTHONS=/path/to/python` takes another.
PYTHONS = python3.14 python3.13 python3.12 python3.11 python3
python = .venv/bin/python
# `make test ONLY=optimizers` runs what belongs to one concept, by the names of folders, files and tests.
ONLY =

run: .venv/run.stamp
	$(python) -m streamlit run app.py

test: .venv/dev.stamp
	$(python) -m ruff check
	$(python) -m ruff format --check
	$(python) -m mypy
	CHROMIUM=$$($(python) -m benchmarks.programs) && export CHROMIUM && $(python) -m pytest -n 2 -k "$(ONLY)"

benchmark: .venv/dev.stamp
	$(python) -m benchmarks.kernels
	$(python) -m benchmarks.latency
	$(python) -m benchmarks.load

format: .venv/dev.stamp
	$(python) -m ruff check --fix
	$(python) -m ruff format

# A stamp is as old as the last installation: an unchanged list is not installed again.
.venv/run.stamp: .venv/bin/python requirements.txt
	$(python) -m pip install --disable-pip-version-check -r requirements.txt
	touch $@

.venv/dev.stamp: .venv/bin/python requirements.txt requirements-dev.txt
	$(python) -m pip install --disable-pip-version-check -r requirements-dev.txt
	touch .venv/run.stamp $@

# Debian and Ubuntu leave `ensurepip` out of python3, and pyenv has commands that only print an error.
.venv/bin/python:
	@bare=; for candidate in $(PYTHONS); do \
		$$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		bare=$$candidate; \
		$$candidate -c 'import ensurepip, venv' 2>/dev/null || continue; \
		$$candidate -m venv --clear .venv && exit 0; \
		rm -rf .venv; exit 1; \
	done; \
	if [ "$$bare" ]; then \
		echo "$$bare cannot make virtual environments: install its venv module (on Debian and Ubuntu: apt install $$bare-venv)." >&2; \
	else \
		echo "Python 3.11 or newer is needed, and none of these is: $(PYTHONS)." >&2; \
	fi; \
	exit 1
