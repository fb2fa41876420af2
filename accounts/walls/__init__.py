"""The second wall between municipalities: row-level security of PostgreSQL, and the roles that it binds."""
