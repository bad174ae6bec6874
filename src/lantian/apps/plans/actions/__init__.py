"""All writes to plans, by what is done: bringing documents in, changing rows, a plan's life."""

from lantian.apps.plans.actions.amend import amend, discard, open_amendment
from lantian.apps.plans.actions.correspondence import candidates
from lantian.apps.plans.actions.importing import IMPORT, import_file, retry_import, store_plans
from lantian.apps.plans.actions.lifecycle import keep_version, publish_plan, set_secrecy, set_status
from lantian.apps.plans.actions.reimport import (
    last_reimport,
    perform_replace,
    reimport,
    replace_file,
    reread,
    take_back,
    take_over,
)
from lantian.apps.plans.actions.rows import change_rows, record_edit
from lantian.apps.plans.actions.versions import VersionError
from lantian.apps.plans.actions.whole import renew_whole, store_whole

__all__ = [
    "IMPORT", "VersionError", "amend", "candidates", "change_rows", "discard", "import_file", "keep_version",
    "last_reimport", "open_amendment", "perform_replace", "publish_plan", "record_edit", "reimport", "renew_whole",
    "replace_file", "reread", "retry_import", "set_secrecy", "set_status", "store_plans", "store_whole", "take_back",
    "take_over",
]  # fmt: skip
