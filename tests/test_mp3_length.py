"""MP3 files that do not tell their length are read to their end all the same."""

import numpy as np
import pytest
import soundfile

from save_dataset.sound.files import read_sound, tells_length

RATE_HZ = 22050


@pytest.fixture
def whole(tmp_path, rng):
    """A file that tells its length: ten seconds."""
    path = tmp_path / "whole.mp3"
    noise, layer = 0.1 * rng.standard_normal(10 * RATE_HZ), {"format": "MP3", "subtype": "MPEG_LAYER_III"}
    soundfile.write(path, noise, RATE_HZ, **layer, bitrate_mode="CONSTANT", compression_level=0.5)
    return path


@pytest.fixture
def headless(whole):
    """The same without its first frame, which tells it."""
    content = whole.read_bytes()
    sync = content[:2]
    second = content.index(sync, 100)
    path = whole.with_name("headless.mp3")
    path.write_bytes(content[second:])
    return path


def test_a_tag_before_the_first_frame_is_skipped(whole):
    assert tells_length(whole)
    tag = b"ID3\x04\x00\x00" + bytes([0, 0, 40, 0]) + bytes(40 * 128)
    tagged = whole.with_name("tagged.mp3")
    tagged.write_bytes(tag + whole.read_bytes())
    assert tells_length(tagged)


def test_a_file_that_does_not_tell_is_read_to_its_end(headless):
    assert not tells_length(headless)
    samples = read_sound(headless, sample_rate_hz=RATE_HZ)
    assert len(samples) == pytest.approx(10 * RATE_HZ, rel=0.02)
    assert np.std(samples[-RATE_HZ:-2000]) > 0.01
    np.testing.assert_array_equal(read_sound(headless, sample_rate_hz=RATE_HZ, duration_s=1.0), samples[:RATE_HZ])


def test_a_file_that_tells_and_breaks_off_is_refused(whole):
    broken = whole.with_name("broken.mp3")
    content = whole.read_bytes()
    broken.write_bytes(content[: len(content) // 2])
    with pytest.raises(ValueError, match=r"broken.mp3: is truncated"):
        read_sound(broken, sample_rate_hz=RATE_HZ)
