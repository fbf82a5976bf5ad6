"""Courses that a page states as data: schema.org in JSON-LD or microdata."""
