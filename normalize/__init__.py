"""What does a listing mean? Pure functions from published strings to typed offers, and the models all rooms share."""
