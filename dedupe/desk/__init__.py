"""The stewards' desk: a web app on the snapshot that the night wrote, which appends to the journal and nothing else."""
