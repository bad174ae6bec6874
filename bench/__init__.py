"""What is measured, and beside what (`make bench`)."""

import os

# As the commands have it (lantian.cli.measurements.one_thread); must be said before NumPy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
