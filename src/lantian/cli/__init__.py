"""The command ``lantian``."""
