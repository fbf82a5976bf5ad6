"""The pages of the desk, in the order of the navigation: a new one is a module here and a line in this list."""

from dedupe.desk.pages import figures, history, pair, queue

PAGES = (queue.PAGE, pair.PAGE, history.PAGE, figures.PAGE)
