// The operator's page: one state, one view of it, drawn again when something changes.

import { get, listen } from './api.js';
import { History } from './chart.js';
import { h, morph } from './dom.js';
import { LANGUAGES, duration, preferred, remember, remembered, speak, spoken, t } from './i18n.js';
import { Live } from './live.js';
import { announce, badge, note } from './parts.js';
import { overview } from './overview.js';
import { devices } from './devices.js';
import { letters } from './letters.js';
import { pauses } from './pauses.js';

const STALE = 12_000;
const THEMES = ['auto', 'light', 'dark'];
const HERE = /^(localhost|127\.\d+\.\d+\.\d+|\[::1])$/;
const VIEWS = { overview, devices, letters, pauses };

const state = {
  relay: null,
  at: 0,
  connection: { mode: 'waiting' },
  who: { name: '', role: 'viewer', login: '', tls: location.protocol === 'https:' || HERE.test(location.hostname) },
  /** Whether the last answer was that nobody is logged in. */
  denied: false,
  history: new History(),
  view: 'overview',
  path: [],
  query: new URLSearchParams(),
  /** What a view keeps between two draws; gone with the next view. */
  own: {},
  theme: THEMES.includes(remembered('theme')) ? remembered('theme') : 'auto',
};

/** What views may do besides drawing. */
const desk = {
  state,
  draw,
  mayChange: () => state.who.role === 'operator',
  go: (hash) => {
    location.hash = hash;
  },
};

let drawing = false;

function draw() {
  if (!drawing) {
    drawing = true;
    requestAnimationFrame(() => {
      drawing = false;
      drawNow();
    });
  }
}

function drawNow() {
  const root = document.getElementById('desk');
  const fresh = h('div', { id: 'desk' }, top(), banners(), main());
  const focus = document.activeElement;
  morph(root, fresh);
  if (focus !== document.activeElement && focus?.isConnected && focus !== document.body) {
    focus.focus({ preventScroll: true });
  }
  state.history.attach(document);
}

function top() {
  return h(
    'header',
    {},
    h('a', { class: 'skip', href: '#main', onclick: skip }, t('skip')),
    h('div', { class: 'brand' }, 'iotda-relay', ' ', h('span', { class: 'muted' }, state.relay?.instance?.name ?? '')),
    h(
      'nav',
      { 'aria-label': t('nav') },
      Object.keys(VIEWS).map((view) => h('a', { href: `#/${view}`, 'aria-current': state.view === view ? 'page' : null }, t(`nav.${view}`))),
    ),
    h('div', { class: 'tools' }, connection(), theme(), language(), user()),
  );
}

/** The fragment names the view, so the link cannot be followed. */
function skip(event) {
  event.preventDefault();
  document.getElementById('main').focus();
}

function isStale() {
  return state.relay !== null && Date.now() - state.at > STALE;
}

function connection() {
  const { mode } = state.connection;
  const shown = mode === 'live' && isStale() ? 'down' : mode;
  const kinds = { live: 'ok', polling: 'warn', down: 'bad', waiting: 'idle' };
  return h('span', { class: 'connection' }, badge(kinds[shown], t(`connection.${shown}`)));
}

function theme() {
  return h(
    'label',
    {},
    h('span', { class: 'hidden' }, t('theme')),
    h(
      'select',
      { id: 'theme', onchange: (event) => choose(event.target.value) },
      THEMES.map((each) => h('option', { value: each, selected: each === state.theme }, t(`theme.${each}`))),
    ),
  );
}

function choose(which) {
  state.theme = which;
  remember('theme', which);
  applyTheme();
  draw();
}

function applyTheme() {
  if (state.theme === 'auto') {
    delete document.documentElement.dataset.theme;
  } else {
    document.documentElement.dataset.theme = state.theme;
  }
  state.history.restyle();
  document.querySelectorAll('[data-line]').forEach((place) => place.replaceChildren());
}

function language() {
  return h(
    'label',
    {},
    h('span', { class: 'hidden' }, 'Language / 语言'),
    h(
      'select',
      {
        id: 'language',
        onchange: async (event) => {
          remember('language', event.target.value);
          await speak(event.target.value);
          applyTheme();
          draw();
        },
      },
      Object.entries(LANGUAGES).map(([code, name]) => h('option', { value: code, lang: code, selected: code === spoken() }, name)),
    ),
  );
}

function user() {
  return h(
    'span',
    { class: 'user' },
    state.who.name === '' ? null : h('span', { class: 'muted' }, t('user', { name: state.who.name, role: t(`role.${state.who.role}`) })),
    state.who.login === 'session' ? h('form', { method: 'post', action: 'logout' }, h('button', { class: 'plain' }, t('logout'))) : null,
  );
}

function banners() {
  const { mode, status, error } = state.connection;
  return h(
    'div',
    { id: 'banners' },
    state.denied
      ? note('bad', h('strong', {}, t('denied')), ' ', h('a', { href: 'login' }, t('denied.login')))
      : mode === 'down' && status === 403
        ? note('bad', h('strong', {}, t('forbidden')))
        : mode === 'down'
          ? note('bad', h('strong', {}, t('unreachable')), ' ', error === 'timeout' ? t('failed.timeout') : error ?? '')
          : null,
    isStale() ? note('warn', h('strong', {}, t('stale', { age: duration((Date.now() - state.at) / 1000) }))) : null,
    state.who.tls ? null : note('warn', h('strong', {}, t('plain'))),
    (state.relay?.silent ?? []).map((each) => note('warn', h('strong', {}, t('silent', { instance: each.instance })), ' ', each.why ?? '')),
  );
}

function main() {
  const view = VIEWS[state.view];
  return h('main', { id: 'main', tabindex: '-1', 'data-key': state.view, class: isStale() ? 'stale' : null }, view.draw(desk));
}

/** The fragment is #/view/path?query. */
function route() {
  const [path, query] = location.hash.replace(/^#\/?/, '').split('?', 2);
  const [view, ...rest] = path.split('/');
  const former = state.view;
  state.view = view in VIEWS ? view : 'overview';
  state.path = rest.filter((part) => part !== '').map(decoded);
  state.query = new URLSearchParams(query ?? '');
  state.own = {};
  document.title = `${t(`nav.${state.view}`)} – iotda-relay`;
  VIEWS[state.view].enter?.(desk);
  draw();
  if (former !== state.view) {
    announce(t(`nav.${state.view}`));
    window.scrollTo(0, 0);
  }
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

async function whoAmI() {
  const answer = await get('actuator/whoami');
  if (answer.ok && answer.data.name) {
    const { name, role, login, tls } = answer.data;
    state.who = { name, role: role === 'operator' ? 'operator' : 'viewer', login, tls: tls || state.who.tls };
    draw();
  }
}

async function begin() {
  await speak(preferred());
  document.body.prepend(h('div', { id: 'announcements', class: 'hidden', 'aria-live': 'polite' }));
  applyTheme();
  window.addEventListener('hashchange', route);
  window.addEventListener('resize', () => state.history.attach(document));
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', applyThemeAndDraw);
  listen((status) => {
    if (state.denied !== (status === 401)) {
      state.denied = status === 401;
      draw();
    }
  });
  route();
  whoAmI();
  setInterval(() => {
    if (!document.hidden) {
      draw();
    }
  }, 2_000);
  const live = new Live({
    relay(data) {
      const before = state.relay?.state;
      state.relay = data;
      state.at = Date.now();
      if (before !== undefined && before !== data.state) {
        announce(t(`state.${data.state}`));
      }
      draw();
    },
    sample: (sample) => state.history.add(sample),
    history: (all) => {
      state.history.replace(all);
      draw();
    },
    connection(connection) {
      const back = state.connection.mode === 'down' && connection.mode !== 'down';
      state.connection = connection;
      if (back) {
        whoAmI();
      }
      draw();
    },
  });
  live.start();
}

function applyThemeAndDraw() {
  applyTheme();
  draw();
}

begin();
