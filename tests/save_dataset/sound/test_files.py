import re

import numpy as np
import pytest
import soundfile

from save_dataset.sound import files
from save_dataset.sound.files import read_sound, tells_length, write_sound

RATE_HZ = 44100


@pytest.fixture
def samples():
    return (0.3 * np.sin(2 * np.pi * 440 * np.arange(RATE_HZ) / RATE_HZ)).astype(np.float32)


@pytest.mark.parametrize(
    ("ending", "subtype", "tolerance"),
    [
        ("wav", "FLOAT", 0),
        ("wav", "DOUBLE", 0),
        ("wav", "PCM_16", 2**-15),
        ("wav", "PCM_24", 2**-23),
        ("wav", "PCM_32", 2**-23),
        ("wav", "PCM_U8", 2**-6.9),
        ("flac", "PCM_16", 2**-15),
        ("flac", "PCM_24", 2**-23),
        ("ogg", "VORBIS", 0.02),
        ("mp3", "MPEG_LAYER_III", 0.02),
    ],
)
def test_file_gives_back_its_samples(tmp_path, samples, ending, subtype, tolerance):
    path = tmp_path / f"a.{ending}"
    soundfile.write(path, samples, RATE_HZ, subtype=subtype)
    read = read_sound(path)
    assert read.dtype == np.float32
    assert read.shape == samples.shape
    inside = slice(2000, -2000)  # lossy formats smear the hard edges of the sine
    np.testing.assert_allclose(read[inside], samples[inside], rtol=0, atol=tolerance)


def test_what_is_written_is_read(tmp_path, samples):
    path = write_sound(samples, tmp_path / "music" / "a.wav", RATE_HZ)
    np.testing.assert_allclose(read_sound(path), samples, rtol=0, atol=2**-15)
    assert soundfile.info(path).subtype == "PCM_16"


def test_written_samples_beyond_one_are_cut_not_wrapped(tmp_path):
    path = write_sound(np.array([-1.5, 0.0, 1.5]), tmp_path / "a.wav", RATE_HZ)
    np.testing.assert_allclose(read_sound(path), [-1, 0, 1], rtol=0, atol=2**-15)


def test_channels_are_averaged(tmp_path, samples, rng):
    other = rng.uniform(-0.5, 0.5, len(samples)).astype(np.float32)
    soundfile.write(tmp_path / "a.wav", np.stack([samples, other], axis=1), RATE_HZ, subtype="FLOAT")
    np.testing.assert_allclose(read_sound(tmp_path / "a.wav"), (samples + other) / 2, rtol=0, atol=1e-7)


def test_blocks_join_without_seam(tmp_path, samples, monkeypatch):
    soundfile.write(tmp_path / "a.wav", np.stack([samples, samples], axis=1), RATE_HZ, subtype="FLOAT")
    monkeypatch.setattr(files, "BLOCK_SAMPLES", 1000)
    np.testing.assert_array_equal(read_sound(tmp_path / "a.wav"), samples)


def test_part_begins_at_its_start_and_has_its_duration(tmp_path, samples):
    soundfile.write(tmp_path / "a.wav", samples, RATE_HZ, subtype="FLOAT")
    part = read_sound(tmp_path / "a.wav", start_s=0.1, duration_s=0.05)
    np.testing.assert_array_equal(part, samples[4410 : 4410 + 2205])


def test_part_longer_than_the_sound_ends_with_it(tmp_path, samples):
    soundfile.write(tmp_path / "a.wav", samples, RATE_HZ, subtype="FLOAT")
    np.testing.assert_array_equal(read_sound(tmp_path / "a.wav", start_s=0.9, duration_s=5), samples[-4410:])
    np.testing.assert_array_equal(read_sound(tmp_path / "a.wav", start_s=0.9), samples[-4410:])


@pytest.mark.parametrize("rate_hz", [8000, 48000, 96000])
def test_resampling_keeps_frequency_length_and_loudness(tmp_path, rate_hz):
    times_s = np.arange(rate_hz) / rate_hz
    soundfile.write(tmp_path / "a.wav", 0.5 * np.sin(2 * np.pi * 1000 * times_s), rate_hz, subtype="FLOAT")
    read = read_sound(tmp_path / "a.wav")
    spectrum = np.abs(np.fft.rfft(read * np.hanning(len(read))))
    assert len(read) == RATE_HZ
    assert np.argmax(spectrum) == 1000  # bins of 1 Hz
    assert np.std(read[4000:-4000]) == pytest.approx(0.5 / np.sqrt(2), rel=1e-3)


def test_part_is_cut_before_it_is_resampled(tmp_path, samples):
    soundfile.write(tmp_path / "a.wav", samples, RATE_HZ)
    assert len(read_sound(tmp_path / "a.wav", sample_rate_hz=22050, start_s=0.25, duration_s=0.5)) == 11025


def check_refused(path, message, **part):
    with pytest.raises(ValueError, match=rf"^{re.escape(str(path))}: (?:{message})") as raised:
        read_sound(path, **part)
    assert "\n" not in str(raised.value)


def test_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=rf"^{re.escape(str(tmp_path / 'a.wav'))}: no such sound file$"):
        read_sound(tmp_path / "a.wav")


def test_folder_is_no_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="no such sound file"):
        read_sound(tmp_path)


@pytest.mark.parametrize("ending", ["wav", "flac", "ogg", "mp3"])
@pytest.mark.parametrize("content", [b"", b"These are words.\n" * 100], ids=["empty", "text"])
def test_file_that_is_no_sound(tmp_path, ending, content):
    path = tmp_path / f"a.{ending}"
    path.write_bytes(content)
    check_refused(path, "cannot be read as sound")


@pytest.mark.parametrize("ending", ["wav", "flac", "ogg", "mp3"])
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_truncated_file(tmp_path, rng, ending, share):
    path = tmp_path / f"a.{ending}"
    soundfile.write(path, rng.uniform(-0.5, 0.5, 5 * RATE_HZ), RATE_HZ)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    check_refused(path, "is truncated|cannot be read as sound")


def test_wav_cut_within_its_header(tmp_path, samples):
    path = tmp_path / "a.wav"
    soundfile.write(path, samples, RATE_HZ)
    path.write_bytes(path.read_bytes()[:30])
    check_refused(path, "is truncated: 30 of 88244 bytes are there")


def test_wav_of_a_stream_declares_the_largest_length_and_is_whole(tmp_path, samples):
    path = tmp_path / "a.wav"
    soundfile.write(path, samples, RATE_HZ, subtype="PCM_16")
    content = bytearray(path.read_bytes())
    content[4:8] = content[40:44] = b"\xff\xff\xff\xff"  # lengths of the file and of its data
    path.write_bytes(content)
    assert read_sound(path).shape == samples.shape


def test_wav_with_something_after_its_end(tmp_path, samples):
    path = tmp_path / "a.wav"
    soundfile.write(path, samples, RATE_HZ, subtype="FLOAT")
    path.write_bytes(path.read_bytes() + b"a tag of some program")
    np.testing.assert_array_equal(read_sound(path), samples)


@pytest.mark.parametrize("ending", ["wav", "ogg"])
def test_no_samples(tmp_path, ending):
    path = tmp_path / f"a.{ending}"
    soundfile.write(path, np.zeros(0), RATE_HZ)
    check_refused(path, "contains no samples$")


@pytest.mark.parametrize(("value", "shown"), [(0.0, "0"), (0.5, "0.5")])
def test_silence_and_constant(tmp_path, value, shown):
    path = tmp_path / "a.wav"
    soundfile.write(path, np.full(1000, value), RATE_HZ)
    check_refused(path, rf"is silent: every sample is {shown}$")


def test_channels_that_cancel_are_silent(tmp_path, samples):
    path = tmp_path / "a.wav"
    soundfile.write(path, np.stack([samples, -samples], axis=1), RATE_HZ, subtype="FLOAT")
    check_refused(path, "is silent: every sample is 0$")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_samples_that_are_not_finite(tmp_path, samples, value):
    path = tmp_path / "a.wav"
    samples[[10, 20]] = value
    soundfile.write(path, samples, RATE_HZ, subtype="FLOAT")
    check_refused(path, "2 of 44100 samples are not finite$")


@pytest.mark.parametrize("start_s", [1.0, 100.0])
def test_start_beyond_the_end(tmp_path, samples, start_s):
    path = tmp_path / "a.wav"
    soundfile.write(path, samples, RATE_HZ)
    check_refused(path, rf"start_s={start_s}: must be less than its length, 1.00 s$", start_s=start_s)


@pytest.mark.parametrize("rate_hz", [1, 999, 800_000])
def test_absurd_sample_rate(tmp_path, samples, rate_hz):
    path = tmp_path / "a.wav"
    soundfile.write(path, samples, rate_hz)
    check_refused(path, rf"sample_rate_hz={rate_hz}: must be 1000 to 768000$")


def test_sample_rate_zero(tmp_path, samples):
    path = tmp_path / "a.wav"
    soundfile.write(path, samples, RATE_HZ)
    content = bytearray(path.read_bytes())
    content[24:28] = bytes(4)
    path.write_bytes(content)
    check_refused(path, "cannot be read as sound")


@pytest.mark.parametrize("ending", ["wav", "flac"])
def test_full_disk_leaves_the_old_sound_and_is_an_error_that_names_it(tmp_path, rng, full_disk, ending):
    path = write_sound(np.array([0.0, 0.5]), tmp_path / f"a.{ending}", RATE_HZ)
    with full_disk(5000), pytest.raises(OSError, match=re.escape(str(path))):
        write_sound(rng.uniform(-0.5, 0.5, RATE_HZ), path, RATE_HZ)
    np.testing.assert_allclose(read_sound(path), [0, 0.5], rtol=0, atol=2**-15)
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("ending", ["xyz", "ogg"])
def test_format_that_cannot_be_written_is_named(tmp_path, samples, ending):
    path = tmp_path / f"a.{ending}"
    with pytest.raises((ValueError, TypeError), match=re.escape(str(path))):
        write_sound(samples, path, RATE_HZ)
    assert list(tmp_path.iterdir()) == []


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
