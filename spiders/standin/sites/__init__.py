"""One module per site software that the stand-in plays."""
