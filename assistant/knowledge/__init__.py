"""The knowledge base: its model, reading it from YAML, checking and watching it."""
