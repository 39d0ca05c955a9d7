// Owns which replies a phone offers: those that its last text asks for, by the kind the text says
// it is. Pure: it is given what was said on the phone, oldest first.

const INTRODUCED = ["YES", "LATER", "NO", "TELL ME MORE"];
// About introductions: each may carry a number, which its answers then carry too.
const PROPOSALS = {
  "peer-introduction": INTRODUCED,
  "yes-reminder": INTRODUCED,
  "revealing-reminder": INTRODUCED,
  "more-details": ["YES", "LATER", "NO"],
  "break-prompt": ["YES", "SKIP", "TELL ME MORE"],
  "no-break-left": ["YES", "NO"],
};
const QUESTIONS = {
  "rating-request": ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"],
  "attendance-question": ["YES", "NO"],
};
const WHICH = "which-introduction";
// After these the question before them still stands.
const ASIDES = new Set(["not-understood", "help-reply", "start-reply"]);
const ENDINGS = new Set(["nothing-open", "event-cancelled"]);
const SHORT = { "TELL ME MORE": "MORE" };
const NUMBERED = /\b(?:YES|LATER|SKIP|NO) (\d{1,2})\b/g;
const SETTLES_NOTHING = /^\W*(?:tell|more|help|info|stop|start|who)\b/i;

function numbersIn(text) {
  return [...new Set(Array.from(text.matchAll(NUMBERED), (found) => Number(found[1])))];
}

function choicesIn(text) {
  const listed = /reply\s+([\d\s,]+?)\s+or\s+all/i.exec(text);
  return listed ? [...listed[1].match(/\d+/g), "ALL"] : ["ALL"];
}

function settle(open, replies) {
  for (const reply of replies) {
    if (SETTLES_NOTHING.test(reply)) continue;
    const numbers = (reply.match(/\d{1,2}/g) || []).map(Number);
    if (numbers.length === 0) open.clear();
    else numbers.forEach((number) => open.delete(number));
  }
}

function answersTo(number, kind) {
  const suffix = number ? ` ${number}` : "";
  return PROPOSALS[kind].map((word) => ({
    says: `${word}${suffix}`,
    shows: `${number ? SHORT[word] || word : word}${suffix}`,
  }));
}

// Returns { kind, rows }: each row has a number, 0 for none, and answers of { says, shows }; there are
// no rows when nothing is asked.
export function offers(said) {
  const open = new Map();
  let asked = "";
  let choices = [];
  let replies = [];
  let parts = [];
  for (const one of said) {
    if (one.kind === "reply") {
      replies.push(one.text);
      continue;
    }
    const kind = one.about || "";
    if (ASIDES.has(kind)) {
      replies = [];
      continue;
    }
    parts.push(one.text);
    if (one.part < one.parts) continue;
    const text = parts.join(" ");
    parts = [];
    if (PROPOSALS[kind]) {
      const numbers = numbersIn(text);
      for (const number of numbers.length ? numbers : [0]) open.set(number, kind);
    } else if (kind === WHICH) choices = choicesIn(text);
    else if (ENDINGS.has(kind)) open.clear();
    else if (!QUESTIONS[kind] && !QUESTIONS[asked]) settle(open, replies);
    asked = kind;
    replies = [];
  }
  const words = QUESTIONS[asked] || (asked === WHICH ? choices : null);
  if (words) return { kind: asked, rows: [{ number: 0, answers: words.map((word) => ({ says: word, shows: word })) }] };
  const numbers = [...open.keys()].sort((a, b) => a - b);
  return { kind: asked, rows: numbers.map((number) => ({ number, answers: answersTo(number, open.get(number)) })) };
}
