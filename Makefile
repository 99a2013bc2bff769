# Each target sets up what it needs: .venv with the packages of requirements.txt. Without make, see the README.

PYTHON ?= python3
RUN = .venv/bin/python

.PHONY: demo demo-video demo-drums demo-themes demo-instruments demo-timbre demo-switches figures test lint bench clean

demo: .venv/installed  ## every step on the demo song
	$(RUN) run_steps.py demo

demo-video: .venv/installed  ## the same for a film that step 0 draws
	$(RUN) run_steps.py demo_video

demo-drums: .venv/installed  ## every step of the dictionaries, on drum and piano pieces that step 0 composes
	$(RUN) run_steps.py demo_drums
	$(RUN) run_steps.py demo_piano

demo-themes: .venv/installed  ## themes found in pieces that step 0 composes, bases of their sound, bases of rotated digits
	$(RUN) run_steps.py demo_themes
	$(RUN) run_steps.py demo_signal
	$(RUN) run_steps.py digits

demo-instruments: .venv/installed  ## instruments told apart, notes that step 0 synthesises
	$(RUN) run_steps.py demo_instruments

demo-timbre: .venv/installed  ## a voice becomes a reed, sounds that step 0 synthesises
	$(RUN) run_steps.py demo_timbre

demo-switches: .venv/installed  ## music from switches, one for each clip of the demo song
	$(RUN) run_steps.py demo_switches

NAME ?= demo
figures: .venv/installed  ## every figure and table again, from what is stored: make figures NAME=my_song
	$(RUN) run_steps.py $(NAME) --from 8 --to 8

test: .venv/installed  ## the whole test suite
	$(RUN) -m pytest --numprocesses 2 --dist loadfile

lint: .venv/installed  ## style and types
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy

bench: .venv/installed  ## speed-ups over the straightforward implementations
	$(RUN) -m benchmarks.answers
	$(RUN) -m benchmarks.training_step
	$(RUN) -m benchmarks.whole_training
	$(RUN) -m benchmarks.embedding
	$(RUN) -m benchmarks.divergence
	$(RUN) -m benchmarks.film
	$(RUN) -m benchmarks.reading
	$(RUN) -m benchmarks.film_training
	$(RUN) -m benchmarks.parsing
	$(RUN) -m benchmarks.dictionary_training
	$(RUN) -m benchmarks.sparse_coding
	$(RUN) -m benchmarks.complex_training
	$(RUN) -m benchmarks.theme_extraction
	$(RUN) -m benchmarks.scattering

clean:  ## results and caches, not the music
	rm -rf output .pytest_cache .ruff_cache .mypy_cache .hypothesis

.venv/installed: requirements.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version)'
	$(PYTHON) -m venv .venv
	$(RUN) -m pip install --quiet --requirement requirements.txt
	touch $@
