import pytest
from pydantic import ValidationError

from pipeline.describe_parameters import describe
from pipeline.parameters import load, merge, studies
from pipeline.validation import RENAMED

SONG = 'study = "song"\nsound.file = "a.wav"\n'
RUN = "[runs.RF]\n"


@pytest.fixture
def load_text(write_parameters):
    def load_it(text):
        return load("song", write_parameters(text))

    return load_it


def test_file_overrides_defaults(load_text):
    parameters = load_text(SONG + "model.latent_dim = 12\nsound.start_s = 3\n" + RUN)
    assert (parameters.name, parameters.study, parameters.run) == ("song", "song", None)
    assert parameters.model.latent_dim == 12
    assert parameters.model.clip_windows == 45
    assert parameters.sound.start_s == 3.0  # a whole number is taken for a float


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("x" + ".x" * 400 + " = 1\n", "tables or lists lie too deep in each other"),
        ("x = " + "[" * 400 + "]" * 400 + "\n", "tables or lists lie too deep in each other"),
        ("x = " + "[" * 40_000 + "]" * 40_000 + "\n", "tables or lists lie too deep in each other"),
        (f"training.seed = {'9' * 5000}\n", "is not a TOML file: .*5000 digits"),
        (f"training.learning_rate = 1e{'9' * 500}\n", "training.learning_rate=inf: must be a finite number"),
        (f"training.seed = {'9' * 300}\n", r"training.seed=9+\.\.\.9+: must be less than \d+"),
        ("figures.compare = [[]]\n", "figures.compare.0=.*at least 1 item"),
    ],
    ids=["deep tables", "deep lists", "deeper lists", "a long integer", "a large float", "a large integer", "no run"],
)
def test_values_beyond_measure_are_refused_in_a_short_line(load_text, lines, message):
    with pytest.raises(ValueError, match=f"^parameters/song.toml: {message}") as raised:
        load_text(lines + SONG + RUN)
    assert len(str(raised.value)) < 200


@pytest.mark.parametrize(
    ("study", "lines", "key"),
    [
        ("song", '[sound]\nfile = "a\\u0000b.wav"', "sound.file"),
        ("themes", '[pieces]\nfolder = "a"\nfiles = ["*.wav", "\\u0000"]', "pieces.files"),
        ("timbre", '[targets]\nfolder = "a"\nfiles = { a = "\\u0000" }', "targets.files"),
    ],
)
def test_no_text_holds_a_null_character(write_parameters, study, lines, key):
    root = write_parameters(f'study = "{study}"\n{lines}\n[runs.net]\n', "small")
    with pytest.raises(ValueError, match=rf"^parameters/small.toml: {key}: '.*x00.*': must not hold a null character$"):
        load("small", root)


def test_a_long_chain_of_files_is_refused(write_parameters):
    for number in range(1200):
        root = write_parameters(f'base = "a{number + 1}"\n', f"a{number}")
    with pytest.raises(
        ValueError, match=r"^parameters/a0.toml: base='a1': more than 20 files are based on each other$"
    ):
        load("a0", root)


def test_run_changes_only_what_it_says(load_text):
    parameters = load_text(SONG + "model.latent_dim = 12\n[runs.RF]\n[runs.R]\nloss.alpha = 0.0\n")
    rf, r = parameters.for_runs()
    assert (rf.run, rf.loss.alpha, rf.model.latent_dim) == ("RF", 0.001, 12)
    assert (r.run, r.loss.alpha, r.model.latent_dim) == ("R", 0.0, 12)
    assert r.name == rf.name == "song"


def test_runs_come_in_the_order_of_the_file_or_as_asked_and_an_unknown_one_is_refused(load_text):
    parameters = load_text(SONG + "[runs.b]\n[runs.a]\n[runs.c]\n")
    assert [run.run for run in parameters.for_runs()] == ["b", "a", "c"]
    assert [run.run for run in parameters.for_runs(["c", "b"])] == ["c", "b"]
    with pytest.raises(ValueError, match=r"^run='A': parameters/song.toml has the runs b, a, c$"):
        parameters.for_runs(["a", "A"])


def test_parameters_are_frozen(load_text):
    parameters = load_text(SONG + RUN)
    with pytest.raises(ValidationError, match="frozen"):
        parameters.model.latent_dim = 4
    with pytest.raises(ValidationError, match="frozen"):
        parameters.name = "other"


def test_merge_goes_table_by_table_and_leaves_its_arguments_alone():
    below = {"a": {"x": 1, "y": {"u": 1}}, "b": 2}
    above = {"a": {"y": {"v": 2}}, "b": {"z": 3}, "c": 4}
    assert merge(below, above) == {"a": {"x": 1, "y": {"u": 1, "v": 2}}, "b": {"z": 3}, "c": 4}
    assert below == {"a": {"x": 1, "y": {"u": 1}}, "b": 2}


def test_file_of_one_line_over_a_chain_of_bases(write_parameters):
    write_parameters(SONG + "model.latent_dim = 12\nmodel.lstm_units = 8\n[runs.RF]\n", "first")
    write_parameters('base = "first"\nmodel.latent_dim = 5\n[runs.R]\nloss.alpha = 0.0\n', "second")
    root = write_parameters('base = "second"\nsound.file = "b.wav"\n', "third")
    parameters = load("third", root)
    assert parameters.name == "third"
    assert (parameters.sound.file, parameters.model.latent_dim, parameters.model.lstm_units) == ("b.wav", 5, 8)
    assert list(parameters.runs) == ["RF", "R"]


def test_bases_in_a_circle(write_parameters):
    write_parameters('base = "second"\n', "first")
    root = write_parameters('base = "first"\n', "second")
    with pytest.raises(ValueError, match=r"^parameters/second.toml: base='first': the files are each other's base$"):
        load("first", root)


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ('base = "song"\n', ValueError, "base='song': the files are each other's base"),
        ("base = 3\n", ValueError, "base=3: must be the name of a parameter file"),
        ('base = "other"\n', FileNotFoundError, "no such file, the base of parameters/song.toml; .*song"),
        ('study = "song"\nsound.file = a.wav\n', ValueError, "is not a TOML file: .*line 2.*"),
        (RUN, ValueError, "study=None: must be one of .*song.*"),
        (f'study = "sogn"\n{RUN}', ValueError, "study='sogn': must be one of .*song.*"),
        (f"study = 3\n{RUN}", ValueError, "study=3: must be one of .*song.*"),
        (f"study = 'song'\n{RUN}", ValueError, "sound: is missing"),
        (SONG, ValueError, "runs: is missing"),
        (f"study = 'song'\nsound.file = 2021-05-01\n{RUN}", ValueError, "sound.file=.*: must be a valid string"),
    ],
)
def test_file_that_cannot_be_used(load_text, text, error, message):
    with pytest.raises(error, match=rf"^parameters/(song|other).toml: {message}$"):
        load_text(text)


def test_missing_file_lists_those_there_are(write_parameters):
    write_parameters(SONG, "waltz")
    root = write_parameters(SONG, "blues")
    with pytest.raises(FileNotFoundError, match=r"^parameters/jazz.toml: no such file; .* there are: blues, waltz$"):
        load("jazz", root)
    with pytest.raises(FileNotFoundError, match="there are: none$"):
        load("jazz", root / "nowhere")


@pytest.mark.parametrize("name", ["Demo", "../demo", "a/b", "a\\b", "/etc/demo", "demo.toml", "1st", "de mo", "é", ""])
def test_name_that_could_leave_its_folder_or_is_not_lower_case(name, tmp_path):
    with pytest.raises(ValueError, match=r"^name=.*must be the name of a file in parameters/: lower case"):
        load(name, tmp_path)


def test_file_that_is_not_utf8(write_parameters):
    root = write_parameters("")
    (root / "parameters" / "song.toml").write_bytes(SONG.encode() + '# "Café"\n'.encode("latin-1"))
    with pytest.raises(ValueError, match=r"^parameters/song.toml: is not a TOML file: 'utf-8' codec"):
        load("song", root)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("[modle]\nx = 1\n", "modle: unknown key; did you mean model?"),
        ("model.latent_dims = 4\n", "model.latent_dims: unknown key; did you mean latent_dim?"),
        ("[runs.R]\nloss.alhpa = 0.0\n", "runs.R.loss.alhpa: unknown key; did you mean alpha?"),
        ("[runs.R]\nmodle.latent_dim = 4\n", "runs.R.modle: unknown key; did you mean model?"),
        ('composition = {file = "a.wav", from = "AAB"}\n', "composition.from: unknown key; did you mean form?"),
        ("window.zzz = 1\n", "window.zzz: unknown key; known keys: length_s"),
        ('name = "other"\n', "name: unknown key"),
        ('run = "RF"\n', "run: unknown key"),
    ],
)
def test_error_of_an_unknown_key_names_the_nearest(load_text, lines, message):
    with pytest.raises(ValueError) as raised:  # noqa: PT011  # all of the message is compared
        load_text(SONG + lines + RUN)
    assert str(raised.value) == f"parameters/song.toml: {message}"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('model.latent_dim = "3"', r"model.latent_dim='3': must be a valid integer"),
        ("model.latent_dim = 3.0", r"model.latent_dim=3.0: must be a valid integer"),
        ("model.latent_dim = true", r"model.latent_dim=True: must be a valid integer"),
        ('window.length_s = "2"', r"window.length_s='2': must be a valid number"),
        ("loss.stop_gradient = 1", r"loss.stop_gradient=1: must be a valid boolean"),
        ("spectrogram.scale = 1", r"spectrogram.scale=1: must be 'magnitude', 'db' or 'log_mel'"),
        ("model = 3", r"model=3: must be"),
        ('figures.compare = ["RF"]', r"figures.compare.0='RF': must be"),
        ("[runs]\nR = 3", r"runs.R=3: must be"),
        ("[runs.R]\nmodel.latent_dim = 3.0", r"runs.R.model.latent_dim=3.0: must be a valid integer"),
    ],
)
def test_wrong_type_is_not_converted(load_text, line, message):
    with pytest.raises(ValueError, match=f"^parameters/song.toml: {message}"):
        load_text(f"{SONG}{line}\n{RUN}")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("model.latent_dim = 0", "model.latent_dim=0: must be greater than or equal to 1"),
        ("spectrogram.overlap = 1.0", "spectrogram.overlap=1.0: must be less than 1"),
        ("sound.sample_rate_hz = 0", "sound.sample_rate_hz=0: must be greater than or equal to 1000"),
        ("training.epochs = -3", "training.epochs=-3: must be greater than 0"),
        ('spectrogram.scale = "mel"', "spectrogram.scale='mel': must be 'magnitude', 'db' or 'log_mel'"),
        ('composition = {file = "a.wav", form = "ABX"}', "composition.form='ABX': must .*"),
        ("loss.gamma = nan", "loss.gamma=nan: must be a finite number"),
        ("sound.start_s = inf", "sound.start_s=inf: must be a finite number"),
        ("[runs.R]\nloss.gamma = inf", "runs.R.loss.gamma=inf: must be a finite number"),
        ("[runs.R]\nmodel.lstm_dropout = 1.0", "runs.R.model.lstm_dropout=1.0: must be less than 1"),
    ],
)
def test_value_out_of_range(load_text, line, message):
    with pytest.raises(ValueError, match=f"^parameters/song.toml: {message}$"):
        load_text(f"{SONG}{line}\n{RUN}")


@pytest.mark.parametrize("section", ["sound", "spectrogram", "figures", "composition", "runs", "name", "study"])
def test_run_cannot_change_what_all_runs_share(load_text, section):
    with pytest.raises(ValueError, match=rf"song.toml: runs.RF.{section}: is the same for all .* base = \"song\"$"):
        load_text(f'{SONG}[runs.RF]\n{section} = "x"\n')


@pytest.mark.parametrize("run", ["a/b", "..", "a b", "2s", "", "figures"])
def test_name_of_a_run_must_do_for_a_folder(load_text, run):
    with pytest.raises(ValueError, match="must be letters, digits and underscores, a name for a folder"):
        load_text(f'{SONG}[runs."{run}"]\n')


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ('[pieces]\nlessons = "a"', "pieces.lessons: is now called training_pieces"),
        ('[pieces]\nlesson_files = "a"', "pieces.lesson_files: is now called training_files"),
        ("[pieces]\n[published]\ntolerance = 1", "published: is now called nieto_farbood"),
    ],
)
def test_a_key_of_before_is_refused_with_its_new_name(write_parameters, table, message):
    text = 'study = "themes"\n[runs.A]\n' + table.replace("[pieces]", '[pieces]\nfolder = "a"')
    with pytest.raises(ValueError, match=f"^parameters/song.toml: {message}$"):
        load("song", write_parameters(text))


@pytest.mark.parametrize(("old", "new"), RENAMED.items())
def test_a_new_name_is_a_key_of_a_study_and_the_old_one_of_none(old, new):
    keys = {line.strip("# []").split(" = ")[0] for study in studies() for line in describe(study)}
    assert new in keys
    assert old not in keys


def test_a_method_of_before_is_refused_with_those_of_today(write_parameters):
    text = 'study = "song"\nsound.file = "a.wav"\nforecast.methods = ["knn_article"]\n[runs.R]\n'
    with pytest.raises(ValueError, match=r"forecast\.methods\.0='knn_article': must be 'knn', 'knn_paper'"):
        load("song", write_parameters(text))
