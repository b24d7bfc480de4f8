// Why is a device (not) delivered? And which devices are quarantined, waiting or unknown.

import { get, post, query } from './api.js';
import { h } from './dom.js';
import { duration, number, t, tn, tx } from './i18n.js';
import { announce, badge, confirm, deviceLink, facts, note, reason, runbook, table, time, trouble } from './parts.js';

const ROWS = 100;
const AGAIN = 5_000;
const STATES = ['quarantined', 'waiting', 'unknown'];
const KINDS = { quarantined: 'bad', unknown: 'bad', rejected: 'bad', waiting: 'warn', delivered: 'ok', silent: 'idle' };
const ACTIONS = ['probe', 'lift-quarantine', 'drop-token'];
const VALID = /^[A-Za-z0-9_-]{1,128}$/;

export const devices = { draw, enter };

function enter(desk) {
  const own = desk.state.own;
  if (desk.state.path.length > 0) {
    explain(desk, own);
  } else {
    list(desk, own);
  }
}

/** As long as this view is shown. */
function isHere(desk, own) {
  return desk.state.own === own;
}

async function explain(desk, own) {
  const answer = await get(`actuator/devices/${encodeURIComponent(desk.state.path[0])}`);
  if (isHere(desk, own)) {
    own.answer = answer;
    desk.draw();
    setTimeout(() => isHere(desk, own) && (document.hidden ? again(desk, own) : explain(desk, own)), AGAIN);
  }
}

function again(desk, own) {
  document.addEventListener('visibilitychange', () => isHere(desk, own) && explain(desk, own), { once: true });
}

async function list(desk, own) {
  const state = chosen(desk);
  const answer = await get(`actuator/devices${query({ state, limit: ROWS, after: desk.state.query.get('after') })}`);
  if (isHere(desk, own)) {
    own.list = answer;
    desk.draw();
  }
}

function chosen(desk) {
  const wanted = desk.state.query.get('state');
  return STATES.includes(wanted) ? wanted : 'quarantined';
}

function draw(desk) {
  return h(
    'div',
    {},
    h('h1', {}, t('nav.devices')),
    search(desk),
    desk.state.path.length > 0 ? device(desk, desk.state.path[0]) : listing(desk),
  );
}

function search(desk) {
  const own = desk.state.own;
  return h(
    'form',
    {
      class: 'filters',
      role: 'search',
      onsubmit: (event) => {
        event.preventDefault();
        const id = new FormData(event.target).get('id').trim();
        own.invalid = !VALID.test(id);
        if (own.invalid) {
          desk.draw();
        } else {
          desk.go(`#/devices/${encodeURIComponent(id)}`);
        }
      },
    },
    h(
      'label',
      {},
      t('device.id'),
      h('input', { type: 'search', name: 'id', id: 'device-id', required: true, maxlength: 128, autocomplete: 'off', spellcheck: 'false', 'aria-describedby': own.invalid ? 'device-invalid' : null }),
    ),
    h('button', {}, t('device.explain')),
    own.invalid ? h('p', { id: 'device-invalid', role: 'alert', class: 'alert bad' }, t('device.invalid')) : null,
  );
}

function device(desk, id) {
  const { answer } = desk.state.own;
  return h(
    'article',
    { 'data-key': `device ${id}` },
    h('h2', {}, h('code', {}, id)),
    answer === undefined ? h('p', { class: 'muted waiting' }, t('waiting')) : answer.ok ? explanation(desk, answer.data) : trouble(answer.error),
  );
}

function explanation(desk, found) {
  return [
    h(
      'div',
      { class: `state ${KINDS[found.state] ?? 'idle'}` },
      h('p', {}, badge(KINDS[found.state] ?? 'idle', tx('device.state', found.state)), ' ', runbook(found.runbook)),
      found.explanation.map((sentence) => h('p', { class: 'sentence', lang: 'en' }, sentence)),
    ),
    desk.mayChange() && found.directory.known ? actions(desk, found) : null,
    h(
      'div',
      { class: 'columns' },
      panel('device.delivery', [
        ['device.waiting', number(found.lane.waiting)],
        ['device.inflight', number(found.lane.inFlight)],
        ['device.waitsfor', found.lane.oldest ? `${found.lane.oldest.record ?? ''} ${found.lane.oldest.detail ?? found.lane.oldest.waitsFor ?? ''}` : undefined],
        ['device.next', found.lane.nextAttempt ? time(found.lane.nextAttempt) : undefined],
        ['device.last', found.lastRequest ? request(found.lastRequest) : t('device.last.none')],
        ['device.success', found.lastSuccess ? time(found.lastSuccess) : t('never')],
        ['device.token', found.token ? t('device.token.of', { age: duration(found.token.ageSeconds), left: duration(found.token.leftSeconds) }) : t('device.token.none')],
      ]),
      panel('device.directory', [
        ['device.known', found.directory.loaded ? (found.directory.known ? t('yes') : t('no')) : t('device.unread')],
        ['device.source', found.directory.source],
        ['device.sender', found.lane.sender === found.deviceId ? undefined : deviceLink(found.lane.sender)],
        ['device.product', found.directory.product],
        ['device.group', found.directory.group],
        ['device.barrier', found.directory.barrier],
      ]),
      found.quarantine
        ? panel('device.quarantine', [
            ['device.reason', reason(found.quarantine.reason)],
            ['device.since', time(found.quarantine.since)],
            ['device.refusals', number(found.quarantine.refusals)],
            ['device.probe', time(found.quarantine.nextProbe)],
          ])
        : null,
    ),
    found.holdsUp.length === 0
      ? null
      : h(
          'section',
          { 'aria-labelledby': 'holds' },
          h('h3', { id: 'holds' }, t('device.holds')),
          h('ul', {}, found.holdsUp.map((held) => h('li', {}, h('code', {}, held.record), ' ', held.detail))),
        ),
    h(
      'section',
      { 'aria-labelledby': 'last-letters' },
      h('h3', { id: 'last-letters' }, t('device.letters')),
      table(
        t('device.letters'),
        [t('letter.at'), t('letter.reason'), t('letter.detail'), t('letter.origin')],
        found.deadLetters.map((letter) => [letter.record + letter.at, time(letter.at), reason(letter.reason), letter.detail, h('code', {}, letter.record)]),
        t('letters.none'),
      ),
      h('p', {}, h('a', { href: `#/letters?device=${encodeURIComponent(found.deviceId)}` }, t('letters.of.device'))),
    ),
  ];
}

function request(last) {
  return [time(last.at), ' ', last.outcome, last.status ? ` (${last.status}${last.errorCode ? ` ${last.errorCode}` : ''})` : ''];
}

function panel(title, pairs) {
  return h('section', {}, h('h3', {}, t(title)), facts(pairs.map(([key, value]) => [t(key), value])));
}

function actions(desk, found) {
  const own = desk.state.own;
  return h(
    'div',
    {},
    h(
      'div',
      { class: 'actions' },
      ACTIONS.map((action) =>
        h(
          'button',
          {
            type: 'button',
            disabled: own.acting || (action === 'lift-quarantine' && !found.quarantine) || (action === 'drop-token' && !found.token),
            onclick: () => act(desk, own, found, action),
          },
          t(`device.act.${action}`),
        ),
      ),
    ),
    own.done ? note('ok', h('strong', {}, tx('device.done', own.done))) : null,
    own.failed ? trouble(own.failed) : null,
  );
}

async function act(desk, own, found, action) {
  const sender = found.lane.sender;
  if (!(await confirm(t(`device.act.${action}`), h('p', {}, t(`device.act.${action}.confirm`, { device: sender })), t(`device.act.${action}`), 'go'))) {
    return;
  }
  own.acting = true;
  own.done = own.failed = null;
  desk.draw();
  const answer = await post(`actuator/devices/${encodeURIComponent(found.deviceId)}`, { action });
  own.acting = false;
  if (answer.ok) {
    own.done = answer.data.state;
    announce(tx('device.done', answer.data.state));
  } else {
    own.failed = answer.error;
  }
  const fresh = await get(`actuator/devices/${encodeURIComponent(found.deviceId)}`);
  if (isHere(desk, own)) {
    own.answer = fresh;
    desk.draw();
  }
}

function listing(desk) {
  const state = chosen(desk);
  const { list: answer } = desk.state.own;
  return h(
    'section',
    {},
    h(
      'nav',
      { class: 'tabs', 'aria-label': t('devices.lists') },
      STATES.map((each) => h('a', { href: `#/devices?state=${each}`, 'aria-current': each === state ? 'page' : null }, t(`devices.${each}`))),
    ),
    h('p', { class: 'muted' }, t(`devices.${state}.what`), ' ', state === 'quarantined' && desk.state.relay ? tn('quarantined', desk.state.relay.devices.quarantined) : null),
    answer === undefined ? h('p', { class: 'muted waiting' }, t('waiting')) : answer.ok ? rows(state, answer.data) : trouble(answer.error),
  );
}

function rows(state, { devices: found, next }) {
  const cells = {
    quarantined: (each) => [reason(each.reason), each.errorCode ?? '–', time(each.since), number(each.refusals), time(each.nextProbe)],
    waiting: () => [],
    unknown: (each) => [time(each.lastDeadLetter?.at), each.lastDeadLetter?.detail ?? '–'],
  };
  const heads = {
    quarantined: ['device.reason', 'letter.code', 'device.since', 'device.refusals', 'device.probe'],
    waiting: [],
    unknown: ['letter.at', 'letter.detail'],
  };
  return [
    table(
      t(`devices.${state}`),
      [t('device.id'), ...heads[state].map((key) => t(key))],
      found.map((each) => [each.deviceId, deviceLink(each.deviceId), ...cells[state](each)]),
      t(`devices.${state}.none`),
    ),
    next ? h('p', {}, h('a', { href: `#/devices${query({ state, after: next })}` }, t('page.next'))) : null,
  ];
}
