"""The sentences channels say themselves, marked for translation.

The widget loads all of WIDGET, pages and Telegram say some of them too; PAGE is for pages, TELEGRAM for
the bot, which also says what stands on the privacy page.
"""

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
    "waiting": N_("Please wait …"),
    "offline": N_("No connection. Your message is sent as soon as you are online again."),
    "failed": N_("Lotse cannot be reached right now. In an emergency call 112 or 110."),
    "limit": N_("Please wait a moment before you ask again."),
    "again": N_("Try again"),
    "delete": N_("Delete my conversation"),
    "deleted": N_("Your conversation is deleted."),
    "call": N_("Call"),
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
    "write": N_("Write an e-mail"),
    "listen": N_("Read aloud"),
    "stop_listening": N_("Stop reading"),
    "wrong": N_("This information is wrong"),
    "wrong_what": N_("What is wrong?"),
    "wrong_phone": N_("The phone number"),
    "wrong_hours": N_("The opening hours"),
    "wrong_address": N_("The address"),
    "wrong_other": N_("Something else"),
    "wrong_thanks": N_("Thank you. A person will check it."),
    "newer": N_("New answer below"),
    "sent": N_("Sent"),
    "queued": N_("Not sent yet"),
    "sure": N_("Delete everything in this chat?"),
    "cancel": N_("Cancel"),
    "ready": N_("{done} of {all} ready"),
    "tick": N_("Tick what you already have."),
    "unread": N_("New answer"),
    "copy_link": N_("Copy the link"),
    "open_page": N_("Open as a page"),
    "window": N_("opens in a new window"),
    "counter": N_("Show at the counter"),
    "dismiss": N_("Close"),
    "resting": N_("Lotse is being restarted. Your message is kept and sent in a moment."),
    "empty": N_("Please write a question first."),
    "long": N_("Please write a shorter question."),
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
    "skip": N_("Skip to the content"),
    "all_languages": N_("All languages"),
    "read_in": N_("Read this page in"),
    "printed": N_("Printed on {date}. The newest version:"),
    "german_beside": N_("German beside it"),
    "without_german": N_("Without German"),
    "people": N_("People who can help you"),
    "how": N_(
        "Ask in your own language. Every answer comes from a checked source and says when it was checked."
    ),
    "emergency": N_("Emergency: 112 ambulance and fire, 110 police"),
    "scan": N_("Scan this code with another phone."),
    "kiosk": N_("Information desk"),
    "kiosk_touch": N_("Please touch your language"),
    "kiosk_new": N_("New question"),
    "kiosk_end": N_("Finish and delete everything"),
    "kiosk_idle": N_("Are you still there? Everything is deleted in {seconds} seconds."),
    "kiosk_stay": N_("I am still here"),
    "kiosk_take": N_("Take this answer with you: scan the code with your phone."),
    "privacy_page": N_("Privacy"),
    "access_page": N_("Accessibility"),
    "languages_page": N_("Languages"),
    "updated": N_("As of {date}"),
    "yes_state": N_("complete"),
    "started_state": N_("started"),
    "reviewed": N_("Checked by a person"),
    "interface": N_("Interface"),
    "answers": N_("Answers"),
    "language_missing": N_(
        "Your language is missing or a translation is bad? Whoever knows the language can help without "
        "programming."
    ),
    "privacy_short": N_("You do not need a name, an account or an e-mail address to ask."),
    "privacy_words": N_("Your words are used to find an answer and are not written to any log file."),
    "privacy_chat": N_(
        "A conversation on this website is forgotten one hour after the last message, or at once when "
        "you tap “Delete my conversation”."
    ),
    "privacy_unanswered": N_(
        "A question Lotse cannot answer is kept for 30 days without any sign of who asked; phone "
        "numbers, e-mail addresses and names are taken out where a program can recognise them. People "
        "read these questions to add missing answers. Please do not write names or numbers."
    ),
    "privacy_counts": N_(
        "Lotse counts answers per day, language, topic, kind of answer and channel (website or "
        "Telegram). The numbers say nothing about persons."
    ),
    "privacy_feedback": N_(
        "When you say whether an answer helped or what is wrong, only the answer, its language, the day "
        "and your choice are stored."
    ),
    "privacy_cookies": N_(
        "There are no cookies, no advertising and no requests to other companies. Your browser keeps the"
        " conversation in this window only, and only after your first message."
    ),
    "privacy_address": N_(
        "Your internet address is needed to send you the answer. It is held in memory for some minutes "
        "to stop abuse and is never stored."
    ),
    "privacy_telegram": N_(
        "In Telegram your chat address, your message and the answer are stored encrypted, only until the"
        " answer is delivered; the address stays longer only if you want to be told about events. "
        "Language, last topic and what you said about your situation are kept under a code instead of "
        "your name: the language for 30 days, the rest for one hour. /forget deletes everything at once."
        " Telegram itself also stores your chats."
    ),
    "privacy_rights": N_(
        "You may ask what is stored about you, have it corrected or deleted, and complain to the data "
        "protection authority. Because Lotse does not know who you are, there is usually nothing that "
        "could be found."
    ),
    "privacy_who": N_("Responsible for this service"),
    "nobody": N_(
        "The operator of this service has not entered a contact yet. Please ask the place where you "
        "found Lotse."
    ),
    "access_goal": N_(
        "Everybody should be able to use Lotse. We follow the rules WCAG 2.2 (level AA) and the German "
        "law on accessible websites (BITV 2.0)."
    ),
    "access_works": N_("What works"),
    "access_keyboard": N_("Everything can be used with the keyboard alone."),
    "access_reader": N_("Screen readers announce new answers, each in its own language."),
    "access_zoom": N_("Text can be enlarged to 200 percent, and everything fits on a narrow phone."),
    "access_colour": N_("Colours have enough contrast, also in dark mode and with high contrast settings."),
    "access_motion": N_("Nothing moves when you have switched off animations."),
    "access_aloud": N_("Answers can be read aloud where your device has a voice for the language."),
    "access_script": N_("Questions can also be asked without JavaScript."),
    "access_open": N_("What does not work yet"),
    "access_sign": N_("There is no sign language yet."),
    "access_simple": N_("Easy German exists for only some of the answers."),
    "access_machine": N_("Most translations were made by machine and have not been checked by a person."),
    "access_voice": N_("Some devices have no voice for some of the languages."),
    "access_tell": N_("Found a barrier? Please tell us"),
    "access_tested": N_("Tested by programs and by keyboard, not yet by people with disabilities."),
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
    "forgotten": N_("Everything Lotse kept about this chat is deleted."),
    "trouble": N_("Something went wrong on our side. Please write your question once more."),
    "about": N_(
        "Lotse answers questions of newcomers in Leipzig and Saxony: whom to contact, recognition of "
        "diplomas, German courses, work and everyday life. Ask in your own language. Checked information"
        " with its source, free of charge, no names needed. In an emergency call 112 or 110."
    ),
    "about_short": N_(
        "Help for newcomers in Leipzig and Saxony, in your language. Free, checked, no names needed."
    ),
    "command_start": N_("Begin"),
    "command_help": N_("What Lotse can do"),
    "command_language": N_("Change the language"),
    "command_contacts": N_("Who can help me"),
    "command_courses": N_("Find a German course"),
    "command_recognition": N_("Recognition of my diploma"),
    "command_events": N_("Events"),
    "command_person": N_("Talk to a person"),
    "command_german": N_("The last answer in German"),
    "command_privacy": N_("What is stored"),
    "command_forget": N_("Delete what is stored"),
    "voice": N_("I cannot listen to voice messages. Please write your question in a few words."),
    "picture": N_("I cannot look at pictures. Please write your question in a few words."),
    "file": N_(
        "I cannot open files. Please do not send papers with your data here; write your question in a "
        "few words."
    ),
    "sticker": N_("Thank you! How can I help you? Please write your question."),
    "poll": N_("I cannot take part in polls. Please write your question in a few words."),
    "contact": N_("Please do not send phone numbers of people. Write your question in a few words."),
    "edited": N_("You changed your message. Here is the answer to the new one:"),
    "forwarded": N_("You forwarded a message. I read it as a question:"),
    "in_group": N_(
        "In groups I answer when you write my name with a question, or a command. For your own questions"
        " please write to me alone; only you can read that."
    ),
    "renewed": N_("This button is old. Here is the newest menu:"),
    "no_events": N_("I know of no events at the moment."),
    "events": N_("The next events:"),
    "no_last": N_("There is no answer yet that I could show in German. Please ask a question first."),
    "stay_informed": N_("Tell me about news on this"),
    "stay_ask": N_(
        "May I write to you when there is something new on this? Then your chat address is kept "
        "encrypted until you say stop."
    ),
    "stay_yes": N_("Yes, please write to me"),
    "stay_set": N_("You will hear from me about: {topic}. You can stop it at any time."),
    "stay_stop": N_("Stop these messages"),
    "stay_ended": N_("You will get no more messages about: {topic}."),
    "map": N_("Map"),
    "send_location": N_("Send my location once"),
    "location_ask": N_(
        "If you like, send your location. I use it once to sort addresses by distance and do not store "
        "it. You can also just write the district."
    ),
    "location_near": N_("Sorted by distance from you:"),
    "location_none": N_("I have no addresses with a known place for this yet."),
    "location_thanks": N_("Thank you. What are you looking for near you? Please write it in a few words."),
    "inline_title": N_("Ask Lotse"),
    "inline_none": N_("No checked answer found. Write it in other words."),
    "too_many": N_("That was very fast. Please wait a moment; your messages are not lost."),
}


def widget_texts(translations: Translations, language: str) -> dict[str, str]:
    """Return the widget's sentences in a language."""
    return {key: translations.message(language, msgid).value for key, msgid in WIDGET.items()}
