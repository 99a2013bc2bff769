"""Good small files of every kind that the project reads, each with the reader that it is for."""

import re
import struct
import zlib
from functools import partial
from io import BytesIO

import av
import numpy as np
import soundfile
from PIL import Image

from pipeline.sections.film import Film
from pipeline.sections.symbolic import Collection
from pipeline.studies.digits import Images
from save_dataset.images.digits import read_images
from save_dataset.midi.chord_labels import read_labels
from save_dataset.midi.collection import read_collection
from save_dataset.midi.event_tokens import to_tokens
from save_dataset.midi.files import read_midi
from save_dataset.midi.piano_roll import to_roll
from save_dataset.sound.files import read_sound
from save_dataset.themes.score import read_patterns
from save_dataset.themes.score_table import read_table
from save_dataset.video.film import open_film
from tests.small_films import write_film
from tests.small_midi import CHORDS, write_far_apart, write_midi

RATE_HZ = 22050
CLAIM = "claim"  # of files that claim, or hold, more than can be believed
N_SAMPLES = RATE_HZ // 2
BY_LIBSNDFILE = {  # ending: format and subtype
    "wav": ("WAV", "PCM_16"), "24.wav": ("WAV", "PCM_24"), "float.wav": ("WAV", "FLOAT"), "ulaw.wav": ("WAV", "ULAW"),
    "adpcm.wav": ("WAV", "MS_ADPCM"), "rf64": ("RF64", "PCM_16"), "w64": ("W64", "PCM_16"), "aiff": ("AIFF", "PCM_16"),
    "caf": ("CAF", "PCM_16"), "alac.caf": ("CAF", "ALAC_16"), "au": ("AU", "PCM_16"), "flac": ("FLAC", "PCM_16"),
    "ogg": ("OGG", "VORBIS"), "opus": ("OGG", "OPUS"), "mp3": ("MP3", "MPEG_LAYER_III"), "voc": ("VOC", "PCM_16"),
    "sph": ("NIST", "PCM_16"), "sf": ("IRCAM", "PCM_16"), "pvf": ("PVF", "PCM_16"), "svx": ("SVX", "PCM_16"),
    "avr": ("AVR", "PCM_16"), "xi": ("XI", "DPCM_16"), "mat": ("MAT5", "PCM_16"),
}  # fmt: skip
BY_FFMPEG = {  # ending: format and codec
    "m4a": ("ipod", "aac"), "alac.m4a": ("ipod", "alac"), "mka": ("matroska", "libmp3lame"),
    "webm": ("webm", "libopus"), "mov": ("mov", "pcm_s16le"), "aac": ("adts", "aac"), "ac3": ("ac3", "ac3"),
    "eac3": ("eac3", "eac3"), "mp2": ("mp2", "mp2"), "wma": ("asf", "libmp3lame"), "wv": ("wv", "wavpack"),
    "tta": ("tta", "tta"), "flv": ("flv", "aac"), "ts": ("mpegts", "aac"), "avi": ("avi", "pcm_s16le"),
}  # fmt: skip
FILMS = {"mp4": "libx264", "mkv": "ffv1", "avi": "mpeg4", "gif": "gif", "webm": "libvpx", "mov": "mjpeg"}
IMAGES = ("png", "jpg", "bmp", "tif", "webp", "ppm")
TEXTS = {
    "score.csv": ("onset,pitch\n" + "".join(f"{beat},{60 + beat % 7}\n" for beat in range(30)), read_table),
    "piece.chords.csv": (CHORDS, read_labels),
    "chord_midi.txt": ("0.0\t1.5\tC:maj\n1.5\t3.0\tA:min7/b3\n3.0\t4.0\tN\n", read_labels),
    "patterns.txt": ("pattern1\noccurrence1\n0.0, 60\noccurrence2\n8.0, 60\n", partial(read_patterns, score=None)),
}


def write_all(folder):
    """Write a good file of each kind; returns paths and their readers, which take a path, by kind."""
    rng = np.random.default_rng(440)
    t_s = np.arange(N_SAMPLES) / RATE_HZ
    sound = (0.3 * np.sin(2 * np.pi * 440 * t_s) + 0.05 * rng.standard_normal(N_SAMPLES)).astype(np.float32)
    kinds = {}
    for ending, (form, subtype) in BY_LIBSNDFILE.items():
        path = folder / f"sound.{ending}"
        rate_hz = 24000 if subtype == "OPUS" else 44100 if form == "XI" else RATE_HZ
        soundfile.write(path, sound, rate_hz, format=form, subtype=subtype)
        kinds[f"sound {ending}"] = path, read_sound
    for ending, (form, codec) in BY_FFMPEG.items():
        kinds[f"sound {ending}"] = _encode(folder / f"sound_of_ffmpeg.{ending}", form, codec, sound), read_sound
    for ending, codec in FILMS.items():
        pixels = {"gif": "rgb8", "mjpeg": "yuvj420p"}.get(codec, "yuv420p")
        with_sound = {"sound_from_s": 0.0} if ending == "mp4" else {}
        kinds[f"film {ending}"] = (
            write_film(folder / f"film.{ending}", codec=codec, pixels=pixels, **with_sound),
            read_pictures,
        )
    for ending in IMAGES:
        path = folder / f"images_{ending}" / f"frame_0.{ending}"
        path.parent.mkdir()
        Image.fromarray(rng.integers(0, 255, (48, 64), dtype=np.uint8)).save(path)
        kinds[f"image {ending}"] = path, lambda path: read_pictures(path.parent)
    notes = [(beat, 0.5, 60 + beat % 12) for beat in range(40)]
    kinds["MIDI"] = write_midi(folder / "piece.mid", notes, metre=(4, 4)), read_as_roll
    for name, (text, read) in TEXTS.items():
        (folder / name).write_text(text)
        kinds[f"text {name}"] = folder / name, read
    table = folder / "collection" / "info.csv"
    write_midi(table.with_name("a.mid"), notes)
    write_midi(table.with_name("b.mid"), notes)
    table.write_text("path,style,bpm\na.mid,jazz,120\nb.mid,rock,90\n")
    kinds["table of a collection"] = table, read_table_of_collection
    digits = folder / "digits.npz"
    images, labels = rng.integers(0, 255, (40, 8, 8), dtype=np.uint8), np.arange(40) % 4
    np.savez(digits, x_train=images, y_train=labels, x_test=images[:8], y_test=labels[:8])
    kinds["digits npz"] = digits, read_digits
    np.savez_compressed(
        digits.with_name("compressed.npz"), x_train=images, y_train=labels, x_test=images[:8], y_test=labels[:8]
    )
    kinds["digits npz, compressed"] = digits.with_name("compressed.npz"), read_digits
    return kinds


def _encode(path, form, codec, samples):
    with av.open(str(path), "w", format=form) as container:
        rate_hz = 48000 if codec == "libopus" else 44100
        stream = container.add_stream(codec, rate=rate_hz, layout="mono")
        size = stream.codec_context.frame_size or 1024
        resampler = av.AudioResampler(stream.format, "mono", rate_hz, frame_size=size)
        frame = av.AudioFrame.from_ndarray(samples[None], "fltp", "mono")
        frame.sample_rate = rate_hz
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(part))
        container.mux(stream.encode())
    return path


def read_pictures(path):
    return [*open_film(Film(file=str(path), height_px=48), path.parent).pictures((48, 64))]


def read_as_roll(path):
    notes = read_midi(path)
    n_steps = notes.ends_beats.max(initial=0) * 4
    if n_steps > 1_000_000:
        raise ValueError(f"{path}: longer than 1000000 steps")
    return to_roll(notes, "onsets_frames", steps_per_beat=4), to_tokens(notes), notes.onsets_s


def read_table_of_collection(path):
    return [entry.row for entry in read_collection(Collection(folder=str(path.parent), table=path.name), path.parent)]


def read_digits(path):
    return read_images(Images(source=str(path), side_pixels=8), path.parent)[0]["images"]


def write_extremes(folder):
    """Write files that claim, or hold, more than can be believed; returns them as `write_all` does."""
    folder = folder / "extremes"
    folder.mkdir()
    files = (
        dict(_extreme_sounds(folder)) | dict(_extreme_images(folder)) | dict(_extreme_digits()) | dict(_extreme_texts())
    )
    for name, (content, _) in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    write_far_apart(folder / "far.mid", channel=0)
    kinds = {f"{CLAIM} {name}": (folder / name, read) for name, (_, read) in files.items()}
    return kinds | {f"{CLAIM} far.mid": (folder / "far.mid", read_as_roll)}


def _extreme_sounds(folder):
    samples = np.linspace(-0.5, 0.5, N_SAMPLES, dtype=np.float32)
    for peak in (1e20, 1e38, 3e38):
        for rate_hz, channels in ((RATE_HZ, 1), (44100, 1), (44100, 2)):
            buffer = BytesIO()
            alternating = np.tile(peak * np.sign(samples)[:, None], channels).astype(np.float32)
            soundfile.write(buffer, alternating, rate_hz, format="WAV", subtype="FLOAT")
            yield f"peak_{peak:g}_{rate_hz}_{channels}.wav", (buffer.getvalue(), read_sound)
    claims = {  # format, subtype: byte, and what is written there
        ("WAV", "PCM_16"): [(22, 2 * b"\xff"), (22, b"\0\4"), (24, 4 * b"\xff"), (40, 4 * b"\x7f"), (40, 4 * b"\xff")],
        ("FLAC", "PCM_16"): [(21, b"\x0f\xff\xff\xff\xff"), (21, b"\7\xff\xff\xff\xff"), (20, b"\xff")],
        ("AIFF", "PCM_16"): [(22, b"\xff\xff\xff\xff"), (20, b"\xff\xff")],
        ("CAF", "PCM_16"): [(12, b"\x7f" + 7 * b"\xff"), (44, b"\xff\xff\xff\xff")],
        ("AU", "PCM_16"): [(8, b"\x7f\xff\xff\xff"), (20, b"\xff\xff\xff\xff")],
        ("RF64", "PCM_16"): [(28, 8 * b"\x7f"), (36, 8 * b"\x7f")],
        ("W64", "PCM_16"): [(16, 8 * b"\x7f"), (120, 8 * b"\x7f")],
        ("OGG", "VORBIS"): [(40, b"\xff"), (6, 8 * b"\x7f")],
        ("SVX", "PCM_16"): [(20, b"\x7f\xff\xff\xff")],
        ("VOC", "PCM_16"): [(27, b"\xff\xff\xff")],
        ("NIST", "PCM_16"): [],
    }  # fmt: skip
    for (form, subtype), places in claims.items():
        buffer = BytesIO()
        soundfile.write(buffer, samples, RATE_HZ, format=form, subtype=subtype)
        for number, (at, claim) in enumerate(places):
            content = buffer.getvalue()
            yield f"{form.lower()}_{number}", (content[:at] + claim + content[at + len(claim) :], read_sound)
    mp3 = _encode(folder / "a.mp3", "mp3", "libmp3lame", samples).read_bytes()
    at = max(mp3.find(b"Xing"), mp3.find(b"Info")) + 8
    yield "xing.mp3", (mp3[:at] + 4 * b"\x7f" + mp3[at + 4 :], read_sound)
    mp4 = _encode(folder / "a.m4a", "ipod", "aac", samples).read_bytes()
    for atom in (b"mvhd", b"mdhd", b"tkhd", b"stsz", b"stts", b"stsc", b"stco"):
        for offset in (8, 12, 16, 20):
            at = mp4.find(atom) + offset
            yield f"{atom.decode()}_{offset}.m4a", (mp4[:at] + b"\x7f\xff\xff\xff" + mp4[at + 4 :], read_sound)
    mka = _encode(folder / "a.mka", "matroska", "libmp3lame", samples).read_bytes()
    at = mka.find(b"\x44\x89\x88") + 3
    for length_ms in (1e9, 1e15, 1e300, np.inf, np.nan):
        yield f"{length_ms:g}.mka", (mka[:at] + struct.pack(">d", length_ms) + mka[at + 8 :], read_sound)


def _extreme_images(folder):
    for side in (9000, 14000):
        buffer = BytesIO()
        Image.new("L", (side, side)).save(buffer, "PNG")
        yield f"bomb_{side}/1.png", (buffer.getvalue(), lambda path: read_pictures(path.parent))
    buffer = BytesIO()
    Image.new("L", (8, 8)).save(buffer, "PNG")
    head = b"IHDR" + struct.pack(">II", 60000, 60000) + buffer.getvalue()[24:29]
    content = buffer.getvalue()[:12] + head + struct.pack(">I", zlib.crc32(head)) + buffer.getvalue()[33:]
    yield "claimed/1.png", (content, lambda path: read_pictures(path.parent))
    gif = write_film(folder / "a.gif", codec="gif", pixels="rgb8").read_bytes()
    for side in (8000, 9000, 16000, 40000, 60000):
        yield f"film_{side}.gif", (gif[:6] + struct.pack("<HH", side, side) + gif[10:], read_pictures)
    jpegs = write_film(folder / "a.mov", codec="mjpeg", pixels="yuvj420p").read_bytes()
    for side in (16000, 60000):
        claimed = re.sub(rb"(?<=\xff\xc0...)....", struct.pack(">HH", side, side), jpegs, flags=re.DOTALL)
        yield f"film_{side}.mov", (claimed, read_pictures)


def _extreme_digits():
    def pack(write, **arrays):
        buffer = BytesIO()
        write(buffer, **arrays)
        return buffer.getvalue(), read_digits

    some = {"x_test": np.zeros((8, 8, 8), np.uint8), "y_test": np.arange(8) % 4}
    yield "bomb.npz", pack(np.savez_compressed, x_train=np.zeros(2**28, np.uint8), y_train=np.zeros(1), **some)
    yield (
        "many.npz",
        pack(np.savez_compressed, x_train=np.zeros((2**24, 1, 1), np.uint8), y_train=np.zeros(2**24, np.uint8), **some),
    )
    whole, _ = pack(np.savez, x_train=np.zeros((40, 8, 8), np.uint8), y_train=np.arange(40) % 4, **some)
    yield "claim.npz", (whole.replace(b"(40, 8, 8), }", b"(9999999, 99999), }"[:13]), read_digits)
    yield "claim_more.npz", (whole.replace(b"(40, 8, 8), }    ", b"(40, 8, 8888888),}"[:17]), read_digits)


def _extreme_texts():
    read_chords, read_of_pop909 = TEXTS["piece.chords.csv"][1], TEXTS["chord_midi.txt"][1]
    read_themes = TEXTS["patterns.txt"][1]
    heads = {
        "score.csv": (b"onset,pitch\n0,60\n", read_table),
        "a.chords.csv": (b"onset_qb,dur_qb,root_pc,quality\n", read_chords),
        "patterns.txt": (b"pattern1\noccurrence1\n", read_themes),
        "chord_midi.txt": (b"", read_of_pop909),
        "table.csv": (b"path,style\n", read_table_of_collection),
    }
    rows = {
        "one_line": 4_300_000 * b"1",
        "lines": 2_000_000 * b"1\n",
        "quoted": b'"' + 2_200_000 * b"1\n",
        "digits": 5000 * b"9" + b",60,0,M\n",
        "far": b"1e300,60,0,M\n",
        "far_off": b"0,1e300,0,M\n",
        "parts": b"0 1e300 C:maj\n",
        "brackets": b"0 1 C:maj" + 1_000_000 * b"(",
        "commas": 1_000_000 * b"1,",
        "notes": 700_000 * b"1,60\n",
        "chords": 400_000 * b"1,1,0,M,\n",
    }
    for name, (head, read) in heads.items():
        for row, content in rows.items():
            yield f"{row}/{name}", (head + content, read)
