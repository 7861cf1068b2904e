"""The reporting checklists PRISMA 2020 and PRISMA-S, filled in from the facts of a run."""
