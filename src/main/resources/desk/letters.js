// Dead letters: browse them, look at one, send them again.

import { get, post, query } from './api.js';
import { h } from './dom.js';
import { bytes, number, t, tn, tx } from './i18n.js';
import { announce, badge, confirm, deviceLink, facts, note, reason, runbook, table, time, trouble } from './parts.js';

const ROWS = 50;
const FILTERS = ['reason', 'route', 'device', 'from', 'to'];
/** A dry run may look at many letters. */
const LONG = 90_000;
const REASONS = [
  'undecodable',
  'unmappable',
  'model-violation',
  'too-large',
  'unknown-device',
  'not-permitted',
  'device-rejected',
  'device-failing',
  'child-rejected',
  'refused',
  'internal-error',
];
const RUNNING = ['collecting', 'sending'];
const KINDS = { collecting: 'idle', sending: 'warn', done: 'ok', cancelled: 'idle', failed: 'bad' };

export const letters = { draw, enter };

function enter(desk) {
  const own = desk.state.own;
  if (desk.state.path.length > 0) {
    load(desk, own, 'one', `actuator/deadletters/${encodeURIComponent(desk.state.path[0])}`);
  } else {
    load(desk, own, 'list', `actuator/deadletters${query({ ...filter(desk), before: desk.state.query.get('before'), limit: ROWS })}`);
  }
  follow(desk, own);
}

function isHere(desk, own) {
  return desk.state.own === own;
}

async function load(desk, own, name, path) {
  const answer = await get(path);
  if (isHere(desk, own)) {
    own[name] = answer;
    desk.draw();
  }
}

function filter(desk) {
  return Object.fromEntries(FILTERS.map((name) => [name, desk.state.query.get(name) ?? '']).filter(([, value]) => value !== ''));
}

function draw(desk) {
  const one = desk.state.path[0];
  return h('div', {}, h('h1', {}, t('nav.letters')), progress(desk), one === undefined ? browse(desk) : letter(desk, one));
}

// The list

function browse(desk) {
  const { list } = desk.state.own;
  return [
    form(desk),
    desk.mayChange() ? redrive(desk, filter(desk)) : null,
    list === undefined ? h('p', { class: 'muted waiting' }, t('letters.reading')) : list.ok ? rows(desk, list.data) : trouble(list.error),
  ];
}

function form(desk) {
  const values = filter(desk);
  const field = (name, input) => h('label', {}, t(`letters.${name}`), input);
  return h(
    'form',
    {
      class: 'filters',
      role: 'search',
      'data-key': desk.state.query.toString(),
      onsubmit: (event) => {
        event.preventDefault();
        const given = Object.fromEntries(new FormData(event.target));
        desk.go(`#/letters${query({ ...given, from: utc(given.from), to: utc(given.to) })}`);
      },
    },
    field(
      'reason',
      h(
        'select',
        { name: 'reason' },
        h('option', { value: '' }, t('any')),
        REASONS.map((code) => h('option', { value: code, selected: values.reason === code }, tx('reason', code))),
      ),
    ),
    field(
      'route',
      h(
        'select',
        { name: 'route' },
        h('option', { value: '' }, t('any')),
        [...new Set([...Object.keys(desk.state.relay?.routes ?? {}), ...(values.route ? [values.route] : [])])].map((name) => h('option', { value: name, selected: values.route === name }, name)),
      ),
    ),
    field('device', h('input', { name: 'device', value: values.device, maxlength: 128, autocomplete: 'off', spellcheck: 'false' })),
    field('from', h('input', { type: 'datetime-local', step: 1, name: 'from', value: local(values.from) })),
    field('to', h('input', { type: 'datetime-local', step: 1, name: 'to', value: local(values.to) })),
    h('button', {}, t('letters.search')),
    h('a', { href: '#/letters' }, t('letters.all')),
  );
}

function utc(text) {
  const time = new Date(text || NaN);
  return Number.isNaN(time.getTime()) ? '' : time.toISOString();
}

/** As the field wants it: in the time of the browser, without a zone. */
function local(iso) {
  const time = new Date(iso || NaN);
  return Number.isNaN(time.getTime()) ? null : new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

function rows(desk, { letters: found, scanned, more, before }) {
  return h(
    'section',
    {},
    table(
      t('nav.letters'),
      ['at', 'reason', 'device', 'route', 'detail', 'redrives', 'position'].map((key) => t(`letter.${key}`)),
      found.map((each) => [
        each.position,
        time(each.at),
        reason(each.reason),
        each.deviceId ? deviceLink(each.deviceId) : '–',
        each.route ?? '–',
        h('span', { class: 'clip', title: each.detail }, each.detail ?? '–'),
        number(each.redrives ?? 0),
        h('a', { href: `#/letters/${encodeURIComponent(each.position)}` }, each.position),
      ]),
      more ? t('letters.none.yet') : t('letters.none'),
    ),
    h(
      'p',
      { class: 'muted' },
      t('letters.scanned', { n: number(scanned) }),
      ' ',
      more ? h('a', { href: `#/letters${query({ ...filter(desk), before })}` }, t('letters.older')) : t('letters.end'),
    ),
  );
}

// One letter

function letter(desk, position) {
  const { one } = desk.state.own;
  return h(
    'article',
    { 'data-key': position },
    h('h2', {}, h('code', {}, position)),
    one === undefined
      ? h('p', { class: 'muted waiting' }, t('waiting'))
      : !one.ok
        ? trouble(one.error)
        : [
            facts([
              [t('letter.at'), time(one.data.at)],
              [t('letter.reason'), reason(one.data.reason)],
              [t('letter.detail'), one.data.detail],
              [t('letter.device'), one.data.deviceId ? deviceLink(one.data.deviceId) : undefined],
              [t('letter.route'), one.data.route],
              [t('letter.code'), [one.data.httpStatus, one.data.errorCode].filter(Boolean).join(' ') || undefined],
              [t('letter.origin'), one.data.origin],
              [t('letter.original'), time(one.data.originalTime)],
              [t('letter.redrives'), number(one.data.redrives ?? 0)],
            ]),
            h('p', {}, runbook('docs/operations.md#iotdarelaydeadletters')),
            h(
              'div',
              { class: 'columns beside' },
              h('section', { 'aria-labelledby': 'record' }, h('h3', { id: 'record' }, t('letter.record')), record(one.data)),
              h('section', { 'aria-labelledby': 'today' }, h('h3', { id: 'today' }, t('letter.today')), today(one.data.today ?? {})),
            ),
            desk.mayChange() ? redrive(desk, { positions: position }) : null,
          ],
  );
}

function record({ key, value, headers }) {
  return [
    content(t('letter.key'), key),
    content(t('letter.value'), value),
    h(
      'details',
      {},
      h('summary', {}, tn('letter.headers', headers.length)),
      table(
        t('letter.headers.title'),
        [t('letter.header.name'), t('letter.header.value')],
        headers.map((header, index) => [`${index} ${header.name}`, h('code', {}, header.name), text(header.value)]),
        t('letter.headers.none'),
      ),
    ),
  ];
}

/** What may be anything: shown as the text that it is. */
function content(title, what) {
  return h('div', {}, h('h4', {}, title, ' ', h('span', { class: 'muted' }, what?.bytes === undefined ? '' : bytes(what.bytes), what?.base64 === undefined ? '' : ' base64')), h('pre', { tabindex: '0' }, pretty(text(what))));
}

function text(what) {
  return what?.text ?? what?.base64 ?? (what?.null ? 'null' : typeof what === 'string' ? what : '');
}

function pretty(string) {
  if (string.length > 65_536 || !/^\s*[[{]/.test(string)) {
    return string;
  }
  try {
    const value = JSON.parse(string);
    const again = JSON.stringify(value, null, 2);
    // Numbers that a browser cannot keep are shown as they were.
    return /\d{16}/.test(string) ? string : again;
  } catch {
    return string;
  }
}

function today(found) {
  const requests = found.requests ?? [];
  return [
    found.rejected ? note('bad', h('strong', {}, t('today.rejected')), ' ', reason(found.rejected), ': ', found.detail ?? '') : null,
    found.skipped ? note('warn', h('strong', {}, t('today.skipped')), ' ', found.skipped) : null,
    found.waitsFor ? note('warn', h('strong', {}, t('today.waits')), ' ', found.waitsFor) : null,
    found.unknown ? note('warn', h('strong', {}, t('today.unknown')), ' ', found.unknown) : null,
    requests.length > 0 && !found.rejected ? note('ok', h('strong', {}, tn('today.requests', requests.length))) : null,
    requests.map((request) => h('div', {}, h('p', {}, h('code', { class: 'break' }, `${request.method} ${request.path}`)), h('p', { class: 'small' }, t('today.sender'), ' ', deviceLink(request.sender)), content(t('today.body'), request.body))),
  ];
}

// Sending again

function redrive(desk, order) {
  const own = desk.state.own;
  return h(
    'section',
    { class: 'panel', 'aria-labelledby': 'redrive' },
    h('h2', { id: 'redrive' }, order.positions ? t('redrive.one') : t('redrive')),
    h('p', { class: 'muted' }, order.positions ? t('redrive.what.one') : t('redrive.what'), ' ', runbook('docs/operations.md#redriving-dead-letters')),
    h(
      'form',
      {
        class: 'filters',
        onsubmit: (event) => {
          event.preventDefault();
          const given = new FormData(event.target);
          tryOut(desk, own, {
            ...(Object.keys(order).length === 0 ? { all: true } : order),
            ...(given.has('newer') ? { onlyIfNothingNewer: true } : {}),
            ...(given.get('pace') ? { perSecond: Number(given.get('pace')) } : {}),
          });
        },
        onchange: () => {
          own.tried = null;
          desk.draw();
        },
      },
      h('label', { class: 'check' }, h('input', { type: 'checkbox', name: 'newer' }), t('redrive.newer')),
      h('label', {}, t('redrive.pace'), h('input', { type: 'number', name: 'pace', min: 1, max: 10000, placeholder: '50' })),
      h('button', { disabled: own.trying }, own.trying ? t('redrive.trying') : t('redrive.try')),
    ),
    own.failed ? trouble(own.failed) : null,
    own.tried ? tried(desk, own) : null,
  );
}

async function tryOut(desk, own, order) {
  own.trying = true;
  own.tried = own.failed = null;
  desk.draw();
  const answer = await post('actuator/deadletters/redrive', { ...order, dryRun: true }, LONG);
  own.trying = false;
  if (answer.ok) {
    own.tried = { order, result: answer.data.result };
    announce(tn('redrive.found', answer.data.result.found));
  } else {
    own.failed = answer.error;
  }
  desk.draw();
}

function tried(desk, own) {
  const { result } = own.tried;
  const fail = Object.entries(result.wouldFail ?? {});
  const running = (own.redrives ?? []).some((each) => RUNNING.includes(each.state));
  return h(
    'div',
    { id: 'tried' },
    h('h3', {}, tn('redrive.found', result.found), ' ', tn('redrive.devices', result.devices)),
    result.complete ? null : note('warn', h('strong', {}, t('redrive.incomplete', { n: number(result.scanned) }))),
    result.olderThanDelivered > 0 ? note('warn', h('strong', {}, tn('redrive.older', result.olderThanDelivered)), ' ', t('redrive.older.why')) : null,
    result.notKnownIfOlder > 0 ? note('warn', h('strong', {}, tn('redrive.notknown', result.notKnownIfOlder))) : null,
    fail.map(([code, count]) => note('bad', h('strong', {}, tn('redrive.fail', count)), ' ', reason(code))),
    facts([
      [t('redrive.already'), number(result.alreadyRedriven)],
      [t('redrive.over'), number(result.overLimit)],
      [t('redrive.origin'), number(result.withoutOrigin)],
      [t('redrive.skipped'), result.skipped === undefined ? undefined : number(result.skipped)],
    ]),
    Object.keys(result.topDevices ?? {}).length === 0
      ? null
      : h(
          'details',
          {},
          h('summary', {}, t('redrive.top')),
          h('ul', {}, Object.entries(result.topDevices).map(([device, count]) => h('li', {}, deviceLink(device), ' ', number(count)))),
        ),
    running ? note('warn', t('redrive.busy')) : null,
    h('button', { type: 'button', class: 'go', disabled: result.found === 0 || running, onclick: () => send(desk, own) }, tn('redrive.send', result.found)),
  );
}

async function send(desk, own) {
  const { order, result } = own.tried;
  const fails = Object.values(result.wouldFail ?? {}).reduce((one, other) => one + other, 0);
  const sure = await confirm(
    tn('redrive.send', result.found),
    h(
      'div',
      {},
      h('p', {}, tn('redrive.confirm', result.found, { devices: tn('redrive.devices', result.devices) })),
      result.olderThanDelivered > 0 && !order.onlyIfNothingNewer ? h('p', {}, badge('warn', tn('redrive.older', result.olderThanDelivered))) : null,
      fails > 0 ? h('p', {}, badge('bad', tn('redrive.fail', fails))) : null,
    ),
    tn('redrive.send', result.found),
    'go',
  );
  if (!sure) {
    return;
  }
  // No more than what was confirmed, whatever has come since.
  const answer = await post('actuator/deadletters/redrive', { ...order, dryRun: false, most: result.found }, LONG);
  own.tried = null;
  if (answer.ok) {
    announce(t('redrive.begun'));
  } else {
    own.failed = answer.error;
  }
  desk.draw();
  follow(desk, own);
}

/** The last redrives, once a second while one is running. */
async function follow(desk, own) {
  clearTimeout(own.timer);
  const answer = await get('actuator/deadletters/redrives');
  if (!isHere(desk, own)) {
    return;
  }
  const wasRunning = (own.redrives ?? []).find((each) => RUNNING.includes(each.state));
  own.redrives = answer.ok ? answer.data.redrives : own.redrives ?? [];
  const now = wasRunning && own.redrives.find((each) => each.id === wasRunning.id);
  if (now && !RUNNING.includes(now.state)) {
    announce(t('redrive.ended', { state: tx('redrive.state', now.state) }));
  }
  desk.draw();
  if (own.redrives.some((each) => RUNNING.includes(each.state))) {
    own.timer = setTimeout(() => isHere(desk, own) && follow(desk, own), 1_000);
  }
}

function progress(desk) {
  const own = desk.state.own;
  const all = own.redrives ?? [];
  const [last, ...others] = all;
  return h(
    'div',
    { id: 'redrives' },
    last === undefined ? null : shown(desk, own, last),
    others.length === 0
      ? null
      : h('details', {}, h('summary', {}, tn('redrive.former', others.length)), others.map((each) => shown(desk, own, each))),
  );
}

function shown(desk, own, one) {
  const rejected = count(one.rejected);
  const skipped = count(one.skipped);
  const done = one.delivered + rejected + skipped + one.elsewhere;
  const running = RUNNING.includes(one.state);
  return h(
    'section',
    { class: 'panel', 'data-key': one.id, 'aria-label': t('redrive.named', { id: one.id }) },
    h('p', {}, badge(KINDS[one.state] ?? 'idle', tx('redrive.state', one.state)), ' ', t('redrive.named', { id: one.id }), ' ', time(one.begin)),
    h('progress', { max: Math.max(1, one.found), value: one.state === 'done' ? Math.max(1, one.found) : done, 'aria-label': t('redrive.progress') }),
    h('p', {}, t('redrive.counts', { done: number(done), found: number(one.found), delivered: number(one.delivered), rejected: number(rejected), skipped: number(skipped), elsewhere: number(one.elsewhere) })),
    Object.entries(one.rejected ?? {}).map(([code, n]) => note('bad', h('strong', {}, number(n)), ' ', reason(code))),
    Object.entries(one.skipped ?? {}).map(([why, n]) => h('p', { class: 'small' }, number(n), ' ', tx('redrive.why', why))),
    one.elsewhere > 0 ? note('warn', t('redrive.elsewhere')) : null,
    one.trouble ? note('bad', h('strong', {}, t('failed')), ' ', one.trouble) : null,
    running && desk.mayChange() ? h('button', { type: 'button', class: 'bad', onclick: () => cancel(desk, own, one) }, t('redrive.cancel')) : null,
  );
}

function count(byName) {
  return Object.values(byName ?? {}).reduce((one, other) => one + other, 0);
}

async function cancel(desk, own, one) {
  if (await confirm(t('redrive.cancel'), h('p', {}, t('redrive.cancel.confirm', { n: number(one.remaining ?? 0) })), t('redrive.cancel'))) {
    const answer = await post('actuator/deadletters/cancel', { id: one.id });
    if (!answer.ok) {
      own.failed = answer.error;
    }
    follow(desk, own);
  }
}
