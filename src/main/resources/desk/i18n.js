// All texts of the page come from en.json or zh.json.

export const LANGUAGES = { en: 'English', zh: '中文' };

let language = 'en';
let texts = {};

export function preferred() {
  const chosen = remembered('language');
  return chosen in LANGUAGES ? chosen : navigator.languages.some((each) => /^zh\b/.test(each)) && !/^en\b/.test(navigator.language) ? 'zh' : 'en';
}

export async function speak(which) {
  const answer = await fetch(`desk/${which}.json`);
  if (!answer.ok) {
    throw new Error(`desk/${which}.json: ${answer.status}`);
  }
  texts = await answer.json();
  language = which;
  document.documentElement.lang = which === 'zh' ? 'zh-Hans' : which;
}

export function spoken() {
  return language;
}

/** A text, with {names} filled in. */
export function t(key, values = {}) {
  return (texts[key] ?? key).replace(/\{(\w+)}/g, (all, name) => values[name] ?? all);
}

/** The text for so many: of key.one or key.other. {n} is the number. */
export function tn(key, n, values = {}) {
  const form = new Intl.PluralRules(language).select(n) === 'one' ? 'one' : 'other';
  return t(`${key}.${form}`, { n: number(n), ...values });
}

/** The text of a word of the API; the word itself if it is a new one. */
export function tx(prefix, word) {
  return texts[`${prefix}.${word}`] ?? String(word);
}

export function number(value, digits = 0) {
  return new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value);
}

/** A rate: the smaller, the more precise. */
export function rate(value) {
  return t('unit.perSecond', { n: number(value ?? 0, value < 1 ? 2 : value < 100 ? 1 : 0) });
}

export function bytes(size) {
  return size < 1024 ? t('unit.bytes', { n: number(size) }) : t('unit.kilobytes', { n: number(size / 1024, 1) });
}

/** A duration in its two largest units. */
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) {
    return t('unit.seconds', { n: number(whole) });
  }
  if (whole < 3600) {
    return t('unit.minutes', { m: Math.floor(whole / 60), s: whole % 60 });
  }
  if (whole < 86400) {
    return t('unit.hours', { h: Math.floor(whole / 3600), m: Math.floor((whole % 3600) / 60) });
  }
  return t('unit.days', { d: number(Math.floor(whole / 86400)), h: Math.floor((whole % 86400) / 3600) });
}

export function moment(iso) {
  const time = new Date(iso);
  return Number.isNaN(time.getTime())
    ? String(iso)
    : new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium' }).format(time); // 2026-12-01 03:00:00
}

export function remembered(name) {
  try {
    return localStorage.getItem(`iotda-relay.${name}`);
  } catch {
    return null;
  }
}

export function remember(name, value) {
  try {
    localStorage.setItem(`iotda-relay.${name}`, value);
  } catch {
    // a browser that stores nothing forgets the choice
  }
}
