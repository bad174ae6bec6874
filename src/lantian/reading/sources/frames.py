"""Text in frames: a one-column table round text is a box (专栏), unless it only carries the page's layout."""

from __future__ import annotations

from lantian.reading.layout import Paragraph, Table


def text_length(blocks: list[Paragraph | Table]) -> int:
    """Characters of all blocks."""
    return sum(
        len(block.text) if isinstance(block, Paragraph) else sum(len(cell.text) for cell in block.cells)
        for block in blocks
    )


def open_layout_frames(blocks: list[Paragraph | Table], frames: list[list[Paragraph | Table]]) -> None:
    """Unmark the paragraphs of frames that hold more than half of the document: they box nothing, they are the page."""
    whole = text_length(blocks)
    for frame in frames:
        if 2 * text_length(frame) > whole:
            for block in frame:
                if isinstance(block, Paragraph):
                    block.boxed = False
