import numpy as np

from save_dataset.images.draw_images import ANGLES_DEG, N_UPRIGHT, draw_digits, sheet_of


def test_images_stand_in_rows_and_columns_with_gaps(rng):
    rows = rng.random((2, 3, 8, 8))
    sheet, pitch = sheet_of(rows)
    assert sheet.shape == (pitch + 8, 2 * pitch + 8)
    assert (sheet[pitch:, pitch : pitch + 8] == rows[1, 1]).all()
    assert (sheet[8:pitch] == 0).all()


def test_a_column_for_each_digit_upright_then_rotated(rng):
    labels = np.array([1, 0, 1, 1, 1, 0, 0])
    images = rng.random((7, 9, 9), np.float32)
    (axes,) = draw_digits(images, labels).axes
    assert [text.get_text() for text in axes.get_xticklabels()] == ["0", "1"]
    names = [text.get_text() for text in axes.get_yticklabels()]
    assert names == ["upright"] * N_UPRIGHT + [f"rotated {angle}°" for angle in ANGLES_DEG]
    sheet = np.asarray(axes.images[0].get_array())
    assert (sheet[:9, :9] == images[1]).all()  # the first 0
    assert np.allclose(sheet[-9:, :9], images[1, ::-1, ::-1], atol=1e-5)  # upside down


def test_a_digit_of_which_there_are_few_is_repeated(rng):
    (axes,) = draw_digits(rng.random((2, 9, 9), np.float32), np.array([4, 7])).axes
    sheet = np.asarray(axes.images[0].get_array())
    assert (sheet[:9, :9] == sheet[10:19, :9]).all()
