// SPDX-License-Identifier: BSD-2-Clause

// Questions to the server that the page came from.  An error is an object of
// status (0: no answer), message and url; never an exception but an abort.

const api = {
    base: '',

    // what an older server does not know is not asked twice
    lacks: new Set(),
};


const baseOf = (path) => new URL(path, location.href.replace(/[?#].*$/, ''))
    .href;

api.base = baseOf('v1/');


// The routes stand beside the page, above it, or at the top of the site; with
// the first page of names, or what was said instead.

async function findBase() {
    let failure = null;

    for (const path of ['v1/', '../v1/', '/v1/']) {
        const base = baseOf(path);
        const reply = await getJson(base + 'names?limit=1000');

        // a 404 is the server's, in JSON or not: no route says it
        if ((reply.json && reply.status !== 404) || reply.status === 0) {
            api.base = base;
            return loadNames(reply);
        }

        failure = failure || reply;
    }

    names.asked();

    return { ...failure, missing: true };
}


// As one would type it: what needs no escape in a query has none.

function queryOf(params) {
    return params.map((p) => p.map((s) => encodeURIComponent(s)
        .replace(/%(2C|3A|2F|40)/g, decodeURIComponent)).join('=')).join('&');
}


const urlOf = (path, params) => api.base + path
                                + (params.length ? '?' + queryOf(params) : '');


async function getJson(url, signal) {
    let response, text;

    try {
        response = await fetch(url, { signal, cache: 'no-store',
                                      headers: { Accept: 'application/json' } });
        text = await response.text();
    } catch (e) {
        if (e.name === 'AbortError') {
            throw e;
        }

        return { status: 0, url, message: 'no answer from this server' };
    }

    const reply = { status: response.status, url, json: null,
                    next: nextOf(response.headers.get('Link'), url),
                    retry: Number(response.headers.get('Retry-After')) || 0 };
    let json;

    try {
        json = JSON.parse(text);
    } catch (e) {
        json = null;
    }

    reply.json = (json !== null && typeof json === 'object') ? json : null;

    if (!response.ok || !reply.json) {
        reply.failed = true;
        reply.message = (reply.json && reply.json.error
                         && String(reply.json.error.message))
                        || `an answer with status ${response.status}, which is`
                           + ' none of Cricket\'s';
    }

    return reply;
}


function nextOf(link, url) {
    const match = /<([^>]*)>\s*;\s*rel="?next"?/.exec(link || '');

    return match ? new URL(match[1], url).href : null;
}


const get = (path, params, signal) => getJson(urlOf(path, params), signal);


// Whether this is an older server's answer to something of a newer one's.

function isUnknown(reply, word) {
    return reply.status === 404
           || (reply.status === 400 && reply.message.includes(word));
}


// The names that there are: all of the first pages, the rest by what is typed.

const names = { all: [], set: new Set(), whole: false, at: 0, error: null };

// until they were asked for once, with whatever success
const namesAsked = new Promise((done) => { names.asked = done; });


async function loadNames(first) {
    try {
        return await loadNamesNow(first);
    } finally {
        names.asked();
    }
}


async function loadNamesNow(first) {
    const all = [];
    let reply = first || await get('names', [['limit', '1000']]);

    for (let pages = 1; /* void */ ; pages++) {
        if (reply.failed || !Array.isArray(reply.json && reply.json.names)) {
            names.error = reply;
            return reply;
        }

        all.push(...reply.json.names.map((n) => String(n.name)));

        if (!reply.next || pages === 5) {
            break;
        }

        reply = await getJson(reply.next);
    }

    names.all = all;
    names.set = new Set(all);
    names.whole = !reply.next;
    names.at = Date.now();
    names.error = null;

    return reply;
}


async function findNames(text) {
    if (Date.now() - names.at > 10000) {
        await loadNames();
    }

    let found = filterNames(text);

    // it may have come a moment ago
    if (!found.length && Date.now() - names.at > 1000) {
        await loadNames();
        found = filterNames(text);
    }

    if (names.whole || !text) {
        return found;
    }

    const reply = await get('names', [['prefix', text], ['limit', '200']]);

    if (!reply.failed && Array.isArray(reply.json.names)) {
        for (const { name } of reply.json.names) {
            if (!names.set.has(name)) {
                found.push({ value: String(name) });
            }
        }
    }

    return found;
}


// All words typed are in the name, in any order; what begins so comes first.

function filterNames(text) {
    const words = text.toLowerCase().split(/\s+/).filter((w) => w);
    const first = [], rest = [];

    for (const name of withHistograms()) {
        const lower = name.value.toLowerCase();

        if (words.every((w) => lower.includes(w))) {
            (words.length && lower.startsWith(words[0]) ? first : rest)
                .push(name);
        }
    }

    return first.concat(rest);
}


// NAME_bucket stands for a histogram, NAME, that has no datapoints by itself.

const isHistogram = (name) => names.set.has(name + '_bucket')
                              && !names.set.has(name);


function withHistograms() {
    const found = [];

    for (const name of names.all) {
        if (name.endsWith('_bucket') && isHistogram(name.slice(0, -7))) {
            found.push({ value: name.slice(0, -7), hint: 'histogram' });
        }

        found.push({ value: name });
    }

    return found;
}


// The newest datapoints of a metric: what is not there may come, so only what
// is there is kept, and that a minute.  Those who ask at once ask once.

const newest = new Map();


function newestOf(name, limit) {
    const key = limit + ' ' + name;
    const kept = newest.get(key);

    if (kept && Date.now() - kept.at < 60000) {
        return kept.answer;
    }

    const answer = get('metrics', [
        ['name', isHistogram(name) ? name + '_bucket' : name],
        ['order', 'desc'], ['limit', String(limit)]]).then((reply) => {
        const found = !reply.failed && Array.isArray(reply.json)
                      ? reply.json.filter((d) => d) : [];

        if (!found.length) {
            newest.delete(key);
        }

        return found;
    });

    // a page open for days stays as large as it is
    if (newest.size > 500) {
        newest.clear();
    }

    newest.set(key, { at: Date.now(), answer });

    return answer;
}


// '' if there is none.

async function typeOf(name) {
    const [datapoint] = await newestOf(name, 1);

    return datapoint ? String(datapoint.type) : '';
}


// From an older server, which has no /v1/tags.

async function tagsOfNewest(name) {
    const tags = new Map();

    for (const d of await newestOf(name, 200)) {
        for (const [key, value] of Object.entries(d.tags || {})) {
            if (!tags.has(key)) {
                tags.set(key, new Set());
            }

            tags.get(key).add(String(value));
        }
    }

    return tags;
}


async function keysOf(name) {
    if (!api.lacks.has('tags')) {
        const reply = await get('tags', [['name', name], ['start', 'now-1d']]);

        if (!reply.failed && Array.isArray(reply.json.tags)) {
            return reply.json.tags.map((t) => ({ value: String(t.key),
                                                 hint: String(t.distinct) }));
        }

        if (reply.status === 404) {
            api.lacks.add('tags');
        }
    }

    return [...await tagsOfNewest(name)].sort((a, b) => compare(a[0], b[0]))
        .map(([key, set]) => ({ value: key, hint: String(set.size) }));
}


async function valuesOf(name, key, prefix) {
    if (!api.lacks.has('tags')) {
        const reply = await get('tags', [['name', name], ['start', 'now-1d'],
                                         ['key', key], ['limit', '200'],
                                         ...(prefix ? [['prefix', prefix]]
                                                    : [])]);

        if (!reply.failed && Array.isArray(reply.json.values)) {
            return reply.json.values.map((v) => String(v.value));
        }

        if (reply.status === 404) {
            api.lacks.add('tags');
        }
    }

    const tags = await tagsOfNewest(name);

    return [...tags.get(key) || []].sort(compare)
        .filter((v) => v.startsWith(prefix));
}
