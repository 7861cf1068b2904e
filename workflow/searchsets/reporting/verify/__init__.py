"""Holds a published run against its manifest, its inputs and a rebuild, and says what differs and why."""
