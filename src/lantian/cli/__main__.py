"""``python -m lantian.cli``: the same command where no script was installed."""

from lantian.cli.main import main

raise SystemExit(main())
