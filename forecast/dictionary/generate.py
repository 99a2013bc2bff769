"""What is made with the codes of two pieces: thinned out, mixed, swapped, taken apart, denoised, drawn anew.

It is a list of items: some bars of music, and a threshold above which values are rendered. Where an item should be like
a passage, its F1 compares their hits.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np

from embed.dictionary.render import Parameters, write_music
from embed.dictionary.sparse_codes import Encode, SparseCodes
from forecast.dictionary import operations
from forecast.dictionary.noise import add_noise, score_hits
from pipeline.notes import HIT_THRESHOLD
from pipeline.parameters import ROOT
from pipeline.sections.dictionary_study import DictionaryParameters
from save_dataset.files import nfc
from save_dataset.midi.corpus import SPLITS, Corpus, first_bar

MIN_PEAK = 0.2  # of stems: what is weaker is no music
MAX_VALUES = 25_000_000  # of the codes that new ones are drawn from: 100 MB


@dataclass(frozen=True)
class Item:
    """Music that was made, ``(n_steps, n_channels)``."""

    name: str
    title: str
    music: np.ndarray
    bpm: float
    threshold: float = HIT_THRESHOLD
    f1: float = np.nan


@dataclass(frozen=True)
class Passage:
    """Some bars of a piece, ``(n_steps, n_channels)``, and their code, ``(n_columns, n_atoms)``."""

    piece: int
    bpm: float
    music: np.ndarray
    code: np.ndarray


@dataclass(frozen=True)
class Material:
    """What items are made from: passages of two pieces, and the music and codes of all."""

    parameters: DictionaryParameters
    corpus: Corpus
    codes: SparseCodes
    encode: Encode
    a: Passage
    b: Passage
    rng: np.random.Generator

    @property
    def hits(self) -> slice:
        """The channels that hits are counted in: those of the first kind."""
        return next(iter(self.corpus.kinds().values()))

    def like(self, passage: Passage, name: str, title: str, music: np.ndarray) -> Item:
        """Return an item that should be like a passage, with its F1; NaN of tokens."""
        f1 = np.nan
        if "token" not in self.corpus.kinds():
            f1 = score_hits(passage.music[:, self.hits] > HIT_THRESHOLD, music[:, self.hits] > HIT_THRESHOLD)["f1"]
        return Item(name, title if np.isnan(f1) else f"{title}, F1 {f1:.2f}", music, passage.bpm, f1=f1)


def generate(
    parameters: DictionaryParameters,
    corpus: Corpus,
    codes: SparseCodes,
    encode: Encode,
) -> dict[str, Any]:
    """Make all items of a run; `encode` is from music ``(n_steps, n_channels)`` to its code ``(n_columns, n_atoms)``.

    Returned are the fields of items, each ``(n_items,)``, but the music as ``music_<name>``, ``(n_steps, n_channels)``.

    Raises
    ------
    ValueError
        If a named piece does not exist or is too short, there are no two long enough, or no such atom to swap.
    """
    bars, rng = parameters.generate.bars, np.random.default_rng(parameters.generate.seed)
    a, b = (_take_passage(corpus, codes, piece, bars) for piece in _choose_pieces(parameters, corpus))
    material = Material(parameters, corpus, codes, encode, a, b, rng)
    makers = (_reconstruct, _keep, _interpolate, _swap, _take_apart, _denoise, _sample, _find_nearest)
    items = [item for make in makers for item in make(material)]
    arrays = {f"music_{item.name}": item.music.astype(np.float32) for item in items}
    fields = ("name", "title", "bpm", "threshold", "f1")
    arrays |= {key: np.array([getattr(item, key) for item in items]) for key in fields}
    return arrays | {key: getattr(corpus, key) for key in ("channels", "steps_per_beat", "steps_per_bar")}


def _choose_pieces(parameters: DictionaryParameters, corpus: Corpus) -> tuple[int, int]:
    """Return those that are named, else the first of the test, and the next one of another label."""
    bars = parameters.generate.bars
    long = np.diff(corpus.starts) >= bars * corpus.steps_per_bar
    ordered = np.concatenate([pieces[long[pieces]] for pieces in map(corpus.pieces_of, SPLITS[::-1])])
    if len(ordered) < 2:
        raise ValueError(f"generate.bars={bars}: must be at most the length of two pieces; {len(ordered)} are as long")
    piece, other = (_find_piece(corpus, key, getattr(parameters.generate, key), long) for key in ("piece", "other"))
    piece = int(ordered[ordered != other][0]) if piece is None else piece
    after = np.roll(ordered, -int(np.argmax(ordered == piece)))[1:]
    return piece, int(after[np.argmax(corpus.labels[after] != corpus.labels[piece])]) if other is None else other


def _find_piece(corpus: Corpus, key: str, part: str | None, long: np.ndarray) -> int | None:
    """Return the first piece, of those long enough, with a part of a name; None if no name is wanted."""
    if part is None:
        return None
    matches = long & np.array([nfc(part) in name for name in corpus.names.tolist()])
    if not matches.any():
        near = ", ".join(get_close_matches(part, corpus.names[long].tolist(), cutoff=0))
        raise ValueError(f"generate.{key}={part!r}: is in no name of a piece that has generate.bars; near are {near}")
    return int(np.argmax(matches))


def _take_passage(corpus: Corpus, codes: SparseCodes, piece: int, bars: int) -> Passage:
    """Return the first bars of a piece, from the first in which anything happens, in multiples of the stride."""
    music, stride = corpus.piece(piece), codes.stride_steps
    first = first_bar(music, corpus.steps_per_bar, bars) * corpus.steps_per_bar // stride
    end = first + bars * corpus.steps_per_bar // stride
    code = codes.piece(piece)[first : end + codes.patterns.shape[1] // stride - 1]
    return Passage(piece, float(corpus.bpm[piece]), music[first * stride : end * stride], code)


def _reconstruct(m: Material) -> Iterator[Item]:
    """Yield both passages, and their reconstructions."""
    for letter, passage in (("a", m.a), ("b", m.b)):
        title = f"{letter.upper()}: {m.corpus.names[passage.piece]}"
        yield Item(f"original_{letter}", title, passage.music, passage.bpm)
        yield m.like(passage, f"reconstruction_{letter}", "reconstruction", m.codes.decode(passage.code))


def _keep(m: Material) -> Iterator[Item]:
    """Yield A with a few of its atoms only."""
    for n in m.parameters.generate.keep:
        yield m.like(m.a, f"keep_{n:02d}", f"atoms: {n}", m.codes.decode(operations.keep_atoms(m.a.code, n)))


def _interpolate(m: Material) -> Iterator[Item]:
    """Yield the way from A to B, with a number of hits between theirs."""
    n_a, n_b = (np.sum(m.codes.decode(passage.code)[:, m.hits] > HIT_THRESHOLD) for passage in (m.a, m.b))
    for alpha in m.parameters.generate.alphas:
        music = m.codes.decode(operations.interpolate(m.a.code, m.b.code, alpha))
        n_hits, bpm = ((1 - alpha) * a + alpha * b for a, b in ((n_a, n_b), (m.a.bpm, m.b.bpm)))
        threshold = operations.adaptive_threshold(music[:, m.hits], round(n_hits))
        yield Item(f"interpolate_{round(100 * alpha):03d}", f"{1 - alpha:.0%} A, {alpha:.0%} B", music, bpm, threshold)


def _swap(m: Material) -> Iterator[Item]:
    """Yield both passages after a swap of atoms; by default of the most active two that are not the same."""
    of_a = operations.most_active(m.a.code)[:1]
    of_b = [atom for atom in operations.most_active(m.b.code) if atom not in of_a]
    for atom_a, atom_b in m.parameters.generate.swap or list(zip(of_a, of_b, strict=False)):
        codes = operations.swap_atoms(m.a.code, m.b.code, atom_a, atom_b)
        for letter, passage, code in zip("ab", (m.a, m.b), codes, strict=True):
            title = f"{letter.upper()}, swap of A's atom {atom_a} and B's {atom_b}"
            yield Item(f"swap_{atom_a}_{atom_b}_{letter}", title, m.codes.decode(code), passage.bpm)


def _take_apart(m: Material) -> Iterator[Item]:
    """Yield each of the most active atoms of A alone, and the rest, all rendered above half of their strongest cell."""
    atoms, parts = operations.stems(m.codes, m.a.code, m.parameters.generate.stems)
    peaks = parts[..., m.hits].max(axis=(1, 2))
    names = [f"stem_{rank}_atom_{atom}" for rank, atom in enumerate(atoms, start=1)]
    for name, music, threshold in zip(
        [*names, "stem_rest"], parts, HIT_THRESHOLD * np.clip(peaks, MIN_PEAK, 1), strict=True
    ):
        yield Item(name, " ".join(name.split("_")[2:]) or "the rest", music, m.a.bpm, threshold)


def _denoise(m: Material) -> Iterator[Item]:
    """Yield A with noise, and the reconstruction of that; only of hits and keys."""
    if m.corpus.kinds_are_alike:
        fractions = m.parameters.evaluation.model_dump(include={"spurious", "deleted"})
        noisy = add_noise(m.a.music, m.corpus.kinds(), **fractions, rng=m.rng)
        yield m.like(m.a, "noisy", "A with noise", noisy)
        yield m.like(m.a, "denoised", "the same, coded again", m.codes.decode(m.encode(noisy)))


def _sample(m: Material) -> Iterator[Item]:
    """Yield music of new codes, drawn from those of the train split by a Markov chain whose order is a beat."""
    shuffled = m.rng.permutation(m.corpus.pieces_of("train"))
    n_values = np.cumsum(np.diff(m.codes.starts)[shuffled]) * m.a.code.shape[1]
    kept = [m.codes.piece(piece) for piece in shuffled[: 1 + np.searchsorted(n_values, MAX_VALUES)]]
    beat, bar = (n / m.codes.stride_steps for n in (m.corpus.steps_per_beat, m.corpus.steps_per_bar))
    chain = {"order": max(1, int(beat)), "period": int(bar) if bar.is_integer() else 1}
    for index in range(1, m.parameters.generate.n_samples + 1):
        code = operations.sample_codes(kept, len(m.a.code), m.rng, **chain)
        yield Item(f"sample_{index}", f"new music {index}", m.codes.decode(code), m.parameters.rendering.bpm)


def _find_nearest(m: Material) -> Iterator[Item]:
    """Yield the sections of other pieces whose codes are nearest to that of A, as they are."""
    corpus, n_steps = m.corpus, len(m.a.music)
    firsts = corpus.windows(range(corpus.n_pieces), n_steps, corpus.steps_per_bar)
    pieces = np.searchsorted(corpus.starts, firsts, "right") - 1
    bars = (firsts - corpus.starts[pieces]) // corpus.steps_per_bar
    columns = m.codes.starts[pieces] + bars * corpus.steps_per_bar // m.codes.stride_steps
    sections = operations.flatten_sections(m.codes, columns, len(m.a.code))
    n = m.parameters.generate.nearest
    nearest, cosines = operations.nearest_sections(m.a.code, sections, n, pieces=pieces, own_piece=m.a.piece)
    music = corpus.cut(firsts[nearest], n_steps)
    for rank, (section, cosine) in enumerate(zip(nearest, cosines, strict=True)):
        piece = pieces[section]
        title = f"like A, cosine {cosine:.2f}: {corpus.names[piece]}, bar {bars[section] + 1}"
        yield Item(f"nearest_{rank + 1}", title, music[rank], float(corpus.bpm[piece]))


def write_generated(arrays: Mapping[str, Any], parameters: Parameters, folder: Path, root: Path = ROOT) -> list[Path]:
    """Write each item of `generate` as MIDI and WAV; return the paths. Files of other items are removed."""
    written: list[Path] = []
    for item, bpm, threshold in zip(arrays["name"], arrays["bpm"], arrays["threshold"], strict=True):
        music = arrays[f"music_{item}"]
        written += write_music(music, parameters, folder / item, bpm=bpm, threshold=threshold, root=root)
    for old in {*folder.glob("*.[mw]*")} - {*written}:
        old.unlink(missing_ok=True)
    return written
