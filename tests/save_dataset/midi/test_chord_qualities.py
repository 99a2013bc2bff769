import pytest

from save_dataset.midi.chord_qualities import MINOR, OTHER, class_of_label, class_of_type
from save_dataset.midi.corpus import NO_CHORD

LABELS = {
    0: "C C:maj B#:7/b7 C:6 C:maj11 C:7(#9) C:7(#11) C:7(b5,5) C:(1,3,5)",
    6: "F#:maj7/3 Gb:maj6 F#:Maj7",
    9: "A:maj(9)",
    11: "Cb:9",
    MINOR: "C:min C:(1,b3,5) C:(b3,5)/b3",
    MINOR + 3: "Eb:min7/b3 Eb:min7(9)",
    MINOR + 9: "A:minmaj7",
    OTHER: "B:dim B:hdim7 C:aug C:sus4(b7) G:sus2 N N.C. A:(1,5) C:5 C:1 C:(1,b3,b5) C:(1,3,#5) C:maj(*3) C:aug7 "
    "C:min7(b5) C:min(b5) C:maj(b5) C:maj(#5) C:min(#5) C:7(b5,9) C:(1,3,b5) C:min7(*5,b5) C:dim(3)",
    NO_CHORD: "X",
    None: "C:foo C:M C:MM7 C:m7 C:7sus4 C:(1,x)",
}
TYPES = {
    4: "M MM7 Mm7 maj7",
    MINOR + 4: "m mm7 mM7 min (1,b3,5)",
    OTHER: "O o o7 % %7 + +7 +M7 It Ger Fr aug",
    None: "MM Mmm7",
}


@pytest.mark.parametrize(("expected", "labels"), LABELS.items())
def test_class_of_a_chord_in_harte_s_notation(expected, labels):
    assert {label: class_of_label(label) for label in labels.split()} == dict.fromkeys(labels.split(), expected)


@pytest.mark.parametrize(("expected", "types"), TYPES.items())
def test_class_of_a_chord_type(expected, types):
    assert {kind: class_of_type(4, kind) for kind in types.split()} == dict.fromkeys(types.split(), expected)
    assert class_of_type(4, "") == OTHER


@pytest.mark.parametrize("label", ["H:maj", "c:maj", "C-maj", "maj", "C:maj/x", "C:maj(", "C:maj 3", "Cm", ""])
def test_what_is_no_chord_is_refused(label):
    with pytest.raises(ValueError, match="must be a chord like C:maj7/3"):
        class_of_label(label)
