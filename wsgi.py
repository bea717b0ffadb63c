"""Creates the application, nothing else."""

from ohs import create_app

app = create_app()
