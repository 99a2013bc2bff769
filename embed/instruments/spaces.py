"""The spaces of a parameter file's clips: pitch helix, clusters, and the linearisation of toy data."""

from pathlib import Path

import numpy as np

from embed.instruments.clusters import cluster_clips
from embed.instruments.helix import pitch_helix
from embed.instruments.linearisation import linearise
from pipeline.parameters import ROOT
from pipeline.studies.instruments import Parameters
from save_dataset.instruments.clips import load_clips


def spaces(parameters: Parameters, root: Path = ROOT) -> dict[str, np.ndarray]:
    """Return the arrays of the result `spaces`; prints how near octaves are, and what clusters agree with."""
    clips = load_clips(parameters, root)
    helix = pitch_helix(clips.cqt)
    print(f"helix: an octave is {helix['octave_ratio']:.2f} times as far as a tritone less or more")
    clusters = cluster_clips(clips)
    for name, agreement in clusters.items():
        if name.endswith("_agreement"):
            print(f"clusters of {name.removesuffix('_agreement')}: {describe_agreement(agreement)}")
    return helix | clusters | linearise(2) | linearise(3)


def describe_agreement(agreement: np.ndarray) -> str:
    """Return adjusted mutual information with classes and collections in words."""
    return f"AMI {agreement[0]:.2f} with classes, {agreement[1]:.2f} with collections"
