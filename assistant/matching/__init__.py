"""From a message to a decision: words, concepts, ranking, dangers."""
