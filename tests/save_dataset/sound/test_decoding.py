"""Sound as it comes: lengths that headers do not know, files that were joined, formats of films."""

import io
import re
import struct

import av
import numpy as np
import pytest
import soundfile

from save_dataset.sound.files import read_sound

RATE_HZ = 44100
NOISE = np.random.default_rng(0).uniform(-0.5, 0.5, RATE_HZ // 2).astype(np.float32)
STEREO = np.stack([NOISE, NOISE], axis=1)
MP3 = {"format": "MP3", "subtype": "MPEG_LAYER_III"}
OGG = {"format": "OGG", "subtype": "VORBIS"}
OPUS = {"format": "OGG", "subtype": "OPUS"}
MP3_FRAME = 1152


def encode(samples=NOISE, rate_hz=RATE_HZ, **how):
    file = io.BytesIO()
    soundfile.write(file, samples, rate_hz, **{"format": "WAV", "subtype": "PCM_16", **how})
    return bytearray(file.getvalue())


def read(content, folder, name="a.wav", **part):
    path = folder / name
    path.write_bytes(content)
    return read_sound(path, sample_rate_hz=RATE_HZ, **part)


def with_sizes(content, size_at, size_format, file_size, sound_size):
    """Write other sizes into the header of a file, of the whole file at byte 4 and of its sound."""
    struct.pack_into(size_format, content, 4, file_size)
    struct.pack_into(size_format, content, size_at, sound_size)
    return content


N_BYTES = 2 * len(NOISE)
WAV_SIZES = {
    "FFmpeg's pipe": (0xFFFFFFFF, 0xFFFFFFFF),
    "SoX's pipe": (0x7FFFF024, 0x7FFFF000),
    "another pipe": (0x7FFFFFFF, 0x7FFFFFFF - 36),
    "killed": (0, 0),
    "killed, with a header": (36, 0),
    "the file's own size": (N_BYTES + 44, N_BYTES),
    "too small a file": (0, N_BYTES),
    "sizes with the header": (N_BYTES + 44, N_BYTES + 44),
}


@pytest.mark.parametrize(("file_size", "sound_size"), WAV_SIZES.values(), ids=WAV_SIZES)
def test_wav_whose_header_does_not_know_its_length_is_read_to_its_end(tmp_path, file_size, sound_size):
    content = with_sizes(encode(), 40, "<I", file_size, sound_size)
    np.testing.assert_array_equal(read(content, tmp_path), read(encode(), tmp_path, "exact.wav"))


@pytest.mark.parametrize("size", [0, 0x7F000000, 0xFFFFFFFF])
@pytest.mark.parametrize(("name", "size_at"), [("AIFF", b"SSND"), ("AU", 8)])
def test_sizes_in_four_bytes_that_are_not_known(tmp_path, name, size_at, size):
    content = encode(format=name)
    size_at = content.index(size_at) + 4 if isinstance(size_at, bytes) else size_at
    struct.pack_into(">I", content, size_at, size)
    if name == "AIFF":
        struct.pack_into(">I", content, 4, size)  # of the file
        struct.pack_into(">I", content, content.index(b"COMM") + 10, size // 2)  # the number of samples
    np.testing.assert_array_equal(read(content, tmp_path), read(encode(), tmp_path, "exact.wav"))


@pytest.mark.parametrize("size", [0, 2**63 - 1, 2**64 - 1])
@pytest.mark.parametrize(
    ("name", "size_format", "mark", "after"),
    [("W64", "<Q", b"data", 16), ("CAF", ">Q", b"data", 4), ("RF64", "<Q", b"ds64", 16)],
)
def test_sizes_in_eight_bytes_that_are_not_known(tmp_path, name, size_format, mark, after, size):
    content = encode(format=name)
    struct.pack_into(size_format, content, content.index(mark) + after, size)
    np.testing.assert_array_equal(read(content, tmp_path), read(encode(), tmp_path, "exact.wav"))


@pytest.mark.parametrize("name", ["WAV", "RF64", "AIFF", "W64", "AU", "CAF"])
def test_truncated_sound_says_how_much_is_there(tmp_path, name):
    content = encode(format=name)
    with pytest.raises(ValueError, match=r"a\.wav: is truncated: \d+ of \d+ bytes of its sound are there$"):
        read(content[: len(content) // 2], tmp_path)


@pytest.mark.parametrize("name", ["WAV", "RF64", "AIFF", "CAF"])
def test_bytes_behind_the_sound_are_no_sound(tmp_path, name):
    content = encode(format=name) + b"TAG of some program"
    np.testing.assert_array_equal(read(content, tmp_path), read(encode(), tmp_path, "exact.wav"))


def test_flac_of_unknown_length(tmp_path):
    content = encode(format="FLAC")
    content[21] &= 0xF0  # the number of samples, 36 bits
    content[22:26] = bytes(4)
    np.testing.assert_array_equal(read(content, tmp_path), read(encode(format="FLAC"), tmp_path, "exact.wav"))


def test_compressed_wav(tmp_path):
    sine = 0.5 * np.sin(np.arange(RATE_HZ // 2) / 20)
    for subtype in ("GSM610", "IMA_ADPCM", "ULAW"):
        samples = read(encode(sine, subtype=subtype), tmp_path)
        assert 0 <= len(samples) - len(sine) < RATE_HZ / 10  # the last block is whole
        np.testing.assert_allclose(samples[1000:20000], sine[1000:20000], rtol=0, atol=0.1)


def without_first_frame(content):
    """An MP3 file without the frame that says how long it is."""
    return content[content.index(content[:2], 100) :]


JOINED = {
    "MP3": ([encode(**MP3), encode(**MP3)], 1.0),
    "MP3 three times": ([encode(**MP3)] * 3, 1.5),
    "MP3 with tags": ([b"ID3\4\0\0\0\0\2\0" + bytes(256), encode(**MP3), b"TAG" + bytes(125), encode(**MP3)], 1.0),
    "MP3, the second without a length": ([encode(**MP3), without_first_frame(encode(**MP3))], 1.05),
    "MP3 mono, stereo": ([encode(**MP3), encode(STEREO, **MP3)], 1.0),
    "MP3 of two rates": ([encode(**MP3), encode(NOISE[::2], RATE_HZ // 2, **MP3)], 1.0),
    "Ogg": ([encode(**OGG), encode(**OGG)], 1.0),
    "Ogg mono, stereo": ([encode(**OGG), encode(STEREO, **OGG)], 1.0),
    "Ogg of two rates": ([encode(**OGG), encode(NOISE[::2], RATE_HZ // 2, **OGG)], 1.0),
    "Ogg, Opus": ([encode(**OGG), encode(rate_hz=48000, **OPUS)], 0.5 + 0.5 * 44.1 / 48),
    "FLAC": ([encode(format="FLAC"), encode(format="FLAC")], 1.0),
}


@pytest.mark.parametrize(("parts", "duration_s"), JOINED.values(), ids=JOINED)
def test_joined_files_are_read_to_the_end(tmp_path, parts, duration_s):
    samples = read(b"".join(parts), tmp_path)
    assert len(samples) == pytest.approx(duration_s * RATE_HZ, abs=MP3_FRAME)
    assert np.std(samples[-RATE_HZ // 4 : -RATE_HZ // 8]) > 0.05
    np.testing.assert_array_equal(
        read(b"".join(parts), tmp_path, start_s=0.1, duration_s=0.2), samples[4410 : 4410 + 8820]
    )


def test_mp3_is_aligned_whatever_its_name_and_read_to_its_end_without_a_length(tmp_path):
    content = encode(**MP3)
    expected, _ = soundfile.read(io.BytesIO(content), dtype="float32")
    np.testing.assert_allclose(read(content, tmp_path, "a.wav"), expected, rtol=0, atol=1e-5)
    samples = read(without_first_frame(content), tmp_path, "a.ogg")
    assert len(expected) <= len(samples) < len(expected) + 3 * MP3_FRAME  # with what the encoder added


def test_mp3_of_variable_rate_without_a_length(tmp_path, rng):
    loud_end = np.r_[np.zeros(RATE_HZ), rng.uniform(-0.5, 0.5, RATE_HZ)]
    content = encode(loud_end, **MP3, bitrate_mode="VARIABLE", compression_level=0.1)
    assert len(read(without_first_frame(content), tmp_path)) >= len(loud_end)


def test_truncated_compressed_sound(tmp_path):
    long = np.tile(NOISE, 6)
    contents = {"a.mp3": encode(long, **MP3), "a.flac": encode(long, format="FLAC")}
    contents["a.mka"] = encode_film("matroska", "aac")
    for name, content in contents.items():
        with pytest.raises(ValueError, match=rf"{name}: is truncated or damaged: \d+ of \d+ samples are there$"):
            read(content[: len(content) // 2], tmp_path, name)
    content = encode(long, **OGG)
    last_page = content.rindex(b"OggS")
    np.testing.assert_array_equal(read(content + bytes(1000), tmp_path), read(content, tmp_path))
    for n_bytes in (last_page - 5, last_page + 2, last_page + 20, last_page + 100):
        with pytest.raises(ValueError, match=r"a.ogg: is truncated: its last page is not complete$"):
            read(content[:n_bytes], tmp_path, "a.ogg")
    assert len(read(content[:last_page], tmp_path, "a.ogg")) < len(long)  # a recording that was stopped


def test_damaged_packets_are_left_out_with_a_line(tmp_path, capsys):
    sine = 0.4 * np.sin(np.arange(10 * RATE_HZ) / 20)
    for name, content, message in (
        ("a.aac", encode_film("adts", "aac"), r"damaged packets of sound left out: \d+"),
        ("a.ogg", encode(sine, **OGG), r"damaged or missing pages of sound left out: 1"),
    ):
        n_samples = len(read(content, tmp_path, name))
        assert capsys.readouterr().out == ""
        middle = len(content) // 2
        content[middle : middle + 40] = bytes(40)
        assert 0.3 * n_samples < len(read(content, tmp_path, name)) <= n_samples
        assert re.fullmatch(rf".*{name}: {message}\n", capsys.readouterr().out)


def test_damaged_flac_is_refused(tmp_path):
    content = encode(np.tile(NOISE, 6), format="FLAC")
    content[len(content) // 2] ^= 1
    with pytest.raises(ValueError, match=r"a\.wav: is truncated or damaged: \d+ of 132300 samples are there$"):
        read(content, tmp_path)


def test_wav_of_recorders_and_samplers(tmp_path):
    expected = read(encode(), tmp_path, "exact.wav")
    half_updated = with_sizes(encode(), 40, "<I", N_BYTES // 2 + 36, N_BYTES // 2)
    np.testing.assert_array_equal(read(half_updated, tmp_path), expected)
    np.testing.assert_array_equal(read(encode(endian="BIG"), tmp_path), expected)
    as_32_bits = struct.pack("<4sI4s4sI", b"RIFF", 2 * N_BYTES + 60, b"WAVE", b"fmt ", 40)
    as_32_bits += struct.pack("<HHIIHHHHI", 0xFFFE, 1, RATE_HZ, 4 * RATE_HZ, 4, 32, 22, 24, 4)
    as_32_bits += bytes.fromhex("0100000000001000800000aa00389b71") + struct.pack("<4sI", b"data", 2 * N_BYTES)
    samples = np.round(NOISE * 2**23).astype("<i4") << 8
    np.testing.assert_allclose(read(as_32_bits + samples.tobytes(), tmp_path), NOISE, rtol=0, atol=2**-23)


def test_tags_that_are_no_unicode_spoil_nothing(tmp_path):
    tag = b"LIST" + struct.pack("<I", 20) + b"INFOINAM" + struct.pack("<I", 8) + b"M\xfcller\0\0"
    content = encode()
    np.testing.assert_array_equal(read(content[:36] + tag + content[36:], tmp_path), read(content, tmp_path))
    content = encode(**MP3)
    text = b"\3M\xfcller"
    frame = b"TIT2" + struct.pack(">I", len(text)) + bytes(2) + text
    tag = b"ID3\3\0\0" + bytes([0, 0, 0, len(frame)]) + frame
    assert len(read(tag + content, tmp_path)) == len(read(content, tmp_path))


def test_a_large_header_hides_no_truncation(tmp_path):
    content = encode()
    header = content[:36] + b"JUNK" + struct.pack("<I", 30000) + bytes(30000)
    with pytest.raises(ValueError, match="is truncated"):
        read(header + content[36:-20000], tmp_path)


def encode_film(container, codec, with_image=False):
    file = io.BytesIO()
    with av.open(file, "w", format=container) as film:
        image = film.add_stream("mpeg4", rate=10) if with_image else None
        sound = film.add_stream(codec, rate=RATE_HZ, layout="mono")
        if image:
            image.width = image.height = 16
            film.mux(image.encode(av.VideoFrame(16, 16, "yuv420p")))
        frame = av.AudioFrame.from_ndarray(NOISE[None], "fltp", "mono")
        frame.sample_rate = RATE_HZ
        film.mux(sound.encode(frame))
        for stream in filter(None, (image, sound)):
            film.mux(stream.encode(None))
    return bytearray(file.getvalue())


@pytest.mark.parametrize(
    ("container", "codec", "with_image"),
    [
        ("adts", "aac", False),
        ("ipod", "aac", False),
        ("mp4", "aac", True),
        ("mov", "aac", True),
        ("matroska", "aac", True),
    ],
)
def test_aac_and_the_sound_of_films(tmp_path, container, codec, with_image):
    samples = read(encode_film(container, codec, with_image), tmp_path, "a.xyz")
    assert 0 <= len(samples) - len(NOISE) < 3 * 1024
    assert np.std(samples[RATE_HZ // 8 : RATE_HZ // 4]) == pytest.approx(np.std(NOISE), rel=0.3)


def test_no_sound(tmp_path):
    with pytest.raises(ValueError, match=r"a.wav: cannot be read as sound \(.+\)$"):
        read(b"#EXTM3U\n/music/other.wav\n", tmp_path)
    with pytest.raises(ValueError, match=r"a.wav: cannot be read as sound \(it is empty\)$"):
        read(b"", tmp_path)


def test_damaged_files_are_read_or_refused_and_nothing_else(tmp_path, rng):
    kinds = [{}, {"format": "AIFF"}, {"format": "W64"}, {"format": "CAF"}, {"format": "FLAC"}, MP3, OGG, OPUS]
    messages = []
    for how in kinds:
        good = encode(NOISE[:4000], 48000 if how is OPUS else RATE_HZ, **how)
        for _ in range(40):
            content = good[: rng.integers(len(good))] if rng.random() < 0.3 else bytearray(good)
            for position in rng.integers(0, max(min(len(content), 300), 1), 4):
                content[position : position + 1] = rng.bytes(1)
            try:
                assert np.isfinite(read(content, tmp_path)).all()
            except ValueError as error:
                messages.append(str(error))
    assert 0 < len(messages) < 40 * len(kinds)
    assert all(message.startswith(str(tmp_path / "a.wav")) and "\n" not in message for message in messages)
