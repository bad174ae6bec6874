"""Wire formats of devices: bytes to messages and back."""
