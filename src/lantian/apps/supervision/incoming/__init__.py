"""收件: what units send in their own shape → the rows it speaks of. Pure: neither Django nor the database.

``reader`` opens a file in the guarded worker, ``parts`` parts what several units wrote, ``units`` finds who wrote it,
``tables`` and ``lines`` cut it into rows, ``figures`` reads what was counted, ``matching`` says which row of the unit
each is about, ``staging`` puts these together. Why it is done so: docs/dropbox.md.
"""
