"""All writes to received bulletins: bringing and reading, checking, typing in."""

from lantian.apps.received.actions.bring import bring_file, bring_text, keep_reading, read_again
from lantian.apps.received.actions.check import (
    confirm,
    correct_figure,
    match_subjects,
    remove_figure,
    set_head,
    take_back,
)
from lantian.apps.received.actions.typed import type_in

__all__ = [
    "bring_file", "bring_text", "confirm", "correct_figure", "keep_reading", "match_subjects", "read_again",
    "remove_figure", "set_head", "take_back", "type_in",
]  # fmt: skip
