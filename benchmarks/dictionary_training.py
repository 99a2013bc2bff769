"""A dictionary of drums: a training step and a whole training, compared with the straightforward form, in one process.

The straightforward form is two convolutions of Keras and winners by sorting between them, trained as the paper does it
for 100 epochs. Takes a stored corpus, `output/<name>/corpus.npz`, else the demo's drums. Of a step prints processor
milliseconds (median), the ratio, and the loss before the first and after the last step, from the same weights; of a
training, for atoms of a beat and one winner, processor seconds, compilation included, the error on the test pieces,
and how soon the defaults reached it, and that which the paper's 1000 epochs end with on Groove.
"""

import tempfile
from pathlib import Path

import keras
import numpy as np

from benchmarks.clock import EpochClock, time_steps, time_until
from benchmarks.inputs import read_path
from models.dictionary_autoencoder import DictionaryAutoencoder, DictionaryConfig
from pipeline.studies.drums import Parameters
from save_dataset.demo.make_pieces import make_pieces
from save_dataset.midi.corpus import Corpus
from save_dataset.midi.drums import read_drums
from tests.straightforward_dictionary import (
    FIRST_K,
    build_straightforward_dictionary,
    source_optimiser,
    train_straightforwardly,
)
from train_model.dictionary import training

N_ATOMS, ATOM_STEPS, WINDOW_STEPS, BATCH_WINDOWS = 100, 4, 64, 64
GEOMETRIES = ((4, 1), (4, 4), (1, 1))  # stride, k
N_STEPS = 60
SEEDS = (0, 1, 2)
PAPER_EPOCHS, PAPER_MSE = 1000, 0.0266  # of the paper's recipe on the test pieces of Groove
STRAIGHTFORWARD_EPOCHS = 100
BAR_STEPS = 16  # the paper begins a window of four in every bar


def main():
    corpus, is_demo = read_grids(__doc__)
    compare_steps(corpus)
    for seed in SEEDS if is_demo else SEEDS[:1]:  # the paper's way takes minutes on Groove
        compare_trainings(corpus, is_demo, seed)


def read_grids(description):
    """The drums to measure on: those named on the command line, else the demo's, composed; and whether these."""
    path = read_path(description, "corpus", "a stored corpus of drums (default: the demo's)")
    if path:
        print(f"corpus: {path}")
        with np.load(path) as arrays:
            return Corpus.from_arrays(arrays), False
    with tempfile.TemporaryDirectory() as folder:
        make_pieces(default_parameters(0), Path(folder))
        return read_drums(default_parameters(0), Path(folder))[0], True


def default_parameters(seed):
    """The defaults of the study, on the demo's pieces."""
    values = {"name": "benchmark", "study": "drums", "run": "WTA", "runs": {"WTA": {}}}
    values |= {"composition": {"folder": "demo_drums"}, "collection": {"folder": "demo_drums"}}
    return Parameters(**values, training={"seed": seed})


def windows_of(corpus, split, hop_steps=None):
    """Windows of a part of the split, ``(n_windows, 64, n_channels)``."""
    return corpus.cut(corpus.windows(corpus.pieces_of(split), WINDOW_STEPS, hop_steps), WINDOW_STEPS)


def compare_steps(corpus):
    """Print what a step costs in each form."""
    batch = np.random.default_rng(0).permutation(windows_of(corpus, "train"))[:BATCH_WINDOWS]
    for stride_steps, k in GEOMETRIES:
        print(f"\nstride {stride_steps}, k = {k}")
        reference_ms = None
        for name, jit_compile in {"straightforward": False, "the same, compiled": True, "ours, compiled": True}.items():
            ours, straightforward = both_forms(batch.shape[-1], stride_steps, k)
            is_ours = name.startswith("ours")
            model, data, loss = (ours, batch, None) if is_ours else (straightforward, (batch, batch), "mse")
            model.compile(source_optimiser(), loss, jit_compile=jit_compile)
            milliseconds, losses = time_steps(model, data, N_STEPS)
            reference_ms = reference_ms or milliseconds
            ratio = reference_ms / milliseconds
            print(f"{name:20s} {milliseconds:6.1f} ms {ratio:5.1f}x    loss {losses[0]:.7f} ... {losses[1]:.7f}")


def both_forms(n_channels, stride_steps, k):
    """Ours and the straightforward one, from the same random weights, with the paper's winners."""
    keras.utils.set_random_seed(0)
    straightforward = build_straightforward_dictionary(WINDOW_STEPS, n_channels, N_ATOMS, ATOM_STEPS, stride_steps, k)
    winners = {"k": k, "scope": "column", "rank_by": "signed", "window_steps": WINDOW_STEPS}
    ours = DictionaryAutoencoder(
        DictionaryConfig(n_channels, N_ATOMS, ATOM_STEPS, stride_steps, winners, unit_norm=False)
    )
    ours.build()
    for name in ("scores", "atoms"):
        getattr(ours, name).kernel.assign(straightforward.get_layer(name).kernel)
    return ours, straightforward


def compare_trainings(corpus, is_demo, seed):
    """Print what each way of training costs and reaches."""
    print(f"\nseed {seed}                        processor s   test error")
    theirs, ours = train_straightforward(corpus, seed), train_by_default(corpus, seed)
    for name, rows in {"straightforward": theirs, "defaults": ours}.items():
        print(f"{name:15s} {len(rows):4d} epochs {rows[-1][0]:12.1f} {rows[-1][1]:12.5f}")
    targets = {f"after {len(theirs)} epochs": (theirs[-1][1], theirs[-1][0])}
    if not is_demo:
        paper_s = theirs[-1][0] / len(theirs) * PAPER_EPOCHS
        targets[f"after {PAPER_EPOCHS}, which would take {paper_s:.0f} s"] = (PAPER_MSE, paper_s)
    for when, (error, seconds) in targets.items():
        print(f"error {error:.5f} of the straightforward form {when}: {time_until(ours, error, seconds)}")


def train_by_default(corpus, seed):
    """Seconds and test error after each epoch of a training as step 2 does it."""
    clock = EpochClock(error_on(windows_of(corpus, "test")))
    with tempfile.TemporaryDirectory() as folder:
        training.train(corpus, default_parameters(seed), Path(folder), watchers=[clock])
    return clock.rows


def train_straightforward(corpus, seed):
    """The same for the paper's way."""
    keras.utils.set_random_seed(seed)
    windows = windows_of(corpus, "train", BAR_STEPS)
    model = build_straightforward_dictionary(*windows.shape[1:], N_ATOMS, ATOM_STEPS, ATOM_STEPS, FIRST_K)
    clock = EpochClock(error_on(windows_of(corpus, "test")))
    train_straightforwardly(model, windows, STRAIGHTFORWARD_EPOCHS, callbacks=[clock])
    return clock.rows


def error_on(windows):
    """Measures the mean square error of a dictionary on windows."""
    return lambda model: (float(np.mean(np.square(windows - model(windows)))),)


if __name__ == "__main__":
    main()
