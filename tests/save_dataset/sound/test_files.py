import re
import tracemalloc

import librosa
import numpy as np
import pytest
import soundfile

from save_dataset.sound.files import read_sound, write_sound

RATE_HZ = 44100
SINE = (0.3 * np.sin(2 * np.pi * 440 * np.arange(RATE_HZ) / RATE_HZ)).astype(np.float32)


@pytest.fixture
def write(tmp_path):
    """Write samples to a file, exactly by default; returns its path."""

    def write_it(samples=SINE, ending="wav", subtype="FLOAT", rate_hz=RATE_HZ):
        soundfile.write(tmp_path / f"a.{ending}", samples, rate_hz, subtype=subtype)
        return tmp_path / f"a.{ending}"

    return write_it


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
def test_file_gives_back_its_samples(write, ending, subtype, tolerance):
    read = read_sound(write(SINE, ending, subtype))
    assert read.dtype == np.float32
    assert read.shape == SINE.shape
    inside = slice(2000, -2000)  # lossy formats smear the hard edges of the sine
    np.testing.assert_allclose(read[inside], SINE[inside], rtol=0, atol=tolerance)


def test_what_is_written_is_read_and_cut_not_wrapped_beyond_one(tmp_path):
    path = write_sound(SINE, tmp_path / "music" / "a.wav", RATE_HZ)
    np.testing.assert_allclose(read_sound(path), SINE, rtol=0, atol=2**-15)
    assert soundfile.info(path).subtype == "PCM_16"
    write_sound(np.array([-1.5, 0.0, 1.5]), path, RATE_HZ)
    np.testing.assert_allclose(read_sound(path), [-1, 0, 1], rtol=0, atol=2**-15)


def test_channels_are_averaged(write, rng):
    other = rng.uniform(-0.5, 0.5, len(SINE)).astype(np.float32)
    read = read_sound(write(np.stack([SINE, other], axis=1)))
    np.testing.assert_allclose(read, (SINE + other) / 2, rtol=0, atol=1e-7)


def test_one_channel_is_taken(write):
    path = write(np.stack([SINE, np.full_like(SINE, 0.2)], axis=1))
    np.testing.assert_array_equal(read_sound(path, channel=1), SINE)
    check_refused(path, "is silent: every sample is 0.2$", channel=2)
    np.testing.assert_array_equal(read_sound(write(np.stack([SINE / 4096, SINE], axis=1)), channel=1), SINE / 4096)
    check_refused(path, "channel=3: must be at most 2, its number of channels$", channel=3)


@pytest.mark.parametrize("rest", [0, 2**-15, 1e-4])
def test_channels_that_cancel_are_refused_and_one_of_them_is_read(write, rng, rest):
    path = write(np.stack([SINE, rng.choice([0, rest], len(SINE)) - SINE], axis=1))
    check_refused(path, rf"the channels cancel: peak {rest / 2:.5f}; take one of them, channel = 1 or 2$")
    np.testing.assert_array_equal(read_sound(path, channel=1), SINE)
    quiet = write(np.r_[0.001 * SINE, SINE])  # a quiet beginning is no sound that cancels
    np.testing.assert_array_equal(read_sound(quiet, duration_s=1.0), np.float32(0.001 * SINE))


@pytest.mark.slow
def test_part_begins_at_its_start_and_has_its_duration_or_ends_with_the_sound(write):
    path = write()
    np.testing.assert_array_equal(read_sound(path, start_s=0.1, duration_s=0.05), SINE[4410 : 4410 + 2205])
    np.testing.assert_array_equal(read_sound(path, start_s=0.9, duration_s=5), SINE[-4410:])
    np.testing.assert_array_equal(read_sound(path, start_s=0.9), SINE[-4410:])
    assert len(read_sound(path, sample_rate_hz=22050, start_s=0.25, duration_s=0.5)) == 11025  # cut, then resampled


@pytest.mark.parametrize("rate_hz", [8000, 48000, 96000])
def test_resampling_keeps_frequency_length_and_loudness(write, rate_hz):
    times_s = np.arange(rate_hz) / rate_hz
    read = read_sound(write(0.5 * np.sin(2 * np.pi * 1000 * times_s), rate_hz=rate_hz))
    spectrum = np.abs(np.fft.rfft(read * np.hanning(len(read))))
    assert len(read) == RATE_HZ
    assert np.argmax(spectrum) == 1000  # bins of 1 Hz
    assert np.std(read[4000:-4000]) == pytest.approx(0.5 / np.sqrt(2), rel=1e-3)


def test_resampling_is_that_of_librosa_in_less_memory(write, rng):
    samples = rng.uniform(-0.5, 0.5, 30 * RATE_HZ).astype(np.float32)
    path = write(samples)
    expected = librosa.resample(samples, orig_sr=RATE_HZ, target_sr=48000, res_type="soxr_hq")
    tracemalloc.start()
    read = read_sound(path, sample_rate_hz=48000)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    np.testing.assert_array_equal(read, expected)
    assert peak_bytes < 2.6 * samples.nbytes  # the sound of the file, a little more for growing, and what it becomes


def check_refused(path, message, **part):
    with pytest.raises(ValueError, match=rf"^{re.escape(str(path))}: (?:{message})") as raised:
        read_sound(path, **part)
    assert "\n" not in str(raised.value)


def test_missing_file_or_a_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match=rf"^{re.escape(str(tmp_path / 'a.wav'))}: no such sound file$"):
        read_sound(tmp_path / "a.wav")
    with pytest.raises(FileNotFoundError, match="no such sound file"):
        read_sound(tmp_path)


@pytest.mark.parametrize("ending", ["wav", "flac", "ogg", "mp3", "aiff", "au", "w64", "caf", "rf64"])
def test_file_that_is_no_sound_or_truncated(tmp_path, rng, ending):
    path = tmp_path / f"a.{ending}"
    for content in (b"", b"These are words.\n" * 100):
        path.write_bytes(content)
        check_refused(path, "cannot be read as sound")
    soundfile.write(path, rng.uniform(-0.5, 0.5, 5 * RATE_HZ), RATE_HZ)
    content = path.read_bytes()
    for fraction in (0.5, 0.9):
        path.write_bytes(content[: int(fraction * len(content))])
        check_refused(path, "is truncated|cannot be read as sound")


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        (np.zeros(0), "contains no samples$"),
        (np.zeros(1000), "is silent: every sample is 0$"),
        (np.full(1000, 0.5), "is silent: every sample is 0.5$"),
        *((np.r_[value, value, SINE[2:]], "2 of 44100 samples are not finite$") for value in (np.nan, np.inf, -np.inf)),
    ],
)
def test_samples_that_are_no_sound(write, samples, message):
    check_refused(write(samples), message)
    if not len(samples):
        check_refused(write(samples, "ogg", "VORBIS"), message)


@pytest.mark.parametrize("peak", [1e38, 3e38])
def test_samples_whose_squares_are_no_numbers_are_refused(write, peak):
    with pytest.raises(ValueError, match=rf"a\.wav: has a sample of {peak:.1e}: must be sound".replace("+", r"\+")):
        read_sound(write(peak * np.sign(SINE)), sample_rate_hz=22050)
    assert np.isfinite(read_sound(write(2**31 * SINE), sample_rate_hz=22050)).all()


def test_start_beyond_the_end(write):
    for start_s in (1.0, 100.0):
        check_refused(write(), rf"start_s={start_s}: must be less than its length, 1.00 s$", start_s=start_s)


def test_absurd_sample_rate(write):
    for rate_hz in (1, 999, 800_000):
        check_refused(write(rate_hz=rate_hz), rf"sample_rate_hz={rate_hz}: must be 1000 to 768000$")
    path = write(subtype="PCM_16")
    content = bytearray(path.read_bytes())
    content[24:28] = bytes(4)  # a rate of 0
    path.write_bytes(content)
    check_refused(path, "cannot be read as sound")


@pytest.mark.parametrize("ending", ["wav", "flac"])
def test_full_disk_leaves_the_old_sound_and_is_an_error_that_names_it(tmp_path, rng, full_disk, ending):
    path = write_sound(np.array([0.0, 0.5]), tmp_path / f"a.{ending}", RATE_HZ)
    with full_disk(5000), pytest.raises(OSError, match=f"File too large.*{re.escape(str(path))}"):
        write_sound(rng.uniform(-0.5, 0.5, RATE_HZ), path, RATE_HZ)
    np.testing.assert_allclose(read_sound(path), [0, 0.5], rtol=0, atol=2**-15)
    assert list(tmp_path.iterdir()) == [path]


def test_format_that_cannot_be_written_is_named(tmp_path):
    for path in (tmp_path / "a.xyz", tmp_path / "a.ogg"):
        with pytest.raises(ValueError, match=re.escape(str(path))):
            write_sound(SINE, path, RATE_HZ)
    assert list(tmp_path.iterdir()) == []
