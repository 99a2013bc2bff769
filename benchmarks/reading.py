"""Reading a film: frames a second from the file to the stored array, next to PyAV's bare decoding, as many threads.

What is stored is all that step 1 does to frames: decoded, put on the grid, grey, scaled to 150 pixels of height,
written, and their digest. Frames a second are by the clock on the wall, the fastest of several runs; the ratio is also
that of processor time, which the disk and other programs do not change.
"""

import os
import tempfile
import time
from pathlib import Path

import av

from benchmarks.inputs import read_path
from pipeline.parameters import ROOT
from pipeline.provenance import digest_file
from pipeline.sections.film import Film
from pipeline.stored_frames import write_frames
from save_dataset import step0_make_video
from save_dataset.video.film import open_film
from save_dataset.video.save import stored_size, write_pictures

REPETITIONS = 5


def main():
    path = read_path(__doc__, "film", "a film (default: that of the demo)")
    if path is None:
        path = ROOT / "music" / "demo_video.mp4"
        if not path.is_file():
            step0_make_video.run("demo_video")
    with tempfile.TemporaryDirectory() as folder:
        rows = [(*timed(decode, path), *timed(store, path, Path(folder))) for _ in range(REPETITIONS)]
    decode_s, decode_cpu_s, store_s, store_cpu_s = (min(seconds) for seconds in zip(*rows, strict=True))
    n_frames = decode(path)
    print(f"{path.name}: {n_frames} frames, {os.cpu_count()} cores")
    print(f"bare decoding   {n_frames / decode_s:7.0f} frames/s")
    print(f"to stored array {n_frames / store_s:7.0f} frames/s   {decode_s / store_s:.2f} of it")
    print(f"of processor time                   {decode_cpu_s / store_cpu_s:.2f}")


def timed(read, *arguments):
    """Seconds by the clock on the wall and of all processors."""
    began, began_cpu = time.perf_counter(), time.process_time()
    read(*arguments)
    return time.perf_counter() - began, time.process_time() - began_cpu


def decode(path):
    """Decodes all frames and drops them; returns how many there are."""
    with av.open(str(path)) as container:
        container.streams.video[0].thread_type = "AUTO"
        return sum(1 for _ in container.decode(video=0))


def store(path, folder):
    """Does to all frames what step 1 does."""
    film = open_film(Film(file=str(path.resolve())))
    stored = folder / f"{time.monotonic_ns()}.npy"
    with write_frames(stored) as writer:
        write_pictures(writer, film.pictures(stored_size(film)))
    digest_file(stored)


if __name__ == "__main__":
    main()
