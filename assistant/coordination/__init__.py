"""Tools for coordinators: translation status, evaluation, scaffolding."""
