// SPDX-License-Identifier: BSD-2-Clause

// A frame drawn by uPlot, with a crosshair that all charts share.

const palettes = {
    light: ['#2563c9', '#c2410c', '#0f7b6c', '#a21caf', '#8a6100', '#be123c',
            '#0e7490', '#5b45c9', '#4d7c0f', '#9d174d', '#1e6f3e', '#6b4f3a'],
    dark: ['#6ea8ff', '#ff9e64', '#4fd6be', '#e58bff', '#e6c45c', '#ff7a90',
           '#59c8e8', '#a99bff', '#a3d65c', '#ff8cc6', '#66d18f', '#d0ab8c'],
};

const colorOf = (i) => palettes[theme()][i % palettes.light.length];

// KiB and MiB in whole numbers
const powers = Array.from({ length: 60 }, (v, i) => 2 ** i);

// In one of these three, where colours come round again.
const dashes = [[], [7, 4], [2, 3]];
const dashOf = (i) => dashes[Math.floor(i / palettes.light.length) % 3];


function theme() {
    const chosen = document.documentElement.dataset.theme;

    return chosen || (matchMedia('(prefers-color-scheme: dark)').matches
                      ? 'dark' : 'light');
}


const cssColor = (name) => getComputedStyle(document.documentElement)
    .getPropertyValue(name).trim();


// on: zoom(from, to), unzoom(), cursor(index or null), spoken(index).

function makeChart(place, on) {
    let plot = null, frame = null, unit = null, range = null, shape = '';
    let selecting = null;

    function shapeOf(f, hidden) {
        return JSON.stringify([theme(), zone, unit,
                               f.series.map((s) => [s.key, s.color]),
                               hidden]);
    }

    function draw(f, u, r, hidden, force) {
        frame = f;
        unit = u;
        range = r;

        const data = [f.xs, ...f.series.map((s) => s.ys)];
        const next = shapeOf(f, hidden);

        if (plot && next === shape && !force) {
            plot.setData(data);
            return;
        }

        clear();
        shape = next;
        plot = place.uplot = new uPlot(optionsOf(f, hidden), data, place);
    }

    function clear() {
        if (plot) {
            plot.destroy();
            plot = place.uplot = null;
        }
    }

    function optionsOf(f, hidden) {
        const grid = { stroke: cssColor('--grid'), width: 1 };
        const axis = { stroke: cssColor('--dim'), grid, ticks: { show: false },
                       font: '12px system-ui, sans-serif' };
        const area = f.series.length === 1;

        return {
            width: widthOf(), height: heightOf(),
            padding: [10, 18, 0, 0],
            legend: { show: false },
            tzDate: (s) => (zone.utc ? uPlot.tzDate(new Date(s * 1000), 'Etc/UTC')
                                     : new Date(s * 1000)),
            focus: { alpha: 0.35 },
            cursor: {
                y: false,
                sync: { key: 'cricket', setSeries: false,
                        filters: { sub: isMove, pub: isMove } },
                drag: { x: true, y: false, setScale: false, dist: 6 },
                focus: { prox: 24 },
                points: { size: 7 },
                dataIdx: (u, series, i) => shownIndex(u, series, i),
                bind: { dblclick: () => () => { on.unzoom(); return null; } },
            },
            scales: {
                x: { time: true, range: () => [range.from / 1000,
                                               range.to / 1000] },
                y: { range: (u, min, max) => rangeOf(min, max, unit) },
            },
            axes: [
                { ...axis, space: 70, size: 36, gap: 8, values: textOfTimes },
                { ...axis, size: sizeOfAxis, gap: 4,
                  ...(unit.base === 'bytes' ? { incrs: powers } : {}),
                  values: (u, splits) => (f.series.length
                      ? textOfSplits(splits, unit) : splits.map(() => '')) },
            ],
            series: [
                {},
                ...f.series.map((s) => ({
                    label: s.label, stroke: colorOf(s.color), width: 1.5,
                    dash: dashOf(s.color), show: !hidden.includes(s.key),
                    fill: area ? colorOf(s.color) + '22' : undefined,
                    points: { show: true, size: 5, fill: colorOf(s.color),
                              filter: alone },
                })),
            ],
            hooks: {
                setSelect: [selected],
                setCursor: [(u) => on.cursor(u.cursor.idx ?? null)],
            },
        };
    }

    // a point that no line leads to would else not be seen
    function alone(u, series) {
        const ys = u.data[series];
        const found = [];
        let n = 0, at = 0;

        for (let i = 0; i <= ys.length; i++) {
            if (i === ys.length || ys[i] === null) {
                if (n === 1) { found.push(at); }
                n = 0;
            } else if (ys[i] !== undefined) {
                n++;
                at = i;
            }
        }

        return found;
    }

    function selected(u) {
        const { left, width } = u.select;

        if (width < 4) {
            return;
        }

        const from = u.posToVal(left, 'x'), to = u.posToVal(left + width, 'x');

        u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        on.zoom(Math.floor(from) * 1000, Math.ceil(to) * 1000);
    }

    const widthOf = () => Math.max(200, place.clientWidth);
    const heightOf = () => Math.max(150, place.clientHeight);

    const observer = new ResizeObserver(() => {
        if (plot && (plot.width !== widthOf() || plot.height !== heightOf())) {
            plot.setSize({ width: widthOf(), height: heightOf() });
        }
    });

    observer.observe(place);

    // a finger moves the crosshair, up and down it scrolls the page; two mark
    // what to zoom into
    const fingers = new Map();

    function mark(left, width) {
        plot.setSelect({ left, width, top: 0,
                         height: width ? plot.over.clientHeight : 0 }, false);
    }

    function touched(e) {
        if (!plot || e.pointerType !== 'touch') {
            return;
        }

        const box = plot.over.getBoundingClientRect();
        const x = Math.min(box.width, Math.max(0, e.clientX - box.left));

        fingers.set(e.pointerId, x);

        if (fingers.size === 2) {
            const [a, b] = fingers.values();

            mark(Math.min(a, b), Math.abs(a - b));
        } else {
            plot.setCursor({ left: x, top: e.clientY - box.top });
        }
    }

    function lifted(e) {
        const both = fingers.size === 2;

        fingers.delete(e.pointerId);

        if (plot && both) {
            if (e.type === 'pointerup') { selected(plot); }

            fingers.clear();
            mark(0, 0);
        }
    }

    place.addEventListener('pointerdown', touched);
    place.addEventListener('pointermove', touched);
    place.addEventListener('pointerup', lifted);
    place.addEventListener('pointercancel', lifted);

    function moveTo(i, extend) {
        const x = frame.xs[i];

        if (x === undefined) {
            return;
        }

        const left = plot.valToPos(x, 'x');

        if (extend) {
            selecting = selecting ?? plot.cursor.left;
            const width = Math.abs(left - selecting);

            mark(Math.min(left, selecting), width);
        } else {
            selecting = null;
            mark(0, 0);
        }

        plot.setCursor({ left, top: plot.over.clientHeight / 2 });
        on.spoken(i);
    }

    place.addEventListener('keydown', (e) => {
        if (!plot || !frame || !frame.xs.length) {
            return;
        }

        const last = frame.xs.length - 1;
        const i = plot.cursor.idx ?? last;
        const far = e.ctrlKey || e.altKey ? 10 : 1;

        switch (e.key) {
        case 'ArrowLeft': moveTo(Math.max(0, i - far), e.shiftKey); break;
        case 'ArrowRight': moveTo(Math.min(last, i + far), e.shiftKey); break;
        case 'Home': moveTo(0, e.shiftKey); break;
        case 'End': moveTo(last, e.shiftKey); break;
        case 'Enter':
            if (selecting !== null) {
                selecting = null;
                selected(plot);
            }
            break;
        case 'Escape':
            selecting = null;
            mark(0, 0);
            plot.setCursor({ left: -10, top: -10 });
            break;
        default:
            return;
        }

        e.preventDefault();
    });

    return {
        draw, clear,
        data: () => (plot ? plot.data : null),
        focus(i) { if (plot) { plot.setSeries(i, { focus: true }); } },
        unfocus() { if (plot) { plot.setSeries(null, { focus: true }); } },
        destroy() { observer.disconnect(); clear(); },
        hovered: () => (plot && plot.over.matches(':hover')
                        ? { left: plot.cursor.left + plot.over.offsetLeft,
                            top: plot.cursor.top + plot.over.offsetTop,
                            y: plot.posToVal(plot.cursor.top, 'y') } : null),
    };
}


// What is dragged in one chart is not dragged in the others.
const isMove = (type) => type !== 'mousedown' && type !== 'mouseup';


// Where a series has no value of its own, that of its nearest point.

function shownIndex(u, series, i) {
    const ys = u.data[series];

    if (series === 0 || i == null || ys[i] !== undefined) {
        return i;
    }

    let left = i, right = i;

    while (left >= 0 && ys[left] === undefined) { left--; }
    while (right < ys.length && ys[right] === undefined) { right++; }

    // before it began, and after it ended, there is nothing to show
    if (left < 0 || right === ys.length) {
        return i - left < 2 ? (left < 0 ? null : left) : null;
    }

    return u.data[0][i] - u.data[0][left] <= u.data[0][right] - u.data[0][i]
           ? left : right;
}


// With 0 where that takes nothing from the picture, and never flat.

function rangeOf(min, max, unit) {
    if (min == null || max == null || !isFinite(min) || !isFinite(max)) {
        return [0, 1];
    }

    if (min >= 0 && (unit.rate || max - min > 0.25 * max || max === 0)) {
        return [0, max === 0 ? 1 : max * 1.08];
    }

    const margin = (max - min) * 0.12 || Math.abs(max) * 0.05 || 1;

    return [min >= 0 ? Math.max(0, min - margin) : min - margin, max + margin];
}


function textOfTimes(u, splits, axis, space, step) {
    let day = '';

    return splits.map((s, i) => {
        const date = dateOf(s * 1000);
        const fresh = date !== day;

        day = date;

        if (step >= 86400) {
            return step >= 86400 * 300 ? date.slice(0, 4) : date.slice(5);
        }

        const clock = clockOf(s * 1000, step < 60);

        return fresh && i > 0 || (fresh && u.scales.x.max - u.scales.x.min
                                           > 86400)
               ? clock + '\n' + date.slice(5) : clock;
    });
}


// Neighbours are never the same text.

function textOfSplits(splits, unit) {
    for (let digits = 3; digits < 10; digits++) {
        const texts = splits.map((s) => textOf(s, unit, digits));

        if (new Set(texts).size === texts.length) {
            return texts;
        }
    }

    return splits.map((s) => textOf(s, unit, 10));
}


function sizeOfAxis(u, values, axis, cycle) {
    const kept = u.axes[axis];

    // a second look by uPlot that would move what was drawn
    if (cycle > 1) {
        return kept._size;
    }

    const longest = (values || []).reduce((a, b) => (b.length > a.length ? b
                                                                          : a),
                                          '');

    if (!longest) {
        return 44;
    }

    u.ctx.font = kept.font[0];

    return Math.ceil(u.ctx.measureText(longest).width / devicePixelRatio) + 14;
}
