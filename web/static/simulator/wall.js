// Owns the wall of phones: which are shown, and in what order, without moving under anybody's hand.

const NEAR_TOP_PX = 160;
const at = (id) => document.getElementById(id);
const IS_SHOWN = {
  all: () => true,
  new: (phone) => phone.unread > 0,
  asked: (phone) => phone.isAsked,
  out: (phone) => phone.person.opted_out,
};

// `matchesOf` gives the matches of a phone's number.
export class Wall {
  constructor(phones, matchesOf) {
    this.phones = phones;
    this.matchesOf = matchesOf;
    this.box = at("wall");
    this.waiting = new Set();
    this.activity = 0;
    this.only = "all";
  }

  clear() {
    for (const phone of this.phones.values()) phone.card.remove();
    this.phones.clear();
    this.waiting.clear();
  }

  // Taken out first, so that the set stays in the order of the latest activity.
  bringForward(phone) {
    this.activity += 1;
    phone.activity = this.activity;
    this.waiting.delete(phone);
    this.waiting.add(phone);
  }

  // Phones change places only while nobody types or reads further down.
  get isFreeToMove() {
    return this.isNearTop && !this.box.contains(document.activeElement);
  }

  get isNearTop() {
    return window.scrollY < NEAR_TOP_PX;
  }

  move() {
    for (const phone of this.waiting) this.box.prepend(phone.card);
    this.waiting.clear();
  }

  sort() {
    const sorted = [...this.phones.values()].sort((one, other) => other.activity - one.activity);
    this.box.append(...sorted.map((phone) => phone.card));
    this.waiting.clear();
  }

  // Takes back the phones that another view no longer shows.
  takeBack() {
    for (const phone of this.phones.values()) if (!phone.card.isConnected) this.box.append(phone.card);
  }

  has(phone, wanted, digits) {
    // Whoever is being answered stays, even when the answer makes it be of another kind.
    if (phone.card.contains(document.activeElement)) return true;
    if (phone.said.length === 0 || !IS_SHOWN[this.only](phone)) return false;
    if (!wanted || (digits && phone.number.includes(digits))) return true;
    const { name, company, opted_out: isOut } = phone.person;
    const states = this.matchesOf(phone.number).map((match) => match.words);
    const own = [isOut ? "opted out" : "", phone.isAsked ? "waiting for an answer" : ""];
    const known = [name, company, ...own, ...states].join("\n").toLowerCase();
    return known.includes(wanted) || phone.searched.includes(wanted);
  }

  // Returns how many phones have texts, how many of them are shown, how many have something new.
  filter(isSeen, wanted, digits) {
    const counted = { live: 0, found: 0, unread: 0 };
    for (const phone of this.phones.values()) {
      const shown = this.has(phone, wanted, digits);
      if (isSeen) phone.card.hidden = !shown;
      phone.find(".both").hidden = !isSeen || this.matchesOf(phone.number).length === 0;
      counted.found += shown ? 1 : 0;
      counted.live += phone.said.length ? 1 : 0;
      counted.unread += phone.unread ? 1 : 0;
    }
    at("empty").hidden = counted.live > 0;
    at("nothing-found").hidden = counted.live === 0 || counted.found > 0;
    at("new-count").textContent = counted.unread ? ` ${counted.unread}` : "";
    at("all-read").hidden = counted.unread === 0;
    at("newer").hidden = !isSeen || this.waiting.size === 0 || this.isNearTop;
    return counted;
  }
}
