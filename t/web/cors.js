// SPDX-License-Identifier: BSD-2-Clause

// Pages of two origins ask Cricket: of one that it knows, and of another.

const { run } = require('./lib.js');

const point = JSON.stringify({ name: 'w', type: 't', value: 1,
                               timestamp: '2016-12-31T22:49:50Z' });


run(async (t) => {
    const open = async (url) => {
        const page = await t.browser.newPage();

        await page.goto(url);

        // an answer as a script sees it, or that there is none for it
        return (path, options = {}) => page.evaluate(async ([u, o]) => {
            try {
                // without a type, a browser sends none
                if (o.blob) { o.body = new Blob([o.blob]); }

                const reply = await fetch(u, o);

                return { status: reply.status, text: await reply.text(),
                         link: reply.headers.get('Link'),
                         after: reply.headers.get('Retry-After'),
                         type: reply.type };
            } catch (e) {
                return { status: 'blocked' };
            }
        }, [t.base + path, options]);
    };

    const known = await open(process.env.PAGE);
    const other = await open(process.env.OTHER);
    const key = { headers: { Authorization: 'Basic ' + btoa('me:secret') } };
    const json = { method: 'POST', body: point,
                   headers: { 'Content-Type': 'application/json' } };
    const query = { method: 'POST', headers: json.headers,
                    body: JSON.stringify({ start: '1h-ago', queries: [
                        { metric: 'room.celsius', aggregator: 'avg' }] }) };

    // reads
    const names = await known('/v1/names');

    t.is(names.status, 200, 'names');
    t.is(JSON.parse(names.text).names[0].name, 'room.celsius', 'and their text');
    t.ok(/rel="next"/.test((await known('/v1/metrics?limit=1')).link),
         'Link can be read');
    t.is((await known('/v1/stats')).status, 400, 'an error');
    t.is((await known('/secret')).status, 401, 'an error of nginx');
    t.is((await known('/secret', key)).status, 200, 'with a header of its own');
    t.is((await known('/api/query', query)).status, 200, 'a POST that reads');

    const away = await known('/away');

    t.is(away.status, 503, 'Elasticsearch is away');
    t.ok(Number(away.after) > 0, 'Retry-After can be read', away.after);

    t.is((await other('/v1/names')).status, 'blocked', 'another origin');
    t.is((await other('/secret', key)).status, 'blocked', 'and with a header');
    t.is((await known('/v1/names', { credentials: 'include' })).status, 'blocked',
         "not with the browser's own credentials");

    // writes: after a preflight, and without
    t.is((await known('/v1/metrics', json)).status, 'blocked', 'no write');
    t.is((await other('/v1/metrics', json)).status, 'blocked',
         'nor of another origin');
    t.is((await known('/writes', json)).status, 200, 'a write where it may');
    t.is((await other('/writes', json)).status, 'blocked',
         'another origin may not there');

    for (const [ask, whose] of [[known, 'known'], [other, 'another']]) {
        t.is((await ask('/v1/metrics', { method: 'POST', mode: 'no-cors',
                                         blob: point })).type, 'opaque',
             `text, of ${whose} origin`);
        t.is((await ask('/influx/write', { method: 'POST', mode: 'no-cors',
                                           body: 'a v=1' })).type, 'opaque',
             `lines, of ${whose} origin`);
        t.is((await ask('/writes', { method: 'POST', mode: 'no-cors',
                                     body: 'x' })).type, 'opaque',
             `what is no datapoint, of ${whose} origin`);
    }
});
