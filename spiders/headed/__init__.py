"""Courses that a page tells by headings and text alone, as the chambers' sites do."""
