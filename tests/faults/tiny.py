"""A tiny parameter file of each study, and the data it asks for: all its steps take seconds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.parameters import study_parameters
from tests.stored_results import write_tones

SONG = """
study = "song"

[composition]
file = "made.wav"
form = "A"
bpm = 240

[sound]
file = "tones.wav"
sample_rate_hz = 8000

[spectrogram]
window_samples = 256
max_frequency_hz = 1000.0

[window]
length_s = 0.2

[model]
clip_windows = 5

[training]
epochs = 2

[analog]
delay_points = 3

[var]
points = 4

[mlp]
epochs = 1
batch_points = 64

[lstm]
points = 4
epochs = 1
batch_points = 64

[forecast]
methods = ["knn", "analog", "var", "mlp", "joint"]
horizon_steps = 8
first_point = 4
every_points = 8
long_steps = 10
sound = []

[evaluation]
n_surrogates = 3
exclusion_points = [0, 10]

[play]
video = ["net"]
frame_rate_hz = 1.0

[runs.net]
"""


VIDEO = """
study = "video"

[course]
file = "small.mp4"
rounds = 1
round_s = 3.0

[film]
file = "small.mp4"
height_px = 48
width_px = 50

[split]
validation_fraction = 0.15
test_fraction = 0.4

[model]
clip_windows = 5

[training]
epochs = 2
pixel_stride = 4

[knn]
n_neighbours = 2

[analog]
n_neighbours = 2
delay_points = 3

[var]
points = 2

[mlp]
epochs = 1

[lstm]
points = 4
epochs = 1

[forecast]
methods = ["knn", "joint"]
horizon_steps = 4
first_point = 4
every_points = 1
long_steps = 8

[evaluation]
n_surrogates = 3
exclusion_points = [0, 5]

[play]
frame_rate_hz = 5.0

[figures]
period_s = 2.3
sections = [[0, "first half"], [17, "second half"]]

[runs.net]
"""
DICTIONARY = """
study = "{study}"

[composition]
folder = "made"
pieces_per_composer = 3
bars = 4

[collection]
folder = "made"

[model]
n_atoms = 8

[training]
epochs = 2
batch_windows = 8
jit_compile = false

[rendering]
sample_rate_hz = 8000
n_atoms = 3

[generate]
bars = 1
keep = [1]
alphas = [0.5]
stems = 1
n_samples = 1
nearest = 1

[baselines]
methods = ["mean", "pca_largest", "mod"]
n_atoms = 8
k = [2]

[style]
min_pieces = 2
folds = 2
n_bootstrap = 10

[runs.net]
"""
THEMES = """
study = "themes"

[composition]
folder = "made"
n_pieces = 2
bpm = 240

[pieces]
folder = "made"
files = "*.flac"

[cqt]
sample_rate_hz = 8000
hop_samples = 1600
n_bins = 48
bins_per_octave = 12

[model]
n_bases = 8
patch_frames = 6

[training]
pitch_shift_bins = 6
time_shift_frames = 3
pairs_per_epoch = 96
batch_pairs = 32
epochs = 2
validation_pairs = 40
plot_every_epochs = 1

[choice]
high = [0.75, 0.85]

[invariance]
n_patches = 60

[runs.net]
"""
SIGNAL = """
study = "signal"

[sound]
folder = "takes"
sample_rate_hz = 8000

[model]
n_bases = 8
window_samples = 64

[training]
shift_samples = 8
pairs_per_epoch = 96
batch_pairs = 32
epochs = 2
validation_pairs = 40
plot_every_epochs = 1

[evaluation]
n_windows = 40
shifts_samples = [1, 8]

[runs.net]
"""
DIGITS = """
study = "digits"

[images]
side_pixels = 12

[model]
n_bases = 8

[training]
pairs_per_epoch = 96
batch_pairs = 32
epochs = 2
validation_pairs = 40
plot_every_epochs = 1

[classify]
max_train = 100
max_test = 50

[runs.net]
"""
INSTRUMENTS = """
study = "instruments"

[notes]
folder = "made"
notes_per_kind = 4

[sounds]
folder = "made"
manifest = "manifest.csv"
classes = ["flute_like", "brass_like"]
collections = { A = ["studio"], B = ["room"] }
sample_rate_hz = 16000
clip_frames = 50
hop_samples = 128
max_clips = 2

[cqt]
octaves = 5

[scattering]
kinds = ["time"]

[phrases]
per_class = 2
collections = ["A"]

[classifier]
kernels = 2
dense_units = 4

[training]
epochs = 2
batches_per_epoch = 2
batch_clips = 4

[listing]
folds = 2
n_forests = 1
n_bootstrap = 100

[runs.net]
"""
TIMBRE = """
study = "timbre"

[synthesis]
folder = "made"
target_s = 10
source_s = 2

[targets]
folder = "made"
files = { reed = "target/*.flac" }

[sources]
folder = "made"
files = "sources/*"
max_s = 2
max_notes = 3

[stft]
sample_rate_hz = 8000
window_samples = 512
hop_samples = 128

[model]
context_frames = 1
wide_units = 8
units = 4

[training]
epochs = 2
batches_per_epoch = 2
batch_sequences = 4
sequence_frames = 8

[transfer]
n_iterations = 2

[measures]
n_bootstrap = 100

[runs.net]
"""
SWITCHES = """
study = "switches"

[composition]
file = "made.wav"
form = "A"
bpm = 240

[clips]
files = "made.wav"
clips_per_file = 3
step_s = 0.5

[mel]
sample_rate_hz = 8000
window_samples = 256
n_mels = 16
n_frames = 32

[generator]
units = 4
channels = 4

[training]
epochs = 2
batches_per_epoch = 2
batch_clips = 4

[inversion]
n_iterations = 2

[generate]
settings = { both = { "1" = 0.5, "3" = 0.5 } }
paths = { way = [1, 2] }
path_steps = 2
own = "made.wav"
search_steps = 5

[inversion_study]
duration_s = 2.0
windows_samples = [256, 512]
n_iterations = [1, 2]
n_mels = 16
reference_samples = []

[peaks]
n_mels = [32]

[runs.net]
"""


@dataclass(frozen=True)
class Tiny:
    """The text of a parameter file, what writes the music it names below a root, and what a section needs to matter."""

    text: str
    write: Callable[[Path], None] = lambda root: None
    needed: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # by section: values of other keys


NETWORKS = {name: {"forecast.methods": [name]} for name in ("mlp", "lstm")} | {"fit": {"forecast.methods": ["mlp"]}}
TINY = {
    "song": Tiny(SONG, lambda root: write_tones(root / "music" / "tones.wav", sample_rate_hz=8000), NETWORKS),
    "video": Tiny(VIDEO, needed=NETWORKS),
    "drums": Tiny(DICTIONARY.format(study="drums")),
    "piano": Tiny(DICTIONARY.format(study="piano")),
    "themes": Tiny(THEMES),
    "signal": Tiny(SIGNAL, lambda root: write_tones(root / "music" / "takes" / "a.wav", sample_rate_hz=8000)),
    "digits": Tiny(DIGITS),
    "instruments": Tiny(INSTRUMENTS),
    "timbre": Tiny(TIMBRE),
    "switches": Tiny(SWITCHES),
}


def begin(study, root):
    """Write the parameter file `small` of a study, and its music; returns the modules of the steps to do, in order."""
    (root / "parameters").mkdir(parents=True)
    (root / "parameters" / "small.toml").write_text(TINY[study].text, encoding="utf-8")
    TINY[study].write(root)
    model = study_parameters(study)
    return [step for step in model.STEPS if step not in model.SERVED]
