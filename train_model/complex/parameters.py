"""The parameters of the studies that train a complex autoencoder."""

from typing import TypeAlias

from pipeline.studies import digits, signal, themes

ComplexParameters: TypeAlias = themes.Parameters | signal.Parameters | digits.Parameters
