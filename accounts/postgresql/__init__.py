"""The database backend of PostgreSQL: Django's own, which tells the database the municipality. See base.py."""
