"""Frames a second of a film to the array that step 1 stores, with its digest, next to PyAV's bare decoding."""

import tempfile
import time
from pathlib import Path

import av
import numpy as np

from benchmarks.inputs import read_path
from pipeline.provenance import digest_file
from pipeline.sections.film import Film
from pipeline.stored_frames import write_frames
from save_dataset import step0_make_video
from save_dataset.video.film import open_film
from save_dataset.video.save import stored_size, write_pictures


def main():
    path = read_path(__doc__, "film", "a film (default: that of the demo)") or step0_make_video.run("demo_video")
    decoding, storing = np.max(
        [(frames_a_second(decode, path), frames_a_second(store, path)) for _ in range(5)], axis=0
    )
    print(f"{path.name}: {decoding[0]:.0f} frames/s decoded, {storing[0]:.0f} stored; the fastest of 5 runs")
    print("ratio: {:.2f} by the clock, {:.2f} by processor time".format(*storing / decoding))


def frames_a_second(read, path):
    began = np.array([time.perf_counter(), time.process_time()])
    return read(path) / ([time.perf_counter(), time.process_time()] - began)


def decode(path):
    with av.open(str(path)) as container:
        container.streams.video[0].thread_type = "AUTO"
        return sum(1 for _ in container.decode(video=0))


def store(path):
    film = open_film(Film(file=str(path.resolve())))
    with tempfile.TemporaryDirectory() as folder:
        stored = Path(folder) / "frames.npy"
        with write_frames(stored) as writer:
            write_pictures(writer, film.pictures(stored_size(film)))
        return digest_file(stored) and writer.n_frames


if __name__ == "__main__":
    main()
