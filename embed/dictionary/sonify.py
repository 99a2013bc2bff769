"""The sounds of a run's dictionary: its atoms, a piece of the test set, and the page that plays them."""

from pathlib import Path

import numpy as np

from embed.dictionary.excerpt import Excerpt, take_excerpt
from embed.dictionary.page.describe import describe_atoms, describe_piece
from embed.dictionary.page.slices import encode_slices, join_sounds
from embed.dictionary.render import Parameters, Rendering, render, write_rendering
from embed.dictionary.sparse_codes import SparseCodes
from embed.dictionary.uses import by_use, scaled_patterns
from embed.pages.html import fill_page
from pipeline import results
from pipeline.atomic_write import write_text
from pipeline.parameters import ROOT
from pipeline.studies import piano
from save_dataset.midi.corpus import Corpus

WEB = Path(__file__).with_name("page") / "web"
SCRIPTS = "elements canvas colours music slices cards piece page"
MIN_LOUDNESS = 0.3  # of the loudest: what is softer in the music could hardly be heard alone
MAX_VELOCITY = 127


def write_dictionary(parameters: Parameters, root: Path = ROOT) -> list[Path]:
    """Write ``<run>/atoms.html``, ``<run>/atoms/`` and ``<run>/piece/`` of a run; returns the paths, the page first."""
    codes = SparseCodes.from_arrays(results.load(parameters, "codes", root))
    corpus = Corpus.from_arrays(results.load(parameters, "corpus", root))
    folder = results.path_of(parameters, "codes", root).parent
    rate_hz = parameters.rendering.sample_rate_hz
    excerpt = take_excerpt(corpus, codes)
    versions = {"original": excerpt.music, "reconstruction": excerpt.reconstruction}
    piece = {name: render(music, parameters, bpm=excerpt.bpm, root=root) for name, music in versions.items()}
    paths = [path for name in piece for path in write_rendering(piece[name], folder / "piece" / name, rate_hz)]
    atoms = render_atoms(parameters, corpus, codes, root)
    paths += write_atoms(atoms, folder / "atoms", rate_hz)
    page = fill_dictionary_page(parameters, corpus, codes, excerpt, piece, atoms)
    return [write_text(folder / "atoms.html", page), *paths]


def fill_dictionary_page(
    parameters: Parameters,
    corpus: Corpus,
    codes: SparseCodes,
    excerpt: Excerpt,
    piece: dict[str, Rendering],
    atoms: dict[int, Rendering],
) -> str:
    """Return the page of a run: above the atoms an excerpt, whose music and reconstruction are rendered in `piece`."""
    rate_hz = parameters.rendering.sample_rate_hz
    loud_atoms = [loudness_of(rendering) * rendering.samples for rendering in atoms.values()]
    samples, spans = join_sounds([*(rendering.samples for rendering in piece.values()), *loud_atoms], rate_hz)
    described = {
        "steps_per_beat": corpus.steps_per_beat,
        "steps_per_bar": corpus.steps_per_bar,
        "atom_steps": codes.patterns.shape[1],
        "stride_steps": codes.stride_steps,
        "n_atoms": len(codes.patterns),
        "piece": describe_piece(
            excerpt, codes, corpus, _step_s(parameters, corpus, excerpt, piece["original"]), spans[:2]
        ),
    } | describe_atoms(codes, corpus, len(atoms), spans[2:])
    title = f"{parameters.name.replace('_', ' ')}, {parameters.run}"
    return fill_page(WEB, "atoms", SCRIPTS, title=title, data=described, sound=encode_slices(samples, rate_hz))


def render_atoms(parameters: Parameters, corpus: Corpus, codes: SparseCodes, root: Path = ROOT) -> dict[int, Rendering]:
    """Return the `rendering.n_atoms` most used atoms by number, the most used first, at `rendering.bpm`."""
    patterns = scaled_patterns(codes)
    first_kind = next(iter(corpus.kinds().values()))
    return {
        int(number): render(
            patterns[number],
            parameters,
            bpm=parameters.rendering.bpm,
            threshold=rendering_threshold(patterns[number][:, first_kind]),
            root=root,
        )
        for number in by_use(codes)[: parameters.rendering.n_atoms]
    }


def rendering_threshold(hits: np.ndarray) -> float:
    """Return half the largest value of hits or notes, so that weak atoms have notes; negative ones never are notes."""
    return max(0.0, float(hits.max()) / 2)


def write_atoms(atoms: dict[int, Rendering], folder: Path, sample_rate_hz: int) -> list[Path]:
    """Write ``atom_012.mid`` and, where there is a note, ``atom_012.wav``; files of other atoms there are deleted."""
    paths = [
        path
        for number, rendering in atoms.items()
        for path in write_rendering(rendering, folder / f"atom_{number:03d}", sample_rate_hz)
    ]
    for old in {*folder.glob("atom_*.mid"), *folder.glob("atom_*.wav")} - set(paths):
        old.unlink(missing_ok=True)
    return paths


def loudness_of(rendering: Rendering) -> float:
    """Return the largest velocity, 0 to 1: renderings are equally loud, atoms shall be as loud as in the music."""
    velocities = [note.velocity for instrument in rendering.midi.instruments for note in instrument.notes]
    return float(np.clip(max(velocities, default=0) / MAX_VELOCITY, MIN_LOUDNESS, 1))


def _step_s(parameters: Parameters, corpus: Corpus, excerpt: Excerpt, original: Rendering) -> float:
    """Return the duration of a step of the piece; of tokens, which have none, the mean."""
    if isinstance(parameters, piano.Parameters):
        if parameters.roll.kind == "tokens":
            return original.midi.get_end_time() / len(excerpt.music)
        if parameters.roll.step_s is not None:
            return parameters.roll.step_s
    return 60 / excerpt.bpm / corpus.steps_per_beat
