import numpy as np
import pytest

from save_dataset.instruments.cutting import cut, read_clips
from save_dataset.sound.files import write_sound


@pytest.mark.parametrize(
    ("n_samples", "max_clips", "starts", "n_sound"),
    [
        (3, 8, [0], [3]),
        (8, 8, [0], [8]),
        (11, 8, [0], [8]),  # less than half a clip remains
        (12, 8, [0, 4], [8, 8]),
        (21, 8, [0, 4, 8, 12], [8, 8, 8, 8]),
        (21, 2, [0, 4], [8, 8]),
        (1, 1, [0], [1]),
    ],
)
def test_clips_overlap_by_half_and_only_a_short_sound_is_padded(n_samples, max_clips, starts, n_sound):
    samples = np.arange(1.0, n_samples + 1)
    clips, lengths = cut(samples, 8, max_clips)
    expected = [np.pad(samples[start : start + 8], (0, max(8 - n_samples, 0))) for start in starts]
    np.testing.assert_array_equal(clips, expected)
    np.testing.assert_array_equal(lengths, n_sound)


def test_a_file_is_read_no_further_than_its_clips_and_gives_the_same(tmp_path, rng):
    samples = 0.5 * rng.uniform(-1, 1, 4000)
    path = write_sound(samples, tmp_path / "a.wav", 8000)
    clips, lengths = read_clips(path, sample_rate_hz=8000, clip_samples=512, max_clips=3)
    np.testing.assert_allclose(clips, cut(samples, 512, 3)[0], atol=1e-4)
    assert lengths.tolist() == [512, 512, 512]
    all_clips, _ = read_clips(path, sample_rate_hz=8000, clip_samples=512, max_clips=100)
    assert len(all_clips) == 14
