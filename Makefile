# Thin names for the commands in manage.py, which work without make as well.
PYTHON ?= python3
LOCK = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command "make lock"

.PHONY: demo test check format lock

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
