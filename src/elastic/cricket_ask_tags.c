
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* What can be asked for: keys of tags, and the values of one. */


#include <math.h>
#include <stdlib.h>

#include "cricket_ask_private.h"


#define CRICKET_ASK_TAGS_HIGHEST  "\xf4\x8f\xbf\xbf"


/* a value on its way to an answer */

typedef struct {
    cricket_str_t              value;
    int64_t                    count;
    double                     last;        /* milliseconds */
} cricket_ask_tag_t;


static void cricket_ask_tags_after(cricket_ask_t *ask);
static void cricket_ask_tags_before(cricket_buf_t *b,
    const cricket_str_t *prefix);
static int cricket_ask_tags_any(cricket_ask_t *ask,
    const cricket_ask_node_t *node, const cricket_str_t *value);
static int cricket_ask_tags_add(cricket_ask_t *ask,
    const cricket_ask_node_t *node, const cricket_str_t *value);
static cricket_ask_tag_t *cricket_ask_tags_list(cricket_ask_t *ask,
    cricket_result_t *result);
static int cricket_ask_tags_page(cricket_ask_t *ask, cricket_result_t *result,
    cricket_ask_tag_t *tags, cricket_buf_t *next);
static int cricket_ask_tags_next(cricket_ask_t *ask,
    const cricket_ask_tag_t *tag, cricket_buf_t *next);
static int cricket_ask_tags_compare(const void *one, const void *two);


void
cricket_ask_body_tags(cricket_ask_t *ask, cricket_buf_t *b)
{
    cricket_buf_t           more;
    const cricket_query_t  *q;

    q = ask->q;

    if (!ask->after_set) {
        cricket_ask_tags_after(ask);
    }

    cricket_buf_literal(b, ",\"aggs\":{\"buckets\":{\"composite\":{\"size\":");
    cricket_buf_int(b, (q->key.len != 0 && !q->by_last)
                       ? (int64_t) q->limit + 1 : (int64_t) ask->page);
    cricket_buf_literal(b, ",\"sources\":[{\"group\":{\"terms\":"
                           "{\"field\":\"tags\"}}}]");

    if (ask->after.len != 0) {
        cricket_buf_literal(b, ",\"after\":{\"group\":");
        cricket_buf_json(b, ask->after.data, ask->after.len);
        cricket_buf_literal(b, "}");
    }

    cricket_buf_init(&more, SIZE_MAX);

    if (q->key.len != 0) {
        cricket_buf_literal(b, "},\"aggs\":{\"last\":{\"max\":"
                               "{\"field\":\"timestamp\"}}}}}");

        cricket_buf_append(&more, q->key.data, q->key.len);
        cricket_buf_literal(&more, "=");
        cricket_buf_append(&more, q->prefix.data, q->prefix.len);

        cricket_search_filter_prefix(&more);

    } else {
        cricket_buf_literal(b, "}}}");
    }

    cricket_search_filter_of(q, &q->name, q->start.set ? &q->start.time : NULL,
                             q->end.set ? &q->end.time : NULL, &more, b);

    b->failed |= more.failed;
    cricket_buf_free(&more);
}


/* where the first page begins: behind a tag that is before all of them */

static void
cricket_ask_tags_after(cricket_ask_t *ask)
{
    const cricket_query_t  *q;

    q = ask->q;

    ask->after.len = 0;
    ask->after_set = 1;

    if (q->key.len == 0) {
        return;
    }

    cricket_buf_append(&ask->after, q->key.data, q->key.len);
    cricket_buf_literal(&ask->after, "=");

    if (q->after_set && !q->by_last) {
        cricket_buf_append(&ask->after, q->after.name.data,
                           q->after.name.len);
        return;
    }

    if (q->prefix.len != 0) {
        cricket_ask_tags_before(&ask->after, &q->prefix);
    }
}


/*
 * Appends what is just before all that begin with a prefix: with the character
 * before its last one, and the highest there is.  What may be between the two
 * is passed over.
 */

static void
cricket_ask_tags_before(cricket_buf_t *b, const cricket_str_t *prefix)
{
    size_t                n;
    unsigned char         last;
    const unsigned char  *p;

    p = prefix->data;
    n = prefix->len - 1;

    while (n != 0 && (p[n] & 0xc0) == 0x80) {
        n--;
    }

    cricket_buf_append(b, p, n);

    if (p[n] > 0x20 && p[n] < 0x80) {
        last = p[n] - 1;
        cricket_buf_append(b, &last, 1);
        cricket_buf_literal(b, CRICKET_ASK_TAGS_HIGHEST);

    } else if (p[n] >= 0x80) {

        /* all of one byte are before all of several */

        cricket_buf_literal(b, "\x7f" CRICKET_ASK_TAGS_HIGHEST);
    }
}


int
cricket_ask_on_tags(cricket_ask_reply_t *r, size_t depth)
{
    int                        rc;
    size_t                     n;
    cricket_ask_t             *ask;
    cricket_str_t              value;
    const unsigned char       *equal;
    const cricket_query_t     *q;
    const cricket_ask_node_t  *node;

    ask = r->data;
    q = ask->q;
    node = &r->nodes[depth];

    if (depth != 1 || !(node->seen & CRICKET_ASK_KEY)
        || !(node->seen & CRICKET_ASK_COUNT)
        || (q->key.len != 0 && !(node->seen & CRICKET_ASK_LAST)))
    {
        r->place = "buckets.buckets";
        return CRICKET_INVALID;
    }

    ask->after.len = 0;
    cricket_buf_append(&ask->after, node->key.data, node->key.len);

    if (ask->after.failed) {
        return CRICKET_ERROR;
    }

    equal = memchr(node->key.data, '=', node->key.len);

    if (equal == NULL || ask->past) {
        return CRICKET_OK;
    }

    n = equal - node->key.data;
    value = node->key;

    if (q->key.len == 0 && !q->values) {
        value.len = n;
        return cricket_ask_tags_add(ask, node, &value);
    }

    value.data += n + 1;
    value.len -= n + 1;

    if (q->values) {
        return cricket_ask_tags_any(ask, node, &value);
    }

    if (n != q->key.len || memcmp(node->key.data, q->key.data, n) != 0) {
        ask->past = 1;
        return CRICKET_OK;
    }

    n = (value.len < q->prefix.len) ? value.len : q->prefix.len;
    rc = (n != 0) ? memcmp(value.data, q->prefix.data, n) : 0;

    if (rc != 0 || value.len < q->prefix.len) {
        ask->past = (rc > 0);
        return CRICKET_OK;
    }

    /* no datapoint has it, and no cursor could */

    if (value.len == 0 || value.len > CRICKET_TAG_VALUE_LEN) {
        return CRICKET_OK;
    }

    return cricket_ask_tags_add(ask, node, &value);
}


/* a value of whichever key, to be suggested: so not of necessity all */

static int
cricket_ask_tags_any(cricket_ask_t *ask, const cricket_ask_node_t *node,
    const cricket_str_t *value)
{
    const cricket_str_t  *prefix;

    prefix = &ask->q->prefix;

    if (ask->table.n == CRICKET_ASK_VALUES_MOST
        || ask->cells == CRICKET_ASK_TAGS_MOST)
    {
        ask->past = 1;
        return CRICKET_OK;
    }

    if (value->len == 0 || value->len < prefix->len
        || (prefix->len != 0
            && memcmp(value->data, prefix->data, prefix->len) != 0))
    {
        ask->cells++;
        return CRICKET_OK;
    }

    return cricket_ask_tags_add(ask, node, value);
}


/* a value, or one more of a key */

static int
cricket_ask_tags_add(cricket_ask_t *ask, const cricket_ask_node_t *node,
    const cricket_str_t *value)
{
    size_t                 group;
    cricket_table_cell_t  *cell;

    if (cricket_table_group(&ask->table, value, &group) != CRICKET_OK) {
        return CRICKET_ERROR;
    }

    if (group < ask->table.n) {
        ask->table.cells[group].count++;

    } else {
        cell = cricket_table_add(&ask->table, group, 0);
        if (cell == NULL) {
            return CRICKET_ERROR;
        }

        cell->count = (ask->q->key.len != 0) ? node->documents : 1;
        cell->max = node->last;
    }

    if (++ask->cells > CRICKET_ASK_TAGS_MOST) {
        ask->excess = "name: too many different tags match, expected filters, "
                      "or a shorter range";
        return CRICKET_DONE;
    }

    if (ask->table.n > CRICKET_ASK_VALUES_MOST) {
        ask->excess = ask->q->by_last
                      ? "order: last looks at no more than 10000 values, "
                        "expected prefix, filters, or a shorter range"
                      : "name: more than 10000 keys match, expected filters";
        return CRICKET_DONE;
    }

    return CRICKET_OK;
}


int
cricket_ask_tags_done(cricket_ask_t *ask, cricket_ask_reply_t *r)
{
    size_t                  size;
    const cricket_query_t  *q;

    q = ask->q;

    if (!(r->nodes[0].seen & CRICKET_ASK_INNER)) {
        r->place = "buckets";
        return CRICKET_INVALID;
    }

    size = (q->key.len != 0 && !q->by_last) ? q->limit + 1 : ask->page;

    ask->more = (r->n >= size && !ask->past);

    if (q->key.len != 0 && !q->by_last && ask->table.n > q->limit) {
        ask->more = 0;
    }

    return CRICKET_OK;
}


int
cricket_ask_tags_write(cricket_ask_t *ask,
    const cricket_result_writer_t *writer, cricket_buf_t *out,
    cricket_buf_t *next)
{
    int                 rc;
    cricket_result_t    result;
    cricket_ask_tag_t  *tags;

    rc = cricket_table_sort(&ask->table);

    if (rc != CRICKET_OK) {
        return rc;
    }

    cricket_result_init(&result, writer, ask->q, out);

    tags = cricket_ask_tags_list(ask, &result);

    if (tags == NULL) {
        return CRICKET_ERROR;
    }

    writer->head(&result);
    rc = cricket_ask_tags_page(ask, &result, tags, next);
    writer->tail(&result);

    free(tags);

    if (out->failed || next->failed || result.cell.failed) {
        rc = CRICKET_ERROR;
    }

    cricket_result_free(&result);

    return rc;
}


static cricket_ask_tag_t *
cricket_ask_tags_list(cricket_ask_t *ask, cricket_result_t *result)
{
    size_t              i, group;
    cricket_ask_tag_t  *tags;

    (void) result;

    tags = malloc((ask->table.norder + 1) * sizeof(cricket_ask_tag_t));
    if (tags == NULL) {
        return NULL;
    }

    for (i = 0; i < ask->table.norder; i++) {
        group = ask->table.order[i];

        cricket_table_values(&ask->table, group, &tags[i].value);
        tags[i].count = ask->table.cells[group].count;
        tags[i].last = ask->table.cells[group].max;
    }

    /* the order of bytes is that of equal times */

    if (ask->q->by_last) {
        qsort(tags, ask->table.norder, sizeof(cricket_ask_tag_t),
              cricket_ask_tags_compare);
    }

    return tags;
}


static int
cricket_ask_tags_compare(const void *one, const void *two)
{
    int                       rc;
    size_t                    n;
    const cricket_ask_tag_t  *a = one;
    const cricket_ask_tag_t  *b = two;

    if (a->last != b->last) {
        return (a->last < b->last) ? -1 : 1;
    }

    n = (a->value.len < b->value.len) ? a->value.len : b->value.len;
    rc = (n != 0) ? memcmp(a->value.data, b->value.data, n) : 0;

    return (rc != 0) ? rc
                     : (a->value.len > b->value.len)
                       - (a->value.len < b->value.len);
}


static int
cricket_ask_tags_page(cricket_ask_t *ask, cricket_result_t *result,
    cricket_ask_tag_t *tags, cricket_buf_t *next)
{
    int                       rc;
    size_t                    i, n;
    unsigned char            *rest;
    cricket_ask_tag_t         after;
    const cricket_query_t    *q;
    cricket_result_bucket_t   bucket;

    q = ask->q;
    i = 0;

    if (q->by_last && q->after_set) {

        /* "1700000000000 web1" */

        rest = memchr(q->after.name.data, ' ', q->after.name.len);
        n = (rest != NULL) ? (size_t) (rest - q->after.name.data) + 1
                           : q->after.name.len;

        after.last = strtod((const char *) q->after.name.data, NULL);
        after.value.data = q->after.name.data + n;
        after.value.len = q->after.name.len - n;

        while (i < ask->table.norder
               && cricket_ask_tags_compare(&tags[i], &after) <= 0)
        {
            i++;
        }
    }

    memset(&bucket, 0, sizeof(cricket_result_bucket_t));

    for (n = 0; i < ask->table.norder; i++) {

        if (q->key.len != 0 && n++ == q->limit) {
            return cricket_ask_tags_next(ask, &tags[i - 1], next);
        }

        bucket.key = tags[i].value;
        bucket.count = tags[i].count;
        bucket.has_last = (q->key.len != 0 && isfinite(tags[i].last)
                           && cricket_time_set(&bucket.last,
                                               (int64_t) tags[i].last, 0)
                              == CRICKET_OK);

        rc = result->writer->bucket(result, &bucket);

        if (rc != CRICKET_OK) {
            return rc;
        }
    }

    return CRICKET_OK;
}


static int
cricket_ask_tags_next(cricket_ask_t *ask, const cricket_ask_tag_t *tag,
    cricket_buf_t *next)
{
    cricket_buf_t             text;
    cricket_query_position_t  after;

    memset(&after, 0, sizeof(cricket_query_position_t));
    cricket_buf_init(&text, SIZE_MAX);

    if (ask->q->by_last) {
        cricket_buf_int(&text, (int64_t) tag->last);
        cricket_buf_literal(&text, " ");
    }

    cricket_buf_append(&text, tag->value.data, tag->value.len);

    if (text.failed) {
        cricket_buf_free(&text);
        return CRICKET_ERROR;
    }

    after.name.data = text.data;
    after.name.len = text.len;

    cricket_query_next(ask->q, &after, next);
    cricket_buf_free(&text);

    return CRICKET_OK;
}
