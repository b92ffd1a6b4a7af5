// SPDX-License-Identifier: BSD-2-Clause

// Without eyes, without a mouse, by night, and on a phone; and pictures of it
// where SHOTS names a folder.

const { run } = require('./lib.js');
const axe = require.resolve('axe-core/axe.min.js');
const { readFileSync } = require('fs');

const charts = 'm=shop.orders&g=region&m=shop.response_seconds&a=p95&g=region'
               + '&m=cpu.percent&g=cpu&m=memory.bytes&g=state';


run(async (t) => {
    async function check(page, what) {
        await page.evaluate(readFileSync(axe, 'utf8'));
        const found = await page.evaluate(() => window.axe.run(document, {
            runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa',
                      'best-practice'] }));

        t.is(found.violations.map((v) => [v.id, v.nodes.map((n) => n.html
             .slice(0, 200))]), [], `${what}: nothing in the way`);
        t.ok(found.passes.length > 20, 'and it looked');
    }

    async function shoot(page, name) {
        if (process.env.SHOTS) {
            await page.screenshot({ path: `${process.env.SHOTS}/${name}.png` });
        }
    }

    for (const scheme of ['light', 'dark']) {
        const page = await t.open('#range=15m&refresh=off&' + charts,
                                  { colorScheme: scheme,
                                    viewport: { width: 1280, height: 1010 } });

        await check(page, scheme);

        const box = await page.locator('.u-over').first().boundingBox();

        await page.mouse.move(box.x + box.width * 0.83, box.y + 60);
        await page.waitForTimeout(200);
        await shoot(page, 'dashboard-' + scheme);

        // a line that is pointed at stands out wherever it is
        await page.locator('h1').hover();
        await page.getByRole('button', { name: 'us', exact: true }).first()
            .hover();
        t.is(await page.locator('tr.focus .name').allTextContents(),
             ['us', 'us'], 'the same in two charts');
        t.is(await page.evaluate(() => [...document.querySelectorAll('.picture')]
             .map((p) => p.uplot.series.slice(1).filter((s) => s.alpha === 1)
                          .map((s) => s.label).join())),
             ['us', 'us', 'cpu0,cpu1,cpu2,cpu3',
              'cached,free,used'], 'and is not dimmed');

        await page.getByRole('button', { name: 'Show as table' }).nth(2).click();
        await t.settled(page);

        const table = await page.locator('.numbers-box').nth(2).boundingBox();

        t.ok(table.y + table.height <= 1010, 'a table that is asked for is seen',
             table);
        await page.getByRole('button', { name: 'Show as table' }).first().click();
        await page.getByRole('button', { name: 'Latest values' }).nth(1).click();
        await t.settled(page);
        await page.getByRole('button', { name: 'API' }).first().click();
        await page.getByRole('combobox', { name: 'Metric' }).nth(1).click();
        await t.until(async () => await page.locator('[role=listbox] li')
            .count() > 1);
        await check(page, scheme + ', with tables and a list');
        await page.context().close();
    }

    // a phone
    const phone = await t.open('#range=15m&refresh=off&' + charts,
                               { viewport: { width: 390, height: 844 },
                                 colorScheme: 'dark', hasTouch: true,
                                 isMobile: true });

    await check(phone, 'a phone');
    t.is(await phone.evaluate(() => document.documentElement.scrollWidth
         <= window.innerWidth), true, 'nothing sticks out');

    const plot = await phone.locator('.u-over').first().boundingBox();

    await phone.touchscreen.tap(plot.x + plot.width * 0.6, plot.y + 60);
    await phone.waitForTimeout(300);
    t.ok(/\d\d:\d\d:\d\d/.test(await phone.locator('.legend thead').first()
         .textContent()), 'a finger moves the crosshair');
    await shoot(phone, 'dashboard-phone');

    // two fingers mark what to zoom into; Reset zoom is there then
    const fingers = await phone.context().newCDPSession(phone);
    const touch = (type, ...xs) => fingers.send('Input.dispatchTouchEvent', {
        type, touchPoints: xs.map((x, id) => ({
            id, x: plot.x + plot.width * x, y: plot.y + 80 })) });
    const reset = phone.getByRole('button', { name: 'Reset zoom' });
    const [left, right] = (await t.drawn(phone)).range;

    t.ok(await reset.isHidden(), 'nothing to reset');
    await touch('touchStart', .4);
    await touch('touchStart', .4, .6);
    await touch('touchMove', .25, .75);
    await touch('touchEnd');
    await t.until(() => /zoom=/.test(phone.url()));
    await t.settled(phone);

    const [from, to] = (await t.drawn(phone)).range;

    t.ok(Math.abs(from - left - (right - left) / 4) < 20
         && Math.abs(right - to - (right - left) / 4) < 20,
         'two fingers zoom', [left, right], [from, to]);
    await reset.tap();
    await t.settled(phone);
    t.ok(!/zoom=/.test(phone.url()), 'and back');
    await phone.context().close();

    const narrow = await t.open('#range=15m&refresh=off&' + charts,
                                { viewport: { width: 320, height: 640 } });

    t.is(await narrow.evaluate(() => document.documentElement.scrollWidth
         <= window.innerWidth), true, 'nor at 320 pixels');
    await narrow.context().close();

    // by keys alone
    const keys = await t.open('#range=15m&refresh=off&m=cpu.percent');
    const press = async (...all) => {
        for (const k of all) { await keys.keyboard.press(k); }
    };
    const focused = () => keys.evaluate(() => {
        const e = document.activeElement;
        return e.getAttribute('aria-label') || (e.labels && e.labels[0]
               && e.labels[0].textContent) || e.textContent;
    });

    for (let i = 0; i < 12 && await focused() !== 'Metric'; i++) {
        await press('Tab');
    }

    t.is(await focused(), 'Metric', 'Tab leads to the metric');
    await keys.keyboard.type('orders');
    await t.until(async () => await keys.locator('[role=listbox] li').count()
                              === 1);
    await press('ArrowDown');

    const input = keys.getByRole('combobox', { name: 'Metric' });
    const active = await input.getAttribute('aria-activedescendant');

    t.is(await keys.locator('[id="' + active + '"]').getAttribute('aria-selected'),
         'true', 'the active option is told');
    await press('Enter');
    await t.settled(keys);
    t.ok(/shop\.orders/.test(await keys.getByRole('img')
         .getAttribute('aria-label')), 'chosen');

    for (let i = 0; i < 12 && !/shop\.orders, rate/.test(await focused()); i++) {
        await press('Tab');
    }

    const range = async () => (await t.drawn(keys)).range;
    const before = await range();

    await press('End', 'Control+ArrowLeft', 'ArrowLeft');
    t.ok(/^\d\d:\d\d:\d\d: shop\.orders/.test(await keys.locator('#said')
         .textContent()), 'the crosshair is spoken',
         await keys.locator('#said').textContent());
    await press(...Array(10).fill('Shift+ArrowLeft'), 'Enter');
    await t.settled(keys);

    const after = await range();

    t.ok(after[1] - after[0] < (before[1] - before[0]) / 3, 'zoomed', before,
         after);
    await press('Escape');
    await keys.goBack();
    await t.settled(keys);
    t.ok((await range())[1] - (await range())[0] > 890, 'and Back');

    // a screen reader hears news, and not each second
    const status = keys.getByRole('status');

    t.is(await status.getAttribute('aria-live'), 'polite', 'fresh: that is news');
    await keys.getByRole('combobox', { name: 'Refresh' }).selectOption('1s');
    t.ok(await t.until(async () => await status.getAttribute('aria-live')
                                   === 'off'), 'and a second later it is none');
    await keys.getByRole('button', { name: 'Add chart' }).press('Enter');
    t.is(await focused(), 'Metric', 'a new chart is asked what it is to show');
    await keys.context().close();
});
