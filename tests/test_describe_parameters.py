import re
import tomllib

from pipeline.describe_parameters import describe, main
from pipeline.parameters import load
from pipeline.studies.song import Parameters
from pipeline.validation import section_of


def test_what_is_printed_is_a_parameter_file_once_the_sound_is_named(write_parameters):
    lines = list(describe("song"))
    at = next(index for index, line in enumerate(lines) if line == "[sound]")
    root = write_parameters("\n".join([*lines[: at + 1], 'file = "a.wav"', *lines[at + 1 :]]))
    assert load("song", root).sound.file == "a.wav"


def test_every_key_stands_under_its_section_with_its_default():
    uncommented = [re.sub(r"^# (?=\[?\w+\]?( =|$))", "", line) for line in describe("song")]
    values = tomllib.loads(
        "\n".join(line for line in uncommented if not line.endswith(("# not set by default", "# must be given")))
    )
    for name, field in Parameters.model_fields.items():
        if section := section_of(field):
            defaults = {key: each.default for key, each in section.model_fields.items() if not each.is_required()}
            expected = {key: default for key, default in defaults.items() if default is not None}
            got = {key: tuple(value) if isinstance(value, list) else value for key, value in values[name].items()}
            assert got == expected


def test_command_prints_it(capsys):
    main(["song"])
    assert capsys.readouterr().out.splitlines() == "\n".join(describe("song")).splitlines()
