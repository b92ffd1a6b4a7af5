
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* The tags of series that become one: what they share, and what differs. */


#include <stdlib.h>
#include <string.h>

#include "cricket_fold_private.h"


static int cricket_fold_tags_grow(cricket_fold_tags_t *tags);
static int cricket_fold_tags_known(const cricket_query_t *q,
    const cricket_str_t *key);
static int cricket_fold_tags_compare(const void *one, const void *two);


void
cricket_fold_tags_init(cricket_fold_tags_t *tags)
{
    memset(tags, 0, sizeof(cricket_fold_tags_t));
    cricket_dict_init(&tags->names);
}


void
cricket_fold_tags_free(cricket_fold_tags_t *tags)
{
    cricket_dict_free(&tags->names);
    free(tags->first);
    free(tags->differs);
    free(tags->tags);
    free(tags->keys);
    cricket_fold_tags_init(tags);
}


int
cricket_fold_tags_next(cricket_str_t *text, cricket_str_t *tag, size_t *key)
{
    const unsigned char  *end, *equal;

    if (text->len == 0) {
        return 0;
    }

    end = memchr(text->data, '\n', text->len);

    if (end == NULL) {
        return 0;
    }

    tag->data = text->data;
    tag->len = end - text->data;

    text->data = end + 1;
    text->len -= tag->len + 1;

    equal = memchr(tag->data, '=', tag->len);
    *key = (equal != NULL) ? (size_t) (equal - tag->data) : tag->len;

    return 1;
}


int
cricket_fold_tags_add(cricket_fold_tags_t *tags, const cricket_str_t *text)
{
    size_t         i, key;
    cricket_str_t  rest, tag;

    rest = *text;

    while (cricket_fold_tags_next(&rest, &tag, &key)) {

        if (cricket_dict_add(&tags->names, tag.data, key, &i) != CRICKET_OK) {
            return CRICKET_ERROR;
        }

        if (tags->names.n > tags->size
            && cricket_fold_tags_grow(tags) != CRICKET_OK)
        {
            return CRICKET_ERROR;
        }

        if (tags->first[i].data == NULL) {
            tags->first[i] = tag;

        } else if (tags->first[i].len != tag.len
                   || memcmp(tags->first[i].data, tag.data, tag.len) != 0)
        {
            tags->differs[i] = 1;
        }
    }

    return CRICKET_OK;
}


static int
cricket_fold_tags_grow(cricket_fold_tags_t *tags)
{
    size_t          size;
    cricket_str_t  *first;
    unsigned char  *differs;

    size = tags->size ? 2 * tags->size : 64;

    first = realloc(tags->first, size * sizeof(cricket_str_t));
    if (first == NULL) {
        return CRICKET_ERROR;
    }

    tags->first = first;

    differs = realloc(tags->differs, size);
    if (differs == NULL) {
        return CRICKET_ERROR;
    }

    tags->differs = differs;

    memset(first + tags->size, 0, (size - tags->size) * sizeof(cricket_str_t));
    memset(differs + tags->size, 0, size - tags->size);

    tags->size = size;

    return CRICKET_OK;
}


int
cricket_fold_tags_sort(cricket_fold_tags_t *tags)
{
    size_t         i;
    cricket_str_t  key;

    free(tags->tags);
    free(tags->keys);

    tags->ntags = 0;
    tags->nkeys = 0;
    tags->tags = malloc((tags->names.n + 1) * sizeof(cricket_str_t));
    tags->keys = malloc((tags->names.n + 1) * sizeof(cricket_str_t));

    if (tags->tags == NULL || tags->keys == NULL) {
        return CRICKET_ERROR;
    }

    for (i = 0; i < tags->names.n; i++) {

        if (!tags->differs[i]) {
            tags->tags[tags->ntags++] = tags->first[i];
            continue;
        }

        cricket_dict_text(&tags->names, i, &key);
        tags->keys[tags->nkeys++] = key;
    }

    qsort(tags->tags, tags->ntags, sizeof(cricket_str_t),
          cricket_fold_tags_compare);
    qsort(tags->keys, tags->nkeys, sizeof(cricket_str_t),
          cricket_fold_tags_compare);

    return CRICKET_OK;
}


int
cricket_fold_tags_group(const cricket_query_t *q, const cricket_str_t *text,
    cricket_buf_t *group)
{
    size_t         i, key;
    cricket_str_t  rest, tag, name;

    rest = *text;

    while (q->lines.exact && cricket_fold_tags_next(&rest, &tag, &key)) {
        name.data = tag.data;
        name.len = key;

        if (!cricket_fold_tags_known(q, &name)) {
            return CRICKET_DONE;
        }
    }

    if (q->lines.fold.how == CRICKET_FOLD_NONE) {
        cricket_buf_append(group, text->data, text->len);
    }

    for (i = 0; i < q->nkeys; i++) {
        rest = *text;

        do {
            if (!cricket_fold_tags_next(&rest, &tag, &key)) {
                return CRICKET_DONE;
            }

        } while (key != q->keys[i].len
                 || memcmp(tag.data, q->keys[i].data, key) != 0);

        cricket_buf_append(group, tag.data, tag.len);
        cricket_buf_literal(group, "\n");
    }

    return CRICKET_OK;
}


/* is it the key of a filter? */

static int
cricket_fold_tags_known(const cricket_query_t *q, const cricket_str_t *key)
{
    size_t                      i;
    const cricket_query_tag_t  *tag;

    for (i = 0; i < q->ntags; i++) {
        tag = &q->tags[i];

        if (tag->key == key->len
            && memcmp(tag->text.data, key->data, key->len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


static int
cricket_fold_tags_compare(const void *one, const void *two)
{
    int                   rc;
    size_t                n;
    const cricket_str_t  *a = one;
    const cricket_str_t  *b = two;

    n = (a->len < b->len) ? a->len : b->len;
    rc = (n != 0) ? memcmp(a->data, b->data, n) : 0;

    return (rc != 0) ? rc : (a->len > b->len) - (a->len < b->len);
}
