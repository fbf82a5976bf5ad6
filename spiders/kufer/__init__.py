"""The template generations of Kufer's course software, a module each."""
