// SPDX-License-Identifier: BSD-2-Clause

// Elements, and numbers, units, durations and times as a person reads them.
// Whatever came from a sender gets into the page as a text node only.

function make(tag, attributes, ...children) {
    const e = document.createElement(tag);

    for (const [name, value] of Object.entries(attributes || {})) {
        if (name.startsWith('on')) {
            e.addEventListener(name.slice(2), value);
        } else if (value === true) {
            e.setAttribute(name, '');
        } else if (value !== false && value != null) {
            e.setAttribute(name, value);
        }
    }

    e.append(...children.filter((c) => c != null));

    return e;
}


function replace(e, ...children) {
    e.replaceChildren(...children.filter((c) => c != null));

    return e;
}


// A name ends in its unit, as Prometheus', OpenTelemetry's and statsd's do.

const units = {
    bytes: 'bytes', byte: 'bytes', octets: 'bytes',
    bits: 'bits',
    seconds: 's', second: 's', secs: 's', sec: 's', duration_s: 's',
    milliseconds: 'ms', millis: 'ms', msec: 'ms', ms: 'ms',
    microseconds: 'us', usec: 'us', us: 'us',
    nanoseconds: 'ns', nsec: 'ns', ns: 'ns',
    percent: '%', pct: '%', percentage: '%',
    ratio: 'ratio',
    celsius: '°C', cel: '°C', volts: 'V', amperes: 'A', watts: 'W',
    joules: 'J', hertz: 'Hz', meters: 'm',
};

const seconds = { s: 1, ms: 1e-3, us: 1e-6, ns: 1e-9 };


function unitOf(name, aggregation) {
    const words = name.toLowerCase().split(/[^a-z0-9]+/);

    while (/^(total|sum|bucket|max|min|avg|mean|p[0-9]+)$/.test(
        words[words.length - 1]))
    {
        words.pop();
    }

    const base = units[words[words.length - 1]] || '';

    if (aggregation === 'count' || words[words.length - 1] === 'count') {
        return { base: '', rate: aggregation === 'rate' };
    }

    return { base, rate: aggregation === 'rate' };
}


function significant(value, digits) {
    // never 2.1e+3
    if (Math.abs(value) >= 10 ** (digits - 1)) {
        return String(Math.round(value));
    }

    const text = value.toPrecision(digits);

    return text.includes('e') ? text.replace(/\.?0+e/, 'e')
                              : text.replace(/(\.[0-9]*?)0+$/, '$1')
                                    .replace(/\.$/, '');
}


function scaled(value, base, prefixes, digits) {
    let i = 0;

    while (Math.abs(value) >= base * 0.99995 && i < prefixes.length - 1) {
        value /= base;
        i++;
    }

    return [significant(value, digits), prefixes[i]];
}


function textOfDuration(value, digits) {
    const size = Math.abs(value);

    if (size >= 172800) { return significant(value / 86400, digits) + ' d'; }
    if (size >= 7200) { return significant(value / 3600, digits) + ' h'; }
    if (size >= 120) { return significant(value / 60, digits) + ' min'; }
    if (size >= 1 || size === 0) { return significant(value, digits) + ' s'; }
    if (size >= 1e-3) { return significant(value * 1e3, digits) + ' ms'; }
    if (size >= 1e-6) { return significant(value * 1e6, digits) + ' µs'; }

    return significant(value * 1e9, digits) + ' ns';
}


// Of a value, or '–' where there is none.

function textOf(value, unit, digits = 4) {
    if (value == null || !isFinite(value)) {
        return '–';
    }

    const per = unit.rate ? '/s' : '';
    let number, prefix;

    switch (unit.base) {
    case 'bytes':
        [number, prefix] = scaled(value, 1024,
                                  ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'],
                                  digits);
        return `${number} ${prefix}${per}`;
    case 'bits':
        [number, prefix] = scaled(value, 1000,
                                  ['bit', 'kbit', 'Mbit', 'Gbit', 'Tbit'],
                                  digits);
        return `${number} ${prefix}${per}`;
    case 'ratio':
        return `${significant(value * 100, digits)} %${per}`;
    case '%':
        return `${significant(value, digits)} %${per}`;
    case 's':
    case 'ms':
    case 'us':
    case 'ns':
        return textOfDuration(value * seconds[unit.base], digits) + per;
    }

    const size = Math.abs(value);

    if (size >= 1e4) {
        [number, prefix] = scaled(value, 1000, ['', 'k', 'M', 'G', 'T', 'P'],
                                  digits);
    } else {
        [number, prefix] = [significant(value, digits), ''];
    }

    return number + prefix + (unit.base ? ' ' : '') + unit.base + per;
}


// Of an interval or a range, in seconds: as the API takes it.

function durationOf(span) {
    for (const [unit, n] of [['d', 86400], ['h', 3600], ['m', 60]]) {
        if (span >= n && span % n === 0) {
            return span / n + unit;
        }
    }

    return span + 's';
}


const pad = (n) => String(n).padStart(2, '0');

// Whether times are UTC's, and not those of the browser's zone.
const zone = { utc: false };


function fieldsOf(ms, ...names) {
    const d = new Date(ms);

    return names.map((n) => d[(zone.utc ? 'getUTC' : 'get') + n]());
}


function clockOf(ms, withSeconds = true) {
    return fieldsOf(ms, 'Hours', 'Minutes', ...(withSeconds ? ['Seconds'] : []))
        .map(pad).join(':');
}


function dateOf(ms) {
    const [year, month, day] = fieldsOf(ms, 'FullYear', 'Month', 'Date');

    return `${year}-${pad(month + 1)}-${pad(day)}`;
}


const timeOf = (ms) => dateOf(ms) + ' ' + clockOf(ms);


// With its date unless that is today's.

const momentOf = (ms) => (dateOf(ms) === dateOf(Date.now())
                          ? clockOf(ms, false)
                          : dateOf(ms) + ' ' + clockOf(ms, false));


// RFC 3339, in UTC, without a fraction that is none.

const instantOf = (ms) => new Date(ms).toISOString().replace('.000Z', 'Z');


function agoOf(ms, now) {
    const span = Math.max(0, Math.round((now - ms) / 1000));

    if (span < 120) { return `${span} s ago`; }
    if (span < 7200) { return `${Math.round(span / 60)} min ago`; }
    if (span < 172800) { return `${Math.round(span / 3600)} h ago`; }

    return `${Math.round(span / 86400)} days ago`;
}


const compare = new Intl.Collator('en', { numeric: true }).compare;
