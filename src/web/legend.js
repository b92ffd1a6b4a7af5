// SPDX-License-Identifier: BSD-2-Clause

// What the lines are, with their values: under the crosshair, or the newest.

const columns = [['now', 'Latest'], ['min', 'Min'], ['avg', 'Average'],
                 ['max', 'Max']];


// on: sort(text), hide(keys), focus(index), unfocus(), only(series).

function makeLegend(on) {
    const body = make('tbody');
    const heads = new Map();
    const row = make('tr');
    let shown = null, unit = null, rows = [], built = '', latest = null;

    function head(key, name) {
        const th = make('th', { scope: 'col' });
        const button = make('button', { type: 'button', onclick: () => {
            const sort = shown.sort === '-' + key ? key : '-' + key;
            on.sort(key === 'name' && !shown.sort ? '-name'
                    : key === 'name' && shown.sort === '-name' ? '' : sort);
        } }, name);

        th.append(button);
        heads.set(key, { th, button });
        row.append(th);
    }

    head('name', 'Series');
    columns.forEach(([key, name]) => head(key, name));

    const table = make('table', { class: 'legend' }, make('thead', {}, row),
                       body);

    function order(frame, sort) {
        const series = frame.series.map((s, i) => ({ s, i }));
        const key = sort.replace('-', '');
        const sign = sort.startsWith('-') ? -1 : 1;

        if (key === 'name') {
            return sign < 0 ? series.reverse() : series;
        }

        return key ? series.sort((a, b) => {
            const x = a.s[key], y = b.s[key];

            // what has no value comes last, in either order
            if (x === null || y === null) {
                return (x === null) - (y === null);
            }

            return sign * (x - y);
        }) : series;
    }

    function toggle(key, alone) {
        const keys = shown.frame.series.map((s) => s.key);
        const others = keys.filter((k) => k !== key);
        const hidden = new Set(shown.hidden);

        if (alone) {
            on.hide(others.every((k) => hidden.has(k)) && !hidden.has(key)
                    ? [] : others);
            return;
        }

        if (!hidden.delete(key)) {
            hidden.add(key);
        }

        on.hide([...hidden]);
    }

    function build(frame, sort, hidden) {
        rows = order(frame, sort).map(({ s, i }) => {
            const visible = !hidden.includes(s.key);
            const mark = make('span', { class: 'mark' });

            mark.style.setProperty('--c', colorOf(s.color));
            mark.dataset.dash = Math.floor(s.color / 12) % 3;

            const button = make('button', {
                type: 'button', 'aria-pressed': String(visible),
                title: s.label + '\nClick: hide or show; with Ctrl or Shift,'
                       + ' or twice: this one alone',
                onclick: (e) => toggle(s.key, e.ctrlKey || e.metaKey
                                              || e.shiftKey || e.detail === 2),
                onfocus: () => on.focus(i + 1), onblur: () => on.unfocus(),
            }, mark, make('span', { class: 'name' }, s.label));
            const cells = columns.map(() => make('td'));
            const tr = make('tr', {
                class: visible ? null : 'hidden',
                onpointerenter: () => on.focus(i + 1),
                onpointerleave: () => on.unfocus(),
            }, make('th', { scope: 'row' }, button), ...cells);

            return { key: s.key, cells, tr };
        });

        replace(body, ...rows.map((r) => r.tr));
    }

    function fill(frame, index) {
        const byKey = new Map(frame.series.map((s) => [s.key, s]));

        for (const r of rows) {
            const s = byKey.get(r.key);

            columns.forEach(([key], i) => {
                const y = i === 0 && index !== null ? valueAt(frame, s, index)
                                                    : s[key];
                const text = textOf(y, unit, 3);

                if (r.cells[i].textContent !== text) {
                    r.cells[i].textContent = text;
                }
            });
        }

        latest.textContent = index === null ? 'Latest'
                             : clockOf(frame.xs[index] * 1000);
    }

    latest = heads.get('now').button;

    return {
        table,
        draw(frame, u, sort, hidden) {
            const next = JSON.stringify([theme(), frame.series.map(
                (s) => [s.key, s.color, sort.endsWith('name') || !sort
                                        ? 0 : s[sort.replace('-', '')]]),
                sort, hidden]);

            shown = { frame, sort, hidden };
            unit = u;

            if (next !== built) {
                // who stands on a row stays on it
                const at = body.contains(document.activeElement)
                           && rows.find((r) => r.tr.contains(
                               document.activeElement));
                built = next;
                build(frame, sort, hidden);

                const again = at && rows.find((r) => r.key === at.key);

                if (again) { again.tr.querySelector('button').focus(); }
            }

            for (const [key, { th }] of heads) {
                const by = (sort || 'name').replace('-', '') === key;

                th.setAttribute('aria-sort', !by ? 'none'
                                : sort.startsWith('-') ? 'descending'
                                                       : 'ascending');
            }

            fill(frame, null);
        },
        point(index) { if (shown) { fill(shown.frame, index); } },
    };
}


function valueAt(frame, s, index) {
    const data = [frame.xs, s.ys];
    const i = shownIndex({ data }, 1, index);

    return i === null ? null : s.ys[i];
}
