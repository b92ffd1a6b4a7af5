// SPDX-License-Identifier: BSD-2-Clause

// The API is played here, by docs/api.md: what is asked of it, and how its
// answers are read.

const { run } = require('./lib.js');

const all = ['cpu', 'hits', 'octets', 'http_seconds_bucket',
             'http_seconds_count', 'http_seconds_sum', 'old', 'line_total',
             'line_seconds_bucket', 'line_seconds_count', 'line_seconds_sum',
             'two_types'];
const types = { cpu: 'gauge', hits: 'counter', octets: 'cumulative',
                http_seconds_bucket: 'cumulative' };


run(async (t) => {
    const asked = [];
    let answer = {}, status = 200;

    async function open(hash, given) {
        const context = given || await t.browser.newContext({
            viewport: { width: 1280, height: 900 } });

        await context.route(/\/(v1|ready)\b/, (route) => {
            const url = new URL(route.request().url());
            const q = Object.fromEntries(url.searchParams);
            const path = url.pathname.replace(/^.*\//, '');
            const json = (body, code = 200) => route.fulfill({
                status: code, json: body });

            asked.push([path, q]);

            switch (path) {
            case 'names':
                return json({ names: all.map((name) => ({ name, count: 1 })) });
            case 'metrics':
                return json(all.includes(q.name) ? [{
                    name: q.name, type: types[q.name] || 'gauge', value: 1,
                    timestamp: '2026-01-01T00:00:00Z',
                    tags: { host: 'a', dc: 'eu' } }] : []);
            case 'tags':
                return json(q.key ? { key: q.key, values: [
                    { value: 'web 1, eu', count: 3, last: '2026-01-01T00:00:00Z' }] }
                    : { tags: [{ key: 'dc', distinct: 2 },
                               { key: 'host', distinct: 20 }] });
            case 'last':
                return json([{ name: q.name, type: 'gauge', value: 2048,
                               timestamp: new Date().toISOString(),
                               tags: { host: 'a' } }]);
            case 'ready':
                return json({ ready: true, checks: [] });
            default: {
                const body = answer(q);

                return json(body, body.error && status === 200 ? 400 : status);
            }
            }
        });

        return t.open('#refresh=off&' + hash, { context });
    }

    const stats = () => asked.filter((a) => a[0] === 'stats').pop()[1];

    function buckets(q, value, n = 20) {
        const step = Number(/^(\d+)/.exec(q.interval)[1])
                     * ({ s: 1, m: 60, h: 3600, d: 86400 })[q.interval.slice(-1)];
        const start = Date.parse(q.start) / 1000;

        return Array.from({ length: n }, (v, i) => ({
            start: new Date((start + i * step) * 1000).toISOString()
                .replace('.000', ''),
            count: 3, sum: 3, min: 1, max: 1, average: 1, ...value(i) }));
    }

    // a gauge
    answer = (q) => ({ interval: q.interval, buckets: buckets(q, (i) => ({
        average: i })) });
    let page = await open('range=15m&m=cpu');
    let q = stats();

    t.is(Object.keys(q), ['name', 'start', 'end', 'interval'], 'a plain question');
    t.ok((Date.parse(q.end) - Date.parse(q.start)) / 1000 / 5 <= 400
         && q.interval === '5s', 'of as many buckets as can be seen', q);
    t.is(Date.parse(q.start) % 5000, 0, 'that begin with a whole one');
    t.is((await t.drawn(page)).data[1].slice(0, 3), [0, 1, 2], 'drawn');
    t.ok(/start=now-15m&end=now/.test(await page.locator('.address')
         .getAttribute('href')), 'to be asked at any time');
    await page.context().close();

    // groups of two keys, of which there are more
    answer = (g) => ({ group_by: ['host', 'dc'], groups_left_out: 7, lacking: 4,
                       groups: ['a', 'b'].map((host, n) => ({
        tags: { host, dc: 'eu' }, buckets: buckets(g, () => ({
            percentiles: { 95: n } })) })) });
    page = await open('range=1h&m=cpu&a=p95&g=host,dc');
    q = stats();
    t.is([q.group_by, q.top, q.rank, q.percentiles], ['host,dc', '20', 'p95', '95'],
         'the largest by what is shown');
    t.is((await t.drawn(page)).labels, ['a · eu', 'b · eu'], 'their values');
    t.ok(await page.getByText('2 groups of 9').isVisible(), 'and the rest');
    await page.context().close();

    // filters, as they go into a URL
    answer = (g) => ({ interval: g.interval, buckets: buckets(g, () => ({})) });
    page = await open('m=cpu&' + new URLSearchParams([['f',
        'host=a, host=b dc!=eu path~=/x/* path!~=*.png city="x, y=z"']]));
    t.is(Object.entries(stats()).slice(4), [['tag.host', 'b'],
        ['tag.dc!', 'eu'], ['tag.path~', '/x/*'], ['tag.path!~', '*.png'],
        ['tag.city', 'x, y=z']], 'filters');
    t.ok(/tag\.host=a&tag\.host=b&/.test(await page.locator('.address')
         .getAttribute('href')), 'one key twice');
    await page.context().close();

    // a rate is the server's, by the metric's type
    answer = (g) => ({ interval: g.interval, buckets: buckets(g, (i) => ({
        rate: i === 0 ? null : 7.5 })) });

    for (const m of ['hits', 'octets']) {
        page = await open('m=' + m);
        t.is(stats().rate, 'true', `${m}: a rate`);
        t.ok(/, rate: /.test(await page.getByRole('img')
             .getAttribute('aria-label')), 'and named so');
        t.is((await t.drawn(page)).data[1].slice(0, 2), [null, 7.5], 'and drawn');
        await page.context().close();
    }

    // what came in a format without types only grows, if somebody says that it
    // counts: by its name, or by asking for a rate
    for (const [m, a, name] of [['line_total', '', 'line_total'],
                                ['cpu', 'rate', 'cpu'],
                                ['line_seconds', 'p95', 'line_seconds'],
                                ['line_seconds', 'average', 'line_seconds_sum'],
                                ['line_seconds', 'rate', 'line_seconds_count']])
    {
        answer = (g) => ({ interval: g.interval, buckets: buckets(g, () => ({
            rate: 7.5, ratio: 7.5, percentiles: { 95: 7.5 } })) });
        page = await open(`m=${m}&a=${a}`);
        await t.until(() => stats().name === name && stats().rate);
        t.is([stats().name, stats().rate], [name, 'cumulative'],
             `${m} ${a}: of what only grows`);
        await t.settled(page);
        t.is((await t.drawn(page)).data[1][1], 7.5, 'and drawn');
        await page.context().close();
    }

    // several types under one name
    answer = (g) => (g.rate === 'true' ? { error: { status: 400,
        message: 'rate: true is of the types counter, timer (increments) and'
                 + ' cumulative, expected increments or cumulative' } }
        : { interval: g.interval, buckets: buckets(g, () => ({ rate: 3 })) });
    types.two_types = 'cumulative';
    page = await open('m=two_types');
    t.is((await t.drawn(page)).data[1][1], 3, 'several types, one rate');
    await page.context().close();

    answer = (g) => ({ interval: g.interval, buckets: buckets(g, () => ({
        rate: null })) });
    page = await open('m=octets');
    t.ok(await page.getByText('needs two datapoints').isVisible(),
         'a rate that cannot be');
    await page.context().close();

    // samples that are sparser than the buckets would make it too large
    answer = (g) => ({ interval: g.interval, buckets: buckets(g, () => ({
        rate: 1 }), 40).filter((b) => Date.parse(b.start) % 60000 === 0) });
    page = await open('range=15m&m=hits');
    t.is(stats().interval, '1m', 'a bucket has a sample');
    await page.context().close();

    // a histogram, by the name of what was measured
    answer = (g) => ({ group_by: 'host', groups: [{ value: 'a', tags: { host: 'a' },
        buckets: buckets(g, () => ({ observations: 10, ratio: 0.2, rate: 3,
                                     percentiles: { 95: 0.25, 50: 0.1 } })) }] });
    page = await open('m=http_seconds&g=host');
    q = stats();
    t.is([q.name, q.histogram, q.percentiles, q.top],
         ['http_seconds', 'true', '95', undefined], 'its percentile');
    t.is((await t.drawn(page)).data[1][0], 0.25, 'drawn');

    for (const [a, name, per, rate, drawn] of [
        ['p50', 'http_seconds', undefined, undefined, 0.1],
        ['average', 'http_seconds_sum', 'http_seconds_count', 'true', 0.2],
        ['rate', 'http_seconds_count', undefined, 'true', 3]])
    {
        await page.getByRole('combobox', { name: 'Aggregation' }).selectOption(a);
        await t.settled(page);
        q = stats();
        t.is([q.name, q.per, q.rate], [name, per, rate].map((v) => v), `its ${a}`);
        t.is((await t.drawn(page)).data[1][0], drawn, 'drawn');
    }

    await page.getByRole('combobox', { name: 'Metric' }).click();
    t.ok(await t.until(() => page.locator('[role=listbox]').getByText('histogram')
                       .first().isVisible()), 'it is among the names');
    await page.context().close();

    // names come late: a histogram is none of the metrics that are not there
    {
        const late = await t.browser.newContext();

        answer = (g) => (g.histogram ? { interval: g.interval, buckets:
            buckets(g, () => ({ percentiles: { 95: 0.25 } })) } : { buckets: [] });
        await late.addInitScript(() => {
            const ask = window.fetch;

            window.fetch = async (url, ...rest) => {
                if (/names/.test(url)) {
                    await new Promise((r) => { window.tell = r; });
                }

                return ask(url, ...rest);
            };
        });

        const opening = open('m=http_seconds', late);

        await t.until(() => stats().name === 'http_seconds'
                            && !stats().histogram);
        page = late.pages()[0];
        await page.waitForTimeout(300);
        t.ok(await page.getByText('Nothing is stored').count() === 0,
             'not said before all names are known');
        t.ok(await page.locator('.legend').isHidden(), 'no legend of nothing');
        await page.evaluate(() => window.tell());
        await opening;
        await t.until(() => page.evaluate(
            () => document.querySelector('.picture').uplot));
        t.is((await t.drawn(page)).data[1][0], 0.25, 'and then it is drawn');
        await late.close();
    }

    // an answer that does not come: what is shown is old, and said to be
    {
        const mute = await t.browser.newContext();

        answer = (g) => ({ buckets: buckets(g, () => ({})) });
        await mute.addInitScript(() => {
            const ask = window.fetch;

            window.fetch = async (url, ...rest) => {
                while (window.mute) {
                    await new Promise((r) => setTimeout(r, 100));
                }

                return ask(url, ...rest);
            };
        });
        page = await open('m=cpu', mute);

        const status = page.getByRole('status');

        await page.evaluate(() => { window.mute = true; });
        await page.getByLabel('Range').selectOption('6h');
        t.ok(await t.until(async () => /Waiting.*shown is what there was at/
                           .test(await status.textContent()), 8), 'waiting',
             await status.textContent());
        await page.evaluate(() => { window.mute = false; });
        t.ok(await t.until(async () => /Up to date/.test(
            await status.textContent())), 'and no longer');
        await mute.close();
    }

    // what the edge cuts is no fall
    answer = (g) => ({ interval: g.interval, buckets: buckets(g, (i) => ({ sum: 5 }),
        1 + Math.floor((Date.parse(g.end) - Date.parse(g.start)) / 1000
                       / parseInt(g.interval, 10))).map((b) => (
        Date.parse(b.start) + 5000 > Date.parse(g.end)
            ? { ...b, sum: 1, partial: true } : b)) });
    page = await open('range=15m&m=cpu&a=sum');
    {
        const ys = (await t.drawn(page)).data[1];
        t.ok(ys.length > 170 && ys.every((y) => y === 5), 'no fall at the edge',
             ys.slice(-3));
    }
    await page.context().close();

    // and no peak: growth since a sample before it, in a second or two
    {
        const plain = answer;

        answer = (g) => ({ buckets: plain(g).buckets.map((b) => ({
            ...b, rate: b.partial ? 25 : 5 })) });
        page = await open('range=15m&m=hits');

        const ys = (await t.drawn(page)).data[1];

        t.ok(ys.length > 170 && ys.every((y) => y === 5), 'nor a peak',
             ys.slice(-3));
        await page.context().close();
    }

    // numbers as a person writes them
    answer = (g) => ({ interval: g.interval, buckets: buckets(g, (i) => ({
        average: [2113.4, 999.96, 12.345, 0.00012, 15000][i % 5] })) });
    page = await open('range=15m&m=cpu&show=table');
    t.is((await page.locator('.numbers tbody td').allTextContents()).slice(0, 5),
         ['15k', '0.00012', '12.35', '1000', '2113'], 'no exponents');
    t.is(await page.locator('.legend tbody td').allTextContents(),
         ['15k', '0.00012', '3625', '15k'], 'nor in the legend');
    await page.context().close();

    // who is silent: three of four, one of them with a long name
    {
        const long = 'the-same-for-all-of-them-as-it-often-is/';

        answer = (g) => ({ group_by: 'host', groups: ['a', 'b', 'c', 'd'].map(
            (host, n) => ({ tags: { host: long + host },
                            buckets: buckets(g, () => ({ average: n }),
                                             n === 3 ? 180 : 60) })) });
        page = await open('range=15m&m=cpu&g=host');

        const at = Math.floor(Date.parse(stats().start) / 1000) + 300;
        const clock = await page.evaluate((s) => {
            const d = new Date(s * 1000);
            return [d.getHours(), d.getMinutes()].map(
                (n) => String(n).padStart(2, '0')).join(':');
        }, at);

        t.ok((await page.locator('.note').textContent()).includes(
            `Silent: ${long}a since ${clock}`), 'who is silent, since when',
             await page.locator('.note').textContent(), clock);
        t.is(await page.locator('.legend tr.silent').count(), 3, 'and marked');

        const row = page.locator('.legend tbody tr').first();

        t.is(await row.locator('.name').textContent(), long + 'd', 'the name');

        const tail = await row.locator('.tail').boundingBox();
        const box = await row.locator('th').boundingBox();

        t.ok(tail.x + tail.width <= box.x + box.width + 1, 'its end is seen',
             tail, box);
        await page.context().close();
    }

    // suggestions, and the newest
    answer = (g) => ({ interval: g.interval, buckets: buckets(g, () => ({})) });
    page = await open('m=cpu');
    await page.getByRole('combobox', { name: 'Group by' }).click();
    t.is(await page.locator('[role=listbox]:visible li span:first-child')
         .allTextContents(), ['dc', 'host'], 'the keys that there are');
    await page.getByRole('combobox', { name: 'Filter' }).click();
    await page.keyboard.type('host=w');
    await t.until(async () => await page.locator('[role=listbox]:visible li')
        .count() === 1);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await t.settled(page);
    t.is(stats()['tag.host'], 'web 1, eu', 'and the values');
    await page.getByRole('button', { name: 'Latest values' }).click();
    t.ok(await t.until(() => page.getByText('2048').isVisible()), 'by /v1/last');
    await page.context().close();

    // built without uPlot: tables
    const bare = await t.browser.newContext();

    await bare.route(/\/$/, async (route) => {
        const reply = await route.fetch();
        const html = await reply.text();

        await route.fulfill({ response: reply, body: html.replace(
            /<script>[^]*?<\/script>/, '') });
    });
    page = await open('m=cpu', bare);
    t.is(await page.locator('.numbers tbody tr').count(), 20,
         'without uPlot the numbers are there');
    await bare.close();

    // no API, which a server may say in JSON, too
    const lost = await t.browser.newContext();

    await lost.route(/\/(v1|ready)\b/, (route) => route.fulfill({
        status: 404, json: { error: { status: 404, message: 'no such path' } } }));
    page = await t.open('#refresh=off', { context: lost });
    t.ok(await page.getByText('Found no API beside this page').isVisible(),
         'a 404 in JSON is no API');
    await lost.close();

    // answers that are none
    for (const [what, body, code] of [
        ['nothing', {}, 200], ['a list', [1, 2], 200], ['strings',
         { buckets: 'x', groups: 5 }, 200], ['odd buckets',
         { buckets: [null, 1, {}, { start: 'x' }, { start: {}, average: 'y' }] }, 200],
        ['an error', { error: { status: 400, message: '<b>no</b>' } }, 400],
        ['an odd one', { error: 'x' }, 503]])
    {
        status = code;
        answer = () => body;
        page = await open('m=cpu&m=cpu&g=host');
        t.ok(await page.locator('.message').first().isVisible(),
             `${what}: said`, await page.locator('.message').first().textContent());

        if (code === 400) {
            t.ok((await page.getByRole('status').textContent())
                 .startsWith('cpu: '), 'of which chart');
        }

        await page.context().close();
    }
});
