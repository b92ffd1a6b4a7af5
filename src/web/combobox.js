// SPDX-License-Identifier: BSD-2-Clause

// A text field with a list of what it could be, after the ARIA practices.
// suggest(text) gives { items: [{ value, hint, insert, more }], from }: what is
// chosen replaces the text from there on, and with more another is to follow.
// Where accept(text) is given, the text is one of the list, and no other.

const maxShown = 200;


function makeCombobox({ name, value, placeholder, quiet, suggest, commit,
                        accept })
{
    const id = newId('combobox');
    const listId = id + '-list';
    const input = make('input', {
        id, type: 'text', role: 'combobox', autocomplete: 'off',
        autocapitalize: 'off', spellcheck: 'false', placeholder,
        'aria-expanded': 'false', 'aria-controls': listId,
        'aria-autocomplete': 'list',
    });
    const list = make('ul', { id: listId, role: 'listbox', hidden: true,
                              'aria-label': 'Suggestions' });
    const label = make('label', { for: id, class: quiet ? 'unseen' : null },
                       name);
    const field = make('span', { class: 'field combobox' }, label, input, list);

    let kept = value, items = [], from = 0, active = -1, turn = 0;
    let filled = !accept, pending = null, typed = false;

    input.value = value;

    function close() {
        list.hidden = true;
        active = -1;
        turn++;
        input.setAttribute('aria-expanded', 'false');
        input.removeAttribute('aria-activedescendant');
    }

    function highlight(i) {
        const old = list.children[active];
        const row = list.children[i];

        if (old) { old.setAttribute('aria-selected', 'false'); }

        active = row && i < items.length ? i : -1;

        if (active >= 0) {
            row.setAttribute('aria-selected', 'true');
            row.scrollIntoView({ block: 'nearest' });
            input.setAttribute('aria-activedescendant', row.id);
        } else {
            input.removeAttribute('aria-activedescendant');
        }
    }

    async function open() {
        const mine = ++turn;
        const text = filled ? input.value : '';
        const found = await suggest(text);

        if (mine !== turn || document.activeElement !== input) {
            return;
        }

        items = found.items.slice(0, maxShown);
        from = found.from || 0;

        const rows = items.map((item, i) => make('li', {
            role: 'option', id: `${listId}-${i}`, 'aria-selected': 'false',
            onpointerdown: (e) => { e.preventDefault(); },
            onclick: () => choose(i),
        }, make('span', {}, item.value),
           item.hint ? make('span', { class: 'hint' }, item.hint) : null));

        if (found.items.length > maxShown) {
            rows.push(make('li', { class: 'note', role: 'option',
                                     'aria-disabled': 'true',
                                     'aria-selected': 'false' },
                           `and ${found.items.length - maxShown} more: type on`));
        }

        replace(list, ...rows);
        list.hidden = !rows.length;
        active = -1;
        input.setAttribute('aria-expanded', String(rows.length > 0));
        input.removeAttribute('aria-activedescendant');
    }

    function take(text) {
        close();
        filled = !accept;
        typed = false;
        input.value = text;

        if (text !== kept) {
            kept = text;
            commit(text);
        }
    }

    function choose(i) {
        const item = items[i];
        const text = input.value.slice(0, filled ? from : 0)
                     + (item.insert ?? item.value);

        if (item.more) {
            input.value = text;
            filled = typed = true;
            input.focus();
            pending = open();
            return;
        }

        take(text);
    }

    // in the list that belongs to the text, not in the one before it
    async function move(down) {
        await pending;

        const n = items.length;

        if (n) {
            highlight(down ? (active + 1) % n : (active <= 0 ? n : active) - 1);
        }
    }

    async function enter() {
        const text = input.value.trim();

        // who types fast is answered by what belongs to it
        await pending;

        if (active >= 0) {
            choose(active);
        } else if (accept && filled && items.length && !accept(text)) {
            choose(0);
        } else {
            take(text);
        }
    }

    input.addEventListener('input', () => {
        filled = typed = true;
        pending = open();
    });

    input.addEventListener('click', () => {
        if (list.hidden) { pending = open(); }
    });

    input.addEventListener('focus', () => { if (accept) { input.select(); } });

    input.addEventListener('blur', () => {
        const text = input.value.trim();

        // half a name is no name
        if (accept && !accept(text)) {
            close();
            typed = false;
            input.value = kept;
        } else {
            take(text);
        }
    });

    input.addEventListener('keydown', (e) => {
        switch (e.key) {
        case 'ArrowDown':
        case 'ArrowUp':
            e.preventDefault();
            if (list.hidden) { pending = open(); break; }
            move(e.key === 'ArrowDown');
            break;
        case 'Enter':
            e.preventDefault();
            enter();
            break;
        case 'Escape':
            if (!list.hidden) {
                e.stopPropagation();
                close();
            } else {
                input.value = kept;
                filled = !accept;
                typed = false;
            }
            break;
        case 'Tab':
            if (active >= 0) { choose(active); }
            break;
        }
    });

    return {
        field, input,
        set(text) {
            kept = text;
            if (!typed) {
                input.value = text;
            }
        },
    };
}
