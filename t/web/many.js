// SPDX-License-Identifier: BSD-2-Clause

const { run } = require('./lib.js');
const hostile = JSON.parse(process.env.HOSTILE);

run(async (t) => {
    // a thousand names
    const page = await t.open('#range=15m&refresh=off&m=many.0001');
    const metric = page.getByRole('combobox', { name: 'Metric' });

    await metric.click();
    t.ok(await t.until(() => page.getByText(/more: type on/).isVisible()),
         'not all at once');
    await page.keyboard.type('0999');
    t.ok(await t.until(async () => await page.locator('[role=listbox] li')
                       .count() === 1), 'but all are found');
    await page.keyboard.press('Enter');
    await t.settled(page);
    t.is(await metric.inputValue(), 'many.0999', 'by a part of the name');

    // those that come after the first pages, by how they begin
    await metric.fill('zzz.la');
    t.ok(await t.until(() => page.getByText('zzz.last').isVisible()),
         'the last one, too');

    // what is no name is not taken
    await metric.fill('no such name');
    await page.getByRole('combobox', { name: 'Filter' }).focus();
    t.is(await metric.inputValue(), 'many.0999', 'half a name is none');
    await page.close();

    // five hundred groups
    const groups = await t.open('#range=15m&refresh=off&m=wide&a=max&g=id');
    const { labels } = await t.drawn(groups);

    t.is(labels.length, 20, 'twenty of them');
    t.ok(labels.includes('g499') && labels.includes('g480'), 'the largest',
         labels);
    t.ok(await groups.getByText(/20 groups of 500/).isVisible(),
         'it is said that there are more');
    {
        const [chart, legend] = await Promise.all(['.u-wrap', '.legend-box'].map(
            (part) => groups.locator(part).boundingBox()));
        const last = await groups.locator('.legend tbody tr').last()
            .boundingBox();

        t.ok(legend.x >= chart.x + chart.width, 'the legend is beside the chart',
             chart, legend);
        t.ok(last.y + last.height <= legend.y + legend.height
             && legend.y + legend.height < 900, 'all twenty in view', last,
             legend);
    }
    await groups.getByRole('button', { name: 'Show more' }).click();
    await t.settled(groups);
    t.is((await t.drawn(groups)).labels.length, 40, 'and more are shown');
    await groups.close();

    // text is text
    for (const [i, name] of hostile.entries()) {
        const bad = await t.open('#' + new URLSearchParams(
            [['range', '15m'], ['refresh', 'off'], ['m', name], ['g', 'evil'],
             ['show', 'table']]));

        t.ok((await bad.getByRole('img').getAttribute('aria-label'))
             .startsWith(name + ', average'), `hostile ${i}: its name`);
        t.is((await t.drawn(bad)).labels, [name], 'its tag');
        t.ok((await bad.locator('.numbers').textContent()).includes(name),
             'in the table');

        const box = await bad.locator('.u-over').boundingBox();

        await bad.mouse.move(box.x + box.width * 0.7, box.y + 50);
        await bad.waitForTimeout(100);
        t.ok((await bad.locator('.tip').textContent()).includes(name),
             'under the crosshair');

        // by its list, and as a filter
        await bad.getByRole('combobox', { name: 'Filter' }).click();
        await bad.keyboard.type('evil=');
        await t.until(async () => await bad.locator('[role=listbox] li')
            .count() > 0);
        await bad.keyboard.press('ArrowDown');
        await bad.keyboard.press('Enter');
        await t.settled(bad);
        t.is((await t.drawn(bad) || {}).labels, [name], 'as a filter');
        t.is(await bad.evaluate(() => document.querySelectorAll(
            'main img, main script, main iframe').length), 0, 'no element of it');

        const href = await bad.evaluate(() => document.querySelector(
            '.address').href);

        t.ok(href.startsWith(t.base + '/v1/stats?'), 'the link is ours', href);

        const [file] = await Promise.all([
            bad.waitForEvent('download'),
            bad.getByRole('button', { name: 'Download CSV' }).click(),
        ]);
        const csv = require('fs').readFileSync(await file.path(), 'utf8');

        t.ok(csv.startsWith('start,' + (/[",]/.test(name)
            ? '"' + name.replace(/"/g, '""') + '"' : name) + '\r\n'), 'in CSV',
             csv.slice(0, 200));
        await bad.context().close();
    }

    // an address that somebody else made
    for (const hash of ['#m=%3Cimg%20src=x%20onerror=alert(1)%3E&a=evil&f=%22%3E',
                        '#range=1000y&zoom=x/y&refresh=0&top=-1&sort=&hide=',
                        '#' + '&m='.repeat(500), '#%', '#m=__proto__&g=__proto__',
                        '#from=9&to=1&m=wide', '#m=wide&f=a=b%20c%20d=%22'])
    {
        const odd = await t.open(hash);

        t.ok(await odd.getByRole('status').isVisible(), 'lives with ' + hash
             .slice(0, 40));
        await odd.context().close();
    }

    // a dozen charts
    const metrics = Array.from({ length: 12 }, (v, i) => `m=wide&a=max&f=id=g${i}`);
    const begin = Date.now();
    const dozen = await t.open('#range=15m&refresh=off&' + metrics.join('&'),
                               { viewport: { width: 1440, height: 900 } });

    process.stdout.write(`twelve charts after ${Date.now() - begin} ms\n`);
    t.ok(Date.now() - begin < 5000, 'a dozen charts, soon');
    t.is(await dozen.getByRole('img').count(), 12, 'all of them');
    t.is(await dozen.locator('.panel').evaluateAll((all) => new Set(all.map(
        (p) => p.getBoundingClientRect().x)).size), 3, 'three in a row');

    // some names to choose from, one of them long
    await dozen.getByRole('button', { name: 'Add chart' }).click();
    await dozen.locator('.chips').waitFor();
    t.is(await dozen.locator('.chips button').evaluateAll((all) => all.filter(
        (b) => b.getBoundingClientRect().right
               > b.closest('.panel').getBoundingClientRect().right).length), 0,
         'none sticks out');
});
