"""The outside world: Telegram, the web, the console."""
