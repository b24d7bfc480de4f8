// Pause and resume, with a reason.

import { get, post, query, remove } from './api.js';
import { h } from './dom.js';
import { number, t } from './i18n.js';
import { announce, badge, confirm, facts, note, runbook, time, trouble } from './parts.js';

const DURATIONS = ['15m', '30m', '1h', '4h', '24h', ''];
const AGAIN = 5_000;

export const pauses = { draw, enter };

function enter(desk) {
  follow(desk, desk.state.own);
}

function isHere(desk, own) {
  return desk.state.own === own;
}

async function follow(desk, own) {
  clearTimeout(own.timer);
  const answer = await get('actuator/pauses');
  if (isHere(desk, own)) {
    own.list = answer;
    desk.draw();
    own.timer = setTimeout(() => isHere(desk, own) && follow(desk, own), document.hidden ? AGAIN * 6 : AGAIN);
  }
}

function draw(desk) {
  const own = desk.state.own;
  return h(
    'div',
    {},
    h('h1', {}, t('nav.pauses')),
    h('p', { class: 'muted' }, t('pauses.what'), ' ', runbook('docs/operations.md#paused-partitions')),
    own.failed ? trouble(own.failed) : null,
    own.done ? note('ok', h('strong', {}, own.done)) : null,
    own.list === undefined ? h('p', { class: 'muted waiting' }, t('waiting')) : own.list.ok ? list(desk, own, own.list.data) : trouble(own.list.error),
    desk.mayChange() ? form(desk, own) : null,
  );
}

function target(pause) {
  return pause.all ? t('pauses.all') : pause.route ? t('pauses.route.of', { name: pause.route }) : t('pauses.partition.of', { name: pause.partition });
}

function list(desk, own, { pauses: found, trouble: why }) {
  return h(
    'section',
    { 'aria-labelledby': 'in-force' },
    h('h2', { id: 'in-force' }, t('pauses.inforce')),
    why ? note('idle', t('pauses.trouble', { why })) : null,
    found.length === 0
      ? h('p', {}, badge('ok', t('pauses.none')))
      : found.map((pause) =>
          h(
            'article',
            { class: 'panel', 'data-key': target(pause) },
            h('h3', {}, badge('paused', target(pause))),
            facts([
              [t('pauses.reason'), pause.reason],
              [t('pauses.by'), pause.by],
              [t('pauses.since'), time(pause.since)],
              [t('pauses.until'), pause.until ? time(pause.until) : t('pauses.open')],
              [t('pauses.partitions'), pause.partitions?.length > 0 ? clipped(pause.partitions) : undefined],
              [t('pauses.also'), pause.alsoStops?.length > 0 ? pause.alsoStops.join(', ') : undefined],
            ]),
            desk.mayChange() ? h('button', { type: 'button', class: 'go', onclick: () => resume(desk, own, pause) }, t('pauses.resume')) : null,
          ),
        ),
  );
}

function clipped(names) {
  return names.length <= 10 ? names.join(', ') : `${names.slice(0, 10).join(', ')} ${t('more', { n: number(names.length - 10) })}`;
}

async function resume(desk, own, pause) {
  if (!(await confirm(t('pauses.resume'), h('p', {}, target(pause)), t('pauses.resume'), 'go'))) {
    return;
  }
  await done(desk, own, await remove(`actuator/pauses${query(pause.all ? { all: true } : { route: pause.route, partition: pause.partition })}`), t('pauses.resumed', { what: target(pause) }));
}

async function done(desk, own, answer, words) {
  own.failed = answer.ok ? null : answer.error;
  own.done = answer.ok ? words : null;
  if (answer.ok) {
    announce(words);
  }
  await follow(desk, own);
}

function form(desk, own) {
  const relay = desk.state.relay;
  const what = own.what ?? 'route';
  return h(
    'section',
    { class: 'panel', 'aria-labelledby': 'pause' },
    h('h2', { id: 'pause' }, t('pauses.new')),
    h(
      'form',
      {
        class: 'filters',
        onsubmit: (event) => {
          event.preventDefault();
          pause(desk, own, event.target);
        },
      },
      h(
        'label',
        {},
        t('pauses.target'),
        h(
          'select',
          {
            name: 'what',
            onchange: (event) => {
              own.what = event.target.value;
              desk.draw();
            },
          },
          ['route', 'partition', 'all'].map((each) => h('option', { value: each, selected: each === what }, t(`pauses.${each}`))),
        ),
      ),
      what === 'route'
        ? h('label', { 'data-key': 'route' }, t('pauses.route'), h('select', { name: 'route', required: true }, Object.keys(relay?.routes ?? {}).map((name) => h('option', { value: name }, name))))
        : null,
      what === 'partition'
        ? h('label', { 'data-key': 'partition' }, t('pauses.partition'), h('input', { name: 'partition', required: true, pattern: '.+-\\d+', placeholder: 'telemetry.meters-3', autocomplete: 'off', spellcheck: 'false' }))
        : null,
      h('label', { 'data-key': 'for' }, t('pauses.for'), h('select', { name: 'for' }, DURATIONS.map((each) => h('option', { value: each }, each === '' ? t('pauses.open') : each)))),
      h('label', { 'data-key': 'reason', class: 'wide' }, t('pauses.reason'), h('input', { name: 'reason', required: true, maxlength: 500, autocomplete: 'off' })),
      h('button', { 'data-key': 'submit', class: 'bad' }, t('pauses.pause')),
    ),
  );
}

async function pause(desk, own, element) {
  const given = Object.fromEntries(new FormData(element));
  const order = given.what === 'all' ? { all: true } : { [given.what]: given[given.what] };
  const sure = await confirm(
    t('pauses.pause'),
    h('div', {}, h('p', {}, h('strong', {}, target(order))), h('p', {}, given.for === '' ? t('pauses.confirm.open') : t('pauses.confirm.for', { for: given.for })), h('p', {}, t('pauses.reason'), ': ', given.reason)),
    t('pauses.pause'),
  );
  if (sure) {
    const body = { ...order, reason: given.reason, ...(given.for === '' ? {} : { for: given.for }) };
    const answer = await post('actuator/pauses', body);
    if (answer.ok) {
      element.reset();
      own.what = undefined;
    }
    await done(desk, own, answer, t('pauses.paused', { what: target(order) }));
  }
}
