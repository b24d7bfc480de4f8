// Requests to the relay. What fails is a value, too.

const PATIENCE = 20_000;

let heard = () => {};

/** Tells of each answer's status: a session that has ended is seen by whoever asks first. */
export function listen(listener) {
  heard = listener;
}

/** Asks; the answer is {ok, status, data} or {ok: false, status, error}, with status 0 if there was none. */
export function get(path, patience = PATIENCE) {
  return call('GET', path, undefined, patience);
}

export function post(path, body, patience = PATIENCE) {
  return call('POST', path, body, patience);
}

export function remove(path) {
  return call('DELETE', path, undefined, PATIENCE);
}

/** Where the API is, which a setting of Spring Boot may change. */
export function address(path) {
  const base = document.documentElement.dataset.actuator;
  return path.replace(/^actuator\//, base ? `${base}/` : '');
}

async function call(method, path, body, patience) {
  try {
    const answer = await fetch(address(path), {
      method,
      headers: method === 'GET' ? { Accept: 'application/json' } : { Accept: 'application/json', 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: 'no-store',
      signal: AbortSignal.timeout(patience),
    });
    heard(answer.status);
    const data = await read(answer);
    return answer.ok
      ? { ok: true, status: answer.status, data }
      : { ok: false, status: answer.status, error: typeof data?.error === 'string' ? data.error : `HTTP ${answer.status}` };
  } catch (failure) {
    return { ok: false, status: 0, error: failure.name === 'TimeoutError' ? 'timeout' : String(failure.message ?? failure) };
  }
}

async function read(answer) {
  const text = await answer.text();
  if (text === '') {
    return {};
  }
  try {
    return JSON.parse(text);
  } catch (failure) {
    if (answer.ok) {
      throw failure;
    }
    return {};
  }
}

/** A query of what is not empty. */
export function query(values) {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== null && value !== '') {
      parameters.set(name, value);
    }
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}
