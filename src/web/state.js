// SPDX-License-Identifier: BSD-2-Clause

// What is shown, as a whole in the part of the address behind the "#".

const ranges = [
    ['15m', 900, 'Last 15 minutes'],
    ['30m', 1800, 'Last 30 minutes'],
    ['1h', 3600, 'Last 1 hour'],
    ['3h', 10800, 'Last 3 hours'],
    ['6h', 21600, 'Last 6 hours'],
    ['12h', 43200, 'Last 12 hours'],
    ['24h', 86400, 'Last 24 hours'],
    ['2d', 172800, 'Last 2 days'],
    ['7d', 604800, 'Last 7 days'],
    ['30d', 2592000, 'Last 30 days'],
    ['90d', 7776000, 'Last 90 days'],
];

const refreshes = [
    ['off', 0, 'Off'],
    ['1s', 1, '1 s'],
    ['5s', 5, '5 s'],
    ['10s', 10, '10 s'],
    ['30s', 30, '30 s'],
    ['1m', 60, '1 min'],
    ['5m', 300, '5 min'],
];

const aggregations = ['average', 'min', 'max', 'sum', 'count', 'rate',
                      'p50', 'p95', 'p99'];

const maxCharts = 48;


const newChart = () => ({ metric: '', aggregation: '', group: '', filter: '',
                          top: 0, sort: '', hidden: [], table: false,
                          latest: false });


const newState = () => ({ range: '1h', from: 0, to: 0, zoom: null, utc: false,
                          refresh: '10s', charts: [newChart()] });


// Parameters of a chart follow its "m".

function encodeState(state) {
    const parts = [];

    if (state.range === 'custom') {
        parts.push(['from', instantOf(state.from)], ['to', instantOf(state.to)]);
    } else {
        parts.push(['range', state.range]);
    }

    if (state.zoom) {
        parts.push(['zoom', state.zoom.map(instantOf).join('/')]);
    }

    parts.push(['refresh', state.refresh]);

    if (state.utc) {
        parts.push(['zone', 'utc']);
    }

    for (const chart of state.charts) {
        parts.push(['m', chart.metric]);

        for (const [key, value] of [['a', chart.aggregation],
                                    ['g', chart.group], ['f', chart.filter],
                                    ['top', chart.top || ''],
                                    ['sort', chart.sort],
                                    ['show', chart.table ? 'table' : ''],
                                    ['last', chart.latest ? 'yes' : '']])
        {
            if (value !== '') {
                parts.push([key, String(value)]);
            }
        }

        parts.push(...chart.hidden.map((h) => ['hide', h]));
    }

    return queryOf(parts);
}


// Never fails: what is not understood is as if it were not there.

function decodeState(hash) {
    const state = newState();
    const charts = [];
    let chart = null;

    for (const [key, value] of new URLSearchParams(hash.replace(/^#/, ''))) {
        switch (key) {
        case 'range':
            if (ranges.some((r) => r[0] === value)) { state.range = value; }
            break;
        case 'from':
        case 'to':
            state[key] = Date.parse(value) || 0;
            break;
        case 'zoom': {
            const [from, to] = value.split('/').map(Date.parse);
            if (from < to) { state.zoom = [from, to]; }
            break;
        }
        case 'zone': state.utc = value === 'utc'; break;
        case 'refresh':
            if (refreshes.some((r) => r[0] === value)) { state.refresh = value; }
            break;
        case 'm':
            if (charts.length < maxCharts) {
                chart = newChart();
                chart.metric = value;
                charts.push(chart);
            }
            break;
        default:
            if (chart) { decodeChart(chart, key, value); }
        }
    }

    if (state.from && state.from < state.to) {
        state.range = 'custom';
    } else {
        state.from = state.to = 0;
    }

    if (charts.length) {
        state.charts = charts;
    } else {
        state.bare = true;
    }

    return state;
}


function decodeChart(chart, key, value) {
    switch (key) {
    case 'a':
        if (aggregations.includes(value)) { chart.aggregation = value; }
        break;
    case 'g': chart.group = value; break;
    case 'f': chart.filter = value; break;
    case 'top':
        chart.top = Math.min(100, Math.max(0, Math.floor(Number(value)) || 0));
        break;
    case 'sort':
        if (/^-?(name|now|min|avg|max)$/.test(value)) { chart.sort = value; }
        break;
    case 'show': chart.table = value === 'table'; break;
    case 'last': chart.latest = value === 'yes'; break;
    case 'hide': chart.hidden.push(value); break;
    }
}


// From and to, in milliseconds, of what is to be shown at this moment.

function windowOf(state, now) {
    if (state.zoom) {
        return { from: state.zoom[0], to: state.zoom[1], live: false };
    }

    if (state.range === 'custom') {
        return { from: state.from, to: state.to, live: state.to > now };
    }

    const span = ranges.find((r) => r[0] === state.range)[1] * 1000;
    const to = Math.floor(now / 1000) * 1000;

    return { from: to - span, to, live: true };
}
