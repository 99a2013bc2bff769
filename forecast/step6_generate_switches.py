"""Step 6 of the study `switches`: music from settings of switches, from paths, and from sounds put on the sliders.

Reads output/<name>/clips.npz, <run>/generator.keras and embedding.npz, and the sounds of [generate] own.
Writes <run>/generated.npz and sounds/*.wav; with --switches only sounds/switches_*.wav and .png, .pdf of that setting.
"""

import sys
from pathlib import Path

if not __package__:  # run as a file: look for modules in the repository, not in this folder
    folder = Path(__file__).resolve().parent
    sys.path = [str(folder.parent), *(path for path in sys.path if Path(path).resolve() != folder)]

from pipeline import command_line

if __name__ == "__main__":  # before anything heavy is imported
    command_line.answer(__file__)

from embed.switches.codes import load_codes
from embed.switches.synthesis import load_decoder
from forecast.switches.generate import describe, find_own, generate_run, read_own
from forecast.switches.generated import load_generated, only_setting, sounds_folder, write_sounds
from pipeline import figures, results
from pipeline.parameters import ROOT, load
from save_dataset.switches.clips import check_all_switches, load_clips
from save_dataset.switches.draw_clips import draw_mels


def run(name, root=ROOT, runs=None, force=False, switches=None):
    """Generate with each run that has switches; return the paths of what is generated, or of the sound of a setting."""
    of_runs = load(name, root).for_runs(runs)
    return [_generate_run(each, root, force, switches) for each in of_runs if each.has("generated")]


def _generate_run(parameters, root, force, switches):
    """Generate with one run, or only one setting; of a run that is up to date write missing sounds; return the path."""
    path, clips = results.path_of(parameters, "generated", root), load_clips(parameters, root)
    if switches is not None:
        parameters = only_setting(parameters, switches, len(clips.names))
    loudest_db, own = float(clips.loudest_db), find_own(parameters, root)
    folder = sounds_folder(parameters, own.values(), root)
    if switches is None and not force and results.is_fresh(parameters, "generated", root):
        write_sounds(load_generated(parameters, root), parameters, loudest_db, folder)
        print(f"{parameters.run}: {results.display_path(path, root)} is up to date")
        return path
    check_all_switches(parameters, len(clips.names))
    own_mels = {name: read_own(file, parameters, loudest_db) for name, file in own.items()}
    generated = generate_run(parameters, clips, load_codes(parameters, root), load_decoder(parameters, root), own_mels)
    print(f"{parameters.run}:", "\n  ".join(describe(generated)))
    sounds = write_sounds(generated, parameters, loudest_db, folder, force=True)
    if switches is not None:
        figures.save(draw_mels([switches], generated.mels, parameters.mel, loudest_db), sounds[0].with_suffix(""))
    path = sounds[0] if switches else results.save(parameters, "generated", generated.to_arrays(), root, own.values())
    print(f"wrote {results.display_path(path, root)}")
    return path


if __name__ == "__main__":
    command_line.main(run)
