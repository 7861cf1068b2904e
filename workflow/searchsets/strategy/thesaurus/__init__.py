"""Thesauri: what a descriptor stands for, by the relations that a file states."""

from searchsets.strategy.thesaurus.model import Alternative, Expansion, Thesaurus, thesaurus_of
from searchsets.strategy.thesaurus.read import read_thesaurus

__all__ = ["Alternative", "Expansion", "Thesaurus", "read_thesaurus", "thesaurus_of"]
