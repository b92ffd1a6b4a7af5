// SPDX-License-Identifier: BSD-2-Clause

// What the scripts of this folder share: run(async (t) => ...) starts Chromium
// and gives t.ok(), t.is(), t.near(); t.open(hash, options), a page that fails
// the test if it logs an error or asks another host; and t.settled(page), which
// waits until the page shows what it was asked for.

const http = require('http');
const { chromium } = require('playwright-core');

const base = process.env.URL;


function ok(yes, name, ...why) {
    name = String(name).replace(/[\n#]/g, ' ');
    process.stdout.write((yes ? 'ok - ' : 'not ok - ') + name + '\n');

    if (!yes) {
        why.forEach((w) => process.stdout.write('    ' + (typeof w === 'string'
            ? w : JSON.stringify(w)) + '\n'));
    }

    return yes;
}


function is(got, expected, name) {
    const [a, b] = [got, expected].map((v) => JSON.stringify(v));

    return ok(a === b, name, 'got ' + a, 'expected ' + b);
}


const near = (got, expected, name) => ok(
    Math.abs(got - expected) <= 1e-9 * Math.max(1, Math.abs(expected)), name,
    `got ${got}, expected ${expected}`);


function ask(path) {
    return new Promise((resolve, reject) => {
        http.get(base + path, (reply) => {
            let text = '';

            reply.on('data', (d) => { text += d; });
            reply.on('end', () => resolve(JSON.parse(text)));
        }).on('error', reject);
    });
}


async function until(what, seconds = 15) {
    const end = Date.now() + seconds * 1000;

    for (;;) {
        const value = await what();

        if (value || Date.now() > end) { return value; }

        await new Promise((r) => setTimeout(r, 50));
    }
}


async function settled(page) {
    await page.waitForTimeout(50);

    return until(() => page.evaluate(() => !document.querySelector('.loading')
        && !document.body.classList.contains('busy')));
}


// What uPlot has: [xs, ys...] of chart n, and which labels.
const drawn = (page, n = 0) => page.evaluate((i) => {
    const plot = document.querySelectorAll('.picture')[i].uplot;

    return plot && { data: plot.data.map((d) => Array.from(d)),
                     labels: plot.series.slice(1).map((s) => s.label),
                     shown: plot.series.slice(1).map((s) => s.show),
                     range: [plot.scales.x.min, plot.scales.x.max] };
}, n);


async function run(script) {
    const browser = await chromium.launch({
        executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
        args: ['--no-sandbox', '--js-flags=--expose-gc'],
    });
    const troubles = [];

    async function open(hash = '', options = {}) {
        const context = options.context || await browser.newContext({
            viewport: { width: 1280, height: 900 }, colorScheme: 'light',
            ...options, path: undefined });
        const page = await context.newPage();

        page.on('pageerror', (e) => troubles.push(e.stack));
        page.on('dialog', (d) => { troubles.push('a dialog'); d.dismiss(); });
        page.on('request', (r) => {
            if (!/^(data|blob):/.test(r.url()) && !r.url().startsWith(base)) {
                troubles.push('asked ' + r.url());
            }
        });
        page.on('console', (m) => {
            // an answer that is an error is the page's to show
            if (m.type() === 'error' && !/Failed to load/.test(m.text())) {
                troubles.push(m.text());
            }
        });

        await page.goto(base + (options.path || '/') + hash);
        await settled(page);

        return page;
    }

    const t = { ok, is, near, ask, until, settled, drawn, open, base, browser };

    try {
        await script(t);
        is(troubles, [], 'no error, and no other host');
        await browser.close();
        process.stdout.write('done\n');
    } catch (e) {
        process.stdout.write(e.stack + '\n' + troubles.join('\n') + '\n');
        await browser.close();
        process.exit(1);
    }
}


module.exports = { run };
