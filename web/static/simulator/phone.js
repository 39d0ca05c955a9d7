// Owns one phone on the page: its texts, what it offers to answer, how many texts are new.
import { offers } from "./answers.js";

const exactTime = new Intl.DateTimeFormat([], { timeStyle: "medium", dateStyle: "medium" });
const template = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);

export function pretty(phone) {
  const parts = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(phone);
  return parts ? `(${parts[1]}) ${parts[2]}-${parts[3]}` : phone;
}

function initials(name) {
  const words = name.split(/[\s&]+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return letters.map((word) => Array.from(word)[0]).join("").toUpperCase() || "#";
}

function kindInWords(about) {
  const words = about.replace(/^peer-/, "").replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

// `clockFace` tells a moment's time as the phone's owner would read it; `reply` sends a text.
export class Phone {
  constructor(number, { clockFace, reply, seen, both }) {
    this.number = number;
    this.card = template("phone");
    this.find = (selector) => this.card.querySelector(selector);
    this.person = { name: "", company: "", opted_out: false };
    this.said = [];
    this.searched = "";
    this.activity = 0;
    this.unread = 0;
    this.bubbles = new Map();
    this.clockFace = clockFace;
    this.offered = "";
    this.peers = new Map();
    this.looked = 0;
    this.isAsked = false;
    this.card.dataset.phone = number;
    this.find("form").addEventListener("submit", (event) => {
      event.preventDefault();
      const input = this.find("input");
      reply(this, input.value, () => { input.value = ""; });
    });
    this.find(".quick").addEventListener("click", (event) => {
      const pressed = event.target.closest("button");
      if (pressed) reply(this, pressed.value, () => {});
    });
    this.card.addEventListener("focusin", () => seen(this));
    this.find(".both").addEventListener("click", () => both(this));
    this.describe(this.person);
    this.offer();
  }

  describe(person) {
    const { name, company, opted_out: isOut } = person;
    const wasOut = this.person.opted_out;
    this.person = person;
    const shown = name || pretty(this.number);
    this.find(".name").textContent = shown;
    this.find(".name").title = shown;
    const known = name ? [pretty(this.number), company] : ["Not in the contractor list"];
    const line = known.filter(Boolean).join(" · ");
    // Beside the badge only the number has room.
    this.find(".detail").textContent = isOut ? known[0] : line;
    this.find(".detail").title = line;
    this.find(".initials").textContent = initials(name);
    this.find(".badge").hidden = !isOut;
    this.find(".screen").setAttribute("aria-label", `Texts of ${shown}`);
    this.find("input").setAttribute("aria-label", `Reply as ${shown}`);
    this.find(".quick").setAttribute("aria-label", `Quick replies of ${shown}`);
    this.find(".both").setAttribute("aria-label", `Both sides of a match of ${shown}`);
    if (wasOut !== isOut) this.offer();
  }

  add(entry, isArriving) {
    const bubble = template("bubble");
    bubble.querySelector(".words").textContent = entry.text;
    bubble.classList.toggle("reply-bubble", entry.kind === "reply");
    bubble.classList.toggle("arriving", isArriving);
    this.bubbles.set(entry.id, { bubble, entry, outcome: "" });
    this.label(entry.id);
    this.find(".texts").append(bubble);
    this.said.push(entry);
    this.searched += `\n${entry.text.toLowerCase()}`;
    if (entry.kind === "text" && isArriving) this.count(this.unread + 1);
    this.offer();
  }

  settle(outcome) {
    const known = this.bubbles.get(outcome.id);
    if (!known) return;
    known.outcome = outcome.kind === "received" ? "Received" : "Not received";
    known.bubble.classList.toggle("refused", outcome.kind === "refused");
    this.label(outcome.id);
  }

  label(id) {
    const { bubble, entry, outcome } = this.bubbles.get(id);
    const line = bubble.querySelector(".time");
    const moment = new Date(entry.at);
    const part = entry.parts > 1 ? `part ${entry.part} of ${entry.parts}` : "";
    const facts = [this.clockFace(moment), kindInWords(entry.about || ""), part, outcome];
    line.textContent = facts.filter(Boolean).join(" · ");
    line.title = exactTime.format(moment);
  }

  relabel() {
    for (const id of this.bubbles.keys()) this.label(id);
  }

  count(unread) {
    this.unread = unread;
    this.find(".unread").textContent = `${unread} new`;
    this.find(".unread").hidden = unread === 0;
  }

  // Says with whom each number is, and which number is being looked at; that one comes first.
  know(peers, number) {
    this.peers = peers;
    this.looked = number;
    this.offer();
  }

  // Buttons are replaced only when others are offered, so that a press never hits a moving one.
  offer() {
    const isOut = this.person.opted_out;
    const { kind, rows } = isOut ? { kind: "", rows: [] } : offers(this.said);
    this.isAsked = rows.length > 0;
    const isLooked = (row) => Boolean(row.number) && row.number === this.looked;
    const ordered = [...rows.filter(isLooked), ...rows.filter((row) => !isLooked(row))];
    const shown = ordered.map((row) => [row, this.peers.get(row.number) || "", isLooked(row)]);
    const wanted = JSON.stringify([kind, shown, isOut]);
    if (wanted === this.offered) return;
    this.offered = wanted;
    const quick = this.find(".quick");
    const hadFocus = quick.contains(document.activeElement);
    const always = (isOut ? ["START", "HELP"] : ["HELP", "STOP"]).map((word) => ({ says: word, shows: word }));
    quick.replaceChildren(...shown.map((one) => rowOf(...one)), rowWith("row always", always));
    if (hadFocus) (quick.querySelector(".row:not(.always) button") || this.find("input")).focus({ preventScroll: true });
  }

  complain(words) {
    this.find(".problem").textContent = words;
    this.find(".problem").hidden = !words;
  }
}

function rowWith(classes, answers) {
  const row = document.createElement("div");
  row.className = classes;
  row.append(...answers.map(buttonOf));
  return row;
}

function rowOf({ number, answers }, peer, isLooked) {
  const row = rowWith("row", answers);
  row.classList.toggle("scale", answers.length === 10);
  row.classList.toggle("numbered", number > 0);
  row.classList.toggle("looked", isLooked);
  if (peer && number) row.title = `About ${peer}`;
  return row;
}

function buttonOf({ says, shows }) {
  const button = document.createElement("button");
  button.type = "button";
  button.value = says;
  button.textContent = shows;
  if (says !== shows) button.setAttribute("aria-label", says);
  return button;
}
