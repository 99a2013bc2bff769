# Each target sets up what it needs: .venv with the packages of requirements.txt. Without make, see the README.

PYTHON ?= python3
RUN = .venv/bin/python
export TF_CPP_MIN_LOG_LEVEL = 2

.PHONY: demo figures test lint bench clean

demo: .venv/installed  ## every step on the demo song
	$(RUN) run_steps.py demo

NAME ?= demo
figures: .venv/installed  ## every figure and table again, from what is stored: make figures NAME=my_song
	$(RUN) -m evaluate.step8_draw_song $(NAME)

test: .venv/installed  ## the whole test suite
	$(RUN) -m pytest

lint: .venv/installed  ## style and types
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy

bench: .venv/installed  ## what the fast forms save
	$(RUN) -m benchmarks.training_step
	$(RUN) -m benchmarks.whole_training
	$(RUN) -m benchmarks.embedding
	$(RUN) -m benchmarks.divergence
	$(RUN) -m benchmarks.video

clean:  ## results and caches, not the music
	rm -rf output .pytest_cache .ruff_cache .mypy_cache .hypothesis

.venv/installed: requirements.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version)'
	$(PYTHON) -m venv .venv
	$(RUN) -m pip install --quiet --requirement requirements.txt
	touch $@
