
/*
 * Copyright (C) Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include <string.h>

#include "cricket_json.h"
#include "cricket_search.h"
#include "cricket_search_private.h"


/* what a reply has, as the query asked for it */
#define CRICKET_SEARCH_HITS         0x001
#define CRICKET_SEARCH_WHOLE        0x002   /* stats without buckets */
#define CRICKET_SEARCH_NAMES        0x004
#define CRICKET_SEARCH_GROUPS       0x008
#define CRICKET_SEARCH_SERIES       0x010
#define CRICKET_SEARCH_HISTOGRAM    0x020   /* a series without "composite" */
#define CRICKET_SEARCH_PERCENTILES  0x040
#define CRICKET_SEARCH_NAME         0x080   /* of hits: not in the query */
#define CRICKET_SEARCH_TYPE         0x100

#define CRICKET_SEARCH_ALL          0xfff
#define CRICKET_SEARCH_STATS                                                  \
    (CRICKET_SEARCH_WHOLE | CRICKET_SEARCH_GROUPS | CRICKET_SEARCH_SERIES     \
     | CRICKET_SEARCH_HISTOGRAM)
#define CRICKET_SEARCH_COMPOSITE                                              \
    (CRICKET_SEARCH_NAMES | CRICKET_SEARCH_GROUPS | CRICKET_SEARCH_SERIES)
#define CRICKET_SEARCH_BUCKETS                                                \
    (CRICKET_SEARCH_COMPOSITE | CRICKET_SEARCH_HISTOGRAM)

/* 0001-01-01T00:00:00Z in milliseconds */
#define CRICKET_SEARCH_FIRST        -62135596800000LL

/* milliseconds, nanoseconds and sequence number */
#define CRICKET_SEARCH_SORT         3


typedef struct cricket_search_reader_s  cricket_search_reader_t;
typedef struct cricket_search_member_s  cricket_search_member_t;

/* reads the value of a member whose first token is given */
typedef int (*cricket_search_handler_pt)(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token);


struct cricket_search_member_s {
    cricket_str_t                   name;
    const char                     *place;      /* for a message */
    unsigned                        has;        /* replies that have it */
    unsigned                        optional;
    cricket_search_handler_pt       handler;
    cricket_search_handler_pt       item;       /* of an array */
    const cricket_search_member_t  *members;    /* of an object, or each item */
    size_t                          offset;     /* of the field to set */
};


struct cricket_search_reader_s {
    const cricket_query_t          *q;
    cricket_json_t                  json;
    unsigned                        has;
    const char                     *place;      /* of what is wrong */
    const char                     *excess;     /* the message of a 400 */

    cricket_buf_t                   known;      /* name and type of the query */
    cricket_search_text_t           name;
    cricket_search_text_t           type;

    cricket_search_hit_t            hit;
    int64_t                         sort[CRICKET_SEARCH_SORT];
    size_t                          nsort;

    cricket_search_bucket_t         bucket;
    cricket_search_text_t           key;
    cricket_buf_t                   plain;      /* the key without escapes */
    cricket_str_t                   group;      /* key of the last group */
    size_t                          groups;
    cricket_str_t                   percent;
    cricket_str_t                   percentile;
    unsigned                        percentiles;    /* a bit each: read */

    size_t                          n;          /* hits or buckets read */
    size_t                          foreign;    /* passed over */
    cricket_time_t                  first;      /* of the page */
    cricket_query_position_t        last;

    unsigned                        more:1;     /* there is a next page */
    unsigned                        past:1;     /* the rest is passed over */
    unsigned                        odd:1;      /* of no datapoint */

    cricket_search_answer_t         answer;
};


static int cricket_search_reply(cricket_search_reader_t *r,
    const cricket_query_t *q, cricket_format_e format,
    const unsigned char *data, size_t len, cricket_buf_t *out);
static void cricket_search_free(cricket_search_reader_t *r);
static const char *cricket_search_reason(cricket_search_reader_t *r);
static unsigned cricket_search_has(const cricket_query_t *q);
static void cricket_search_known(cricket_search_reader_t *r);

static int cricket_search_object(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token);
static const cricket_search_member_t *cricket_search_find(
    cricket_search_reader_t *r, const cricket_search_member_t *m);
static int cricket_search_array(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token);
static int cricket_search_false(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token);
static int cricket_search_zero(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token);
static int cricket_search_text(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token);
static int cricket_search_value(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token);
static int cricket_search_number(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token);
static int cricket_search_integer(const cricket_search_reader_t *r,
    cricket_json_token_e token, int64_t *n);
static int cricket_search_count(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token);
static int cricket_search_start(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token);

static int cricket_search_hit(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token);
static int cricket_search_odd(cricket_search_reader_t *r);
static int cricket_search_tag(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token);
static int cricket_search_sort(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token);
static int cricket_search_astray(cricket_search_reader_t *r);
static int cricket_search_sort_value(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token);
static int cricket_search_bucket(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token);
static int cricket_search_key(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token);
static int cricket_search_long(cricket_search_reader_t *r);
static void cricket_search_group(cricket_search_reader_t *r);
static int cricket_search_percentiles(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token);
static int cricket_search_percentile(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token);


/*
 * All that is read of a reply.  A member may be there once; what is not listed
 * is passed over, but for fields of a hit.
 */

#define cricket_search_at(place, name)                                        \
    cricket_string(name), place name

#define cricket_search_to(field)  offsetof(cricket_search_reader_t, field)

#define cricket_search_end  { { 0, NULL }, NULL, 0, 0, NULL, NULL, NULL, 0 }


static const cricket_search_member_t  cricket_search_in_shards[] = {
    { cricket_search_at("_shards.", "failed"), CRICKET_SEARCH_ALL, 0,
      cricket_search_zero, NULL, NULL, 0 },
    cricket_search_end
};


/* every field of "docvalue_fields" is an array of its values */

static const cricket_search_member_t  cricket_search_in_fields[] = {
    { cricket_search_at("hits.hits.fields.", "value"), CRICKET_SEARCH_HITS, 0,
      cricket_search_array, cricket_search_value, NULL,
      cricket_search_to(hit.value) },
    { cricket_search_at("hits.hits.fields.", "name"), CRICKET_SEARCH_NAME, 0,
      cricket_search_array, cricket_search_text, NULL,
      cricket_search_to(hit.name) },
    { cricket_search_at("hits.hits.fields.", "type"), CRICKET_SEARCH_TYPE, 0,
      cricket_search_array, cricket_search_text, NULL,
      cricket_search_to(hit.type) },
    { cricket_search_at("hits.hits.fields.", "tags"), CRICKET_SEARCH_HITS, 1,
      cricket_search_array, cricket_search_tag, NULL, 0 },
    cricket_search_end
};


static const cricket_search_member_t  cricket_search_in_hit[] = {
    { cricket_search_at("hits.hits.", "fields"), CRICKET_SEARCH_HITS, 0,
      cricket_search_object, NULL, cricket_search_in_fields, 0 },
    { cricket_search_at("hits.hits.", "sort"), CRICKET_SEARCH_HITS, 0,
      cricket_search_sort, cricket_search_sort_value, NULL, 0 },
    cricket_search_end
};


static const cricket_search_member_t  cricket_search_in_hits[] = {
    { cricket_search_at("hits.", "hits"), CRICKET_SEARCH_HITS, 1,
      cricket_search_array, cricket_search_hit, cricket_search_in_hit, 0 },
    cricket_search_end
};


static const cricket_search_member_t  cricket_search_in_key[] = {
    { cricket_search_at("key.", "name"), CRICKET_SEARCH_NAMES, 0,
      cricket_search_text, NULL, NULL, cricket_search_to(key) },
    { cricket_search_at("key.", "group"), CRICKET_SEARCH_GROUPS, 0,
      cricket_search_text, NULL, NULL, cricket_search_to(key) },
    { cricket_search_at("key.", "time"), CRICKET_SEARCH_SERIES, 0,
      cricket_search_start, NULL, NULL, 0 },
    cricket_search_end
};


static const cricket_search_member_t  cricket_search_in_stats[] = {
    { cricket_search_at("stats.", "count"), CRICKET_SEARCH_STATS, 0,
      cricket_search_count, NULL, NULL, 0 },
    { cricket_search_at("stats.", "min"), CRICKET_SEARCH_STATS, 0,
      cricket_search_number, NULL, NULL, cricket_search_to(bucket.min) },
    { cricket_search_at("stats.", "max"), CRICKET_SEARCH_STATS, 0,
      cricket_search_number, NULL, NULL, cricket_search_to(bucket.max) },
    { cricket_search_at("stats.", "avg"), CRICKET_SEARCH_STATS, 0,
      cricket_search_number, NULL, NULL, cricket_search_to(bucket.average) },
    { cricket_search_at("stats.", "sum"), CRICKET_SEARCH_STATS, 0,
      cricket_search_number, NULL, NULL, cricket_search_to(bucket.sum) },
    cricket_search_end
};


static const cricket_search_member_t  cricket_search_in_percentile[] = {
    { cricket_search_at("percentiles.values.", "key"),
      CRICKET_SEARCH_PERCENTILES, 0, cricket_search_number, NULL, NULL,
      cricket_search_to(percent) },
    { cricket_search_at("percentiles.values.", "value"),
      CRICKET_SEARCH_PERCENTILES, 0, cricket_search_number, NULL, NULL,
      cricket_search_to(percentile) },
    cricket_search_end
};


static const cricket_search_member_t  cricket_search_in_percentiles[] = {
    { cricket_search_at("percentiles.", "values"), CRICKET_SEARCH_PERCENTILES,
      0, cricket_search_percentiles, cricket_search_percentile,
      cricket_search_in_percentile, 0 },
    cricket_search_end
};


static const cricket_search_member_t  cricket_search_in_bucket[] = {
    { cricket_search_at("", "key"), CRICKET_SEARCH_COMPOSITE, 0,
      cricket_search_key, NULL, cricket_search_in_key, 0 },
    { cricket_search_at("", "key"), CRICKET_SEARCH_HISTOGRAM, 0,
      cricket_search_start, NULL, NULL, 0 },
    { cricket_search_at("", "doc_count"), CRICKET_SEARCH_NAMES, 0,
      cricket_search_count, NULL, NULL, 0 },
    { cricket_search_at("", "stats"), CRICKET_SEARCH_STATS, 0,
      cricket_search_object, NULL, cricket_search_in_stats, 0 },
    { cricket_search_at("", "percentiles"), CRICKET_SEARCH_PERCENTILES, 0,
      cricket_search_object, NULL, cricket_search_in_percentiles, 0 },
    cricket_search_end
};


static const cricket_search_member_t  cricket_search_in_buckets[] = {
    { cricket_search_at("buckets.", "buckets"), CRICKET_SEARCH_BUCKETS, 0,
      cricket_search_array, cricket_search_bucket, cricket_search_in_bucket,
      0 },
    cricket_search_end
};


static const cricket_search_member_t  cricket_search_in_aggregations[] = {
    { cricket_search_at("", "buckets"), CRICKET_SEARCH_BUCKETS, 0,
      cricket_search_object, NULL, cricket_search_in_buckets, 0 },
    cricket_search_end
};


/* no hits, no member "hits" */

static const cricket_search_member_t  cricket_search_in_reply[] = {
    { cricket_search_at("", "timed_out"), CRICKET_SEARCH_ALL, 0,
      cricket_search_false, NULL, NULL, 0 },
    { cricket_search_at("", "_shards"), CRICKET_SEARCH_ALL, 0,
      cricket_search_object, NULL, cricket_search_in_shards, 0 },
    { cricket_search_at("", "hits"), CRICKET_SEARCH_HITS, 1,
      cricket_search_object, NULL, cricket_search_in_hits, 0 },
    { cricket_search_at("", "aggregations"), CRICKET_SEARCH_WHOLE, 0,
      cricket_search_bucket, NULL, cricket_search_in_bucket, 0 },
    { cricket_search_at("", "aggregations"), CRICKET_SEARCH_BUCKETS, 0,
      cricket_search_object, NULL, cricket_search_in_aggregations, 0 },
    cricket_search_end
};


static const cricket_search_member_t  cricket_search_root = {
    { 0, NULL }, NULL, 0, 0, NULL, NULL, cricket_search_in_reply, 0
};


int
cricket_search_read(const cricket_query_t *q, cricket_format_e format,
    const unsigned char *data, size_t len, cricket_buf_t *out,
    cricket_buf_t *next, size_t *foreign, const char **err)
{
    int                      rc;
    size_t                   start;
    cricket_search_reader_t  r;

    start = out->len;

    rc = cricket_search_reply(&r, q, format, data, len, out);

    *foreign = r.foreign;

    if (rc == CRICKET_INVALID) {
        *err = cricket_search_reason(&r);

    } else if (rc == CRICKET_OK && r.excess != NULL) {
        out->len = start;
        cricket_buf_cstr(out, r.excess);

        rc = CRICKET_DONE;

    } else if (rc == CRICKET_OK && r.more) {
        cricket_query_next(q, &r.last, next);
    }

    if (rc != CRICKET_INVALID && (out->failed || next->failed)) {
        rc = CRICKET_ERROR;
    }

    cricket_search_free(&r);

    return rc;
}


int
cricket_search_export(cricket_query_t *q, cricket_format_e format,
    const unsigned char *data, size_t len, cricket_buf_t *out,
    size_t *foreign, const char **err)
{
    int                      rc;
    int64_t                  first, last;
    cricket_search_reader_t  r;

    rc = cricket_search_reply(&r, q, format, data, len, out);

    *foreign = r.foreign;

    if (rc == CRICKET_INVALID) {
        *err = cricket_search_reason(&r);
    }

    cricket_search_free(&r);

    if (rc != CRICKET_OK) {
        return rc;
    }

    if (out->failed) {
        return CRICKET_ERROR;
    }

    if (r.n != 0) {
        q->after = r.last;
        q->after_set = 1;
    }

    if (r.past) {
        return CRICKET_DONE;
    }

    if (r.n < q->page) {

        if (!q->until.set) {
            return CRICKET_DONE;
        }

        q->until.set = 0;

        return CRICKET_OK;
    }

    /*
     * Elasticsearch goes through all that matches for every page.  So the next
     * page is looked for no further than where two pages as dense as this one
     * would end; only if it is not full, all that is left is searched again.
     */

    first = cricket_time_msec(&r.first);
    last = cricket_time_msec(&r.last.time);

    q->until.set = cricket_time_set(&q->until.time,
                                    last + (last - first) * 2 + 1, 0)
                   == CRICKET_OK;

    return CRICKET_OK;
}


static int
cricket_search_reply(cricket_search_reader_t *r, const cricket_query_t *q,
    cricket_format_e format, const unsigned char *data, size_t len,
    cricket_buf_t *out)
{
    int                       rc;
    cricket_search_answer_t  *a;

    memset(r, 0, sizeof(cricket_search_reader_t));

    a = &r->answer;

    r->q = q;
    r->has = cricket_search_has(q);

    a->q = q;
    a->format = format;
    a->out = out;

    cricket_json_init(&r->json, data, len);
    cricket_buf_init(&r->known, SIZE_MAX);
    cricket_buf_init(&r->plain, SIZE_MAX);
    cricket_buf_init(&a->cell, SIZE_MAX);

    cricket_search_known(r);

    if (r->known.failed) {
        return CRICKET_ERROR;
    }

    cricket_search_write_head(a);

    rc = cricket_search_object(r, &cricket_search_root,
                               cricket_json_next(&r->json));

    if (rc == CRICKET_OK && cricket_json_next(&r->json) != CRICKET_JSON_END) {
        rc = CRICKET_INVALID;
    }

    cricket_search_write_tail(a);

    return a->cell.failed ? CRICKET_ERROR : rc;
}


static void
cricket_search_free(cricket_search_reader_t *r)
{
    cricket_buf_free(&r->known);
    cricket_buf_free(&r->plain);
    cricket_buf_free(&r->answer.cell);
}


static const char *
cricket_search_reason(cricket_search_reader_t *r)
{
    if (r->json.error != NULL) {
        return r->json.error;
    }

    return (r->place != NULL) ? r->place : "not an object";
}


static unsigned
cricket_search_has(const cricket_query_t *q)
{
    unsigned  has;

    if (q->kind == CRICKET_QUERY_NAMES) {
        return CRICKET_SEARCH_NAMES;
    }

    if (q->kind != CRICKET_QUERY_STATS) {
        return CRICKET_SEARCH_HITS
               | (q->name.len ? 0 : CRICKET_SEARCH_NAME)
               | (q->type.len ? 0 : CRICKET_SEARCH_TYPE);
    }

    has = q->group_by.len ? CRICKET_SEARCH_GROUPS : 0;

    if (q->interval.len != 0) {
        has |= cricket_search_composite(q) ? CRICKET_SEARCH_SERIES
                                           : CRICKET_SEARCH_HISTOGRAM;
    }

    return (has ? has : CRICKET_SEARCH_WHOLE)
           | (q->npercentiles ? CRICKET_SEARCH_PERCENTILES : 0);
}


/* what is filtered for is not read: it is in the query */

static void
cricket_search_known(cricket_search_reader_t *r)
{
    size_t                n;
    const cricket_str_t  *name, *type;

    name = &r->q->name;
    type = &r->q->type;

    cricket_buf_json(&r->known, name->data, name->len);
    n = r->known.len;
    cricket_buf_json(&r->known, type->data, type->len);

    if (r->known.failed) {
        return;
    }

    /* without the quotes */

    r->name.text.data = r->known.data + 1;
    r->name.text.len = n - 2;
    r->name.escaped = (r->name.text.len != name->len);

    r->type.text.data = r->known.data + n + 1;
    r->type.text.len = r->known.len - n - 2;
    r->type.escaped = (r->type.text.len != type->len);
}


/*
 * The object that has m->members, as deep as these go; the first that is wrong
 * leaves its place.
 */

static int
cricket_search_object(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token)
{
    int                             rc;
    unsigned                        seen, bit;
    const cricket_search_member_t  *member;

    if (token != CRICKET_JSON_OBJECT) {
        return CRICKET_INVALID;
    }

    seen = 0;

    for ( ;; ) {
        token = cricket_json_next(&r->json);

        if (token == CRICKET_JSON_OBJECT_END) {
            break;
        }

        if (token != CRICKET_JSON_KEY) {
            return CRICKET_INVALID;
        }

        member = cricket_search_find(r, m->members);

        token = cricket_json_next(&r->json);

        if (member == NULL) {

            if (m->members == cricket_search_in_fields
                || cricket_json_skip(&r->json, token) != CRICKET_OK)
            {
                return CRICKET_INVALID;
            }

            continue;
        }

        bit = 1u << (member - m->members);

        rc = (seen & bit) ? CRICKET_INVALID
                          : member->handler(r, member, token);

        if (rc != CRICKET_OK) {

            if (r->place == NULL) {
                r->place = member->place;
            }

            return rc;
        }

        seen |= bit;
    }

    for (member = m->members, bit = 1; member->name.len; member++, bit <<= 1) {

        if (!(member->has & r->has) || member->optional || (seen & bit)) {
            continue;
        }

        /* a document may lack some of the fields, or all */

        if ((m->members != cricket_search_in_fields
             && member->members != cricket_search_in_fields)
            || cricket_search_odd(r) != CRICKET_OK)
        {
            r->place = member->place;
            return CRICKET_INVALID;
        }
    }

    return CRICKET_OK;
}


static const cricket_search_member_t *
cricket_search_find(cricket_search_reader_t *r,
    const cricket_search_member_t *m)
{
    const cricket_str_t  *key;

    key = &r->json.text;

    for ( /* void */ ; m->name.len; m++) {

        if (m->name.len == key->len
            && m->name.data[0] == key->data[0]
            && (m->has & r->has)
            && memcmp(m->name.data, key->data, key->len) == 0)
        {
            return m;
        }
    }

    return NULL;
}


static int
cricket_search_array(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token)
{
    int  rc;

    if (token != CRICKET_JSON_ARRAY) {
        return CRICKET_INVALID;
    }

    for ( ;; ) {
        token = cricket_json_next(&r->json);

        if (token == CRICKET_JSON_ARRAY_END) {
            return CRICKET_OK;
        }

        rc = m->item(r, m, token);

        if (rc != CRICKET_OK) {
            return rc;
        }
    }
}


static int
cricket_search_false(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token)
{
    (void) r;
    (void) m;

    return (token == CRICKET_JSON_FALSE) ? CRICKET_OK : CRICKET_INVALID;
}


static int
cricket_search_zero(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token)
{
    const cricket_str_t  *text;

    (void) m;

    text = &r->json.text;

    return (token == CRICKET_JSON_NUMBER
            && text->len == 1 && text->data[0] == '0') ? CRICKET_OK
                                                       : CRICKET_INVALID;
}


/* a string that is not empty, and the only one */

static int
cricket_search_text(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token)
{
    cricket_search_text_t  *text;

    text = (cricket_search_text_t *) ((char *) r + m->offset);

    if (token != CRICKET_JSON_STRING) {
        return CRICKET_INVALID;
    }

    if (r->json.text.len == 0 || text->text.len != 0) {
        return cricket_search_odd(r);
    }

    text->text = r->json.text;
    text->escaped = r->json.escaped;

    return CRICKET_OK;
}


/* a number, and the only one */

static int
cricket_search_value(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token)
{
    cricket_str_t  *value;

    value = (cricket_str_t *) ((char *) r + m->offset);

    if (token != CRICKET_JSON_NUMBER) {
        return CRICKET_INVALID;
    }

    if (value->len != 0) {
        return cricket_search_odd(r);
    }

    *value = r->json.text;

    return CRICKET_OK;
}


/* what is not finite is null, or a string such as "Infinity" */

static int
cricket_search_number(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token)
{
    if (token == CRICKET_JSON_NULL || token == CRICKET_JSON_STRING) {
        return CRICKET_OK;
    }

    return cricket_search_value(r, m, token);
}


/* a number that is whole and has at most 18 digits */

static int
cricket_search_integer(const cricket_search_reader_t *r,
    cricket_json_token_e token, int64_t *n)
{
    int64_t               value;
    const unsigned char  *p, *last;

    if (token != CRICKET_JSON_NUMBER) {
        return CRICKET_INVALID;
    }

    p = r->json.text.data;
    last = p + r->json.text.len;

    if (*p == '-') {
        p++;
    }

    if (last - p > 18) {
        return CRICKET_INVALID;
    }

    for (value = 0; p < last; p++) {

        if (*p < '0' || *p > '9') {
            return CRICKET_INVALID;
        }

        value = value * 10 + (*p - '0');
    }

    *n = (r->json.text.data[0] == '-') ? -value : value;

    return CRICKET_OK;
}


static int
cricket_search_count(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token)
{
    (void) m;

    if (cricket_search_integer(r, token, &r->bucket.count) != CRICKET_OK
        || r->bucket.count < 0)
    {
        return CRICKET_INVALID;
    }

    return CRICKET_OK;
}


static int
cricket_search_start(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token)
{
    int64_t  msec;

    (void) m;

    if (cricket_search_integer(r, token, &msec) != CRICKET_OK) {
        return CRICKET_INVALID;
    }

    /* the first bucket may begin before there are any instants */

    if (msec < CRICKET_SEARCH_FIRST) {
        msec = CRICKET_SEARCH_FIRST;
    }

    return cricket_time_set(&r->bucket.start, msec, 0);
}


static int
cricket_search_hit(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token)
{
    int                    rc;
    cricket_search_hit_t  *hit;

    if (r->past) {
        r->foreign++;

        return cricket_json_skip(&r->json, token);
    }

    hit = &r->hit;

    hit->name = r->name;
    hit->type = r->type;
    hit->value.len = 0;
    hit->ntags = 0;
    r->nsort = 0;
    r->odd = 0;

    rc = cricket_search_object(r, m, token);

    if (rc != CRICKET_OK) {
        return rc;
    }

    if (r->past) {
        r->foreign++;

        return CRICKET_OK;
    }

    /* an array may have been empty */

    if (hit->name.text.len == 0 || hit->type.text.len == 0
        || hit->value.len == 0)
    {
        r->odd = 1;
    }

    r->n++;

    /* one hit more than the page has only tells that there is more */

    if (r->n > r->q->page) {

        if (r->q->kind == CRICKET_QUERY_EXPORT || r->more) {
            return CRICKET_INVALID;
        }

        r->more = 1;

        return CRICKET_OK;
    }

    if (r->n == 1) {
        r->first = hit->time;
    }

    r->last.time = hit->time;
    r->last.seq_no = r->sort[2];

    if (r->odd) {
        r->foreign++;

        return CRICKET_OK;
    }

    return cricket_search_write_hit(&r->answer, hit);
}


/* whoever can write to the index may have put in what is no datapoint */

static int
cricket_search_odd(cricket_search_reader_t *r)
{
    if (!(r->has & (CRICKET_SEARCH_HITS | CRICKET_SEARCH_NAMES))) {
        return CRICKET_INVALID;
    }

    r->odd = 1;

    return CRICKET_OK;
}


static int
cricket_search_tag(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token)
{
    cricket_search_hit_t  *hit;

    (void) m;

    hit = &r->hit;

    if (token != CRICKET_JSON_STRING) {
        return CRICKET_INVALID;
    }

    if (hit->ntags == CRICKET_TAGS
        || memchr(r->json.text.data, '=', r->json.text.len) == NULL)
    {
        return cricket_search_odd(r);
    }

    hit->tags[hit->ntags++] = r->json.text;

    return CRICKET_OK;
}


static int
cricket_search_sort(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token)
{
    int64_t  *sort;

    sort = r->sort;

    if (cricket_search_array(r, m, token) != CRICKET_OK
        || r->nsort != CRICKET_SEARCH_SORT
        || sort[2] < 0)
    {
        return CRICKET_INVALID;
    }

    if (sort[1] >= 0 && sort[1] <= 999999
        && cricket_time_set(&r->hit.time, sort[0], (uint32_t) sort[1])
           == CRICKET_OK)
    {
        return CRICKET_OK;
    }

    return cricket_search_astray(r);
}


/*
 * A document where no datapoint can be.  The next page begins at the first
 * place behind it where one can, if there is such a place.
 */

static int
cricket_search_astray(cricket_search_reader_t *r)
{
    int64_t  *sort;

    sort = r->sort;

    if (sort[1] > 999999 && sort[0] < INT64_MAX) {
        sort[0]++;
    }

    /* before all that have the same time */

    sort[2] = -1;

    if (cricket_time_set(&r->hit.time, sort[0], 0) != CRICKET_OK) {

        if (sort[0] > 0) {
            r->past = 1;
            return CRICKET_OK;
        }

        (void) cricket_time_set(&r->hit.time, CRICKET_SEARCH_FIRST, 0);
    }

    return cricket_search_odd(r);
}


static int
cricket_search_sort_value(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token)
{
    int64_t              *value;
    const cricket_str_t  *text;

    (void) m;

    if (r->nsort == CRICKET_SEARCH_SORT) {
        return CRICKET_INVALID;
    }

    value = &r->sort[r->nsort++];

    if (cricket_search_integer(r, token, value) == CRICKET_OK) {
        return CRICKET_OK;
    }

    /* documents without a time are the last, with the largest of all */

    text = &r->json.text;

    if (r->nsort != 1
        || token != CRICKET_JSON_NUMBER
        || memchr(text->data, '.', text->len) != NULL
        || memchr(text->data, 'e', text->len) != NULL
        || memchr(text->data, 'E', text->len) != NULL)
    {
        return CRICKET_INVALID;
    }

    *value = (text->data[0] == '-') ? INT64_MIN : INT64_MAX;

    return CRICKET_OK;
}


static int
cricket_search_bucket(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token)
{
    int  rc;

    /* one name more than the page has only tells that there is more */

    if ((r->has & CRICKET_SEARCH_NAMES) && r->n == r->q->page) {
        r->more = 1;
        r->past = 1;
    }

    if (r->past) {
        return cricket_json_skip(&r->json, token);
    }

    memset(&r->bucket, 0, sizeof(cricket_search_bucket_t));
    r->key.text.len = 0;
    r->odd = 0;

    rc = cricket_search_object(r, m, token);

    if (rc != CRICKET_OK || r->past) {
        return rc;
    }

    r->n++;

    if (r->n > CRICKET_QUERY_BUCKETS) {
        r->excess = "interval: more than 10000 buckets in all";
        r->past = 1;

        return CRICKET_OK;
    }

    if (r->odd) {
        r->foreign++;

        return CRICKET_OK;
    }

    return cricket_search_write_bucket(&r->answer, &r->bucket);
}


static int
cricket_search_key(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token)
{
    int             rc;
    cricket_str_t  *key;

    rc = cricket_search_object(r, m, token);

    if (rc != CRICKET_OK) {
        return rc;
    }

    if (r->odd) {

        /* no name is before this one */

        r->last.name.data = (const unsigned char *) "\x01";
        r->last.name.len = 1;

        return CRICKET_OK;
    }

    if (r->key.text.len == 0) {
        return CRICKET_OK;
    }

    key = &r->bucket.key;

    rc = cricket_search_plain(&r->key, &r->plain, key);

    if (rc != CRICKET_OK) {
        return rc;
    }

    if (r->has & CRICKET_SEARCH_GROUPS) {
        cricket_search_group(r);
        return CRICKET_OK;
    }

    if (key->len > CRICKET_NAME_LEN) {
        return cricket_search_long(r);
    }

    r->last.name = *key;

    return CRICKET_OK;
}


/* the next page begins behind all names that begin as one that is too long */

static int
cricket_search_long(cricket_search_reader_t *r)
{
    size_t          n;
    cricket_str_t  *key, *last;

    static const char  highest[] = "\xf4\x8f\xbf\xbf";

    key = &r->bucket.key;
    last = &r->last.name;

    n = CRICKET_NAME_LEN - (sizeof(highest) - 1);

    while ((key->data[n] & 0xc0) == 0x80) {
        n--;
    }

    if (key->data == r->plain.data) {
        r->plain.len = n;

    } else {
        r->plain.len = 0;
        cricket_buf_append(&r->plain, key->data, n);
    }

    cricket_buf_append(&r->plain, highest, sizeof(highest) - 1);

    if (r->plain.failed) {
        return CRICKET_ERROR;
    }

    last->data = r->plain.data;
    last->len = r->plain.len;

    r->odd = 1;

    return CRICKET_OK;
}


/* the tags of the key come first, in order; the first of another ends them */

static void
cricket_search_group(cricket_search_reader_t *r)
{
    size_t                n;
    cricket_str_t        *key;
    const cricket_str_t  *name, *last;

    key = &r->bucket.key;
    name = &r->q->group_by;
    last = &r->group;
    n = name->len + 1;

    if (key->len < n
        || memcmp(key->data, name->data, name->len) != 0
        || key->data[name->len] != '=')
    {
        r->past = 1;
        return;
    }

    key->data += n;
    key->len -= n;

    if (r->key.text.len == last->len
        && memcmp(r->key.text.data, last->data, last->len) == 0)
    {
        return;
    }

    if (r->groups++ == CRICKET_QUERY_GROUPS) {
        r->excess = "group_by: more than 1000 groups";
        r->past = 1;
        return;
    }

    r->group = r->key.text;
    r->bucket.opens = 1;
}


/* each that was asked for, in order of their numbers */

static int
cricket_search_percentiles(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token)
{
    r->percentiles = 0;

    if (cricket_search_array(r, m, token) != CRICKET_OK
        || r->percentiles != (1u << r->q->npercentiles) - 1)
    {
        return CRICKET_INVALID;
    }

    return CRICKET_OK;
}


static int
cricket_search_percentile(cricket_search_reader_t *r,
    const cricket_search_member_t *m, cricket_json_token_e token)
{
    double    number;
    size_t    i;
    unsigned  bit;

    r->percent.len = 0;
    r->percentile.len = 0;

    if (cricket_search_object(r, m, token) != CRICKET_OK
        || r->percent.len == 0
        || cricket_json_double(&r->percent, &number) != CRICKET_OK)
    {
        return CRICKET_INVALID;
    }

    for (i = 0; i < r->q->npercentiles; i++) {

        if (r->q->percentiles[i].value != number) {
            continue;
        }

        bit = 1u << i;

        if (r->percentiles & bit) {
            return CRICKET_INVALID;
        }

        r->percentiles |= bit;
        r->bucket.percentiles[i] = r->percentile;

        return CRICKET_OK;
    }

    return CRICKET_INVALID;
}


int
cricket_search_plain(const cricket_search_text_t *text, cricket_buf_t *b,
    cricket_str_t *plain)
{
    ptrdiff_t       n;
    unsigned char  *p;

    *plain = text->text;

    if (!text->escaped) {
        return CRICKET_OK;
    }

    b->len = 0;

    p = cricket_buf_reserve(b, text->text.len);
    if (p == NULL) {
        return CRICKET_ERROR;
    }

    n = cricket_json_decode(&text->text, p);

    if (n < 0) {
        return CRICKET_INVALID;
    }

    plain->data = p;
    plain->len = n;

    return CRICKET_OK;
}
