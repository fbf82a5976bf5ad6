"use strict";

// Filters apply themselves as soon as they are changed; without this script there is a button.
document.addEventListener("change", (event) => {
  if (event.target.matches(".filters select")) event.target.form.requestSubmit();
});

// Forms that decide are sent one after the other, each with what was on the screen when it was sent. So no key is lost
// while an answer is under way, and none decides a pair that nobody has seen.
let sending = Promise.resolve();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-live]")) return;
  event.preventDefault();
  const button = event.submitter;
  const path = button?.getAttribute("formaction") || form.getAttribute("action");
  const values = Object.fromEntries(new FormData(form, button));
  sending = sending.then(() =>
    htmx.ajax("POST", path, { values, target: "#pair", swap: "outerHTML show:window:top" }).catch(() => {}),
  );
});

function say(text) {
  const said = document.createElement("strong");
  said.className = "said bad";
  said.textContent = text;
  document.getElementById("said")?.replaceChildren(said);
}
document.addEventListener("htmx:sendError", () => say("Nicht gespeichert: keine Verbindung. Bitte noch einmal."));
document.addEventListener("htmx:responseError", () => say("Nicht gespeichert. Bitte die Seite neu laden."));
document.addEventListener("htmx:afterSwap", (event) => {
  const note = document.getElementById("note");
  if (note && event.detail.xhr.status === 200) note.value = "";
});

// Keys, unless somebody types or has switched them off.
const KEYS = {
  g: ".verdict.same", 1: ".verdict.same", v: ".verdict.different", 2: ".verdict.different", u: ".verdict.unsure",
  3: ".verdict.unsure", n: ".verdict.skip", " ": ".verdict.skip", z: ".undo",
};
const toggle = document.getElementById("keys");
const areOn = () => localStorage.getItem("keys") !== "off";

function showKeys() {
  toggle.setAttribute("aria-pressed", String(areOn()));
  toggle.textContent = areOn() ? "Tasten an" : "Tasten aus";
}
if (toggle) {
  toggle.hidden = false;
  showKeys();
  toggle.addEventListener("click", () => {
    localStorage.setItem("keys", areOn() ? "off" : "on");
    showKeys();
  });
}
document.addEventListener("keydown", (event) => {
  const form = document.getElementById("decide");
  const typing = event.target.closest("input, textarea, select");
  if (typing && event.key === "Escape") typing.blur();
  if (!form || typing || !areOn() || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.key === " " && event.target.closest("button, a, summary")) return;
  const key = event.key.toLowerCase();
  if (key === "m") {
    event.preventDefault();
    document.getElementById("note").focus();
    return;
  }
  const button = KEYS[key] && form.querySelector(KEYS[key]);
  if (!button || button.offsetParent === null) return;
  event.preventDefault();
  form.requestSubmit(button);
});
