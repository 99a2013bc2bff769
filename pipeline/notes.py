"""Constants of music, and the endings of its files."""

LOWEST_KEY = 21  # A0, the first of the piano's keys, as a MIDI pitch
N_KEYS = 88
N_CHORD_CLASSES = 25  # major on C to B, minor on C to B, any other
BEATS_PER_BAR = 4  # quarter notes: drums are in 4/4, and corpora of other metres are counted so
HIT_THRESHOLD = 0.5  # a cell of a grid or roll above it is on
MIDI_ENDINGS = (".mid", ".midi")
SOUND_ENDINGS = (".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff")
