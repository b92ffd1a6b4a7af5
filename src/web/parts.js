// SPDX-License-Identifier: BSD-2-Clause

// Controls as the page has them: labelled, and what a click copies or saves.

let ids = 0;

const newId = (prefix) => prefix + '-' + (++ids);


// A select with its name before it; options are [value, text].

function makeSelect(name, options, value, change, kind) {
    const id = newId('select');
    const select = make('select', { id, onchange: () => change(select.value) },
                        ...options.map(([v, t]) => make('option', { value: v },
                                                        t)));

    select.value = value;

    const label = make('label', { for: id, class: kind === 'quiet'
                                                  ? 'unseen' : null }, name);
    const field = make('span', { class: 'field' }, label, select);

    return { field, select };
}


function makeButton(name, click, attributes, ...inside) {
    const button = make('button', { type: 'button', onclick: click,
                                    ...attributes });

    button.append(...(inside.length ? inside : [name]));

    if (inside.length) {
        button.setAttribute('aria-label', name);
        button.title = name;
    }

    return button;
}


// One of the shapes drawn in index.html.

function icon(name) {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');

    svg.setAttribute('class', 'icon');
    svg.setAttribute('aria-hidden', 'true');
    use.setAttribute('href', '#icon-' + name);
    svg.append(use);

    return svg;
}


function save(name, type, text) {
    const url = URL.createObjectURL(new Blob([text], { type }));
    const link = make('a', { href: url, download: name });

    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
}


function makeCopy(name, text) {
    const button = makeButton(name, async () => {
        try {
            await navigator.clipboard.writeText(text());
            button.textContent = 'Copied';
        } catch (e) {
            button.textContent = 'Select and copy it by hand';
        }

        setTimeout(() => { button.textContent = name; }, 2000);
    }, { class: 'small' });

    return button;
}


// What a screen reader says now, by itself.

function announce(text) {
    document.getElementById('said').textContent = text;
}
