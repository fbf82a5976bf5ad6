"""Courses that a page states by labels: the lexicon, the part of the page that counts, what stands behind a label."""
