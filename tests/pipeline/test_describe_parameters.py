import json
import os
import re
import subprocess
import sys
import tomllib

import pytest

from pipeline.describe_parameters import describe, main
from pipeline.parameters import ROOT, load, study_parameters
from pipeline.validation import section_of

MUSIC = (("song", "sound", "file"), ("drums", "collection", "folder"), ("piano", "collection", "folder"))


@pytest.mark.parametrize(("study", "section", "key"), MUSIC)
def test_what_is_printed_is_a_parameter_file_once_the_music_is_named(write_parameters, study, section, key):
    lines = list(describe(study))
    at = next(index for index, line in enumerate(lines) if line == f"[{section}]")
    root = write_parameters("\n".join([*lines[: at + 1], f'{key} = "mine"', *lines[at + 1 :]]))
    assert getattr(getattr(load("song", root), section), key) == "mine"


@pytest.mark.parametrize("study", [study for study, *_ in MUSIC])
def test_every_key_stands_under_its_section_with_its_default(study):
    uncommented = [re.sub(r"^# (?=\[?\w+\]?( =|$))", "", line) for line in describe(study)]
    values = tomllib.loads(
        "\n".join(line for line in uncommented if not line.endswith(("# not set by default", "# must be given")))
    )
    for name, field in study_parameters(study).model_fields.items():
        if section := section_of(field):
            defaults = {key: each.default for key, each in section.model_fields.items() if not each.is_required()}
            expected = {key: default for key, default in defaults.items() if default is not None}
            assert json.dumps(values[name]) == json.dumps(expected)


def test_keys_that_may_be_left_out_show_a_value_of_their_kind():
    lines = list(describe("piano"))
    assert '# table = "..."  # not set by default' in lines
    assert '# mirdata = "groove_midi"  # not set by default' in lines
    assert "# k_max = 1  # not set by default" in lines
    assert "# step_s = 1.0  # not set by default" in lines


def test_command_prints_it(capsys):
    main(["song"])
    assert capsys.readouterr().out.splitlines() == "\n".join(describe("song")).splitlines()


@pytest.mark.parametrize("safe", ["", "1"])
def test_it_is_found_as_a_file(safe):
    command = [sys.executable, ROOT / "pipeline" / "describe_parameters.py", "--help"]
    environment = os.environ | {"PYTHONSAFEPATH": safe}
    subprocess.run(command, cwd=ROOT / "pipeline", env=environment, capture_output=True, check=True)


def test_a_full_disk_is_one_line(monkeypatch):
    def fill(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("builtins.print", fill)
    with pytest.raises(SystemExit, match="^error: No space left on device$"):
        main(["song"])


def test_a_reader_that_has_seen_enough_ends_it_without_a_word():
    words = [sys.executable, "-m", "pipeline.describe_parameters", "song"]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as described:
        described.stdout.close()
        assert described.stderr.read() == b""
    assert described.returncode == 0
