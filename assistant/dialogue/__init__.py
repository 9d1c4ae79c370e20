"""What a conversation remembers between two messages."""
