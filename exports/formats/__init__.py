"""The published courses in the formats of their readers, all made from one pass over the records."""
