"""Deduplication: records of one work are joined, and every decision is logged."""
