// What several views are made of.

import { h } from './dom.js';
import { duration, moment, t, tx } from './i18n.js';

const SIGNS = { ok: '●', warn: '▲', bad: '■', paused: '❚❚', idle: '○' };

/** A state in colour, with a sign, and in words. */
export function badge(kind, words) {
  return h('span', { class: `badge ${kind}` }, h('span', { 'aria-hidden': 'true' }, SIGNS[kind] ?? '●'), ' ', words);
}

export function time(iso) {
  return iso ? h('time', { datetime: iso, title: iso }, moment(iso)) : '–';
}

export function age(iso, now = Date.now()) {
  return duration((now - Date.parse(iso)) / 1000);
}

/** The runbook's section: a place in the documentation, such as docs/operations.md#quarantine. */
export function runbook(place) {
  return /^docs\/[\w./-]+(#[\w-]+)?$/.test(place ?? '')
    ? h('a', { class: 'runbook', href: `desk/${place}`, target: '_blank', rel: 'noreferrer' }, t('runbook'))
    : null;
}

export function deviceLink(id) {
  return h('a', { href: `#/devices/${encodeURIComponent(id)}` }, id);
}

export function reason(code) {
  return code ? h('span', { title: code }, tx('reason', code)) : '–';
}

/** What failed, in words. */
export function trouble(error) {
  return h(
    'p',
    { class: 'alert bad', role: 'alert' },
    h('span', { class: 'sign', 'aria-hidden': 'true' }, SIGNS.bad),
    ' ',
    h('strong', {}, t('failed')),
    ' ',
    error === 'timeout' ? t('failed.timeout') : error,
  );
}

/** A sentence with a sign in front, in the colour of its kind. */
export function note(kind, ...content) {
  return h('p', { class: `alert ${kind}` }, h('span', { class: 'sign', 'aria-hidden': 'true' }, SIGNS[kind] ?? SIGNS.ok), ' ', ...content);
}

/** Names and values. */
export function facts(pairs) {
  return h(
    'dl',
    { class: 'facts' },
    pairs.filter(([, value]) => value !== undefined && value !== null).map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))),
  );
}

/** A table that scrolls sideways by itself. Rows are [key, ...cells]. */
export function table(caption, heads, rows, empty) {
  return h(
    'div',
    { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
    h(
      'table',
      {},
      h('caption', { class: 'hidden' }, caption),
      h('thead', {}, h('tr', {}, heads.map((head) => h('th', { scope: 'col' }, head)))),
      h(
        'tbody',
        {},
        rows.length === 0
          ? h('tr', { 'data-key': ':none' }, h('td', { colspan: heads.length, class: 'muted' }, empty))
          : rows.map(([key, ...cells]) => h('tr', { 'data-key': key }, cells.map((cell) => h('td', {}, cell)))),
      ),
    ),
  );
}

/** Asks before something is done. Resolves to whether it was confirmed. */
export function confirm(title, body, doIt, kind = 'bad') {
  return new Promise((resolve) => {
    const dialog = h(
      'dialog',
      { 'aria-labelledby': 'confirm-title', onclose: () => finish() },
      h('h2', { id: 'confirm-title' }, title),
      body,
      h(
        'div',
        { class: 'actions' },
        h('button', { type: 'button', class: 'plain', autofocus: true, onclick: () => dialog.close('no') }, t('cancel')),
        h('button', { type: 'button', class: kind, onclick: () => dialog.close('yes') }, doIt),
      ),
    );
    const finish = () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    };
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Tells those who do not see it. */
export function announce(text) {
  const live = document.getElementById('announcements');
  if (live) {
    live.textContent = text;
  }
}
