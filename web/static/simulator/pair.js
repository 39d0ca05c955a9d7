// Owns the view of both sides: choosing a match, its two phones, and where it stands between them.

const at = (id) => document.getElementById(id);
const template = (id) => at(id).content.firstElementChild.cloneNode(true);
const SAID = { yes: "YES", no: "NO", later: "LATER", met_already: "MET ALREADY" };
const NARROW = "(max-width: 800px)";

// `phoneOf` gives the phone of a number; `faceOf` a moment's time at the event; `chosen` is told
// when another match is looked at.
export class Pair {
  constructor({ phoneOf, faceOf, chosen }) {
    Object.assign(this, { phoneOf, faceOf, chosen });
    this.matches = [];
    this.ofPhone = new Map();
    this.found = [];
    this.shown = "";
    this.listed = -1;
    this.id = 0;
    this.isCut = false;
    this.list = at("matches");
    this.list.addEventListener("click", (event) => {
      const pressed = event.target.closest("button");
      if (pressed) this.choose(Number(pressed.value));
    });
    this.list.addEventListener("keydown", (event) => this.walk(event));
    at("previous").addEventListener("click", () => this.step(-1));
    at("next").addEventListener("click", () => this.step(1));
    at("all-matches").addEventListener("click", () => this.leave());
  }

  get match() {
    return this.matches.find((one) => one.id === this.id) || null;
  }

  of(number) {
    return this.ofPhone.get(number) || [];
  }

  // Returns with whom each number of a phone is; people who share it may have the same numbers.
  peersOf(number) {
    const peers = new Map();
    for (const match of this.of(number)) {
      match.sides.forEach((side, index) => {
        if (side.phone !== number || !side.number) return;
        const known = peers.get(side.number);
        const peer = match.sides[1 - index].name;
        peers.set(side.number, known ? `${known} or ${peer}` : peer);
      });
    }
    return peers;
  }

  // Returns the number that the chosen match has on a phone, 0 for none.
  lookedAt(number) {
    const side = this.match && this.match.sides.find((one) => one.phone === number);
    return side ? side.number : 0;
  }

  update(matches, isCut) {
    this.matches = matches;
    this.isCut = isCut;
    this.ofPhone.clear();
    for (const match of matches) {
      for (const phone of new Set(match.sides.map((side) => side.phone))) {
        if (phone) this.ofPhone.set(phone, [...this.of(phone), match]);
      }
    }
  }

  // Shows the matches that are searched for, and the chosen one; nothing moves that is the same.
  show(wanted, digits) {
    this.found = this.matches.filter((match) => isWanted(match, wanted, digits));
    const facts = this.found.map((match) => [match, this.hasNew(match), match.id === this.id]);
    const shown = JSON.stringify(facts);
    if (shown !== this.shown) this.showList();
    this.shown = shown;
    at("no-matches").hidden = this.found.length > 0;
    at("no-matches").textContent = this.matches.length ? "No match is like that." : "No matches yet: they are made shortly before lunch.";
    at("cut").hidden = !this.isCut;
    this.showStage();
  }

  showList() {
    const focused = this.list.contains(document.activeElement) ? document.activeElement.value : "";
    this.list.replaceChildren(...this.found.map((match) => this.row(match)));
    const buttons = [...this.list.querySelectorAll("button")];
    const current = buttons.find((one) => one.value === String(this.id)) || buttons[0];
    if (current) current.tabIndex = 0;
    const again = focused && (buttons.find((one) => one.value === focused) || current);
    if (again) again.focus({ preventScroll: true });
    if (current && this.listed !== this.id) {
      // Only the list scrolls to what was chosen elsewhere; the page stays where it is.
      const box = this.list.parentElement;
      const { offsetTop: top, offsetHeight: height } = current.parentElement;
      const isInView = top >= box.scrollTop && top + height <= box.scrollTop + box.clientHeight;
      if (!isInView) box.scrollTop = top - height;
    }
    this.listed = this.id;
  }

  hasNew(match) {
    return match.sides.some((side) => side.phone && this.phoneOf(side.phone).unread > 0);
  }

  row(match) {
    const row = template("match");
    const button = row.querySelector("button");
    const [first, second] = match.sides;
    button.value = String(match.id);
    button.tabIndex = -1;
    button.setAttribute("aria-current", String(match.id === this.id));
    button.querySelector(".pair-names").textContent = `${first.name} & ${second.name}`;
    button.querySelector(".pair-words").textContent = match.words;
    const said = match.sides.map((side) => SAID[side.response] || "–");
    button.querySelector(".pair-said").textContent = `Last said: ${said.join(" / ")}`;
    button.querySelector(".dot").hidden = !this.hasNew(match);
    button.dataset.state = match.state;
    return row;
  }

  showStage() {
    const match = this.match;
    at("both-sides").classList.toggle("has-match", Boolean(match));
    at("stage").hidden = !match;
    at("choose-one").hidden = Boolean(match) || this.matches.length === 0;
    if (!match) return;
    const isShared = match.sides[0].phone && match.sides[0].phone === match.sides[1].phone;
    match.sides.forEach((side, index) => this.showSide(index + 1, side, isShared));
    const words = at("match-words");
    if (words.textContent !== match.words) words.textContent = match.words;
    at("state").dataset.state = match.state;
    at("match-why").textContent = `${match.score} % alike${match.reason ? `: ${match.reason}` : ""}`;
    at("story").replaceChildren(...this.story(match));
    const notes = this.notes(match, isShared);
    at("match-notes").textContent = notes;
    at("match-notes").hidden = !notes;
    at("previous").disabled = at("next").disabled = this.found.length < 2;
  }

  showSide(number, side, isShared) {
    const box = at(`side-${number}`);
    const slot = box.querySelector(".slot");
    // The phone names its owner itself, unless there is no phone or several people share it.
    const name = box.querySelector(".side-name");
    name.textContent = side.name;
    name.hidden = Boolean(side.phone) && this.phoneOf(side.phone).person.name === side.name;
    box.setAttribute("aria-label", `The side of ${side.name}`);
    const elsewhere = this.of(side.phone).filter((one) => one.id !== this.id);
    const others = box.querySelector(".others");
    const wanted = elsewhere.map((one) => `${one.id} ${one.words}`).join("|");
    if (others.dataset.shown !== wanted) {
      others.dataset.shown = wanted;
      others.replaceChildren("Also:", ...elsewhere.map((one) => this.other(one, side)));
    }
    others.hidden = elsewhere.length === 0;
    const missing = box.querySelector(".missing");
    missing.hidden = Boolean(side.phone) && !(isShared && number === 2);
    missing.textContent = side.phone ? "The same phone: the two share it." : "No phone is known.";
    const card = missing.hidden ? this.phoneOf(side.phone).card : null;
    if (card && slot.firstElementChild !== card) slot.replaceChildren(card);
    if (!card) slot.replaceChildren();
  }

  other(match, side) {
    const button = document.createElement("button");
    const peer = match.sides.find((one) => one.phone !== side.phone) || match.sides[1];
    button.type = "button";
    button.className = "other";
    button.textContent = `with ${peer.name}`;
    button.title = match.words;
    button.addEventListener("click", () => this.choose(match.id));
    return button;
  }

  story(match) {
    const place = match.meeting_place ? `: ${match.meeting_place}` : "";
    const told = [
      [match.introduced_at, "Introduced"],
      ...match.sides.map((side) => [side.responded_at, `${side.name}: ${SAID[side.response] || side.response}`]),
      [match.connected_at, "Contacts exchanged"],
      [match.meeting_at, `Could meet${place}`],
      ...match.sides.map((side) => [side.met_at, `${side.name}: ${side.met ? "we met" : "we did not meet"}`]),
    ].filter(([moment]) => moment);
    told.sort(([one], [other]) => Date.parse(one) - Date.parse(other));
    for (const side of match.sides) if (side.rating) told.push([null, `${side.name} rated it ${side.rating} of 10`]);
    return told.map(([moment, words]) => {
      const step = template("step");
      step.querySelector(".when").textContent = moment ? this.faceOf(new Date(moment)) : "";
      step.querySelector(".what").textContent = words;
      return step;
    });
  }

  notes(match, isShared) {
    const notes = [];
    const numbers = isShared ? [match.sides[0]] : match.sides;
    for (const side of numbers.filter((one) => one.phone)) {
      const { name, opted_out: isOut } = this.phoneOf(side.phone).person;
      if (isOut) notes.push(`${side.name} has opted out.`);
      if (name && name !== side.name) notes.push(`${side.name}'s phone is shared: ${name}.`);
    }
    return notes.join(" ");
  }

  choose(id) {
    this.id = id;
    this.chosen(id);
    if (window.matchMedia(NARROW).matches) window.scrollTo({ top: 0 });
  }

  leave() {
    const left = this.id;
    this.choose(0);
    const row = [...this.list.querySelectorAll("button")].find((one) => one.value === String(left));
    if (row) row.focus();
  }

  step(by) {
    const index = this.found.findIndex((one) => one.id === this.id);
    const next = this.found[(Math.max(index, 0) + by + this.found.length) % this.found.length];
    if (next) this.choose(next.id);
  }

  walk(event) {
    const buttons = [...this.list.querySelectorAll("button")];
    const here = buttons.indexOf(document.activeElement);
    const target = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (here < 0 || target === undefined || !buttons[target]) return;
    event.preventDefault();
    buttons[here].tabIndex = -1;
    buttons[target].tabIndex = 0;
    buttons[target].focus();
  }
}

function isWanted(match, wanted, digits) {
  if (!wanted) return true;
  if (digits && match.sides.some((side) => side.phone.includes(digits))) return true;
  const names = match.sides.map((side) => `${side.name} ${side.company}`).join(" ");
  return `${names} ${match.words} ${match.state.replace("_", " ")}`.toLowerCase().includes(wanted);
}
