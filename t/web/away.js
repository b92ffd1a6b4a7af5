// SPDX-License-Identifier: BSD-2-Clause

// Elasticsearch is behind a gate here, that can be closed, or slow.

const net = require('net');
const { execFile } = require('child_process');
const { promisify } = require('util');
const { run } = require('./lib.js');

let open = true, delay = 0;
const sockets = new Set();

const gate = net.createServer((client) => {
    if (!open) {
        client.destroy();
        return;
    }

    const node = net.connect(Number(process.env.NODE_PORT), '127.0.0.1');

    for (const s of [client, node]) {
        sockets.add(s);
        s.on('error', () => {});
        s.on('close', () => {
            sockets.delete(s);
            client.destroy();
            node.destroy();
        });
    }

    client.pipe(node);
    node.on('data', (d) => setTimeout(() => client.write(d), delay));
});


function close() {
    open = false;
    sockets.forEach((s) => s.destroy());
}


run(async (t) => {
    await new Promise((r) => gate.listen(Number(process.env.GATE), '127.0.0.1',
                                         r));

    // nothing stored: the line to try, which is tried
    const page = await t.open();
    const help = page.locator('#help');
    const status = page.getByRole('status');

    t.ok(await t.until(() => help.isVisible()), 'an empty index has help');

    const line = await help.locator('pre').textContent();

    t.ok(line.includes(t.base + '/v1/metrics'), 'with this address', line);

    const { stdout } = await promisify(execFile)('sh', ['-c', line]);

    t.is(stdout, '{"stored":1}\n', 'which works');
    t.ok(await t.until(() => page.getByRole('img', { name: 'room.celsius' })
                       .isVisible()), 'then there is a chart by itself');
    t.ok(!await help.isVisible(), 'and no help');
    await page.close();

    // away, and back
    const chart = await t.open('#range=15m&refresh=1s&m=room.celsius');
    const said = chart.getByRole('status');

    t.ok(await t.until(async () => /Up to date/.test(await said.textContent())),
         'fresh at first');
    close();
    t.ok(await t.until(async () => /Elasticsearch.*Shown is what there was at/
                       .test(await said.textContent()), 30),
         'what is wrong is said', await said.textContent());
    t.ok((await t.drawn(chart)).data[0].length > 0, 'the chart stays');

    // opened meanwhile
    const late = await t.open('#range=15m&refresh=1s&m=room.celsius');

    t.ok(await t.until(async () => /Elasticsearch/.test(
        await late.getByRole('status').textContent())), 'said to who comes now');

    open = true;
    t.ok(await t.until(async () => /Up to date/.test(await said.textContent()),
                       40), 'back by itself', await said.textContent());
    t.ok(await t.until(async () => (await t.drawn(late).catch(() => null)), 40),
         'there, too');
    await late.close();

    // slow
    const slow = await t.open('#range=15m&refresh=off&m=room.celsius');

    delay = 4500;
    await slow.getByRole('combobox', { name: 'Range' }).selectOption('6h');
    t.ok(await t.until(() => slow.getByText('still computing').isVisible(), 12),
         'what takes long is said');
    delay = 0;
    t.ok(await t.until(() => slow.getByText('still computing').isHidden(), 30),
         'until it is there');
    await slow.close();
    await chart.close();

    // no index
    const bare = await t.browser.newPage();

    await bare.goto(process.env.BARE);
    t.ok(await t.until(async () => /cricket --init/.test(
        await bare.getByRole('status').textContent())), 'no index: the command',
         await bare.getByRole('status').textContent());
    await bare.close();

    // 200 refreshes
    const context = await t.browser.newContext();

    await context.addInitScript(() => {
        const later = window.setTimeout;

        window.setTimeout = (f, ms, ...rest) => later(f, ms >= 900 ? 5 : ms,
                                                      ...rest);
        const ask = window.fetch;

        window.asked = 0;
        window.fetch = (url, ...rest) => {
            window.asked += /stats/.test(url);
            return ask(url, ...rest);
        };
    });

    const hash = '#range=15m&refresh=1s&m=room.celsius&m=room.celsius&a=max'
                 + '&g=room&show=table';
    const long = await t.open(hash, { context });
    const measure = () => long.evaluate(() => {
        window.gc();
        window.gc();

        return { nodes: document.querySelectorAll('*').length,
                 heap: performance.memory.usedJSHeapSize };
    });
    const after = (n) => t.until(() => long.evaluate((m) => window.asked >= m,
                                                     n), 120);

    await after(60);
    const before = await measure();
    t.ok(await after(60 + 400), '200 refreshes of two charts');
    const then = await measure();

    t.ok(then.nodes <= before.nodes + 40, 'the page does not grow', before, then);
    t.ok(then.heap < before.heap + 1.5e6, 'nor does its memory', before, then);
    gate.close();
    sockets.forEach((s) => s.destroy());
});
