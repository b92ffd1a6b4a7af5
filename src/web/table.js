// SPDX-License-Identifier: BSD-2-Clause

// The numbers of a chart as a table, and the newest datapoint of each series.

function makeNumbers(frame, unit, caption) {
    const day = frame.xs.length
                && dateOf(frame.xs[0] * 1000)
                   !== dateOf(frame.xs[frame.xs.length - 1] * 1000);
    const rows = [];

    // the newest is what is looked for
    for (let i = frame.xs.length - 1; i >= 0; i--) {
        if (frame.series.some((s) => s.ys[i] != null)) {
            const ms = frame.xs[i] * 1000;

            rows.push(make('tr', {},
                make('th', { scope: 'row' },
                     make('time', { datetime: instantOf(ms) },
                          day ? timeOf(ms) : clockOf(ms))),
                ...frame.series.map((s) => make('td', {
                    title: s.ys[i] == null ? null : String(s.ys[i]),
                }, textOf(s.ys[i], unit)))));
        }
    }

    return make('table', { class: 'numbers' },
                make('caption', {}, caption),
                make('thead', {}, make('tr', {},
                    make('th', { scope: 'col' }, 'Time'),
                    ...frame.series.map((s) => make('th', { scope: 'col' },
                                                    s.label)))),
                make('tbody', {}, ...rows));
}


// Rows of /v1/last or, where the server lacks it, of the newest datapoints.

async function lastOf(chart, signal) {
    const filter = filterParams(parseFilter(chart.filter).terms);
    const metric = isHistogram(chart.metric) ? chart.metric + '_count'
                                             : chart.metric;
    const params = [['name', metric], ...filter];

    if (!api.lacks.has('last')) {
        const reply = await get('last', params, signal);

        if (reply.status !== 404) {
            return reply;
        }

        api.lacks.add('last');
    }

    const reply = await get('metrics', [...params, ['order', 'desc'],
                                        ['limit', '1000']], signal);

    if (Array.isArray(reply.json)) {
        const seen = new Map();

        for (const d of reply.json) {
            const key = JSON.stringify([d.name, d.type, tagsOf(d)]);

            if (!seen.has(key)) { seen.set(key, d); }
        }

        reply.json = [...seen.values()].sort((a, b) => compare(tagsOf(a),
                                                               tagsOf(b)));
    }

    return reply;
}


const tagsOf = (d) => Object.entries(d.tags || {})
    .sort((a, b) => compare(a[0], b[0])).map((t) => t.join('=')).join(', ');


function makeLast(datapoints, unit, now, caption) {
    const rows = datapoints.map((d) => {
        const at = Date.parse(d.timestamp);

        return make('tr', {},
            make('th', { scope: 'row' }, tagsOf(d) || String(d.name)),
            make('td', { title: String(d.value) }, textOf(d.value, unit)),
            make('td', {}, make('time', { datetime: String(d.timestamp),
                                          title: String(d.timestamp) },
                                agoOf(at, now))),
            make('td', {}, String(d.type)));
    });

    return make('table', { class: 'numbers last' },
                make('caption', {}, caption),
                make('thead', {}, make('tr', {},
                    ...['Series', 'Latest value', 'When', 'Type'].map(
                        (t) => make('th', { scope: 'col' }, t)))),
                make('tbody', {}, ...rows));
}
