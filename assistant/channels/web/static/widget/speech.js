// Reading aloud, only with voices that live on the device: nothing is sent anywhere.

import { plain, textsOf } from "./dom.js";

/** @import { Reply } from "./types" */

const synth = globalThis.speechSynthesis;

/** @param {string} language */
const voiceOf = (language) =>
  synth?.getVoices().find((v) => v.localService && v.lang.replace("_", "-").split("-")[0] === language.split("-")[0]);

/** Whether the device can read a language. @param {string} language */
export const canRead = (language) => !!voiceOf(language);

/** Tell when the voices of the device change. @param {() => void} listener @param {AbortSignal} signal */
export const onVoices = (listener, signal) => synth?.addEventListener?.("voiceschanged", listener, { signal });

export const hush = () => synth?.cancel();

/** Read a reply; texts in a language without voice are left out. @param {Reply} reply @param {() => void} done */
export const read = (reply, done) => {
  hush();
  const blocks = reply.blocks.filter((b) => b.type !== "sources" && b.type !== "links" && b.type !== "share");
  const parts = [...textsOf(blocks)].flatMap((text) => {
    const voice = voiceOf(text.language === "und" ? reply.language : text.language);
    if (!voice) return [];
    const part = new SpeechSynthesisUtterance(plain(text.value));
    part.voice = voice;
    part.lang = voice.lang;
    return [part];
  });
  const last = parts[parts.length - 1];
  if (!last) return done();
  last.onend = last.onerror = done;
  parts.forEach((part) => synth.speak(part));
};
