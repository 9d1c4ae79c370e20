"""Five conversations as Lotse has them, as a page: `scripts/conversations.py docs/conversations.md`."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

from assistant.app import build_assistant
from assistant.dialogue.state import Conversation, Message
from assistant.rendering.plain import render_plain
from assistant.settings import load_settings

NOON = dt.datetime(2026, 11, 20, 12, 0, tzinfo=ZoneInfo("Europe/Berlin"))
SHOWN = 24
"""Lines of an answer that are shown."""

Turn = str
CONVERSATIONS: dict[str, list[Turn]] = {
    "Recognition as a nurse, in Arabic, with Duldung": [
        "انا ممرضة من سوريا ومعي Duldung كيف اعترف بشهادتي",
        "قديش بياخد وقت؟",
        "وشو الأوراق المطلوبة؟",
        "بدي احكي مع حدا",
    ],
    "A course for a mother with a baby, in Ukrainian": [
        "маю малу дитину, хочу вчити німецьку, § 24",
        "tap:p:german-course",
        "а скільки коштує?",
    ],
    "A welder without papers, in Turkish": [
        "kaynakçıyım ama diplomam yok, nasıl tanıtırım",
        "ne kadar sürer",
        "almanca göster lütfen",
    ],
    "An employer, in German": [
        "Ich bin Arbeitgeber und möchte einen Mann mit Duldung einstellen, was muss ich beachten?",
        "Wer hilft mir dabei?",
    ],
    "A trainee, in Tigrinya, with German where a translation is missing": [
        "ኣብ ኣውስቢልዱንግ ኣለኹ ቋንቋ ጀርመን ክመሃር ሓገዝ የድልየኒ",
        "ክንደይ ይኸፍል",
    ],
}


def main(target: Path) -> None:
    """Write all conversations into a Markdown file."""
    assistant = build_assistant(load_settings(), lambda: NOON)
    lines = ["# Conversations", "", "Written by `python scripts/conversations.py`; long answers are cut.", ""]
    for title, turns in CONVERSATIONS.items():
        lines += [f"## {title}", ""]
        conversation = Conversation()
        for said in turns:
            if said.startswith("tap:"):
                message = Message(choice=said.removeprefix("tap:"))
            else:
                message = Message(said)
            turn = assistant.respond(message, conversation)
            conversation = turn.conversation
            answer = render_plain(turn.reply).strip().splitlines()
            cut = [*answer[:SHOWN], *(["…"] if len(answer) > SHOWN else [])]
            buttons = " · ".join(choice.label.value for choice in turn.reply.choices[:4])
            lines += [f"**{said}**", "", "```", *cut, "```", f"Buttons: {buttons}" if buttons else "", ""]
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
