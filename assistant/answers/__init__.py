"""From a decision to a channel-neutral reply."""
