"""Lotse: a multilingual, rule-based information assistant for newcomers in Leipzig and Saxony."""

__version__ = "0.1.0"
