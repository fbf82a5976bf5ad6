"""The pages of the desk, in the order of the navigation: a new one is a module here and a line in this list."""

from dedupe.desk.pages import (
    assign,
    completeness,
    corrections,
    course,
    figures,
    history,
    pair,
    publishing,
    queue,
    sample,
    searching,
    sources,
    unread,
)

PAGES = (
    queue.PAGE,
    pair.PAGE,
    sample.PAGE,
    searching.PAGE,
    course.PAGE,
    corrections.PAGE,
    assign.PAGE,
    sources.PAGE,
    unread.PAGE,
    completeness.PAGE,
    history.PAGE,
    figures.PAGE,
    publishing.PAGE,
)
