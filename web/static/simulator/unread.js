// Owns what is new on the phones: kept for this tab, so that loading the page anew changes nothing.

const KEY = "simulator.unread";

export function keepUnread(run, phones) {
  const unread = [...phones.values()].filter((phone) => phone.unread);
  const kept = { run, unread: unread.map((phone) => [phone.number, phone.unread]) };
  try {
    window.sessionStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // A tab that keeps nothing counts from when it was opened.
  }
}

export function restoreUnread(run, phones) {
  try {
    const kept = JSON.parse(window.sessionStorage.getItem(KEY));
    if (!kept || kept.run !== run) return;
    for (const [number, unread] of kept.unread) phones.get(number)?.count(unread);
  } catch {
    // Then nothing counts as new.
  }
}
