"""Tables that providers hand in: rows of any common file, and the template."""
