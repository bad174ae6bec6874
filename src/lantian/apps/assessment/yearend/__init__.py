"""年终: official wording from states, numbered evidence, the pack. Pure but for :mod:`pack`, which writes a file."""
