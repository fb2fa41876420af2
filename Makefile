# Thin names for the commands in manage.py, which work without make as well.
PYTHON ?= python3
LOCK = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command "make lock"

.PHONY: demo test check format lock bill-of-materials known-holes

demo:
	$(PYTHON) manage.py demo

test:
	$(PYTHON) manage.py test

check:
	.ci/run

format:
	ruff check --fix . && ruff format .

# Hashed requirements only: uv.lock and pylock.toml name a registry in every line.
lock:
	$(LOCK) pyproject.toml -o requirements.lock
	$(LOCK) pyproject.toml --group test -c requirements.lock -o requirements-test.lock
	$(LOCK) pyproject.toml --group dev -c requirements-test.lock -o requirements-dev.lock

# What a build is made of (CycloneDX), from the lock file: var/bill-of-materials.cdx.json. No network.
bill-of-materials:
	mkdir -p var
	.venv-ci/bin/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml \
		--output-reproducible --validate -o var/bill-of-materials.cdx.json

# Needs pip-audit and the network. Without --strict it says "none found" where it could look nothing up.
known-holes:
	pip-audit --strict --require-hashes --disable-pip -r requirements.lock
