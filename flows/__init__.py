"""When, in what order, and what if it fails: the night, its report and the command line."""
