// Elements are made from text alone: nothing of what is shown is ever parsed as markup.

const HANDLERS = ['onclick', 'onchange', 'oninput', 'onsubmit', 'onclose'];

/** Makes an element. Attributes that are null or false are left out; children are nodes, texts, lists of them, or nothing. */
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (HANDLERS.includes(name)) {
      element[name] = value;
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? '' : String(value));
    }
  }
  add(element, children);
  return element;
}

function add(element, children) {
  for (const child of children) {
    if (Array.isArray(child)) {
      add(element, child);
    } else if (child instanceof Node) {
      element.append(child);
    } else if (child !== null && child !== undefined && child !== false) {
      element.append(document.createTextNode(String(child)));
    }
  }
}

/**
 * Makes an element like a fresh one, and keeps what is equal: the focus, the scroll position, what was typed, what was opened. Children
 * with a data-key are recognized by it. What is inside of data-keep belongs to somebody else.
 */
export function morph(old, fresh) {
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName || keyOf(old) !== keyOf(fresh)) {
    old.replaceWith(fresh);
    return fresh;
  }
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== fresh.data) {
      old.data = fresh.data;
    }
    return old;
  }
  attributes(old, fresh);
  for (const name of HANDLERS) {
    if (old[name] !== fresh[name]) {
      old[name] = fresh[name];
    }
  }
  if (!old.hasAttribute('data-keep')) {
    children(old, fresh);
  }
  return old;
}

function attributes(old, fresh) {
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) {
      old.setAttribute(name, value);
    }
  }
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && name !== 'open') {
      old.removeAttribute(name);
    }
  }
}

function children(old, fresh) {
  const byKey = new Map();
  for (const child of old.childNodes) {
    if (keyOf(child) !== undefined) {
      byKey.set(keyOf(child), child);
    }
  }
  let at = old.firstChild;
  for (const child of [...fresh.childNodes]) {
    const key = keyOf(child);
    const known = key === undefined ? undefined : byKey.get(key);
    if (known && known !== at) {
      old.insertBefore(known, at);
      at = known;
    } else if (at && !known && key !== undefined) {
      old.insertBefore(child, at);
      continue;
    }
    if (at) {
      at = morph(at, child).nextSibling;
    } else {
      old.append(child);
    }
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

function keyOf(node) {
  return node.nodeType === Node.ELEMENT_NODE ? node.getAttribute('data-key') ?? undefined : undefined;
}
