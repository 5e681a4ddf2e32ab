// The sound of an alarm, where it was chosen (alarmChoice.js): once for each new one of priority 1 or 2, silenced by a button. Made by Web Audio.
//
// What has sounded is kept in this browser, so that of its pages one sounds, and a page that is opened anew does not sound again. Used by
// alarms.js, and by panels/alarmBadge.js once it is chosen. Its parts: #alarm-sounding, #alarm-sounding-says and #alarm-silence.

import { heardOf, soundDue } from "../lib/alarmSound.js";
import { chooseSound, soundChosen } from "./alarmChoice.js";
import { keep, read } from "./kept.js";
import { setProperty, setText } from "./text.js";

const HEARD = "alarmsHeard"; // key under which the ids are kept that it has sounded for
const PULSES = { 1: 24, 2: 8 }; // by priority
const [EVERY, LASTS] = [0.5, 0.22]; // s between two pulses, and of one
const TONES = [880, 660]; // Hz, in turn
const LOUDNESS = 0.25;

export { isAlarms } from "../lib/alarmReplies.js"; // what it is handed

export function createAlarmSound({ words }) {
  const find = (id) => document.getElementById(id);
  const bar = find("alarm-sounding");
  let context = null;
  let gain = null;
  let ends = null; // timer at whose end the sound is over
  let told = null; // how many alarms it sounds for, while it does
  let mine = []; // the ids that this page has sounded for, or will once it may

  find("alarm-silence").addEventListener("click", silence);
  for (const type of ["pointerdown", "keydown"]) addEventListener(type, () => context?.state === "suspended" && context.resume(), { capture: true }); // a browser lets a page sound once somebody touched it

  /** Sounds where one of these has not sounded yet. */
  function hear(alarms) {
    if (!soundChosen()) return;
    const before = heardOf(read(HEARD));
    const { due, heard } = soundDue(alarms, [...before, ...mine]);
    mine = heard;
    keep(HEARD, JSON.stringify(before.filter((id) => heard.includes(id))));
    if (due.length > 0) play(Math.min(...due.map(({ priority }) => priority)), due.length);
  }

  /** Switches it on, with a short sound to hear it by, or off; what stands now is not told again. */
  function choose(on, alarms) {
    chooseSound(on);
    mine = soundDue(alarms, []).heard;
    keep(HEARD, JSON.stringify(mine));
    silence();
    if (on) pulses(2);
  }

  function play(priority, n) {
    silence();
    pulses(PULSES[priority]);
    told = { n, lasts: PULSES[priority] * EVERY * 1000 };
    tell();
  }

  /** Says that it sounds, or what it waits for; what this page cannot sound for yet is left to the others. */
  function tell() {
    if (told === null) return;
    const sounds = context.state === "running";
    setText(find("alarm-sounding-says"), words.t(sounds ? "alarm.sounding" : "alarm.sound.blocked", { n: told.n }));
    setProperty(bar, "hidden", false);
    if (!sounds) return;
    keep(HEARD, JSON.stringify(mine));
    clearTimeout(ends);
    ends = setTimeout(silence, told.lasts);
  }

  function pulses(count) {
    if (context === null) {
      context = new AudioContext();
      context.addEventListener("statechange", tell);
    }
    if (context.state === "suspended") context.resume();
    gain = new GainNode(context, { gain: LOUDNESS });
    gain.connect(context.destination);
    for (let index = 0; index < count; index += 1) {
      const at = context.currentTime + index * EVERY;
      const tone = new OscillatorNode(context, { type: "square", frequency: TONES[index % TONES.length] });
      tone.connect(gain);
      tone.start(at);
      tone.stop(at + LASTS);
    }
  }

  function silence() {
    clearTimeout(ends);
    told = null;
    gain?.disconnect();
    gain = null;
    setProperty(bar, "hidden", true);
  }

  return { hear, choose };
}
