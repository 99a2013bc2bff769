"""What a figure shows."""


def legend_of(figure):
    """The words of its one legend."""
    (legend,) = figure.legends
    return [text.get_text() for text in legend.get_texts()]


def curves_of(axes):
    """The lines of a panel that have a name, by it."""
    return {line.get_label(): line for line in axes.get_lines() if not line.get_label().startswith("_")}
