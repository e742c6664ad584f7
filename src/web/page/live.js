// Keeps the page as it is at the daemon. What it cannot keep up to date it says so of: an old page must not look like a calm one.
const PATIENCE_MS = 30_000;
/** An answer that takes longer is none. */
const ANSWER_MS = 10_000;
/** Two hundred viewers that are told at once must not ask at once. */
const SPREAD_MS = 400;
const AGAIN_MS = 5000;
const live = document.getElementById('live');
const said = document.getElementById('said');
let heard = Date.now();
let source;
let asking = false;
let askAgain = false;

/** Puts in what the daemon would serve now, and leaves alone what has not changed and whatever the reader is in. */
async function refresh() {
  const answer = await fetch(location.href, { headers: { accept: 'text/html' }, signal: AbortSignal.timeout(ANSWER_MS) });
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const [old, now] = [document.getElementById('main'), fresh.getElementById('main')];
  // Not a page of the watcher: a proxy's, or one that asks who is there.
  if (!old || !now) throw new Error('not the page');
  const headline = (page) => page.getElementById('headline')?.textContent;
  const news = headline(fresh) === headline(document) ? undefined : headline(fresh);
  document.title = fresh.title;
  const opened = Array.from(old.querySelectorAll('details[open]'), ({ id }) => id);
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
  for (const id of opened) document.getElementById(id)?.setAttribute('open', '');
  const at = fresh.querySelector('#live time')?.textContent ?? '';
  say(`Live. As of ${at}`, false, news);
}

/** What stands above is for eyes; only what is news is said aloud. */
function say(text, stale, news) {
  live.textContent = text;
  const before = document.body.classList.contains('stale');
  document.body.classList.toggle('stale', stale);
  if (news !== undefined) said.textContent = news;
  else if (before !== stale) said.textContent = stale ? text : 'Up to date again';
}

function lost() {
  say('Not up to date: the connection to the watcher is lost', true);
}

/** One question at a time; what is told meanwhile is asked for after it. */
function ask() {
  if (asking) {
    askAgain = true;
    return;
  }
  asking = true;
  setTimeout(async () => {
    askAgain = false;
    await refresh().catch(lost);
    asking = false;
    if (askAgain) ask();
  }, Math.random() * SPREAD_MS);
}

function hear() {
  heard = Date.now();
  ask();
}

function listen() {
  source = new EventSource('/events');
  source.addEventListener('changed', hear);
  source.addEventListener('alive', hear);
  source.addEventListener('error', () => {
    lost();
    // Refused, not only cut: the browser gives up by itself.
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, AGAIN_MS);
  });
}

listen();
setInterval(() => {
  if (Date.now() - heard > PATIENCE_MS) lost();
}, 1000);
// A phone that slept shows what was so when it fell asleep.
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') ask();
});
