// SPDX-License-Identifier: BSD-2-Clause

// From a chart to the question for /v1/stats that it stands for, and to simpler
// ones where the server does not know the first.

const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200,
               10800, 21600, 43200, 86400, 604800];

const defaultTop = 20;

// What Elasticsearch gives at once is 10,000 buckets, of all groups together.
const maxBuckets = 9000;


// The smallest step that makes at most so many buckets of a span in seconds.

function stepOf(span, points) {
    for (const step of steps) {
        if (span / step <= points) {
            return step;
        }
    }

    return Math.ceil(span / points / 604800) * 604800;
}


// Terms such as host=web1 or path!~=/api/*, with blanks or commas between them.
// A value may have both, unless what follows would be a term; it may be quoted.

function parseFilter(text) {
    const terms = [];
    const start = /([A-Za-z0-9_.\/-]+)(!~=|!=|~=|=)/y;
    let rest = 0;

    while (rest < text.length) {
        const blank = /[\s,]*/y;
        blank.lastIndex = rest;
        blank.exec(text);
        rest = blank.lastIndex;

        if (rest >= text.length) {
            break;
        }

        start.lastIndex = rest;
        const match = start.exec(text);

        if (!match) {
            return { terms, error: text.slice(rest) };
        }

        const [value, end] = parseValue(text, start.lastIndex);

        if (!value) {
            return { terms, error: match[0] };
        }

        terms.push({ key: match[1], op: match[2], value });
        rest = end;
    }

    return { terms };
}


function parseValue(text, from) {
    if (text[from] === '"') {
        const quoted = /"((?:[^"\\]|\\.)*)"/y;
        quoted.lastIndex = from;
        const match = quoted.exec(text);

        if (match) {
            return [match[1].replace(/\\(["\\])/g, '$1'), quoted.lastIndex];
        }
    }

    const next = /[\s,]+(?=[A-Za-z0-9_.\/-]+(?:!~=|!=|~=|=))/g;
    next.lastIndex = from;
    const match = next.exec(text);
    const end = match ? match.index : text.length;

    return [text.slice(from, end).replace(/[\s,]+$/, ''), end];
}


// A value as a filter's text can have it.

function quoteValue(value) {
    return /^"|[\s,]$|[\s,][A-Za-z0-9_.\/-]+!?~?=/.test(value)
           ? '"' + value.replace(/["\\]/g, '\\$&') + '"' : value;
}


const filterParams = (terms) => terms.map(
    ({ key, op, value }) => ['tag.' + key + op.slice(0, -1), value]);


const groupKeys = (chart) => [...new Set(chart.group.split(/[\s,]+/)
                                         .filter((k) => k))].slice(0, 8);


// What a chart shows unless somebody chose: growth for what counts.

function aggregationOf(chart, type) {
    if (chart.aggregation) {
        return chart.aggregation;
    }

    if (isHistogram(chart.metric)) {
        return 'p95';
    }

    return /^(counter|cumulative)$/.test(type) || isUntypedCount(chart, type)
           ? 'rate' : 'average';
}


// A format without types sends everything as a gauge: a name tells then.

const isUntypedCount = (chart, type) => type === 'gauge'
                                        && /_total$/.test(chart.metric);


// A type that counts says itself what its rate is. Of any other, whoever asks
// for a rate means one of what only grows.

const rateOf = (type) => (!type || /^(counter|timer|cumulative)$/.test(type)
                          ? 'true' : 'cumulative');


// What to ask: params in order, step in seconds, and how to read a bucket.

function questionOf(chart, aggregation, type, window, points, least) {
    const keys = groupKeys(chart);
    const top = chart.top || defaultTop;
    const filter = parseFilter(chart.filter);

    if (filter.error) {
        return { error: `Filter: "${filter.error}" is no KEY=VALUE, KEY!=VALUE`
                        + ' or KEY~=PATTERN' };
    }

    if (keys.length) {
        points = Math.min(points, Math.floor(maxBuckets / top));
    }

    const step = Math.max(stepOf((window.to - window.from) / 1000, points),
                          aggregation === 'rate' ? least : 0);
    const from = Math.floor(window.from / 1000 / step) * step * 1000;
    const percentile = /^p([0-9]+)$/.exec(aggregation);
    const params = [];
    let metric = chart.metric, read = aggregation;

    if (isHistogram(metric)) {
        if (percentile) {
            params.push(['histogram', 'true']);

            if (rateOf(type) !== 'true') {
                params.push(['rate', rateOf(type)]);
            }
        } else if (aggregation === 'average') {
            metric += '_sum';
            params.push(['rate', rateOf(type)],
                        ['per', chart.metric + '_count']);
            read = 'ratio';
        } else {
            metric += aggregation === 'sum' ? '_sum' : '_count';
        }
    }

    if (percentile) {
        params.push(['percentiles', percentile[1]]);
    } else if (aggregation === 'rate') {
        params.push(['rate', rateOf(type)]);
    }

    if (keys.length) {
        params.push(['group_by', keys.join(',')]);

        // a histogram has no rank: what comes is cut here
        if (!api.lacks.has('top') && !has({ params }, 'histogram')) {
            params.push(['top', String(top)],
                        ['rank', read === 'ratio' ? 'rate' : aggregation]);
        }
    }

    params.push(...filterParams(filter.terms));

    return {
        params: [['name', metric], ['start', instantOf(from)],
                 ['end', instantOf(window.to)], ['interval', durationOf(step)],
                 ...params],
        step, from, keys, top, read, percentile: percentile && percentile[1],
    };
}


// The step that has a sample in each bucket, if these buckets are too narrow: a
// rate is a bucket's growth by the seconds of the bucket, whatever they hold.

function widerStep(frame) {
    const usual = frame.series.map((s) => s.usual).filter((n) => n)
        .sort((a, b) => a - b);
    const distance = usual[Math.floor(usual.length / 2)] || 0;

    return distance > frame.step
           ? steps.find((s) => s >= distance && s % frame.step === 0) || 0 : 0;
}


// The same as one would ask it by hand, at any time.

function addressOf(question, state) {
    const live = !state.zoom && state.range !== 'custom';
    const params = question.params.map(([key, value]) => {
        if (live && key === 'start') { return [key, 'now-' + state.range]; }
        if (live && key === 'end') { return [key, 'now']; }

        return [key, value];
    });

    return urlOf('stats', params);
}


// Asks, and asks an older server less; an answer, or what getJson says.

async function ask(question, metric, signal) {
    for (let tries = 0; /* void */ ; tries++) {
        const reply = await get('stats', question.params, signal);

        if (reply.status !== 400 || tries === 6
            || !simplify(question, await typeOf(metric), reply.message))
        {
            return reply;
        }
    }
}


function simplify(question, type, message) {
    const unknown = /^(top|rank|rate): unknown/.exec(message);

    if (unknown && unknown[1] !== 'rate') {
        api.lacks.add('top');
        drop(question, 'top', 'rank');
        return true;
    }

    if (unknown) {
        // what adds up can be divided here, what only grows can not
        question.divide = type === 'counter' && !has(question, 'per');
        drop(question, 'rate', 'rank');
        return question.divide;
    }

    // several types under one name, as where its sender has changed
    if (/^rate: true is of/.test(message)) {
        drop(question, 'rate');
        question.params.push(['rate', 'cumulative']);
        return true;
    }

    // without "top" there may be more groups than buckets for them
    if (question.keys.length && !has(question, 'top')
        && /bucket|interval/.test(message))
    {
        question.step = steps.find((s) => s >= question.step * 4)
                        || question.step * 4;
        question.params = question.params.map(([key, value]) => [
            key, key === 'interval' ? durationOf(question.step) : value]);
        return true;
    }

    return false;
}


const has = (question, key) => question.params.some((p) => p[0] === key);


function drop(question, ...keys) {
    question.params = question.params.filter((p) => !keys.includes(p[0]));
}
