"""Layers, attention and sums by width: what is blind there, and whether gradients times 2, 0, −1 and 1.2 are caught."""

WIDTHS = (8, 16, 32, 64, 128, 256, 512)


def widths_tables(widths: list[int], formats: tuple[str, ...]) -> str:
    return ""
