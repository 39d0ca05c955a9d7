// Owns the event's own clock on the page: what time it is there, what is on, what comes next.

const at = (id) => document.getElementById(id);
const here = new Intl.DateTimeFormat([], { hour: "numeric", minute: "2-digit", second: "2-digit" });
const plain = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit" });
const MINUTE = 60_000;
let event = null;
let there = null;

export function setDay(described) {
  event = described;
  const options = { hour: "numeric", minute: "2-digit", timeZone: event ? event.zone : "UTC" };
  there = event && event.clock ? new Intl.DateTimeFormat([], options) : null;
  tick();
}

// Returns the time that the event's clocks show at a real moment; empty when nobody can know.
export function eventTime(moment) {
  if (!there) return "";
  const { real_at: real, wall_at: wall } = event.clock;
  return there.format(Date.parse(wall) + (moment - Date.parse(real)) * event.scale);
}

// Returns a text's time: the event's own in a rehearsal, this machine's otherwise.
export function clockFace(moment) {
  return (event && event.scale > 1 && eventTime(moment)) || plain.format(moment);
}

export function canBringBreakForward(now) {
  if (!event || event.scale === 1 || event.is_cancelled) return false;
  const isOut = event.steps.every((step) => Date.parse(step.at) <= now);
  return isOut && event.agenda.some((item) => item.is_break && Date.parse(item.starts_at) > now);
}

function inWords(title, moment, now) {
  const minutes = Math.max(1, Math.round(((moment - now) * event.scale) / MINUTE));
  const span = minutes > 90 ? `${Math.round(minutes / 60)} h` : `${minutes} min`;
  const seconds = Math.max(1, Math.round((moment - now) / 1000));
  const rest = event.scale > 1 && seconds < 600 ? ` (${seconds} s here)` : "";
  return `${title} at ${eventTime(moment) || here.format(moment)}, in ${span}${rest}`;
}

function coming(now) {
  const breaks = event.agenda.filter((item) => item.is_break);
  const moments = [
    ...event.steps.map((step) => ({ title: step.title, at: Date.parse(step.at) })),
    ...breaks.map((item) => ({ title: item.title, at: Date.parse(item.starts_at) })),
    ...(event.ends_at ? [{ title: "The day ends", at: Date.parse(event.ends_at) }] : []),
  ];
  return moments.filter((one) => one.at > now).sort((a, b) => a.at - b.at);
}

function nextInWords(now) {
  if (event.is_cancelled) return "The event was cancelled.";
  if (event.agenda.length === 0) return "There is no agenda yet.";
  const next = coming(now);
  return next.length ? `Next: ${inWords(next[0].title, next[0].at, now)}` : "The day is over.";
}

function nowInWords(now) {
  const isOn = (item) => Date.parse(item.starts_at) <= now && now < Date.parse(item.ends_at);
  const on = event.agenda.filter(isOn).map((item) => item.title);
  const pace = event.scale > 1 ? `${event.scale}× speed` : "";
  return [pace, on.join(", ")].filter(Boolean).join(" · ");
}

export function tick() {
  at("day").hidden = !event;
  if (!event) return;
  const now = Date.now();
  const set = (id, words) => { if (at(id).textContent !== words) at(id).textContent = words; };
  const time = eventTime(now);
  set("event-name", event.name);
  set("event-time", time);
  at("event-at").hidden = !time;
  set("event-now", nowInWords(now));
  set("event-next", nextInWords(now));
  at("forward").hidden = event.scale === 1;
  at("forward").disabled = !canBringBreakForward(now);
}
