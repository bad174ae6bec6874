"""People, rights, audit, stored files, background jobs: what every other app needs. Imports no other app."""
