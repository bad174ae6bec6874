"""All writes to plans, by what is done: bringing documents in, changing rows, a plan's life."""

from lantian.apps.plans.actions.importing import IMPORT, import_file, retry_import, store_plans
from lantian.apps.plans.actions.lifecycle import keep_version, publish_plan, set_secrecy, set_status
from lantian.apps.plans.actions.rows import change_rows, record_edit

__all__ = [
    "IMPORT", "change_rows", "import_file", "keep_version", "publish_plan", "record_edit", "retry_import",
    "set_secrecy", "set_status", "store_plans",
]  # fmt: skip
