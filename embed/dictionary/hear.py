"""Everything that is heard of a run's dictionary: its atoms, a piece of the test, and the page that plays them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from embed.dictionary.atom_sounds import hear_atoms, write_atoms
from embed.dictionary.excerpt import Excerpt, take_excerpt
from embed.dictionary.page.build import build_page
from embed.dictionary.page.describe import describe_atoms, describe_piece
from embed.dictionary.page.sound_sheet import encode_sheet, pack_sounds
from embed.dictionary.render import Heard, Parameters, hear, write_heard
from embed.dictionary.sparse_codes import SparseCodes
from pipeline import results
from pipeline.atomic_write import atomic_write
from pipeline.parameters import ROOT
from pipeline.studies import piano
from save_dataset.midi.corpus import Corpus

SOFTEST = 0.3  # of the loudest: what is softer in the music would hardly be heard alone
LOUDEST_VELOCITY = 127


def write_dictionary(parameters: Parameters, root: Path = ROOT) -> list[Path]:
    """Write ``<run>/atoms.html``, ``<run>/atoms/`` and ``<run>/piece/`` of a run; returns the paths, the page first."""
    codes = SparseCodes.from_arrays(results.load(parameters, "codes", root))
    corpus = Corpus.from_arrays(results.load(parameters, "corpus", root))
    folder = results.path_of(parameters, "codes", root).parent
    rate_hz = parameters.rendering.sample_rate_hz
    atoms = hear_atoms(parameters, corpus, codes, root)
    excerpt = take_excerpt(corpus, codes)
    versions = {"original": excerpt.music, "reconstruction": excerpt.reconstruction}
    heard = {name: hear(music, parameters, bpm=excerpt.bpm, root=root) for name, music in versions.items()}
    paths = [path for name, each in heard.items() for path in write_heard(each, folder / "piece" / name, rate_hz)]
    paths += write_atoms(atoms, folder / "atoms", rate_hz)
    return [write_page(parameters, corpus, codes, atoms, excerpt, list(heard.values()), root), *paths]


def write_page(
    parameters: Parameters,
    corpus: Corpus,
    codes: SparseCodes,
    atoms: dict[int, Heard],
    excerpt: Excerpt,
    heard: Sequence[Heard],
    root: Path = ROOT,
) -> Path:
    """Write the page of a run.

    Parameters
    ----------
    parameters : Parameters
        Of the run.
    corpus, codes : Corpus, SparseCodes
        As stored.
    atoms : dict of int to Heard
        As `embed.dictionary.atom_sounds.hear_atoms` gives them.
    excerpt, heard : Excerpt, sequence of Heard
        The piece above the atoms; how its music and its reconstruction sound.
    """
    rate_hz = parameters.rendering.sample_rate_hz
    sounds = [*(each.samples for each in heard), *(loudness_of(each) * each.samples for each in atoms.values())]
    samples, places = pack_sounds(sounds, rate_hz)
    step_s = _step_length_s(parameters, corpus, excerpt, heard[0])
    title = f"{parameters.name.replace('_', ' ')}, {parameters.run}"
    described = {
        "steps_per_beat": corpus.steps_per_beat,
        "steps_per_bar": corpus.steps_per_bar,
        "atom_steps": codes.patterns.shape[1],
        "stride_steps": codes.stride_steps,
        "n_atoms": len(codes.patterns),
        "piece": describe_piece(excerpt, codes, corpus, step_s, places[:2]),
    } | describe_atoms(codes, corpus, len(atoms), places[2:])
    path = results.path_of(parameters, "codes", root).with_name("atoms.html")
    with atomic_write(path) as temporary:
        temporary.write_text(build_page(title, described, encode_sheet(samples, rate_hz)), encoding="utf-8")
    return path


def loudness_of(heard: Heard) -> float:
    """The loudest velocity, 0 to 1: sounds come equally loud, atoms shall be as they are in the music."""
    velocities = [note.velocity for instrument in heard.midi.instruments for note in instrument.notes]
    return float(np.clip(max(velocities, default=0) / LOUDEST_VELOCITY, SOFTEST, 1))


def _step_length_s(parameters: Parameters, corpus: Corpus, excerpt: Excerpt, heard: Heard) -> float:
    """How long a step of the piece is; of tokens, which have no length, the mean."""
    if isinstance(parameters, piano.Parameters):
        if parameters.roll.kind == "tokens":
            return heard.midi.get_end_time() / len(excerpt.music)
        if parameters.roll.step_s is not None:
            return parameters.roll.step_s
    return 60 / excerpt.bpm / corpus.steps_per_beat
