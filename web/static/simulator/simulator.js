// Owns the simulator's page: it asks once a second what is new and shows it on the phones.
"use strict";

const POLL_MS = 1000;
const NEAR_TOP_PX = 160;
const addresses = document.body.dataset;
const at = (id) => document.getElementById(id);
const [wall, search, counts, newer] = ["wall", "search", "counts", "newer"].map(at);
const time = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit" });
const exactTime = new Intl.DateTimeFormat([], { timeStyle: "medium", dateStyle: "medium" });

const phones = new Map();
const bubbles = new Map();
const waitingToMove = new Set();
let cursor = "";
let timer = 0;
let isPolling = false;
let summary = { texts: 0, phones: 0 };

function pretty(phone) {
  const parts = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(phone);
  return parts ? `(${parts[1]}) ${parts[2]}-${parts[3]}` : phone;
}

function initials(name) {
  const words = name.split(/[\s&]+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return letters.map((word) => Array.from(word)[0]).join("").toUpperCase() || "#";
}

function addPhone(number) {
  const card = at("phone").content.firstElementChild.cloneNode(true);
  const find = (selector) => card.querySelector(selector);
  const phone = { number, card, find, person: null, said: [], texts: find(".texts") };
  card.dataset.phone = number;
  find("form").addEventListener("submit", (event) => {
    event.preventDefault();
    send(phone);
  });
  find(".quick").addEventListener("click", (event) => {
    if (!event.target.value) return;
    find("input").value = event.target.value;
    send(phone);
  });
  phones.set(number, phone);
  wall.append(card);
  return phone;
}

function describe(phone, person) {
  phone.person = person;
  const name = person.name || pretty(phone.number);
  phone.find(".name").textContent = name;
  const known = person.name ? [pretty(phone.number), person.company] : ["Not in the contractor list"];
  const line = known.filter(Boolean).join(" · ");
  // Beside the badge only the number has room.
  phone.find(".detail").textContent = person.opted_out ? known[0] : line;
  phone.find(".detail").title = line;
  phone.find(".initials").textContent = initials(person.name);
  phone.find(".badge").hidden = !person.opted_out;
  phone.find(".screen").setAttribute("aria-label", `Texts of ${name}`);
  phone.find("input").setAttribute("aria-label", `Reply as ${name}`);
}

function addBubble(phone, entry, isArriving) {
  const bubble = at("bubble").content.firstElementChild.cloneNode(true);
  const moment = new Date(entry.at);
  const line = bubble.querySelector(".time");
  bubble.querySelector(".words").textContent = entry.text;
  const part = entry.parts > 1 ? ` · part ${entry.part} of ${entry.parts}` : "";
  line.textContent = `${time.format(moment)}${part}`;
  line.title = exactTime.format(moment);
  bubble.classList.toggle("reply-bubble", entry.kind === "reply");
  bubble.classList.toggle("arriving", isArriving);
  bubbles.set(entry.id, bubble);
  phone.texts.append(bubble);
  phone.said.push(entry.text.toLowerCase());
}

function settle(entry) {
  const bubble = bubbles.get(entry.id);
  if (!bubble) return;
  const outcome = entry.kind === "received" ? "Received" : "Not received";
  bubble.classList.toggle("refused", entry.kind === "refused");
  bubble.querySelector(".time").textContent = `${time.format(new Date(entry.at))} · ${outcome}`;
}

function show(news) {
  const isFirst = news.fresh;
  if (isFirst) {
    for (const known of [phones, bubbles, waitingToMove]) known.clear();
    wall.replaceChildren();
  }
  for (const entry of news.entries) {
    const phone = phones.get(entry.phone) || addPhone(entry.phone);
    if (entry.kind === "text" || entry.kind === "reply") addBubble(phone, entry, !isFirst);
    else settle(entry);
    // Taken out first, so that the set stays in the order of the latest activity.
    waitingToMove.delete(phone);
    waitingToMove.add(phone);
  }
  for (const [number, person] of Object.entries(news.people)) {
    if (phones.has(number)) describe(phones.get(number), person);
  }
  summary = news.summary;
  cursor = news.cursor;
  if (isFirst || isFreeToMove()) move();
  filter();
}

// Phones change places only while nobody types or reads further down.
function isFreeToMove() {
  return window.scrollY < NEAR_TOP_PX && !wall.contains(document.activeElement);
}

function move() {
  for (const phone of waitingToMove) wall.prepend(phone.card);
  waitingToMove.clear();
}

function filter() {
  const wanted = search.value.trim().toLowerCase();
  const digits = /^[\d\s()+.-]{3,}$/.test(wanted) ? wanted.replace(/\D/g, "") : "";
  let found = 0;
  for (const phone of phones.values()) {
    const person = phone.person || { name: "", company: "" };
    const isFound =
      !wanted ||
      `${person.name} ${person.company}`.toLowerCase().includes(wanted) ||
      (digits && phone.number.includes(digits)) ||
      phone.said.some((text) => text.includes(wanted));
    phone.card.hidden = !isFound;
    found += isFound ? 1 : 0;
  }
  at("empty").hidden = phones.size > 0;
  at("nothing-found").hidden = phones.size === 0 || found > 0;
  newer.hidden = waitingToMove.size === 0 || window.scrollY < NEAR_TOP_PX;
  const texts = `${summary.texts} ${summary.texts === 1 ? "text" : "texts"}`;
  const where = `${summary.phones} ${summary.phones === 1 ? "phone" : "phones"}`;
  const line = wanted ? `${found} of ${phones.size} phones` : `${texts} on ${where}`;
  counts.classList.remove("lost");
  if (counts.textContent !== line) counts.textContent = line;
}

async function post(address, body) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(told.error || `The server answered ${answer.status}.`);
}

async function send(phone) {
  const [input, button, problem] = ["input", ".send", ".problem"].map(phone.find);
  const text = input.value.trim();
  if (!text || button.disabled) return;
  button.disabled = true;
  problem.hidden = true;
  try {
    await post(addresses.reply, { phone: phone.number, text });
    input.value = "";
  } catch (error) {
    problem.textContent = error instanceof TypeError ? "The server can not be reached." : error.message;
    problem.hidden = false;
  }
  button.disabled = false;
  input.focus({ preventScroll: true });
  poll();
}

async function poll() {
  if (isPolling || document.hidden) return;
  isPolling = true;
  window.clearTimeout(timer);
  try {
    const answer = await fetch(`${addresses.phones}?since=${encodeURIComponent(cursor)}`);
    if (!answer.ok) throw new Error(String(answer.status));
    show(await answer.json());
  } catch {
    counts.textContent = "Connection lost. Trying again…";
    counts.classList.add("lost");
  }
  isPolling = false;
  timer = window.setTimeout(poll, POLL_MS);
}

search.value = new URLSearchParams(window.location.search).get("q") || "";
search.addEventListener("input", filter);
document.addEventListener("visibilitychange", poll);
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target.matches("input")) return;
  event.preventDefault();
  search.focus();
});
wall.addEventListener("focusout", () => window.setTimeout(() => isFreeToMove() && (move(), filter())));
newer.addEventListener("click", () => {
  window.scrollTo({ top: 0 });
  move();
  filter();
});
at("reset").addEventListener("click", async () => {
  if (!window.confirm("Clear every text from the phones? The database keeps its own.")) return;
  await post(addresses.reset, {}).catch(() => {});
  poll();
});
poll();
