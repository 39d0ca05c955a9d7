// Trying settings: sliders that keep the weights at 100 %, and the result a moment after a change.
"use strict";

const trialForm = document.querySelector("[data-what-if]");
if (trialForm) {
  const PAUSE_MS = 300;
  const shown = document.querySelector("[data-trial-result]");
  const status = document.querySelector("[data-trial-status]");
  let timer = 0;
  let asking = null;

  const say = (text) => {
    if (status.textContent !== text) status.textContent = text;
  };

  const refresh = async () => {
    // One trial at a time: the one before is of no interest any more.
    asking?.abort();
    const mine = new AbortController();
    asking = mine;
    shown.setAttribute("aria-busy", "true");
    const query = new URLSearchParams(new FormData(trialForm));
    try {
      const answer = await fetch(`${trialForm.dataset.whatIf}?${query}`, { signal: mine.signal });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      shown.innerHTML = await answer.text();
      say(shown.firstElementChild.dataset.summary);
      // A reload, or the way back from another page, finds the same settings.
      window.history.replaceState(null, "", `${window.location.pathname}?${query}`);
    } catch (error) {
      if (error.name === "AbortError") return;
      const note = document.createElement("p");
      note.className = "note note-warn";
      note.textContent = "The result can not be loaded now. Move a slider to try again, or reload the page.";
      shown.replaceChildren(note);
      say(note.textContent);
    } finally {
      if (asking === mine) {
        shown.removeAttribute("aria-busy");
        asking = null;
      }
    }
  };

  // What was wrong when the page was made; the result says what is wrong now.
  const forgive = () => {
    trialForm.querySelectorAll(".field-error").forEach((error) => error.remove());
    trialForm.querySelectorAll(".has-error").forEach((row) => row.classList.remove("has-error"));
    trialForm.querySelectorAll("[aria-invalid]").forEach((field) => {
      field.removeAttribute("aria-invalid");
      field.removeAttribute("aria-describedby");
    });
  };

  const soon = () => {
    forgive();
    asking?.abort();
    asking = null;
    shown.setAttribute("aria-busy", "true");
    window.clearTimeout(timer);
    timer = window.setTimeout(refresh, PAUSE_MS);
  };

  const slides = [...trialForm.querySelectorAll("[data-slide]")].map((row) => ({
    row,
    range: row.querySelector("[type=range]"),
    number: row.querySelector("[type=number]"),
    isWeight: Boolean(row.closest("[data-weights]")),
  }));
  const weights = slides.filter((slide) => slide.isWeight);
  const percent = (slide) => Math.min(100, Math.max(0, Math.round(Number(slide.number.value)) || 0));

  // Shares that add up to `total`, in the proportions given: the largest remainders round up.
  const shares = (parts, total) => {
    const sum = parts.reduce((one, other) => one + other, 0);
    const exact = parts.map((part) => (sum ? (part / sum) * total : total / parts.length));
    const whole = exact.map(Math.floor);
    const left = total - whole.reduce((one, other) => one + other, 0);
    exact.map((value, place) => [value - whole[place], place])
      .sort((one, other) => other[0] - one[0])
      .slice(0, left)
      .forEach(([, place]) => { whole[place] += 1; });
    return whole;
  };

  // The proportions of the others as they were when this one was taken hold of, so that moving it
  // there and back changes nothing.
  let held = null;
  const hold = (slide) => {
    if (held?.slide !== slide) {
      const others = weights.filter((other) => other !== slide);
      held = { slide, others, parts: others.map(percent) };
    }
  };
  const balance = (slide) => {
    hold(slide);
    const rest = shares(held.parts, 100 - percent(slide));
    held.others.forEach((other, place) => {
      other.number.value = String(rest[place]);
      other.range.value = String(rest[place]);
    });
  };

  const follow = (slide, from, to) => {
    to.value = from.value;
    if (slide.isWeight && slide.number.value !== "") balance(slide);
    soon();
  };
  slides.forEach((slide) => {
    const { range, number } = slide;
    range.addEventListener("input", () => follow(slide, range, number));
    number.addEventListener("input", () => follow(slide, number, range));
    // Moved before this script was there.
    if (number.validity.valid && Number(range.value) !== Number(number.value)) {
      if (number.value === number.defaultValue) follow(slide, range, number);
      else follow(slide, number, range);
    }
    if (slide.isWeight) {
      slide.row.addEventListener("focusin", () => hold(slide));
      slide.row.addEventListener("pointerdown", () => hold(slide));
    }
  });
  trialForm.querySelectorAll("[name=scope]").forEach((choice) => {
    choice.addEventListener("change", soon);
  });
  // Enter in a field tries at once; without this the first button would be pressed.
  const atOnce = (event) => {
    if (event.key !== "Enter" || !event.target.matches("input")) return;
    event.preventDefault();
    window.clearTimeout(timer);
    refresh();
  };
  trialForm.addEventListener("keydown", atOnce);
  // Outside the form, beside what it finds.
  const who = trialForm.elements.who;
  who.addEventListener("input", soon);
  who.addEventListener("keydown", atOnce);
}
