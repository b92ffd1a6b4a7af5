// SPDX-License-Identifier: BSD-2-Clause

// A chart with its controls, its legend and its tables.

const slow = 3000;


// page: change(what to do to the state), window(), state(), zoom, unzoom.

function makePanel(chart, page) {
    let frame = null, unit = { base: '', rate: false };
    let question = null, running = null, aggregation = 'average', asked = '';
    let least = 0, reveal = false;
    const colors = new Map();

    const metric = makeCombobox({
        name: 'Metric', value: chart.metric, quiet: true,
        placeholder: 'Which metric? Type a part of its name',
        suggest: async (text) => ({ items: await findNames(text) }),
        accept: (text) => names.set.has(text) || isHistogram(text)
                          || (names.all.length === 0 && text !== ''),
        commit: (text) => page.change(() => {
            chart.metric = text;
            chart.hidden = [];
        }),
    });

    const choice = makeSelect('Aggregation', aggregations.map((a) => [a, a]),
                              'average', (value) => page.change(() => {
        chart.aggregation = value;
    }), 'quiet');

    const group = makeCombobox({
        name: 'Group by', value: chart.group, placeholder: 'no tag',
        suggest: async (text) => {
            const from = /[^\s,]*$/.exec(text).index;
            const typed = text.slice(from).toLowerCase();
            const taken = text.slice(0, from).split(/[\s,]+/);
            const keys = await keysOf(chart.metric);

            // a whole one that stands there already is to be replaced
            return { from, items: keys.filter((k) => !taken.includes(k.value)
                && (k.value.toLowerCase().includes(typed)
                    || keys.some((o) => o.value === typed))) };
        },
        commit: (text) => page.change(() => {
            chart.group = text;
            chart.hidden = [];
        }),
    });

    const filter = makeCombobox({
        name: 'Filter', value: chart.filter, placeholder: 'none',
        suggest: suggestFilter,
        commit: (text) => page.change(() => { chart.filter = text; }),
    });

    filter.input.title = 'Such as host=web1, dc!=eu, path~=/api/*';

    async function suggestFilter(text) {
        const match = /(?:^|[\s,])([A-Za-z0-9_.\/-]*)((?:!~=|!=|~=|=)([^,]*))?$/
            .exec(text);

        if (!match) {
            return { items: [] };
        }

        const from = text.length - match[0].replace(/^[\s,]/, '').length;

        if (match[2] === undefined) {
            const keys = await keysOf(chart.metric);
            const typed = match[1].toLowerCase();

            return { from, items: keys.filter(
                (k) => k.value.toLowerCase().includes(typed)).map(
                (k) => ({ ...k, insert: k.value + '=', more: true })) };
        }

        const op = match[2].slice(0, match[2].length - match[3].length);
        const values = op.includes('~') ? []
                       : await valuesOf(chart.metric, match[1], match[3]);

        return { from, items: values.map((v) => ({
            value: v, insert: match[1] + op + quoteValue(v) })) };
    }

    const picture = make('div', { class: 'picture', role: 'img', tabindex: '0',
                                  'aria-label': 'no chart yet' });
    const tip = make('div', { class: 'tip', hidden: true,
                              'aria-hidden': 'true' });
    const message = make('div', { class: 'message', hidden: true });
    const stage = make('div', { class: 'stage' }, picture, tip, message);
    const legend = makeLegend({
        sort: (sort) => page.change(() => { chart.sort = sort; }),
        hide: (keys) => page.change(() => { chart.hidden = keys; }),
        focus: (key) => page.focus(key),
        unfocus: () => page.focus(null),
    });
    const note = make('p', { class: 'note', hidden: true });
    const numbers = make('div', { class: 'numbers-box', tabindex: '0',
                                  role: 'region', hidden: true });
    const address = make('a', { class: 'address', target: '_blank',
                                rel: 'noopener' });
    const copy = makeCopy('Copy for curl', () => `curl '${address.href.replace(/'/g, '%27')}'`);
    const source = make('div', { class: 'source', hidden: true },
                        make('p', {}, 'This chart is the answer to'),
                        address, copy);

    const tableButton = makeButton('Show as table', () => page.change(() => {
        chart.table = reveal = !chart.table;
        chart.latest = false;
    }), { class: 'tool' }, icon('table'), 'Table');
    const lastButton = makeButton('Latest values', () => page.change(() => {
        chart.latest = reveal = !chart.latest;
        chart.table = false;
    }), { class: 'tool' }, icon('last'), 'Latest values');
    const csvButton = makeButton('Download CSV', () => {
        save(`${chart.metric.replace(/[^\w.-]+/g, '_')}.csv`,
             'text/csv;charset=utf-8', csvOf(frame));
    }, { class: 'tool', disabled: true }, icon('save'), 'CSV');
    const sourceButton = makeButton('API', () => {
        source.hidden = !source.hidden;
        sourceButton.setAttribute('aria-expanded', String(!source.hidden));
        source.scrollIntoView({ block: 'nearest' });
    }, { class: 'tool', 'aria-expanded': 'false' }, icon('link'), 'API');
    const removeButton = makeButton('Remove chart', () => page.remove(chart),
                                    { class: 'tool' }, icon('remove'));

    const element = make('section', { class: 'panel' },
        make('div', { class: 'title' }, metric.field, removeButton),
        make('div', { class: 'asking' }, choice.field, group.field,
             filter.field),
        stage, make('div', { class: 'legend-box' }, legend.table), note,
        numbers, make('div', { class: 'tools' }, tableButton, lastButton,
                      csvButton, sourceButton), source);

    const drawing = window.uPlot ? makeChart(picture, {
        zoom: page.zoom, unzoom: page.unzoom, cursor: point,
        spoken: (i) => announce(textAt(i)),
    }) : { draw() {}, clear() {}, focus() {}, unfocus() {}, destroy() {},
           hovered: () => null, data: () => null };

    // until there is something to show
    legend.table.hidden = true;

    // as it is with UPLOT=none
    picture.hidden = !window.uPlot;

    function textAt(i) {
        return clockOf(frame.xs[i] * 1000) + ': ' + frame.series
            .filter((s) => !chart.hidden.includes(s.key)).slice(0, 10)
            .map((s) => `${s.label} ${textOf(valueAt(frame, s, i), unit)}`)
            .join(', ');
    }

    function point(i) {
        const at = i === null ? null : drawing.hovered();

        legend.point(i);
        tip.hidden = !at;

        if (!at) {
            return;
        }

        const found = frame.series.filter((s) => !chart.hidden.includes(s.key))
            .map((s) => ({ s, y: valueAt(frame, s, i) }))
            .filter((v) => v.y != null);

        // those nearest to the pointer, in the order in which they are seen
        found.sort((a, b) => Math.abs(a.y - at.y) - Math.abs(b.y - at.y));

        const near = found.slice(0, 6);
        const best = near[0];

        near.sort((a, b) => b.y - a.y);

        replace(tip, make('time', {}, timeOf(frame.xs[i] * 1000)),
            ...near.map((v) => {
                const mark = make('span', { class: 'mark' });

                mark.style.setProperty('--c', colorOf(v.s.color));

                return make('span', { class: v === best && near.length > 1
                                             ? 'row best' : 'row' }, mark,
                    makeName(v.s.label),
                    make('b', {}, textOf(v.y, unit)));
            }),
            found.length > near.length
                ? make('span', { class: 'row dim' },
                       `and ${found.length - near.length} more`) : null);

        const right = at.left > picture.clientWidth / 2;

        tip.style.left = right ? '' : at.left + 14 + 'px';
        tip.style.right = right ? stage.clientWidth - at.left + 14 + 'px' : '';
        tip.style.top = Math.max(0, Math.min(at.top - 20, stage.clientHeight
                                             - tip.offsetHeight)) + 'px';
    }

    // some that there are: of those that begin alike, the first
    function chips() {
        const all = withHistograms().map((n) => n.value);
        const begins = new Set();
        const some = all.length <= 16 ? all : all.filter((name) => {
            const begin = name.split(/[^A-Za-z0-9]/)[0];

            return !begins.has(begin) && begins.add(begin);
        });

        return make('span', { class: 'chips' }, ...some.slice(0, 16).map(
            (name) => makeButton(name, () => page.change(() => {
                chart.metric = name;
            }), { class: 'small' })));
    }

    // the line of a key that another chart may have, too
    function highlight(key) {
        const i = frame ? frame.series.findIndex((s) => s.key === key) : -1;

        legend.focus(key);

        if (i >= 0) {
            drawing.focus(i + 1);
        } else {
            drawing.unfocus();
        }
    }

    function say(...content) {
        replace(message, ...content);
        message.hidden = !content.length;
    }

    // a colour is a series' own as long as the page is open
    function paint(f) {
        if (colors.size > 2000) {
            colors.clear();
        }

        for (const s of f.series) {
            if (!colors.has(s.key)) { colors.set(s.key, colors.size); }
            s.color = colors.get(s.key);
        }
    }

    function nameOf() {
        const parts = [chart.metric, aggregation];

        if (chart.group) { parts.push('by ' + chart.group); }
        if (chart.filter) { parts.push('where ' + chart.filter); }

        return parts.join(', ');
    }

    function silentOf(series) {
        const some = series.slice(0, 3).map((s) => s.label + ' since '
                                            + momentOf(s.since * 1000));
        const more = series.length - some.length;

        return make('span', { class: 'silence' }, 'Silent: ' + some.join(', ')
                    + (more ? `, and ${more} more` : '') + '. ');
    }

    function describe() {
        const n = frame.series.length;
        let text = nameOf() + ': ';

        if (n === 0) {
            return text + 'no data';
        }

        text += n === 1 ? 'one line' : `${n} lines`;

        if (n === 1) {
            text += `, latest ${textOf(frame.series[0].now, unit)}`
                    + `, lowest ${textOf(frame.series[0].min, unit)}`
                    + `, highest ${textOf(frame.series[0].max, unit)}`;
        }

        return text;
    }

    function show(force) {
        tableButton.setAttribute('aria-pressed', String(chart.table));
        lastButton.setAttribute('aria-pressed', String(chart.latest));
        choice.select.value = aggregation;
        metric.set(chart.metric);
        metric.input.title = chart.metric;
        group.set(chart.group);
        filter.set(chart.filter);
        csvButton.disabled = !frame;

        if (!frame) {
            picture.setAttribute('aria-label', chart.metric ? nameOf()
                                                            : 'no metric yet');
            legend.table.hidden = numbers.hidden = note.hidden = true;
            return;
        }

        picture.setAttribute('aria-label', describe());
        unit = unitOf(chart.metric + (isHistogram(chart.metric)
                                      && /^(rate|count)$/.test(aggregation)
                                      ? '_count' : ''), aggregation);
        paint(frame);
        element.classList.toggle('many', frame.series.length > 3);
        legend.table.hidden = !frame.series.length;
        legend.draw(frame, unit, chart.sort, chart.hidden);
        drawing.draw(frame, unit, frame.window, chart.hidden, force);

        showNote();
        showNumbers();
    }

    function showNote() {
        const silent = frame.series.filter((s) => s.since !== null);

        note.hidden = !frame.left && !silent.length;
        replace(note, silent.length ? silentOf(silent) : null);

        if (frame.left) {
            note.append(`${frame.series.length} groups of`
                    + ` ${frame.series.length + frame.left}, those largest by`
                    + ` ${aggregation}. `,
                    (chart.top || defaultTop) < 100
                        ? makeButton('Show more', () => page.change(() => {
                            chart.top = Math.min(100, 2 * (chart.top
                                                           || defaultTop));
                        }), { class: 'small' }) : '');
        }
    }

    // a table that somebody asked for, and that begins below what is seen
    function revealNumbers() {
        if (reveal) {
            reveal = false;
            numbers.scrollIntoView({ block: 'nearest' });
        }
    }

    function showNumbers() {
        const table = chart.table || (!window.uPlot && !chart.latest);

        numbers.hidden = !table && !chart.latest;

        if (table) {
            numbers.setAttribute('aria-label', 'Numbers of ' + nameOf());
            replace(numbers, makeNumbers(frame, unit, nameOf()));
            revealNumbers();
        } else if (!chart.latest) {
            replace(numbers);
        }
    }

    async function showLast(signal, now) {
        const reply = await lastOf(chart, signal);

        numbers.setAttribute('aria-label', 'Latest values of ' + chart.metric);

        if (reply.failed || !Array.isArray(reply.json)) {
            replace(numbers, make('p', { class: 'note' },
                                  'Not to be had: ' + reply.message));
            return;
        }

        const unitLast = unitOf(chart.metric, 'max');

        replace(numbers, makeLast(reply.json.slice(0, 1000), unitLast, now,
                                  reply.json.length ? chart.metric
                                  : `${chart.metric}: none in the last day`));
        revealNumbers();
    }

    // returns null, or the reply that says what is wrong
    async function load(window, quick) {
        if (!chart.metric) {
            clear();
            say(make('span', {}, 'Choose a metric above, a part of its name is'
                                 + ' enough, or one of these:'), chips());
            return null;
        }

        if (running) { running.abort(); }

        const control = running = new AbortController();
        const signal = control.signal;
        const waiting = setTimeout(() => {
            stage.classList.add('slow');
            say(make('b', {}, 'Elasticsearch is still computing.'),
                make('span', {}, 'It is waited for. A shorter range or a filter'
                                 + ' is faster.'));
        }, slow);

        stage.classList.add('loading');

        try {
            return await loadNow(window, quick, signal);
        } catch (e) {
            if (e.name === 'AbortError') {
                return null;
            }

            const reply = { status: 502, retry: 0, message: 'The answer is not'
                            + ' one to this question: ' + e.message };

            fail(reply);
            return reply;
        } finally {
            clearTimeout(waiting);

            if (running === control) {
                running = null;
                stage.classList.remove('loading', 'slow');
            }
        }
    }

    async function loadNow(window, quick, signal) {
        const type = !chart.aggregation || chart.aggregation === 'rate'
                     || isHistogram(chart.metric)
                     ? await typeOf(chart.metric) : '';

        aggregation = aggregationOf(chart, type);

        const points = Math.max(60, Math.min(400, Math.floor(
            (picture.clientWidth || 600) / 2.5)));
        const identity = JSON.stringify([chart.metric, aggregation,
                                         chart.group, chart.filter]);

        if (identity !== asked) {
            asked = identity;
            least = 0;
        }

        const next = questionOf(chart, aggregation, type, window, points,
                                least);

        if (next.error) {
            clear();
            say(make('b', {}, next.error));
            return null;
        }

        const reply = await ask(next, chart.metric, signal);

        question = next;
        address.href = addressOf(question, page.state());
        address.textContent = 'GET ' + decodeURI(address.href.replace(
            /^[a-z]+:\/\/[^/]*/, ''));

        if (reply.failed) {
            fail(reply);
            return reply;
        }

        const found = frameOf(reply.json, question, chart, window);

        // a histogram has nothing under its own name: all names tell of it
        if (!found.series.length && !names.at) {
            await namesAsked;
            signal.throwIfAborted();

            if (isHistogram(chart.metric)) {
                return loadNow(window, quick, signal);
            }
        }

        frame = found;

        const wider = aggregation === 'rate' ? widerStep(frame) : 0;

        if (wider > least) {
            least = wider;
            return loadNow(window, quick, signal);
        }

        frame.identity = identity;
        frame.window = { from: question.from, to: window.to };
        say();

        if (!frame.series.length) {
            empty(await typeOf(chart.metric));
        }

        show();

        if (chart.latest) {
            await showLast(signal, window.to);
        }

        return null;
    }

    function fail(reply) {
        const mine = reply.status >= 400 && reply.status < 500;

        // what was drawn is still true, if it was asked for; the page says that
        // it is old
        if (frame && frame.series.length && frame.identity === asked && !mine) {
            say();
            return;
        }

        clear();
        say(make('b', {}, mine ? 'This cannot be asked.' : 'No data now.'),
            make('span', {}, reply.message));
    }

    function clear() {
        frame = null;
        drawing.clear();
        show();
    }

    function empty(type) {
        if (frame.silent) {
            say(make('b', {}, `No ${aggregation} in this range.`),
                make('span', {}, aggregation === 'rate'
                     ? 'A series needs two datapoints for one.'
                     : 'There are datapoints, but none that gives it.'));
            return;
        }

        say(make('b', {}, 'No datapoints in this range'
                          + (chart.filter ? ' for this filter' : '')
                          + (chart.group ? ' that have this tag' : '') + '.'),
            !type
                ? make('span', {}, `Nothing is stored under the name`
                                   + ` "${chart.metric}".`)
                : make('span', {}, 'Try a longer range'
                       + (chart.filter || chart.group
                          ? ', or without filter and group.' : '.')));
    }

    return {
        element, chart, load, show, highlight,
        focus: () => metric.input.focus(),
        frame: () => frame,
        data: () => drawing.data(),
        destroy() {
            if (running) { running.abort(); }
            drawing.destroy();
        },
    };
}
