// SPDX-License-Identifier: BSD-2-Clause

// What the lines are, with their values: under the crosshair, or the newest.
// Unless somebody chose, what reached highest comes first.

const columns = [['now', 'Latest'], ['min', 'Min'], ['avg', 'Average'],
                 ['max', 'Max']];


// on: sort(text), hide(keys), focus(key), unfocus().

function makeLegend(on) {
    const body = make('tbody');
    const heads = new Map();
    const row = make('tr');
    let shown = null, unit = null, rows = [], built = '', latest = null;

    function head(key, name) {
        const th = make('th', { scope: 'col' });
        const button = make('button', { type: 'button', onclick: () => {
            const [first, other] = /^(name|min)$/.test(key)
                                   ? [key, '-' + key] : ['-' + key, key];

            on.sort(shown.sort === first ? other : first);
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
        const key = sort.replace('-', '');
        const sign = sort.startsWith('-') ? -1 : 1;

        const series = [...frame.series];

        return key !== 'name' ? series.sort((a, b) => sign * (a[key] - b[key]))
               : sign < 0 ? series.reverse() : series;
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
        rows = order(frame, sort).map((s) => {
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
                onfocus: () => on.focus(s.key), onblur: () => on.unfocus(),
            }, mark, makeName(s.label), make('span', { class: 'since' }));
            const cells = columns.map(() => make('td'));
            const tr = make('tr', {
                class: visible ? null : 'hidden',
                onpointerenter: () => on.focus(s.key),
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

            r.tr.classList.toggle('silent', s.since !== null);
            r.tr.querySelector('.since').textContent = s.since === null
                                                       ? '' : 'silent';

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
            sort = sort || '-max';

            const next = JSON.stringify([theme(), order(frame, sort).map(
                (s) => [s.key, s.color]), hidden]);

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
                const by = sort.replace('-', '') === key;

                th.setAttribute('aria-sort', !by || frame.series.length < 2
                                ? 'none'
                                : sort.startsWith('-') ? 'descending'
                                                       : 'ascending');
            }

            fill(frame, null);
        },
        point(index) { if (shown) { fill(shown.frame, index); } },
        focus(key) {
            rows.forEach((r) => r.tr.classList.toggle('focus', r.key === key));
        },
    };
}


// Long names differ at their ends as often as where they begin: what gives way
// is in the middle.

function makeName(text) {
    const letters = Array.from(text);
    const tail = letters.length > 24 ? letters.splice(-12).join('') : '';

    return make('span', { class: 'name' },
                make('span', { class: 'head' }, letters.join('')),
                tail ? make('span', { class: 'tail' }, tail) : null);
}


function valueAt(frame, s, index) {
    const data = [frame.xs, s.ys];
    const i = shownIndex({ data }, 1, index);

    return i === null ? null : s.ys[i];
}
