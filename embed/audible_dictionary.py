"""Everything that is heard of a run's dictionary: its atoms, a piece of the test, and the page that plays them."""

from pathlib import Path

from embed.dictionary.atom_sounds import hear_atoms, write_atoms
from embed.dictionary.excerpt import take_excerpt
from embed.dictionary.hear import write_page
from embed.dictionary.render import Parameters, hear, write_heard
from embed.dictionary.sparse_codes import SparseCodes
from pipeline import results
from pipeline.parameters import ROOT
from save_dataset.midi.corpus import Corpus


def write_dictionary(parameters: Parameters, root: Path = ROOT) -> list[Path]:
    """Write ``<run>/atoms.html``, ``<run>/atoms/`` and ``<run>/piece/`` of a run; returns the paths, the page first."""
    codes = SparseCodes.from_arrays(results.load(parameters, "codes", root))
    corpus = Corpus.from_arrays(results.load(parameters, "corpus", root))
    folder = results.path_of(parameters, "codes", root).parent
    rate_hz = parameters.hearing.sample_rate_hz
    atoms = hear_atoms(parameters, corpus, codes, root)
    excerpt = take_excerpt(corpus, codes)
    versions = {"original": excerpt.music, "reconstruction": excerpt.reconstruction}
    heard = {name: hear(music, parameters, bpm=excerpt.bpm, root=root) for name, music in versions.items()}
    paths = [path for name, each in heard.items() for path in write_heard(each, folder / "piece" / name, rate_hz)]
    paths += write_atoms(atoms, folder / "atoms", rate_hz)
    return [write_page(parameters, corpus, codes, atoms, excerpt, list(heard.values()), root), *paths]
