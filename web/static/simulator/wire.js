// Owns talking to the simulator's own addresses.

export async function post(address, body) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(told.error || `The server answered ${answer.status}.`);
  return told;
}

// Returns the answer and its version, which is the same while nothing has changed.
export async function get(address, query) {
  const answer = await fetch(`${address}?${new URLSearchParams(query)}`);
  if (!answer.ok) throw new Error(String(answer.status));
  return { told: await answer.json(), version: answer.headers.get("ETag") };
}

export function inWords(error) {
  return error instanceof TypeError ? "The server can not be reached." : error.message;
}
