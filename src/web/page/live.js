// Keeps the page as it is at the daemon. What it cannot keep up to date it says so of: an old page must not look like a calm one.
const PATIENCE_MS = 30_000;
const live = document.getElementById('live');
const source = new EventSource('/events');
let heard = Date.now();

/** Puts in what the daemon would serve now, and leaves alone what has not changed and whatever the reader is in. */
async function refresh() {
  const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  document.title = fresh.title;
  const [old, now] = [document.getElementById('main'), fresh.getElementById('main')];
  if (!old || !now) return;
  // Where the reader is stays where it is: taken out and put back, it would lose the place and what was typed.
  const reading = old.contains(document.activeElement) ? document.activeElement.closest('#main > *') : null;
  const name = reading?.getAttribute('aria-labelledby') ?? '';
  const same = [...now.children].find((section) => name !== '' && section.getAttribute('aria-labelledby') === name);
  for (const section of Array.from(old.children)) if (!same || section !== reading) section.remove();
  let passed = !same;
  for (const section of Array.from(now.children)) {
    if (section === same) passed = true;
    else if (passed) old.append(document.importNode(section, true));
    else reading.before(document.importNode(section, true));
  }
  say(`Live. As of ${new Date().toISOString().slice(11, 19)} UTC`, false);
}

function say(text, stale) {
  live.textContent = text;
  document.body.classList.toggle('stale', stale);
}

function lost() {
  say('Not up to date: the connection to the watcher is lost', true);
}

source.addEventListener('changed', () => {
  heard = Date.now();
  refresh().catch(lost);
});
source.addEventListener('alive', () => {
  heard = Date.now();
  refresh().catch(lost);
});
source.addEventListener('error', lost);
setInterval(() => {
  if (Date.now() - heard > PATIENCE_MS) lost();
}, 1000);
