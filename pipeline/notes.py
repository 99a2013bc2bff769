"""Constants of music, and the endings of its files."""

LOWEST_KEY = 21  # A0, the first of the piano's keys, as a MIDI pitch
N_KEYS = 88
HIGHEST_PITCH = 127  # of MIDI
LOWEST_BPM, HIGHEST_BPM = 1, 1000  # believable tempos, in beats per minute
N_CHORD_CLASSES = 25  # major on C to B, minor on C to B, any other
BEATS_PER_BAR = 4  # quarter notes: drums are in 4/4, and corpora of other metres are counted so
HIT_THRESHOLD = 0.5  # a cell of a grid or roll above it is on
MIDI_ENDINGS = (".mid", ".midi", ".rmi", ".kar")
FILM_ENDINGS = (".mp4", ".m4v", ".mov", ".mkv", ".mka", ".webm", ".avi", ".3gp")
SOUND_ENDINGS = (
    ".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".mp2", ".aac", ".m4a", ".m4b", ".wma", ".aif", ".aiff", ".aifc",
    ".au", ".snd", ".caf", ".w64", ".rf64", ".wv", ".tta", ".voc", ".ac3", ".weba", *FILM_ENDINGS,
)  # fmt: skip
