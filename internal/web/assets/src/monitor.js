// The Monitor: puts what changes on the wall, tile by tile, as the server tells it.
import { all, one } from "./dom.js";

const statuses = ["online", "warning", "error", "overdue", "offline", "never"];
const pollEvery = 10000;
const sayEvery = 10000; // a screen reader is not told every second
const ageEvery = 15000;

const watch = (wall) => {
  const lang = document.documentElement.lang;
  const number = new Intl.NumberFormat(lang);
  const relative = new Intl.RelativeTimeFormat(lang, { numeric: "auto" });
  const words = Object.fromEntries(all("[data-status]").map((chip) => [chip.dataset.status, chip.dataset.word]));
  const age = one("#wall-age");
  const summary = one("#wall-summary");
  const tiles = new Map(); // by agent: { element, status, seen, group, name }
  const groups = new Map(); // by profile: { element, list, name, counts }
  let turn = "";
  let skew = 0; // of this clock against the server's, in milliseconds

  const zero = () => Object.fromEntries(statuses.map((status) => [status, 0]));
  const statusOf = (element) => statuses.find((status) => element.classList.contains(`agent-${status}`));

  const learnGroup = (element) => {
    const group = { element, list: one(".agents", element), name: one("h2", element).textContent, profile: element.dataset.profile, counts: zero() };
    groups.set(element.dataset.profile, group);
    return group;
  };
  for (const element of wall.querySelectorAll(":scope > .wall-group")) {
    const group = learnGroup(element);
    for (const tile of group.list.children) {
      const status = statusOf(tile);
      group.counts[status] += 1;
      tiles.set(tile.id.slice(5), { element: tile, status, seen: Number(tile.children[2].dataset.seen), group, name: tile.firstElementChild.textContent });
    }
  }

  // ---- numbers

  const put = (element, text) => { if (element && element.textContent !== text) element.textContent = text; };
  const part = (place, count, label) => {
    place.hidden = count === 0;
    put(label, number.format(count));
  };
  const countGroup = (group) => {
    let sum = 0;
    for (const place of all("[data-part]", group.element)) {
      const count = group.counts[place.dataset.part];
      sum += count;
      part(place, count, one("b", place));
    }
    put(one("[data-all]", group.element), number.format(sum));
  };
  const countAll = () => {
    const sums = zero();
    for (const group of groups.values()) for (const status of statuses) sums[status] += group.counts[status];
    for (const place of all("[data-part]", summary)) {
      const label = one("[data-shown]", place);
      part(place, sums[label.dataset.shown], label);
    }
    put(one('[data-shown="all"]', summary), number.format(tiles.size));
    const none = one("#wall-none");
    if (none) none.hidden = tiles.size > 0;
  };
  let said = 0;
  let saying = 0;
  const say = () => {
    clearTimeout(saying);
    saying = setTimeout(() => {
      said = Date.now();
      put(one("#wall-said"), summary.innerText.replace(/\s+/g, " "));
    }, Math.max(500, said + sayEvery - Date.now()));
  };

  // ---- tiles

  const ago = (seen) => {
    if (!seen) return "";
    const minutes = Math.floor((Date.now() + skew - seen * 1000) / 60000);
    if (minutes < 1) return wall.dataset.now;
    if (minutes < 60) return relative.format(-minutes, "minute");
    if (minutes < 1440) return relative.format(-Math.floor(minutes / 60), "hour");
    return relative.format(-Math.floor(minutes / 1440), "day");
  };
  const clone = (id) => one(id).content.firstElementChild.cloneNode(true);
  const before = (a, b) => a.toLowerCase() < b.toLowerCase();

  const head = (element, holder) => {
    put(one("h2 > a", element), holder);
    const next = [...wall.querySelectorAll(":scope > .wall-group")].find((other) => other !== element && before(holder, one("h2", other).textContent));
    wall.insertBefore(element, next ?? one("#wall-group"));
  };
  const groupOf = (tile) => {
    const known = groups.get(tile.profile);
    if (known) {
      if (known.name !== tile.holder) {
        head(known.element, tile.holder);
        known.name = tile.holder;
      }
      return known;
    }
    const element = clone("#wall-group");
    element.dataset.profile = tile.profile;
    one("h2 > a", element).href += tile.profile;
    head(element, tile.holder);
    return learnGroup(element);
  };
  const place = (group, element, name) => {
    const next = [...group.list.children].find((other) => other !== element && before(name, other.firstElementChild.textContent));
    group.list.insertBefore(element, next ?? null);
  };
  const leave = (id) => {
    const known = tiles.get(id);
    if (!known) return null;
    known.group.counts[known.status] -= 1;
    known.element.remove();
    tiles.delete(id);
    if (known.group.list.childElementCount === 0) {
      known.group.element.remove();
      groups.delete(known.group.profile);
    }
    return known.group;
  };
  const fresh = (id) => {
    const element = clone("#wall-tile");
    element.id = `tile-${id}`;
    element.firstElementChild.href = `/agents/${id}`;
    return element;
  };
  // Whatever has the focus keeps it when it is moved.
  const keepFocus = (move) => {
    const focused = wall.contains(document.activeElement) ? document.activeElement : null;
    move();
    if (focused?.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true });
  };
  const show = (tile, touched) => {
    let known = tiles.get(tile.id);
    const stays = known && known.name === tile.name && known.group.profile === tile.profile && known.group.name === tile.holder;
    if (!stays) {
      keepFocus(() => {
        const element = known?.element ?? fresh(tile.id);
        touched.add(leave(tile.id));
        const group = groupOf(tile);
        place(group, element, tile.name);
        known = { element, status: "", seen: -1, group, name: tile.name };
        tiles.set(tile.id, known);
      });
    }
    const [link, word, seen, build, message] = known.element.children;
    if (known.status !== tile.status) {
      if (known.status) known.group.counts[known.status] -= 1;
      known.group.counts[tile.status] += 1;
      known.status = tile.status;
      known.element.className = `agent agent-${tile.status}`;
      word.textContent = words[tile.status];
    }
    known.seen = tile.seen ?? 0;
    put(link, tile.name);
    put(seen, ago(known.seen));
    put(build, tile.build ?? "");
    put(message, tile.message ?? "");
    touched.add(known.group);
  };

  const apply = (news) => {
    turn = news.turn;
    skew = news.at - Date.now();
    if (news.crowded) return location.reload();
    const touched = new Set();
    const there = news.whole ? new Set((news.tiles ?? []).map((tile) => tile.id)) : null;
    const gone = there ? [...tiles.keys()].filter((id) => !there.has(id)) : news.gone ?? [];
    for (const id of gone) touched.add(leave(id));
    for (const tile of news.tiles ?? []) show(tile, touched);
    for (const group of touched) if (group) countGroup(group);
    if (news.counts) for (const chip of all("[data-status]")) put(one("[data-count]", chip), number.format(news.counts[chip.dataset.status] ?? 0));
    countAll();
    say();
  };
  wall.apply = apply; // for those who measure

  const timer = setInterval(() => {
    for (const known of tiles.values()) put(known.element.children[2], ago(known.seen));
  }, ageEvery);

  // ---- where the news come from

  const mark = (state, dot) => {
    put(one("[data-age]", age), age.dataset[state]);
    one(".dot", age).className = `dot ${dot}`;
  };
  const lost = () => mark("lost", "dot-grey");
  const end = () => {
    clearInterval(timer);
    mark("ended", "dot-grey");
  };
  const address = () => {
    const url = new URL(wall.dataset.stream, location.href);
    if (turn) url.searchParams.set("turn", turn);
    return url;
  };
  const poll = async (once) => {
    try {
      const answer = await fetch(address(), {
        headers: { Accept: "application/json", "X-Plaza-Background": "true" }, signal: AbortSignal.timeout(2 * pollEvery),
      });
      if (answer.status === 409) return location.reload(); // one is in another profile by now: the server says why
      if (answer.redirected || once || answer.status === 401 || answer.status === 403) return end();
      if (answer.ok) {
        apply(await answer.json());
        mark("old", "dot-green");
      } else {
        lost();
      }
    } catch {
      lost(); // the network is away: the next try may find it
    }
    setTimeout(poll, pollEvery, false);
  };
  if (!window.EventSource) return poll(false);

  let source = null;
  let works = false; // a stream came through once
  let silence = 0;
  // A connection that is dead at the other end raises no event: it is silent.
  const expect = () => {
    clearTimeout(silence);
    silence = setTimeout(() => {
      lost();
      source.close();
      listen();
    }, 2 * Number(wall.dataset.still));
  };
  const live = () => {
    mark("live", "dot-green");
    expect();
  };
  const deafen = () => {
    clearTimeout(silence);
    source.close();
  };
  const listen = () => {
    source = new EventSource(address());
    expect();
    source.addEventListener("open", () => {
      works = true;
      live();
    });
    source.addEventListener("message", (event) => {
      apply(JSON.parse(event.data));
      live();
    });
    source.addEventListener("still", live);
    source.addEventListener("end", () => {
      deafen();
      poll(true);
    });
    source.addEventListener("error", () => {
      lost();
      if (works && source.readyState === EventSource.CONNECTING) return; // it comes back by itself
      deafen();
      poll(false);
    });
  };
  listen();
  addEventListener("pagehide", deafen);
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
};

const wall = one("#wall");
if (wall) watch(wall);
