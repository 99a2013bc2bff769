"""What step 1 prints of the sounds that it read."""

from collections.abc import Iterator

from save_dataset.files import name_some
from save_dataset.timbre.ranges import Range, describe_range, reaches_beyond
from save_dataset.timbre.sounds import Sources, Targets

MAX_LINES = 8  # of warnings


def describe(targets: Targets, sources: Sources, sample_rate_hz: int) -> Iterator[str]:
    """Yield a line for each target, one for the sources, and warnings."""
    for index, (name, pitches) in enumerate(ranges_of(targets).items()):
        n_files = len(set(targets.piece_files[targets.piece_targets == index]))
        learned_s, held_out_s = (len(targets.sound(index, held_out=x)) / sample_rate_hz for x in (False, True))
        kind = f"{n_files} notes" if n_files > 1 else "a recording"
        yield f"{name}: {kind}, {learned_s:.1f} s to learn from, {held_out_s:.1f} s held out, {describe_range(pitches)}"
    n_played, n_notes = len(set(sources.note_sources)), len(sources.note_pitches)
    played = f", {n_played} of them rendered from MIDI, {n_notes} notes" if n_played else ""
    seconds = len(sources.samples) / sample_rate_hz
    yield f"{len(sources.names)} sources ({name_some(sources.names)}): {seconds:.1f} s{played}"
    yield from warn_of_pitches(ranges_of(targets), ranges_of(sources))


def warn_of_pitches(learned: dict[str, Range], sources: dict[str, Range]) -> Iterator[str]:
    """Yield a line for each source, the first of many, that reaches beyond the pitches of targets, with both ranges."""
    beyond = []
    for name, pitches in sources.items():
        others = [f"{target}: {describe_range(of)}" for target, of in learned.items() if reaches_beyond(pitches, of)]
        if others:
            beyond.append(f"{name}: {describe_range(pitches)} reaches beyond {name_some(others)}")
    yield from beyond[:MAX_LINES]
    if beyond:
        yield (
            f"{len(beyond)} of {len(sources)} sources reach beyond the pitches of targets, where networks know "
            "resampled copies at most (training.copies_semitones)"
        )


def ranges_of(sounds: Targets | Sources) -> dict[str, Range]:
    """Return the range of pitch of each sound by its name."""
    rows = zip(sounds.names, sounds.lowest_hz, sounds.highest_hz, strict=True)
    return {str(name): (float(lowest), float(highest)) for name, lowest, highest in rows}
