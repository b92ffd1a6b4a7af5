// SPDX-License-Identifier: BSD-2-Clause

const { run } = require('./lib.js');

run(async (t) => {
    const page = await t.open('#range=15m&refresh=off&m=temp');
    const control = (role, name) => page.getByRole(role, { name, exact: true });
    const hash = () => decodeURIComponent(new URL(page.url()).hash);

    const image = (n = 0) => page.getByRole('img').nth(n)
        .getAttribute('aria-label');

    async function pick(name, value, n = 0) {
        await control('combobox', name).nth(n).fill(value);
        await page.keyboard.press('Enter');

        // it is taken when the list that belongs to it has come
        await t.until(() => hash().includes('=' + value));
        await t.settled(page);
    }

    // The API link is the question that was asked: the answer is what is drawn.
    async function compare(what, value, n = 0) {
        const link = await page.locator('.address').nth(n).getAttribute('href');
        const { data, labels, range } = await t.drawn(page, n);
        const asked = new URL(link);

        // the same range as drawn: "now" is another one by now
        asked.searchParams.set('start', new Date(range[0] * 1000).toISOString());
        asked.searchParams.set('end', new Date(range[1] * 1000).toISOString());

        const answer = await t.ask(asked.pathname.replace(/^.*\/v1/, '/v1')
                                   + asked.search);
        const groups = answer.groups || [answer];
        let points = 0, wrong = [];

        groups.forEach((g) => {
            const label = answer.groups ? (g.tags ? Object.values(g.tags)
                                           : [g.value]).join(' · ') : labels[0];
            const ys = data[labels.indexOf(label) + 1];

            g.buckets.forEach((b, i) => {
                const x = Date.parse(b.start) / 1000;
                const y = ys[data[0].indexOf(x)];

                if (x + (answer.step || 1) > range[1] - 10) { return; }

                points++;

                if (Math.abs(y - value(b)) > 1e-9) { wrong.push([x, y, b]); }
            });
        });

        t.ok(points > 10 && !wrong.length, `${what}: as the API says`, points,
             wrong.slice(0, 3));
        t.is(labels.length, groups.length, `${what}: a line a group`);
    }

    // as opened
    t.ok(/temp.*average/.test(await image()), 'its name', await image());
    await compare('average', (b) => b.average);
    t.ok(/Up to date/.test(await page.getByRole('status').textContent()),
         'fresh');

    // a metric by typing a part of its name
    await control('combobox', 'Metric').click();
    await page.keyboard.type('req');
    t.ok(await t.until(async () => await page.locator('[role=listbox] li').count() === 1),
         'one is left');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await t.settled(page);
    t.is(await control('combobox', 'Metric').inputValue(), 'http.requests',
         'taken');
    t.ok(/m=http\.requests/.test(hash()), 'in the address');

    // what counts is shown as a rate by itself
    t.is(await control('combobox', 'Aggregation').inputValue(), 'rate',
         'a rate by itself');
    t.ok(/http\.requests.*rate/.test(await image()), 'said so', await image());
    {
        const { data } = await t.drawn(page);
        const ys = data[1].filter((y) => y != null).slice(2, -2);

        // two hosts that count 5 and 15 each ten seconds
        t.ok(ys.length > 20 && ys.every((y) => Math.abs(y - 2) < 0.2),
             'two a second', ys);
    }

    await control('combobox', 'Aggregation').selectOption('sum');
    await t.settled(page);
    await compare('sum', (b) => b.sum);

    // groups, filters
    await pick('Group by', 'host');
    await compare('by host', (b) => b.sum);
    t.is((await t.drawn(page)).labels, ['web1', 'web2'], 'their names');

    await pick('Filter', 'host=web2');
    t.is((await t.drawn(page)).labels, ['web2'], 'one of them');
    t.ok(/g=host&f=host=web2/.test(hash()), 'in the address', hash());
    await compare('filtered', (b) => b.sum);

    await pick('Filter', 'nonsense');
    t.ok(/nonsense/.test(await page.locator('.message').textContent()),
         'what is no filter is said');

    await page.goBack();
    await t.settled(page);
    t.is(await control('combobox', 'Filter').inputValue(), 'host=web2', 'Back');
    await page.goBack();
    await t.settled(page);
    t.is((await t.drawn(page)).labels, ['web1', 'web2'], 'and back');
    t.is(await control('combobox', 'Filter').inputValue(), '', 'without it');

    for (const p of ['p50', 'p95', 'p99']) {
        await control('combobox', 'Aggregation').selectOption(p);
        await t.settled(page);
        await compare(p, (b) => b.percentiles[p.slice(1)]);
    }

    for (const a of ['min', 'max', 'count']) {
        await control('combobox', 'Aggregation').selectOption(a);
        await t.settled(page);
        await compare(a, (b) => b[a]);
    }

    // what only grows, and a histogram, by the name of what was measured
    const all = (list, value) => list.length > 20 && list.every(
        (y) => Math.abs(y / value - 1) < 1e-6);

    for (const [m, a, value, text] of [['octets', 'rate', 300, '300 B/s'],
                                       ['rpc_seconds', 'p95', 0.75, '750 ms'],
                                       ['rpc_seconds', 'average', 0.25, '250 ms'],
                                       ['rpc_seconds', 'rate', 10, '10/s']])
    {
        const other = await t.open('#' + new URLSearchParams({ range: '15m',
            refresh: 'off', m, a, g: 'host' }));

        // a histogram's name is known to be one when all names have come
        await t.until(async () => ((await t.drawn(other)) || {}).data
            ?.[1]?.some((y) => y != null));

        const drawn = (await t.drawn(other)).data[1].filter((y) => y != null)
            .slice(2, -2);

        t.ok(all(drawn, value), `${m}: its ${a}`, drawn.slice(0, 5));
        t.is(await other.locator('.legend tbody td').nth(2).textContent(), text,
             'as a person reads it');
        await other.context().close();
    }

    // a second chart
    await control('button', 'Add chart').click();
    await pick('Metric', 'holes', 1);
    t.is(await page.getByRole('img').count(), 2, 'two charts');
    t.ok(/holes, average/.test(await image(1)), 'the second', await image(1));
    {
        const { data } = await t.drawn(page, 1);
        const holes = data[1].filter((y) => y === null).length;
        const begin = data[1].indexOf(null);

        t.ok(holes > 0, 'a gap is a gap');
        t.ok(begin > 5 && data[1].slice(begin).some((y) => y > 0),
             'between what is there');
    }

    // the address is all there is
    const url = page.url();
    const other = await t.open(new URL(url).hash);

    t.is(await other.getByRole('img').nth(0).getAttribute('aria-label'),
         await image(0), 'the same charts elsewhere');
    t.is((await t.drawn(other, 1)).labels, ['holes'], 'both');
    await other.close();

    // zoom: all charts move together
    const before = await t.drawn(page);
    const box = await page.locator('.u-over').first().boundingBox();

    await page.mouse.move(box.x + box.width * 0.5, box.y + 60);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.75, box.y + 80, { steps: 8 });
    await page.mouse.up();
    await t.settled(page);

    const zoomed = [await t.drawn(page, 0), await t.drawn(page, 1)];
    const span = (r) => r[1] - r[0];

    t.ok(Math.abs(span(zoomed[0].range) - span(before.range) / 4) < 30,
         'zoomed', zoomed[0].range, before.range);
    t.is(zoomed[0].range[1], zoomed[1].range[1], 'both');
    t.ok(/zoom=/.test(hash()), 'in the address');

    await control('button', 'Reset zoom').click();
    await t.settled(page);
    t.ok(span((await t.drawn(page)).range) > 890, 'as before');
    t.ok(await control('button', 'Reset zoom').isDisabled(), 'no zoom now');
    await page.goBack();
    await t.settled(page);
    t.is((await t.drawn(page)).range[1], zoomed[0].range[1], 'Back zooms again');
    await page.mouse.dblclick(box.x + 100, box.y + 50);
    await t.settled(page);
    t.ok(!/zoom=/.test(hash()), 'a double click ends it');

    // the crosshair, in both charts
    await page.mouse.move(box.x + box.width * 0.6, box.y + 60);
    await page.waitForTimeout(200);

    const tip = await page.locator('.tip').first().textContent();
    const heads = await page.locator('.legend thead tr').allTextContents();

    t.ok(/\d\d:\d\d:\d\d/.test(tip) && /web1/.test(tip), 'values under it', tip);
    t.ok(heads.every((h) => /\d\d:\d\d:\d\d/.test(h)), 'in both legends', heads);

    // the legend hides, and sorts
    await page.getByRole('button', { name: 'web1' }).click();
    await t.settled(page);
    t.is((await t.drawn(page)).shown, [false, true], 'one is hidden');
    t.ok(/hide=/.test(hash()), 'in the address');
    await page.getByRole('button', { name: 'web1' }).click({ modifiers: ['Control'] });
    await t.settled(page);
    t.is((await t.drawn(page)).shown, [true, false], 'alone');
    await page.getByRole('button', { name: 'web1' }).click({ modifiers: ['Control'] });
    await t.settled(page);
    t.is((await t.drawn(page)).shown, [true, true], 'all');
    await control('combobox', 'Aggregation').first().selectOption('max');
    await t.settled(page);
    {
        const names = () => page.locator('.panel').first()
            .locator('tbody .name').allTextContents();

        t.is(await names(), ['web2', 'web1'], 'largest first, unasked');

        for (const [head, first, other] of [
            ['Max', 'web1', 'web2'], ['Series', 'web1', 'web2'],
            ['Min', 'web1', 'web2'], ['Latest', 'web2', 'web1']])
        {
            const button = page.getByRole('button', { name: head }).first();

            await button.click();
            await t.settled(page);
            t.is((await names())[0], first, `${head}: sorted`);
            await button.click();
            await t.settled(page);
            t.is((await names())[0], other, 'and the other way');
        }
    }

    // the same as a table
    await page.getByRole('button', { name: 'Show as table' }).first().click();
    await t.settled(page);
    {
        const { data } = await t.drawn(page);
        const rows = await page.locator('.numbers tbody tr').count();

        t.is(rows, data[0].filter((x, i) => data.slice(1).some(
            (ys) => ys[i] != null)).length, 'a row a time');

        const first = await page.locator('.numbers tbody tr').first()
            .locator('td').evaluateAll((cells) => cells.map((c) => c.title));
        const last = data[0].length - 1;

        t.is(first, [String(data[1][last]), String(data[2][last])],
             'its numbers, the newest first');
    }

    // as CSV
    const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Download CSV' }).first().click(),
    ]);
    const csv = require('fs').readFileSync(await file.path(), 'utf8');

    t.is(file.suggestedFilename(), 'http.requests.csv', 'its name');
    t.ok(/^start,web1,web2\r\n(\d{4}-\d\d-\d\dT[\d:]+Z,[\d.]*,[\d.]*\r\n)+$/
         .test(csv), 'CSV', csv.slice(0, 200));

    // the newest of each series
    await page.getByRole('button', { name: 'Latest values' }).first().click();
    await t.until(async () => await page.locator('.last tbody tr').count() === 2);
    t.ok(/host=web1.*ago.*counter/.test(
        await page.locator('.last tbody').textContent()), 'the newest');

    // in whichever zone
    {
        const far = await t.open('#range=15m&refresh=off&m=temp&show=table',
                                 { timezoneId: 'Asia/Kolkata' });
        const times = () => far.locator('.numbers tbody time').evaluateAll(
            (all) => all.slice(0, 3).map((e) => [e.dateTime, e.textContent
                .slice(-8)]));
        const shifted = (s) => new Date(Date.parse(s) + 19800e3).toISOString();
        const days = () => far.evaluate(() => [...new Set(document
            .querySelector('.picture').uplot.axes[0]._splits
            .map((s) => s % 43200))]);

        t.ok((await times()).every(([utc, text]) => shifted(utc).slice(11, 19)
             === text), 'in the zone of the browser', await times());
        await far.getByLabel('Time zone').selectOption('utc');
        await t.settled(far);
        t.ok((await times()).every(([utc, text]) => utc.slice(11, 19) === text),
             'or in UTC', await times());
        await far.getByLabel('Range').selectOption('7d');
        await t.settled(far);
        t.is(await days(), [0], 'whose days begin elsewhere');
        t.ok(/zone=utc/.test(far.url()), 'in the address');
        await far.getByLabel('Range').selectOption('custom');
        await far.getByLabel('From').fill('2026-01-01T06:00');
        await far.getByLabel('From').blur();
        await t.settled(far);
        t.ok(/from=2026-01-01T06:00:00Z/.test(far.url()), 'a range, too',
             far.url());
        await far.context().close();
    }

    // ranges
    for (const [label, span_] of [['Last 90 days', 7776000],
                                  ['Last 15 minutes', 900]])
    {
        await control('combobox', 'Range').selectOption({ label });
        await t.settled(page);
        const { range } = await t.drawn(page);
        t.ok(Math.abs(span(range) / span_ - 1) < 0.1, label, range);
    }

    await control('combobox', 'Range').selectOption({ label: 'Custom' });
    await page.getByLabel('From').fill('2026-01-01T00:00');
    await page.getByLabel('From').blur();
    await t.settled(page);
    t.ok(/from=2026-01-01T00:00:00Z/.test(hash()), 'a range of one\'s own', hash());

    await page.getByRole('button', { name: 'Remove chart' }).nth(1).click();
    await t.settled(page);
    t.is(await page.getByRole('img').count(), 1, 'removed');

    // wherever the page is
    for (const path of ['/ui', '/a/b/ui', '/team-a/']) {
        const there = await t.open('#range=15m&refresh=off&m=temp', { path });
        const asks = path === '/team-a/' ? '/team-a/v1/stats?' : '/v1/stats?';

        t.ok(await t.until(async () => (await t.drawn(there) || { data: [[]] })
                           .data[0].length > 10), `${path}: drawn`);
        t.ok((await there.evaluate(() => document.querySelector('.address').href))
             .startsWith(t.base + asks), 'by its own API');
        await there.context().close();
    }

    // two tabs do not know each other
    const one = await t.open('#range=15m&refresh=off&m=temp');
    const two = await t.open('#range=1h&refresh=off&m=holes',
                             { context: one.context() });

    await one.getByRole('combobox', { name: 'Range' }).selectOption('6h');
    await t.settled(one);
    t.is(await two.getByRole('combobox', { name: 'Range' }).inputValue(), '1h',
         'the other tab stays');

    // an edited address
    await two.evaluate(() => { location.hash = '#range=30m&refresh=off&m=temp'; });
    await t.settled(two);
    t.ok(/temp/.test(await two.getByRole('img').getAttribute('aria-label')),
         'an edited address');
});
