"""Step 4 of the study `switches`: play with switches and sliders, on a page for the browser that this step serves.

Reads output/<name>/clips.npz, <run>/generator.keras and <run>/embedding.npz.
Writes nothing: it makes sounds for the page, which only this machine can open, until Ctrl-C stops it.
"""

import sys
from pathlib import Path

if not __package__:  # run as a file: look for modules in the repository, not in this folder
    folder = Path(__file__).resolve().parent
    sys.path = [str(folder.parent), *(path for path in sys.path if Path(path).resolve() != folder)]

from pipeline import command_line

if __name__ == "__main__":  # before anything heavy is imported
    command_line.answer(__file__)

from embed.switches.page.sounds import Sounds, load_instruments
from embed.switches.page.write import build_page
from embed.switches.server import open_server
from pipeline.parameters import ROOT, load
from save_dataset.switches.clips import load_clips


def run(name, root=ROOT, runs=None):
    """Serve the page with the runs that step 3 has embedded, or with those named, until Ctrl-C."""
    parameters = load(name, root)
    clips = load_clips(parameters, root)
    instruments = load_instruments(parameters, float(clips.loudest_db), runs, root)
    page = build_page(name, clips.names.tolist(), instruments, parameters.mel, parameters.page.n_sliders)
    sounds = Sounds(instruments, parameters.mel.sample_rate_hz)
    with open_server(parameters.page.port, page, sounds.answer) as server:
        print(f"open http://{server.hosts[0]}/ in a browser on this machine; Ctrl-C stops it", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    command_line.main(run)
