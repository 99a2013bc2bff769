"""Imports run one way: from stage to stage, from folder to folder, from module to module.

The rules are those of the layout in the README. A folder inside a stage stands for all that is inside it.
"""

import ast
import graphlib

import pytest

from pipeline.parameters import ROOT

STAGES = ("pipeline", "models", "save_dataset", "train_model", "embed", "forecast", "evaluate")
FLOORS = {stage: floor for floor, stage in enumerate(STAGES)}
STUDY_STAGES = STAGES[3:]  # whose folders are studies: islands over what stands at the top of the stage
SHARED = {"embed.pages"}  # by all studies
OTHER_CLOTHES = {("video", "song")}  # a study that is another one in new clothes imports it


def read_imports(root):
    """What each module of the stages imports of ours, by its dotted name; imports inside functions count too."""
    paths = [path for stage in STAGES for path in (root / stage).rglob("*.py") if path.stem != "__init__"]
    modules = {".".join(path.relative_to(root).with_suffix("").parts): path for path in paths}
    return {
        module: {name for name in names_in(path.read_text(encoding="utf-8"), modules) if name != module}
        for module, path in modules.items()
    }


def names_in(source, modules):
    """The modules of ours that a source imports; whatever is not a module counts as the module it stands in."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            full = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name in modules else node.module for name in full]
        else:
            continue
        yield from (name for name in names if name.split(".")[0] in (*STAGES, "tests", "benchmarks"))


def is_step(module):
    return module.rpartition(".")[2].startswith("step")


def folder_of(module):
    """Where a module stands: ``(stage, folder)``; ``""`` at the top of a stage, ``"steps"`` for a step."""
    stage, *inside = module.split(".")
    return stage, "steps" if is_step(module) else inside[0] if len(inside) > 1 else ""


def find_faults(imports):
    """What is against the rules, a line each."""
    pairs = [(module, name) for module, names in sorted(imports.items()) for name in sorted(names)]
    faults = [f"{module} imports {name}: {why}" for module, name in pairs if (why := fault_of(module, name))]
    folders = {folder_of(module): set() for module in imports}
    for module, name in pairs:
        if folder_of(name) in folders and folder_of(name) != folder_of(module):
            folders[folder_of(module)].add(folder_of(name))
    return faults + circles(imports, "modules") + circles(folders, "folders")


def fault_of(module, name):
    """Why a module must not import another; None if it may."""
    (stage, folder), (other_stage, other) = folder_of(module), folder_of(name)
    if other_stage not in FLOORS:
        return "tests and benchmarks stand above all stages"
    if FLOORS[other_stage] > FLOORS[stage]:
        return f"{other_stage} stands above {stage}"
    if is_step(name):
        return "nothing imports a step"
    studies = stage in STUDY_STAGES and other_stage in STUDY_STAGES and folder != "steps" and folder and other
    if studies and folder != other and f"{other_stage}.{other}" not in SHARED and (folder, other) not in OTHER_CLOTHES:
        return f"{folder} and {other} are studies of their own"
    return None


def circles(arrows, what):
    try:
        graphlib.TopologicalSorter(arrows).prepare()
    except graphlib.CycleError as error:
        return [f"a circle of {what}: {' <- '.join(map(str, error.args[1]))}"]
    return []


@pytest.fixture(scope="module")
def imports():
    return read_imports(ROOT)


def test_imports_run_one_way(imports):
    assert len(imports) > 150
    assert sum(map(len, imports.values())) > 500
    assert find_faults(imports) == []


@pytest.mark.parametrize(
    ("module", "planted", "fault"),
    [
        ("pipeline.windows", "from models import atoms", "models stands above pipeline"),
        ("embed.song.smoothness", "from forecast.song.knn import forecast", "forecast stands above embed"),
        ("embed.song.play", "import embed.step3_embed_song", "nothing imports a step"),
        ("forecast.step6_find_themes", "from forecast import step6_forecast_song", "nothing imports a step"),
        ("evaluate.themes.tables", "from evaluate.song.tables import rows", "themes and song are studies of their own"),
        ("forecast.themes.lag", "def f():\n    from embed.song import spread", "themes and song are studies of their"),
        ("models.atoms", "from tests.browser import start", "tests and benchmarks stand above all stages"),
        ("train_model.callbacks", "from train_model.song import linear", "a circle of folders: "),
        ("save_dataset.midi.files", "from save_dataset.themes import score", "a circle of folders: "),
        ("embed.song.alignment", "from embed.song import play", "a circle of modules: "),
    ],
)
def test_a_planted_import_is_found(imports, module, planted, fault):
    with_it = imports | {module: imports[module] | set(names_in(planted, imports))}
    assert fault in "\n".join(find_faults(with_it))


def test_a_study_in_new_clothes_imports_the_one_it_is():
    assert find_faults({"embed.video.play": {"embed.song.play"}, "embed.song.play": {"embed.pages.html"}}) == []
    assert find_faults({"embed.song.play": {"embed.video.play"}, "embed.video.play": set()}) == [
        "embed.song.play imports embed.video.play: song and video are studies of their own"
    ]
