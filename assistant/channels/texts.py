"""The sentences channels say themselves, marked for translation."""

from __future__ import annotations

from assistant.language.translations import N_, Translations

WIDGET = {
    "title": N_("Lotse – help for newcomers in Leipzig"),
    "open": N_("Open the chat"),
    "close": N_("Close the chat"),
    "placeholder": N_("Write your question …"),
    "send": N_("Send"),
    "language": N_("Language"),
    "log": N_("Conversation"),
    "you": N_("You"),
    "waiting": N_("Please wait …"),
    "offline": N_("No connection. Your message is sent as soon as you are online again."),
    "failed": N_("Lotse cannot be reached right now. In an emergency call 112 or 110."),
    "limit": N_("Please wait a moment before you ask again."),
    "again": N_("Try again"),
    "delete": N_("Delete my conversation"),
    "deleted": N_("Your conversation is deleted."),
    "call": N_("Call"),
    "german": N_("German"),
    "person": N_("Talk to a person"),
    "privacy": N_("Lotse does not store who you are. Please do not write names or numbers."),
    "copy": N_("Copy"),
    "copied": N_("Copied"),
    "print": N_("Print"),
    "share": N_("Share"),
    "more": N_("More"),
    "less": N_("Less"),
    "helpful": N_("Did this help?"),
    "yes": N_("Yes"),
    "no": N_("No"),
    "thanks": N_("Thank you!"),
}

PAGE = {
    "topics": N_("Topics"),
    "all_topics": N_("All topics A–Z"),
    "question": N_("Your question"),
    "answer": N_("Answer"),
    "procedures": N_("Procedures"),
    "courses": N_("German courses"),
    "organizations": N_("Contacts"),
    "guides": N_("Guides"),
    "events": N_("Events"),
    "home": N_("Home"),
    "back": N_("Back"),
    "not_found": N_("This page does not exist. Ask your question here:"),
    "chain": N_("Step by step"),
    "here": N_("You are here"),
    "begin": N_("Begin"),
    "not_advice": N_("Information, not legal advice."),
}

TELEGRAM = {
    "welcome": N_(
        "Welcome! I am Lotse. Write your question in your own language. I only give information "
        "that people have checked, and I do not store who you are."
    ),
    "choose_language": N_("Please choose your language:"),
    "language_set": N_("From now on I answer in this language."),
    "only_text": N_("I can only read text. Please write your question in a few words."),
    "help": N_(
        "Write a question in your own words, for example about recognition of your diploma, German "
        "courses, work, residence or family. Tap /language to change the language and /person to "
        "find someone to talk to. In an emergency call 112 (medical, fire) or 110 (police)."
    ),
    "privacy": N_(
        "Lotse keeps only the language you chose and the last topic, under a code instead of your "
        "name, for 30 days. A question it cannot answer is kept for 30 days without your name, so "
        "that people can add the answer. /forget deletes what is kept about this chat at once. "
        "Telegram itself stores chats; the website does not."
    ),
    "forgotten": N_("Everything Lotse kept about this chat is deleted."),
    "trouble": N_("Something went wrong on our side. Please write your question once more."),
}


def widget_texts(translations: Translations, language: str) -> dict[str, str]:
    """Return the widget's sentences in a language."""
    return {key: translations.message(language, msgid).value for key, msgid in WIDGET.items()}


def page_texts(translations: Translations, language: str) -> dict[str, str]:
    """Return the sentences of pages in a language."""
    both = {**WIDGET, **PAGE}
    return {key: translations.message(language, msgid).value for key, msgid in both.items()}
