"""`python -m searchsets` is the command `searchsets`."""

from searchsets.cli import main

main(prog_name="searchsets")
