// Owns the simulator's page: it asks once a second what is new, and shows the phones or one match.
import { clockFace, setDay, tick } from "./day.js";
import { Pair } from "./pair.js";
import { Phone } from "./phone.js";
import { keepUnread, restoreUnread } from "./unread.js";
import { Wall } from "./wall.js";
import { get, inWords, post } from "./wire.js";

const POLL_MS = 1000;
const TICK_MS = 500;
const SAID_MS = 8000;
// Seen from the wall, matches may be told a little later.
const POLLS_BETWEEN_MATCHES = 3;
const addresses = document.body.dataset;
const at = (id) => document.getElementById(id);
const [search, counts] = ["search", "counts"].map(at);
const asked = new URLSearchParams(window.location.search);

const phones = new Map();
let cursor = "";
let timer = 0;
let polls = 0;
let isPolling = false;
let summary = { texts: 0, phones: 0 };
let eventId = asked.get("event") || "";
let version = "";
let clockVersion = "";
let view = asked.has("match") ? "both" : "wall";

const run = () => cursor.split(".")[0];
const pair = new Pair({ phoneOf, faceOf: clockFace, chosen: (id) => { remember(id); refresh(); } });
const wall = new Wall(phones, (number) => pair.of(number));
pair.id = Number(asked.get("match")) || 0;

function phoneOf(number) {
  if (!phones.has(number)) {
    const phone = new Phone(number, { clockFace, reply, seen: read, both: openBoth });
    phones.set(number, phone);
    wall.box.append(phone.card);
  }
  return phones.get(number);
}

function read(phone) {
  if (phone.unread === 0) return;
  phone.count(0);
  keepUnread(run(), phones);
  filter();
}

function openBoth(phone) {
  const mine = pair.of(phone.number);
  if (mine.length) pair.id = (mine.find((one) => one.state === "open") || mine[0]).id;
  setView("both");
}

function remember(id) {
  const address = new URL(window.location.href);
  if (view === "both" && id) address.searchParams.set("match", id);
  else address.searchParams.delete("match");
  window.history.replaceState(null, "", address);
}

function setView(wanted) {
  view = wanted;
  remember(pair.id);
  if (view === "wall") for (const slot of document.querySelectorAll(".slot")) slot.replaceChildren();
  wall.takeBack();
  if (view === "wall") wall.sort();
  window.scrollTo({ top: 0 });
  refresh();
  poll();
}

function show(news) {
  const isFirst = news.fresh;
  if (isFirst) {
    wall.clear();
    version = "";
    polls = 0;
  }
  for (const entry of news.entries) {
    const phone = phoneOf(entry.phone);
    if (entry.kind === "text" || entry.kind === "reply") phone.add(entry, !isFirst);
    else phone.settle(entry);
    wall.bringForward(phone);
  }
  describe(news.people);
  summary = news.summary;
  cursor = news.cursor;
  if (isFirst) restoreUnread(run(), phones);
  if (view === "both" && pair.match) for (const side of pair.match.sides) phones.get(side.phone)?.count(0);
  if (news.entries.length) keepUnread(run(), phones);
  if (view === "wall" && (isFirst || wall.isFreeToMove)) wall.move();
}

function describe(people) {
  for (const [number, person] of Object.entries(people)) phones.get(number)?.describe(person);
}

function showMatches(told) {
  eventId = told.event ? String(told.event.id) : "";
  const select = at("event");
  select.replaceChildren(...told.events.map((one) => new Option(one.name, one.id)));
  select.value = eventId;
  at("choose-event").hidden = told.events.length < 2;
  pair.update(told.matches, told.is_cut);
  for (const match of told.matches) for (const side of match.sides) if (side.phone) phoneOf(side.phone);
  describe(told.people);
  setDay(told.event);
  const clock = JSON.stringify(told.event && [told.event.clock, told.event.zone, told.event.scale]);
  if (clock !== clockVersion) for (const phone of phones.values()) phone.relabel();
  clockVersion = clock;
}

function wantedWords() {
  const wanted = search.value.trim().toLowerCase();
  return [wanted, /^[\d\s()+.-]{3,}$/.test(wanted) ? wanted.replace(/\D/g, "") : ""];
}

function filter() {
  const words = wantedWords();
  const { live, found } = wall.filter(view === "wall", ...words);
  const texts = `${summary.texts} ${summary.texts === 1 ? "text" : "texts"}`;
  const where = `${summary.phones} ${summary.phones === 1 ? "phone" : "phones"}`;
  const isPart = view === "wall" && (words[0] || wall.only !== "all");
  const line = isPart ? `${found} of ${live} phones` : `${texts} on ${where}`;
  counts.classList.remove("lost");
  if (counts.textContent !== line) counts.textContent = line;
}

function refresh() {
  at("wall-view").hidden = view !== "wall";
  at("both-sides").hidden = view !== "both";
  for (const name of ["wall", "both"]) at(`view-${name}`).setAttribute("aria-pressed", String(view === name));
  search.placeholder = view === "wall" ? "Search names, numbers, states, texts" : "Search names, numbers, states";
  if (view === "both") {
    pair.show(...wantedWords());
    wall.takeBack();
    for (const side of pair.match ? pair.match.sides : []) if (side.phone) {
      phoneOf(side.phone).card.hidden = false;
      read(phoneOf(side.phone));
    }
  }
  for (const phone of phones.values()) phone.know(pair.peersOf(phone.number), view === "both" ? pair.lookedAt(phone.number) : 0);
  filter();
}

async function reply(phone, written, done) {
  const text = written.trim();
  if (!text || phone.isSending) return;
  phone.isSending = true;
  phone.complain("");
  read(phone);
  try {
    await post(addresses.reply, { phone: phone.number, text });
    done();
  } catch (error) {
    phone.complain(inWords(error));
  }
  phone.isSending = false;
  poll(true);
}

async function fetchMatches() {
  const query = { ...(eventId && { event: eventId }), ...(pair.id && { match: pair.id }) };
  const { told, version: tag } = await get(addresses.matches, query);
  if (tag !== version) showMatches(told);
  version = tag;
}

async function poll(isWanted) {
  if (isPolling || document.hidden) return;
  isPolling = true;
  window.clearTimeout(timer);
  try {
    show((await get(addresses.phones, { since: cursor })).told);
    if (isWanted === true || view === "both" || polls % POLLS_BETWEEN_MATCHES === 0) await fetchMatches();
    polls += 1;
    refresh();
  } catch {
    counts.textContent = "Connection lost. Trying again…";
    counts.classList.add("lost");
  }
  isPolling = false;
  timer = window.setTimeout(poll, POLL_MS);
}

search.value = asked.get("q") || "";
search.addEventListener("input", refresh);
at("view-wall").addEventListener("click", () => setView("wall"));
at("view-both").addEventListener("click", () => setView("both"));
at("only").addEventListener("click", (event) => {
  const pressed = event.target.closest("button[value]");
  if (!pressed) return;
  wall.only = pressed.value;
  for (const one of at("only").querySelectorAll("button[value]")) {
    one.setAttribute("aria-pressed", String(one === pressed));
  }
  filter();
});
at("all-read").addEventListener("click", () => {
  for (const phone of phones.values()) phone.count(0);
  keepUnread(run(), phones);
  refresh();
});
at("event").addEventListener("change", () => {
  eventId = at("event").value;
  pair.id = 0;
  remember(0);
  poll(true);
});
at("forward").addEventListener("click", async () => {
  const said = at("day-said");
  try {
    const { title } = await post(addresses.forward, { event_id: Number(eventId) });
    said.textContent = `${title} begins in six minutes of the event's time; who waits for it is asked in one.`;
  } catch (error) {
    said.textContent = inWords(error);
  }
  window.setTimeout(() => { said.textContent = ""; }, SAID_MS);
  poll(true);
});
document.addEventListener("visibilitychange", poll);
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target.matches("input, select")) return;
  event.preventDefault();
  search.focus();
});
wall.box.addEventListener("focusout", () => window.setTimeout(() => {
  if (view === "wall" && wall.isFreeToMove) wall.move();
  filter();
}));
at("newer").addEventListener("click", () => {
  window.scrollTo({ top: 0 });
  wall.move();
  filter();
});
at("reset").addEventListener("click", async () => {
  if (!window.confirm("Clear every text from the phones? The database keeps its own.")) return;
  await post(addresses.reset, {}).catch(() => {});
  poll();
});
window.setInterval(() => document.hidden || tick(), TICK_MS);
poll();
