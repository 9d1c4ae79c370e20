"""From a reply to the form of one channel; the only place that escapes."""
