// SPDX-License-Identifier: BSD-2-Clause

// An answer of /v1/stats as columns for uPlot, for the legend, for a table and
// for CSV: { xs, series: [{ key, label, ys, now, min, avg, max }] }.

function frameOf(json, question, chart, window) {
    const groups = Array.isArray(json.groups) ? json.groups : [json];
    let series = [];

    for (const group of groups) {
        if (group && Array.isArray(group.buckets)) {
            series.push(seriesOf(group, question, chart, window));
        }
    }

    const silent = series.some((s) => s.points.length && s.now === null);

    series = series.filter((s) => s.now !== null);

    let left = Number(json.groups_left_out) || 0;

    if (question.keys.length && series.length > question.top) {
        series.sort((a, b) => (b.avg ?? -Infinity) - (a.avg ?? -Infinity));
        left += series.length - question.top;
        series.length = question.top;
    }

    series.sort((a, b) => compare(a.label, b.label));

    const xs = align(series, question.step);

    for (const s of series) {
        s.since = silentSince(s, question.step, window.to / 1000);
    }

    return { series, left, silent, step: question.step, xs };
}


// From when on there is no value of it, if some should have come; null if not.

function silentSince(s, step, to) {
    const last = s.points.findLast(([, y]) => y !== null)[0];

    return s.usual && to - last > s.gap + 2 * step ? last + step : null;
}


function seriesOf(group, question, chart, window) {
    const [key, label] = labelOf(group, question, chart);
    const points = [];

    for (const bucket of group.buckets) {
        const at = Date.parse(bucket && bucket.start) / 1000;
        const y = isFinite(at) ? valueOf(bucket, at, question, window)
                               : undefined;

        if (y !== undefined) {
            points.push([at, y]);
        }
    }

    points.sort((a, b) => a[0] - b[0]);

    return { key, label, tags: group.tags || null, points, ...sumUp(points) };
}


function labelOf(group, question, chart) {
    if (!question.keys.length) {
        return [chart.metric, chart.metric];
    }

    const values = question.keys.map((k) => String(
        group.tags ? group.tags[k] ?? '' : group.value));

    return [JSON.stringify(values), values.join(' · ')];
}


// null: no value; undefined: a bucket that would only mislead.

function valueOf(bucket, at, question, window) {
    const covered = Math.min(question.step, window.to / 1000 - at);
    const cut = bucket.partial || covered < question.step;

    // at the right edge, where the bucket is not over yet, what adds up falls,
    // and a rate is of growth since a sample before it: too large
    if (cut && covered < question.step
        && (/^(sum|count|rate|ratio)$/.test(question.read)
            || (question.divide && covered < question.step / 2)))
    {
        return undefined;
    }

    if (question.divide) {
        return number(bucket.sum === null ? null : bucket.sum / covered);
    }

    if (question.percentile) {
        return number((bucket.percentiles || {})[question.percentile]);
    }

    return number(bucket[question.read]);
}


const number = (v) => (typeof v === 'number' && isFinite(v) ? v : null);


function sumUp(points) {
    let min = null, max = null, sum = 0, n = 0, now = null;

    for (const [, y] of points) {
        if (y === null) {
            continue;
        }

        min = min === null || y < min ? y : min;
        max = max === null || y > max ? y : max;
        sum += y;
        n++;
        now = y;
    }

    return { min, max, avg: n ? sum / n : null, now };
}


// Gives each series its ys for common xs, which it returns.  Between two points
// there is a line (undefined), or a gap (null) if they are much further apart
// than this series' points are.

function align(series, step) {
    const all = new Set();

    for (const s of series) {
        s.usual = usualOf(s.points);
        s.gap = gapOf(s.usual, step);

        for (let i = 0; i < s.points.length; i++) {
            all.add(s.points[i][0]);

            if (i > 0 && s.points[i][0] - s.points[i - 1][0] > s.gap) {
                all.add(s.points[i - 1][0] + step);
            }
        }
    }

    const xs = [...all].sort((a, b) => a - b);

    for (const s of series) {
        let i = 0;

        s.ys = xs.map((x) => {
            if (i < s.points.length && s.points[i][0] === x) {
                return s.points[i++][1];
            }

            return i > 0 && i < s.points.length
                   && s.points[i][0] - s.points[i - 1][0] > s.gap
                   ? null : undefined;
        });
    }

    return xs;
}


// The median of the distances between its points, 0 if there is none.

function usualOf(points) {
    const distances = [];

    for (let i = 1; i < points.length; i++) {
        distances.push(points[i][0] - points[i - 1][0]);
    }

    distances.sort((a, b) => a - b);

    return distances[Math.floor(distances.length / 2)] || 0;
}


// Two samples late are no gap where there is one in each second bucket or less.

const gapOf = (usual, step) => Math.max(step * 1.5, usual > step ? usual * 2.5
                                                                 : 0);


// RFC 4180; numbers as they are, instants in UTC.

function csvOf(frame) {
    const cell = (s) => (/[",\r\n]/.test(s) ? '"' + s.replace(/"/g, '""') + '"'
                                            : s);
    const lines = [['start', ...frame.series.map((s) => s.label)].map(cell)];

    frame.xs.forEach((x, i) => {
        if (frame.series.some((s) => s.ys[i] != null)) {
            lines.push([instantOf(x * 1000),
                        ...frame.series.map((s) => s.ys[i] ?? '')]);
        }
    });

    return lines.map((l) => l.join(',') + '\r\n').join('');
}
