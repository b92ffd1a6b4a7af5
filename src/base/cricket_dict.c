
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Numbers texts: a hash table that is only added to. */


#include <stdlib.h>

#include "cricket_dict.h"


#define CRICKET_DICT_SLOTS  64


static size_t cricket_dict_slot(const cricket_dict_t *d,
    const unsigned char *p, size_t len);
static int cricket_dict_grow(cricket_dict_t *d);


void
cricket_dict_init(cricket_dict_t *d)
{
    memset(d, 0, sizeof(cricket_dict_t));

    cricket_buf_init(&d->text, SIZE_MAX);
}


void
cricket_dict_free(cricket_dict_t *d)
{
    cricket_buf_free(&d->text);
    free(d->entries);
    free(d->slots);

    cricket_dict_init(d);
}


int
cricket_dict_add(cricket_dict_t *d, const unsigned char *p, size_t len,
    size_t *i)
{
    size_t                 slot;
    cricket_dict_entry_t  *entry;

    if (cricket_dict_find(d, p, len, i) == CRICKET_OK) {
        return CRICKET_OK;
    }

    /* at most half of the slots are taken */

    if (2 * (d->n + 1) > d->nslots && cricket_dict_grow(d) != CRICKET_OK) {
        return CRICKET_ERROR;
    }

    slot = cricket_dict_slot(d, p, len);

    entry = &d->entries[d->n];
    entry->offset = d->text.len;
    entry->len = len;

    cricket_buf_append(&d->text, p, len);

    if (d->text.failed) {
        return CRICKET_ERROR;
    }

    *i = d->n++;
    d->slots[slot] = (uint32_t) d->n;

    return CRICKET_OK;
}


int
cricket_dict_find(const cricket_dict_t *d, const unsigned char *p, size_t len,
    size_t *i)
{
    size_t  slot;

    if (d->nslots == 0) {
        return CRICKET_DONE;
    }

    slot = cricket_dict_slot(d, p, len);

    if (d->slots[slot] == 0) {
        return CRICKET_DONE;
    }

    *i = d->slots[slot] - 1;

    return CRICKET_OK;
}


void
cricket_dict_text(const cricket_dict_t *d, size_t i, cricket_str_t *text)
{
    text->len = d->entries[i].len;
    text->data = (text->len != 0) ? d->text.data + d->entries[i].offset
                                  : (const unsigned char *) "";
}


/* where the text is, or has its place */

static size_t
cricket_dict_slot(const cricket_dict_t *d, const unsigned char *p, size_t len)
{
    size_t         i;
    uint64_t       hash;
    cricket_str_t  text;

    /* FNV-1a */

    hash = 0xcbf29ce484222325;

    for (i = 0; i < len; i++) {
        hash = (hash ^ p[i]) * 0x100000001b3;
    }

    i = (size_t) (hash ^ hash >> 32) & (d->nslots - 1);

    while (d->slots[i] != 0) {
        cricket_dict_text(d, d->slots[i] - 1, &text);

        if (text.len == len
            && (len == 0 || memcmp(text.data, p, len) == 0))
        {
            break;
        }

        i = (i + 1) & (d->nslots - 1);
    }

    return i;
}


static int
cricket_dict_grow(cricket_dict_t *d)
{
    size_t                 i, n;
    uint32_t              *slots;
    cricket_str_t          text;
    cricket_dict_entry_t  *entries;

    n = d->nslots ? 2 * d->nslots : CRICKET_DICT_SLOTS;

    if (n > UINT32_MAX / sizeof(cricket_dict_entry_t)) {
        return CRICKET_ERROR;
    }

    entries = realloc(d->entries, n / 2 * sizeof(cricket_dict_entry_t));
    if (entries == NULL) {
        return CRICKET_ERROR;
    }

    d->entries = entries;

    slots = calloc(n, sizeof(uint32_t));
    if (slots == NULL) {
        return CRICKET_ERROR;
    }

    free(d->slots);

    d->slots = slots;
    d->nslots = n;

    for (i = 0; i < d->n; i++) {
        cricket_dict_text(d, i, &text);
        d->slots[cricket_dict_slot(d, text.data, text.len)]
            = (uint32_t) (i + 1);
    }

    return CRICKET_OK;
}
