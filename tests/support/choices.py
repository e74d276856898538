"""What jobs choose by name among files of code, in most tests."""

CHOSEN = {"framework": "pytorch", "optimiser": "adam", "schedule": "constant", "source": "digits"}
