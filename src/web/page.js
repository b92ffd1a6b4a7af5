// SPDX-License-Identifier: BSD-2-Clause

// The page as a whole: its state, its address, its clock, and its status.

const $ = (id) => document.getElementById(id);

let state = decodeState(location.hash);
let panels = [];
let timer = null;       // of the next refresh
let turn = 0;           // of loads: one that is overtaken says nothing
let failures = 0;
let freshAt = 0;


// A step of the person's: the address has it, and Back undoes it.

function change(what) {
    what();

    const hash = '#' + encodeState(state);

    if (hash !== location.hash) {
        history.pushState(null, '', hash);
    }

    render();
}


function zoomTo(from, to) {
    const least = 5000;

    if (to - from < least) {
        const middle = Math.floor((from + to) / 2000) * 1000;
        from = middle - least / 2;
        to = middle + least / 2;
    }

    change(() => { state.zoom = [from, to]; });
}


const unzoom = () => {
    if (state.zoom) {
        change(() => { state.zoom = null; });
    }
};


const pageOfPanel = {
    change, zoom: zoomTo, unzoom,
    state: () => state,
    focus: (key) => panels.forEach((p) => p.highlight(key)),
    remove(chart) {
        const i = state.charts.indexOf(chart);

        change(() => {
            state.charts.splice(i, 1);
            if (!state.charts.length) { state.charts.push(newChart()); }
        });

        panels[Math.min(i, panels.length - 1)].focus();
    },
};


const range = makeSelect('Range', [...ranges.map((r) => [r[0], r[2]]),
                                   ['custom', 'Custom']], state.range, (v) => {
    change(() => {
        const shown = windowOf(state, Date.now());

        state.zoom = null;
        state.range = v;

        if (v === 'custom') {
            state.from = shown.from;
            state.to = shown.to;
        }
    });
});

const refresh = makeSelect('Refresh', refreshes.map((r) => [r[0], r[2]]),
                           state.refresh, (v) => {
    change(() => { state.refresh = v; });
});

const zoneSelect = makeSelect('Time zone', [['local', 'Local'],
                                            ['utc', 'UTC']], '', (v) => {
    change(() => { state.utc = v === 'utc'; });
}, 'quiet');

zoneSelect.select.title = 'Local time: '
    + Intl.DateTimeFormat().resolvedOptions().timeZone;

const fromField = make('input', { id: 'from', type: 'datetime-local',
                                  step: '1', onchange: setCustom });
const toField = make('input', { id: 'to', type: 'datetime-local', step: '1',
                                onchange: setCustom });
const custom = make('span', { class: 'custom', hidden: true },
    make('span', { class: 'field' }, make('label', { for: 'from' }, 'From'),
         fromField),
    make('span', { class: 'field' }, make('label', { for: 'to' }, 'To'),
         toField));

const unzoomButton = makeButton('Reset zoom', unzoom, { disabled: true });
const addButton = makeButton('Add chart', addChart, { class: 'primary' });
const themeButton = makeButton('Dark or light', () => {
    const next = theme() === 'dark' ? 'light' : 'dark';

    document.documentElement.dataset.theme = next;

    try {
        localStorage.setItem('cricket-theme', next);
    } catch (e) { /* a browser may have none; the page has it until closed */ }

    repaint();
}, { class: 'tool' }, icon('theme'));


function setCustom() {
    const [from, to] = [fromField, toField].map(
        (field) => Date.parse(field.value + (zone.utc ? 'Z' : '')));

    if (from < to) {
        change(() => {
            state.zoom = null;
            state.from = from;
            state.to = to;
        });
    } else if (from >= to) {
        tell('bad', '"From" is not before "To".');
    }
}


function addChart() {
    if (state.charts.length >= maxCharts) {
        tell('bad', `There are ${maxCharts} charts already.`);
        return;
    }

    change(() => { state.charts.push(newChart()); });

    const panel = panels[panels.length - 1];

    panel.element.scrollIntoView({ block: 'nearest' });
    panel.focus();
}


function repaint() {
    panels.forEach((p) => p.show(true));
}


// Makes the page show the state: panels of charts that stay, stay.

function render() {
    const known = new Map(panels.map((p) => [p.chart, p]));

    panels = state.charts.map((c) => known.get(c) || makePanel(c, pageOfPanel));

    for (const [chart, panel] of known) {
        if (!state.charts.includes(chart)) {
            panel.destroy();
            panel.element.remove();
        }
    }

    const grid = $('charts');

    panels.forEach((p, i) => {
        if (grid.children[i] !== p.element) {
            grid.insertBefore(p.element, grid.children[i] || null);
        }
    });

    grid.classList.toggle('single', panels.length === 1);
    grid.classList.toggle('dense', panels.length > 4);
    range.select.value = state.range;
    refresh.select.value = state.refresh;
    zoneSelect.select.value = state.utc ? 'utc' : 'local';
    zone.utc = state.utc;
    unzoomButton.disabled = !state.zoom;
    custom.hidden = state.range !== 'custom';

    if (state.range === 'custom') {
        fromField.value = dateOf(state.from) + 'T' + clockOf(state.from);
        toField.value = dateOf(state.to) + 'T' + clockOf(state.to);
    }

    document.title = [...new Set(state.charts.map((c) => c.metric)
                                 .filter((m) => m))].slice(0, 3).join(', ')
                     .replace(/(.+)/, '$1 – ') + 'Cricket';

    load(false);
}


async function load(quick) {
    const mine = ++turn;
    const window = windowOf(state, Date.now());

    clearTimeout(timer);
    timer = null;
    document.body.classList.toggle('busy', true);

    // what is old does not look fresh until the server has given up
    const waiting = setTimeout(() => tell('', 'Waiting for Elasticsearch',
        freshAt ? ' · shown is what there was at ' + clockOf(freshAt) : ''),
                               slow);

    const failed = (await Promise.all(panels.map(async (p) => {
        const reply = await p.load(window, quick);

        return reply && { ...reply, metric: p.chart.metric };
    }))).filter((r) => r);

    clearTimeout(waiting);

    if (mine !== turn) {
        return;
    }

    document.body.classList.toggle('busy', false);

    const severe = failed.find((r) => r.status === 0 || r.status >= 500);

    if (severe) {
        failures++;
        await explain(severe);
    } else {
        failures = 0;
        freshAt = Date.now();
        $('help').hidden = true;

        if (failed.length) {
            tell('bad', `${failed[0].metric}: ${failed[0].message}`);
        } else {
            tell('good', window.live ? 'Up to date' : 'As asked for',
                 ' · ' + clockOf(freshAt));
        }
    }

    if (mine === turn) {
        schedule(window.live, severe);
    }
}


// What goes wrong is asked again, ever more slowly; a hidden page asks nothing.

function schedule(live, severe) {
    const period = refreshes.find((r) => r[0] === state.refresh)[1];
    let wait = live && period ? period : 0;

    if (severe) {
        wait = Math.max(severe.retry, wait, Math.min(30, 2 ** failures));
    }

    clearTimeout(timer);

    if (wait) {
        timer = setTimeout(() => {
            timer = null;

            if (!document.hidden) {
                load(true);
            }
        }, wait * 1000);
    }
}


document.addEventListener('visibilitychange', () => {
    if (!document.hidden && timer === null) {
        load(true);
    }
});


// Said aloud only where it is news.

let told = '';

function tell(kind, text, detail = '') {
    const status = $('status');

    status.className = kind;
    status.setAttribute('aria-live', told === kind + text ? 'off' : 'polite');
    told = kind + text;
    status.querySelector('span').textContent = text + detail;
}


async function explain(reply) {
    const old = freshAt ? ` Shown is what there was at ${clockOf(freshAt)}.`
                        : '';

    if (reply.status === 0) {
        tell('bad', 'This server does not answer.' + old, ' Trying again.');
        return;
    }

    const ready = await getJson(new URL('../ready', api.base).href);
    const checks = ready.json && (ready.json.checks
                                  || (ready.json.error
                                      && ready.json.error.checks));
    const bad = Array.isArray(checks) ? checks.filter((c) => c.ok === false)
                                      : [];

    if (bad.length && bad.every((c) => c.name === 'index')) {
        help('The index is not set up',
             String(bad[0].message || reply.message),
             'On the server, run', 'cricket --init');
        tell('bad', 'The index is not set up: run cricket --init.');
        return;
    }

    tell('bad', reply.message.replace(/\.?$/, '.') + old, ' Trying again.');
}


function help(title, text, before, command) {
    replace($('help'), make('h2', {}, title), make('p', {}, text),
            make('p', {}, before), make('pre', { tabindex: '0' }, command),
            makeCopy('Copy', () => command));
    $('help').hidden = false;
}


// Nothing is stored yet: how to, with this very address.

async function first() {
    const time = instantOf(Math.floor(Date.now() / 1000) * 1000);
    const command = `curl -H 'Content-Type: application/json' -d '\n`
        + `  [{"name": "room.celsius", "type": "gauge", "value": 21.5,\n`
        + `    "timestamp": "${time}",\n`
        + `    "tags": {"room": "kitchen"}}]' ${urlOf('metrics', [])}`;

    help('Nothing is stored yet',
         'This page shows what is stored as soon as there is something.',
         'Try it: store a first datapoint from a shell.', command);
    tell('good', 'Ready; nothing is stored yet.');
}


// An address that names its charts need not wait for the names of all.

async function begin() {
    const base = api.base;

    if (!state.bare) {
        render();
    }

    const reply = await findBase();

    if (reply.missing) {
        document.body.classList.remove('busy');
        clearTimeout(timer);
        turn++;
        tell('bad', 'Found no API beside this page: v1/names is not there.');
        replace($('help'), make('h2', {}, 'No API here'),
                make('p', {}, 'The page asks v1/names beside itself, above'
                     + ' itself, and at the top of this site: '
                     + reply.message + '.'));
        $('help').hidden = false;
        return;
    }

    if (reply.failed || reply.status === 0) {
        if (state.bare) {
            failures++;
            await explain(reply);
            document.body.classList.remove('busy');
        }

        setTimeout(begin, Math.max(reply.retry || 0,
                                   Math.min(30, 2 ** failures)) * 1000);
        return;
    }

    if (!names.all.length && state.bare) {
        document.body.classList.remove('busy');
        first();
        setTimeout(begin, 3000);
        return;
    }

    if (state.bare) {
        $('help').hidden = true;
        failures = 0;
        fillBare();
        render();
        return;
    }

    // known only now: where to ask, what to choose from, what is a histogram
    if (api.base !== base || state.charts.some((c) => !c.metric
                                               || isHistogram(c.metric)))
    {
        render();
    }
}


// An address that names no chart has that of the first metric.

function fillBare() {
    if (state.bare && names.all.length) {
        state.charts[0].metric = withHistograms()[0].value;
    }

    state.bare = false;
}


function follow() {
    state = decodeState(location.hash);

    fillBare();

    // charts that are the same as before keep what they have drawn
    state.charts = state.charts.map((c, i) => {
        const old = panels[i] && panels[i].chart;

        return old ? Object.assign(old, newChart(), c) : c;
    });

    render();
}


// Back and Forward fire both, a link or an edited address the second alone.

addEventListener('popstate', follow);

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', repaint);

try {
    const chosen = localStorage.getItem('cricket-theme');

    if (chosen === 'dark' || chosen === 'light') {
        document.documentElement.dataset.theme = chosen;
    }
} catch (e) { /* as above */ }

$('bar').append(range.field, custom, refresh.field, zoneSelect.field,
                unzoomButton, addButton, themeButton);

begin();
