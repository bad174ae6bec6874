"""What the workbench says: the sentences its script shows, and the list of its keys."""

from __future__ import annotations

from django.utils.translation import gettext as _


def words() -> dict[str, str]:
    """Sentences for the script by name, in the language of the request; ``{n}`` and the like are filled in there."""
    return {
        "saved": _("All saved"),
        "saving": _("Saving…"),
        "unsaved": _("Not saved yet: the connection failed. It is tried again by itself; nothing is lost."),
        "unsaved_short": _("Not saved yet"),
        "waiting": _("{n} changes wait to be saved"),
        "refused": _("This was not saved: {why}"),
        "no_right": _("You may not edit this plan any more. Your words are kept in this browser."),
        "logged_out": _("You are logged out. Log in in another window; your words are kept and saved then."),
        "closed": _("The plan can no longer be edited here; it may have been published meanwhile."),
        "kept": _("Words from {time} that were not saved are back in their cell."),
        "kept_more": _("{n} more cells hold words that were not saved; they open after this one."),
        "kept_changes": _("{n} changes of last time were not saved; they are being saved now."),
        "row_gone": _("The row of these words is gone: {words}"),
        "changed_by": _("{who} changed the plan; the rows are up to date."),
        "changed_other": _("Somebody else changed the plan; the rows are up to date."),
        "failed_insert": _("The connection failed; see whether the row is there and insert it again if not."),
        "found": _("{n} of {total} rows"),
        "row": _("Row {n}"),
        "last_row": _("This is the last row."),
        "first_row": _("This is the first row."),
        "no_problem": _("No problem is open."),
        "group_tick": _("change it in all {n} rows of the group"),
        "seq_number": _("The number must be a whole number, or empty."),
        "number_needed": _("{field}: write a number, such as 120 or -3.5."),
        "no_selection": _("Select the words of the target in the text first."),
        "no_target": _("This row has no target yet."),
        "deleted_row": _("Row {n} is deleted; u brings it back."),
        "pick_units": _("Pick names with ← first (Shift+← for several)."),
        "chosen": _("Picked: {names}"),
        "not_this_cell": _("Not for this cell."),
        "split_where": _("Put the caret between two words; nothing may be empty on either side."),
        "new_row": _("New measure"),
        "who_at": _("by {who}, {time}"),
        "no_unit": _("No unit of this name. Enter keeps it as written."),
        "remove": _("Remove {name}"),
        "print_failed": _("The print could not be fetched. Choose the row again."),
        "no_page": _("There is no such page."),
        "wait_publish": _("Some changes are not saved yet; publish when they are."),
        "open_when_publishing": _("These problems stay open. The plan can be published all the same."),
        "none_when_publishing": _("No problem is open."),
    }


def upload_words() -> dict[str, str]:
    """Sentences for the script of the upload page."""
    return {
        "chosen": _("waits for “Read the plans”"),
        "sending": _("uploading"),
        "reading": _("being read"),
        "failed": _("The connection failed; the file was not taken. Try again."),
        "remove": _("Remove {name}"),
        "review": _("Review"),
        "details": _("Details"),
        "nothing": _("The plans of this file belong to another office or are gone."),
    }


def keys() -> list[tuple[tuple[str, ...], str]]:
    """The keys of the workbench with what each does."""
    return [
        (("j", "k", "↓", "↑"), _("next and previous row")),
        (("h", "l", "←", "→"), _("cell to the left and right")),
        (("e", "Enter"), _("edit the cell")),
        (("Enter", "Ctrl+Enter"), _("save (Shift+Enter: new paragraph)")),
        (("Esc",), _("cancel; show all rows again")),
        (("Tab",), _("save and go to the next cell")),
        (("n", "p"), _("next and previous open problem")),
        (("a",), _("accept the flags of the row")),
        (("s",), _("split the row: s or Enter cuts before the marked sentence")),
        (("j", "k"), _("while splitting: next and previous sentence (← → by character)")),
        (("d",), _("same as the cell above (同上)")),
        (("Delete",), _("empty the cell")),
        (("←", "Shift+←"), _("in a cell of units: pick names (Backspace removes them)")),
        (("Alt+↑", "Alt+↓"), _("in a cell of units: hand the picked names to the row above or below")),
        (("m",), _("merge with the next row")),
        (("g",), _("to the task of the row above")),
        (("Alt+↑", "Alt+↓"), _("move the row")),
        (("o",), _("insert a row below")),
        (("Shift+Delete",), _("delete the row")),
        (("c",), _("section of the row")),
        (("t",), _("targets of the row")),
        (("u", "Ctrl+Z"), _("undo")),
        (("Shift+U", "Ctrl+Y"), _("do again")),
        (("/",), _("filter")),
        (("?",), _("this list")),
    ]
