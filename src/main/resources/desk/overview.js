// Is it flowing, and where is it stuck, and why?

import { address } from './api.js';
import { h } from './dom.js';
import { duration, number, rate, t, tn, tx } from './i18n.js';
import { age, badge, deviceLink, note, reason, runbook, table, time } from './parts.js';

const ROWS = 50;
const SHOWN_TOPICS = 6;
const KINDS = { stuck: 'bad', paused: 'paused', flowing: 'ok', idle: 'idle' };

export const overview = { draw };

function draw(desk) {
  const relay = desk.state.relay;
  if (relay === null) {
    return h('div', {}, h('h1', {}, t('nav.overview')), h('p', { class: 'muted waiting' }, t('waiting')));
  }
  return h(
    'div',
    {},
    head(relay),
    stuck(relay),
    flow(relay),
    h('section', { 'aria-labelledby': 'hour' }, h('h2', { id: 'hour' }, t('hour')), desk.state.history.figures()),
    h('div', { class: 'columns' }, delivery(relay), devices(relay), deadLetters(relay)),
    partitions(desk, relay),
    relay.instances?.length > 1 ? instances(relay) : null,
    instance(relay),
  );
}

function head(relay) {
  return h(
    'div',
    { class: `state ${KINDS[relay.state] ?? 'idle'}` },
    h('h1', {}, badge(KINDS[relay.state] ?? 'idle', tx('state', relay.state))),
    h('p', {}, t(`state.${relay.state}.detail`, { rate: rate(sum(relay.routes, 'deliveredPerSecond')) })),
  );
}

function stuck(relay) {
  return h(
    'div',
    { id: 'stuck' },
    relay.stuck.length === 0
      ? null
      : h(
          'section',
          { 'aria-labelledby': 'stuck-title' },
          h('h2', { id: 'stuck-title' }, t('stuck')),
          h(
            'ul',
            { class: 'plainlist' },
            relay.stuck.map((place) =>
              h(
                'li',
                { class: 'alert bad', 'data-key': place.where },
                badge('bad', place.where),
                ' ',
                h('span', {}, place.why),
                ' ',
                runbook(place.runbook),
              ),
            ),
          ),
        ),
    relay.pauses.length === 0
      ? null
      : h(
          'section',
          { 'aria-labelledby': 'paused-title' },
          h('h2', { id: 'paused-title' }, t('paused.by.operators')),
          h('ul', { class: 'plainlist' }, relay.pauses.map((words) => h('li', { class: 'alert paused' }, badge('paused', t('state.paused')), ' ', words, ' ', h('a', { href: '#/pauses' }, t('paused.see'))))),
        ),
  );
}

/** The way of a record, and how each part of it is. */
function flow(relay) {
  const at = (...places) => relay.stuck.some((place) => places.some((each) => place.where === each || place.where.startsWith(`${each} `)));
  const waits = relay.partitions.filter((partition) => partition.paused);
  const breakers = Object.entries(relay.delivery.breakers).filter(([, state]) => !isClosed(state));
  const rejected = sum(relay.routes, 'rejectedPerSecond');
  const topics = byTopic(relay.partitions);
  return h(
    'section',
    { 'aria-labelledby': 'flow' },
    h('h2', { id: 'flow' }, t('flow')),
    h(
      'ol',
      { class: 'flow' },
      stage(
        'kafka',
        at('source', 'partition') ? 'bad' : relay.pauses.length > 0 ? 'paused' : waits.length > 0 ? 'warn' : 'ok',
        at('source', 'partition')
          ? t('flow.stuck')
          : relay.pauses.length > 0
            ? t('state.paused')
            : waits.length > 0
              ? tn('flow.waiting', waits.length)
              : t('flow.fine'),
        [
          h('p', {}, tn('partitions', relay.partitions.length), ', ', t('lag.of', { n: number(total(relay.partitions, 'lag')) })),
          h(
            'ul',
            { class: 'plainlist small' },
            topics.slice(0, SHOWN_TOPICS).map(([topic, lag]) => h('li', {}, h('code', {}, topic), ' ', t('lag.of', { n: number(lag) }))),
            topics.length > SHOWN_TOPICS ? h('li', { class: 'muted' }, t('more', { n: number(topics.length - SHOWN_TOPICS) })) : null,
          ),
        ],
      ),
      stage('routes', at('route', 'directory') ? 'bad' : 'ok', at('route', 'directory') ? t('flow.stuck') : t('flow.fine'), [
        h('p', {}, rate(sum(relay.routes, 'perSecond'))),
        h(
          'ul',
          { class: 'plainlist small' },
          Object.entries(relay.routes).map(([name, route]) => h('li', {}, h('code', {}, name), ' ', rate(route.perSecond))),
        ),
      ]),
      stage(
        'lanes',
        relay.devices.quarantined > 0 ? 'warn' : 'ok',
        relay.devices.quarantined > 0 ? tn('flow.aside', relay.devices.quarantined) : t('flow.fine'),
        [
          h('p', {}, tn('inflight', total(relay.partitions, 'inFlight'))),
          h('p', { class: 'small' }, t('requests.of', { n: number(relay.delivery.requestsInFlight), most: number(relay.delivery.requestsLimit) })),
        ],
      ),
      stage(
        'platform',
        at('platform') || breakers.some(([, state]) => isOpen(state)) ? 'bad' : breakers.length > 0 ? 'warn' : 'ok',
        at('platform') ? t('flow.stuck') : breakers.length > 0 ? t('flow.breaker', { name: breakers[0][0], state: tx('breaker', breakers[0][1]) }) : t('flow.fine'),
        [h('p', {}, rate(sum(relay.routes, 'deliveredPerSecond'))), h('p', { class: 'small' }, t('delivered'))],
      ),
    ),
    h(
      'div',
      { class: 'branch' },
      stage(
        'deadletters',
        at('dead letters') ? 'bad' : rejected > 0 ? 'warn' : 'ok',
        at('dead letters') ? t('flow.stuck') : rejected > 0 ? t('flow.rejecting') : t('flow.fine'),
        [h('p', {}, rate(rejected), ' ', h('a', { href: '#/letters' }, t('letters.see')))],
        'div',
      ),
    ),
  );
}

function stage(name, kind, words, content, tag = 'li') {
  return h(tag, { class: `stage ${kind}`, 'data-key': name }, h('h3', {}, t(`flow.${name}`)), badge(kind, words), content);
}

function isClosed(state) {
  return /closed/i.test(state);
}

function isOpen(state) {
  return /open/i.test(state) && !/half/i.test(state);
}

function delivery(relay) {
  const { breakers, requestsInFlight, requestsLimit, messagesPerSecond } = relay.delivery;
  return h(
    'section',
    { 'aria-labelledby': 'delivery' },
    h('h2', { id: 'delivery' }, t('delivery')),
    h(
      'ul',
      { class: 'plainlist' },
      Object.entries(breakers).map(([name, state]) =>
        h(
          'li',
          { 'data-key': name },
          badge(isClosed(state) ? 'ok' : isOpen(state) ? 'bad' : 'warn', tx('breaker', state)),
          ' ',
          t('breaker.of', { name }),
          ' ',
          isClosed(state) ? null : runbook('docs/operations.md#iotdarelaybreakeropen'),
        ),
      ),
    ),
    h('p', {}, t('requests.of', { n: number(requestsInFlight), most: number(requestsLimit) })),
    h('p', {}, messagesPerSecond > 0 ? t('quota.pace', { rate: rate(messagesPerSecond) }) : t('quota.none')),
    relay.delivery.quotaUsed === undefined ? null : h('p', {}, t('quota.used', { n: number(relay.delivery.quotaUsed * 100) })),
  );
}

function devices(relay) {
  const { directory, quarantined, tokens } = relay.devices;
  return h(
    'section',
    { 'aria-labelledby': 'devices' },
    h('h2', { id: 'devices' }, t('nav.devices')),
    h('p', {}, quarantined > 0 ? badge('warn', tn('quarantined', quarantined)) : badge('ok', t('quarantined.none'))),
    quarantined > 0
      ? h('p', {}, h('a', { href: '#/devices?state=quarantined' }, t('quarantined.see')), ' ', runbook('docs/operations.md#quarantine'))
      : null,
    h('p', {}, tn('directory', directory), ', ', tn('tokens', tokens)),
  );
}

function deadLetters(relay) {
  const reasons = Object.entries(relay.deadLetters.byReason).sort(([, one], [, other]) => other - one);
  return h(
    'section',
    { 'aria-labelledby': 'deadletters' },
    h('h2', { id: 'deadletters' }, t('nav.letters')),
    relay.deadLetters.topics
      .filter((topic) => topic.trouble)
      .map((topic) => note('bad', h('strong', {}, topic.topic), ' ', topic.trouble, ' ', runbook('docs/operations.md#iotdarelaydeadletternotwritable'))),
    h('p', { class: 'muted' }, t('letters.since')),
    reasons.length === 0
      ? h('p', {}, badge('ok', t('letters.none')))
      : h(
          'ul',
          { class: 'plainlist' },
          reasons.map(([code, count]) =>
            h('li', { 'data-key': code }, h('a', { href: `#/letters?reason=${encodeURIComponent(code)}` }, number(count)), ' ', reason(code)),
          ),
        ),
  );
}

function partitions(desk, relay) {
  const own = desk.state.own;
  const wanted = (own.filter ?? '').toLowerCase();
  const found = relay.partitions
    .filter((partition) => partition.partition.toLowerCase().includes(wanted))
    .sort((one, other) => other.oldestUnfinishedSeconds - one.oldestUnfinishedSeconds || (other.lag ?? 0) - (one.lag ?? 0));
  const pages = Math.max(1, Math.ceil(found.length / ROWS));
  const page = Math.min(own.page ?? 0, pages - 1);
  const turn = (to) => () => {
    own.page = to;
    desk.draw();
  };
  return h(
    'section',
    { 'aria-labelledby': 'partitions' },
    h('h2', { id: 'partitions' }, t('partitions.title')),
    h(
      'div',
      { class: 'filters' },
      h(
        'label',
        {},
        t('partitions.filter'),
        h('input', {
          type: 'search',
          id: 'partition-filter',
          oninput: (event) => {
            own.filter = event.target.value;
            own.page = 0;
            desk.draw();
          },
        }),
      ),
      pager(found.length, page, pages, turn),
    ),
    table(
      t('partitions.title'),
      ['partition', 'lag', 'inflight', 'oldest', 'stalled', 'waits'].map((column) => t(`partitions.${column}`)),
      found.slice(page * ROWS, (page + 1) * ROWS).map((partition) => [
        partition.partition,
        [h('code', {}, partition.partition), partition.instance ? h('div', { class: 'muted small' }, partition.instance) : null],
        partition.lag === undefined ? '–' : number(partition.lag),
        number(partition.inFlight),
        partition.inFlight === 0 && partition.oldestUnfinishedSeconds === 0 ? '–' : duration(partition.oldestUnfinishedSeconds),
        partition.stalledSeconds >= 30 ? badge('bad', duration(partition.stalledSeconds)) : partition.stalledSeconds > 0 ? duration(partition.stalledSeconds) : '–',
        waiting(partition),
      ]),
      t('partitions.none'),
    ),
  );
}

function waiting(partition) {
  return [
    partition.paused ? h('span', {}, badge('paused', tx('pause', partition.paused)), ' ', partition.pausedBecause ?? '', ' ') : null,
    partition.detail ? h('span', {}, partition.detail, ' ') : null,
    partition.deviceId ? deviceLink(partition.deviceId) : null,
  ];
}

function pager(count, page, pages, turn) {
  return h(
    'div',
    { class: 'pager' },
    h('button', { type: 'button', class: 'plain', disabled: page === 0, onclick: turn(page - 1) }, t('page.before')),
    h('span', {}, t('page.of', { page: number(page + 1), pages: number(pages), n: number(count) })),
    h('button', { type: 'button', class: 'plain', disabled: page >= pages - 1, onclick: turn(page + 1) }, t('page.next')),
  );
}

function instances(relay) {
  return h(
    'section',
    { 'aria-labelledby': 'instances' },
    h('h2', { id: 'instances' }, t('instances')),
    table(
      t('instances'),
      ['name', 'state', 'partitions', 'version', 'since'].map((column) => t(`instances.${column}`)),
      relay.instances.map((each) => [
        each.name,
        h('code', {}, each.name),
        badge(KINDS[each.state] ?? 'idle', tx('state', each.state)),
        number(each.partitions.length),
        each.version,
        time(each.since),
      ]),
      '',
    ),
  );
}

function instance(relay) {
  const { name, version, since } = relay.instance;
  return h('p', { class: 'muted small' }, t('instance', { name, version, age: age(since) }), ' ', time(since), ' ', h('a', { href: address('actuator/configuration'), target: '_blank', rel: 'noreferrer' }, t('configuration')));
}

function byTopic(partitions) {
  const lags = new Map();
  for (const { partition, lag } of partitions) {
    const topic = partition.replace(/-\d+$/, '');
    lags.set(topic, (lags.get(topic) ?? 0) + (lag ?? 0));
  }
  return [...lags].sort(([, one], [, other]) => other - one);
}

function sum(byName, field) {
  return Object.values(byName).reduce((before, each) => before + (each[field] ?? 0), 0);
}

function total(list, field) {
  return list.reduce((before, each) => before + (each[field] ?? 0), 0);
}
