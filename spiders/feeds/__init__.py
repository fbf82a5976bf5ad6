"""Machine feeds of any size: XML and JSON record by record, and the official codes."""
