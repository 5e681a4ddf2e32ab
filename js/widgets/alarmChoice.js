// Whether this browser was told to sound for alarms: off until somebody chooses it. Kept in the browser, for all of its pages.

const KEY = "alarmSound";

export function soundChosen() {
  try {
    return localStorage.getItem(KEY) === "on";
  } catch {
    return false; // storage is switched off: nothing can be chosen
  }
}

export function chooseSound(on) {
  try {
    localStorage.setItem(KEY, on ? "on" : "off");
  } catch {
    // as above, and the box shows it
  }
}
