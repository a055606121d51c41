# Set-up and daily work. Without make (Windows, macOS): pip install . and retrograde.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
LIBRARIES := libEGL.so.1 libGL.so.1 libasound.so.2
PACKAGES := libegl1 libgl1 libgl1-mesa-dri libasound2 libjack-jackd2-0

.PHONY: run test fuzz check bench format system clean

run: $(VENV)/.play system
	$(BIN)/retrograde play $(ARGS)

test: $(VENV)/.test system
	$(BIN)/python -m pytest $(ARGS)

# New examples for every property, where `make test` takes the same ones each time: what it finds becomes an @example.
fuzz: $(VENV)/.test system
	$(BIN)/python -m pytest --hypothesis-profile=fuzz $(ARGS)

check: $(VENV)/.test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n 0 tests/test_layers.py tests/test_docs.py

bench: $(VENV)/.test system
	$(BIN)/retrograde bench $(ARGS)

format: $(VENV)/.test
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

$(VENV)/.play: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/.test: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	-$(BIN)/python -m pip install --quiet --retries 0 --only-binary :all: 'LinkPython-extern>=1.3'  # without it Link's own test is skipped
	touch $@ $(VENV)/.play

# On Debian and its children: what the wheels expect of the system (GL through EGL and Mesa, ALSA's and JACK's libraries).
system:
	@missing=0; for library in $(LIBRARIES); do ldconfig -p 2>/dev/null | grep -q "$$library" || missing=1; done; \
	ls /usr/lib/*/dri/*swrast* /usr/lib/*/libgallium* /usr/lib/*/libGLX_nvidia* >/dev/null 2>&1 || missing=1; \
	if [ $$missing = 1 ] && command -v apt-get >/dev/null; then \
	  root=; [ "$$(id -u)" = 0 ] || root=sudo; \
	  echo "installing the system's GL and MIDI libraries with apt-get: $(PACKAGES)"; \
	  $$root apt-get update -qq && $$root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $(PACKAGES) >/dev/null \
	    || echo "apt-get could not install them; if the stage does not start, install: $(PACKAGES)"; \
	fi

clean:
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
