
/*
 * Copyright (C) Cricket authors
 */


#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "cricket_json.h"
#include "cricket_query_private.h"
#include "cricket_search.h"


/* whole numbers that a double has all of */
#define CRICKET_SEARCH_MAX    9007199254740992.0

/* 0001-01-01T00:00:00Z in milliseconds */
#define CRICKET_SEARCH_FIRST  -62135596800000.0


/* what stands between the quotes of a JSON string */

typedef struct {
    cricket_str_t             text;
    unsigned                  escaped:1;
} cricket_search_text_t;


typedef struct {
    cricket_search_text_t     name;
    cricket_search_text_t     type;
    cricket_str_t             value;
    cricket_time_t            time;
    int64_t                   seq_no;
    unsigned                  sorted:1;
    size_t                    ntags;
    cricket_search_text_t     tags[CRICKET_TAGS];
} cricket_search_hit_t;


typedef struct {
    const cricket_query_t    *q;
    cricket_format_e          format;
    cricket_json_t            json;
    cricket_buf_t            *out;

    cricket_buf_t             known;    /* name and type of the query */
    cricket_buf_t             cell;
    cricket_search_text_t     name;
    cricket_search_text_t     type;

    size_t                    n;        /* hits read */
    cricket_time_t            first;    /* of those written */
    cricket_query_position_t  last;

    unsigned                  in_time:1;
    unsigned                  in_full:1;
} cricket_search_hits_t;


static int cricket_search_read_hits(cricket_search_hits_t *r,
    const cricket_query_t *q, cricket_format_e format,
    const unsigned char *data, size_t len, cricket_buf_t *out,
    const char **err);
static void cricket_search_known(cricket_search_hits_t *r);
static int cricket_search_reply(cricket_search_hits_t *r);
static int cricket_search_shards(cricket_search_hits_t *r);
static int cricket_search_hits(cricket_search_hits_t *r);
static int cricket_search_array(cricket_search_hits_t *r);
static int cricket_search_hit(cricket_search_hits_t *r);
static int cricket_search_fields(cricket_search_hits_t *r,
    cricket_search_hit_t *hit);
static int cricket_search_field(cricket_search_hits_t *r,
    cricket_search_hit_t *hit, const cricket_str_t *key,
    cricket_json_token_e token, size_t n);
static int cricket_search_sort(cricket_search_hits_t *r,
    cricket_search_hit_t *hit);
static int cricket_search_integer(const cricket_str_t *text, int64_t *n);
static int cricket_search_is(const cricket_str_t *text, const char *name);

static int cricket_search_write_json(cricket_search_hits_t *r,
    const cricket_search_hit_t *hit);
static int cricket_search_write_csv(cricket_search_hits_t *r,
    const cricket_search_hit_t *hit);
static int cricket_search_write_value(cricket_search_hits_t *r,
    const cricket_str_t *value);
static void cricket_search_write_time(cricket_buf_t *b,
    const cricket_time_t *t);
static void cricket_search_write_tags(cricket_buf_t *b,
    const cricket_search_hit_t *hit);
static int cricket_search_write_text(cricket_search_hits_t *r,
    const cricket_search_text_t *text);
static void cricket_search_write_cell(cricket_buf_t *b,
    const unsigned char *p, size_t len);

static int cricket_search_read_aggs(const cricket_query_t *q,
    const unsigned char *data, size_t len, cricket_buf_t *out,
    cricket_buf_t *next);
static int cricket_search_json(const unsigned char *data, size_t len);
static const cJSON *cricket_search_member(const cJSON *object,
    const char *name);
static int cricket_search_names(const cricket_query_t *q,
    const cJSON *buckets, cricket_buf_t *out, cricket_buf_t *next);
static int cricket_search_buckets(const cricket_query_t *q,
    const cJSON *buckets, cricket_buf_t *out);
static const char *cricket_search_group(const cricket_query_t *q,
    const cJSON *bucket);
static int cricket_search_count_buckets(const cricket_query_t *q,
    const cJSON *buckets, size_t *n, cricket_buf_t *out);
static int cricket_search_bucket(const cricket_query_t *q,
    const cJSON *bucket, cricket_buf_t *out);
static int cricket_search_stats(const cricket_query_t *q, const cJSON *aggs,
    cricket_buf_t *out);
static int cricket_search_percentiles(const cricket_query_t *q,
    const cJSON *aggs, double min, double max, cricket_buf_t *out);
static double cricket_search_double(const cJSON *item);
static int cricket_search_count(const cJSON *item, int64_t *n);


int
cricket_search_read(const cricket_query_t *q, cricket_format_e format,
    const unsigned char *data, size_t len, cricket_buf_t *out,
    cricket_buf_t *next, const char **err)
{
    int                    rc;
    cricket_search_hits_t  r;

    if (q->kind == CRICKET_QUERY_METRICS) {
        rc = cricket_search_read_hits(&r, q, format, data, len, out, err);

        if (rc == CRICKET_OK && r.n > q->page) {
            cricket_query_next(q, &r.last, next);
        }

    } else {
        *err = "not the reply to an aggregation";

        rc = cricket_search_read_aggs(q, data, len, out, next);
    }

    if (rc != CRICKET_INVALID && (out->failed || next->failed)) {
        return CRICKET_ERROR;
    }

    return rc;
}


int
cricket_search_export(cricket_query_t *q, cricket_format_e format,
    const unsigned char *data, size_t len, cricket_buf_t *out,
    const char **err)
{
    int                    rc;
    int64_t                first, last;
    cricket_search_hits_t  r;

    rc = cricket_search_read_hits(&r, q, format, data, len, out, err);

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
cricket_search_read_hits(cricket_search_hits_t *r, const cricket_query_t *q,
    cricket_format_e format, const unsigned char *data, size_t len,
    cricket_buf_t *out, const char **err)
{
    int  rc;

    memset(r, 0, sizeof(cricket_search_hits_t));

    r->q = q;
    r->format = format;
    r->out = out;

    cricket_buf_init(&r->known, SIZE_MAX);
    cricket_buf_init(&r->cell, SIZE_MAX);
    cricket_json_init(&r->json, data, len);

    *err = "not the reply to a search";

    if (format == CRICKET_FORMAT_JSON) {
        cricket_buf_literal(out, "[");

    } else if (format == CRICKET_FORMAT_CSV
               && (q->kind != CRICKET_QUERY_EXPORT || !q->after_set))
    {
        cricket_buf_literal(out, "name,type,value,timestamp,tags\r\n");
    }

    cricket_search_known(r);

    rc = r->known.failed ? CRICKET_ERROR : cricket_search_reply(r);

    if (r->cell.failed) {
        rc = CRICKET_ERROR;
    }

    if (format == CRICKET_FORMAT_JSON) {
        cricket_buf_literal(out, "]");
    }

    cricket_buf_free(&r->known);
    cricket_buf_free(&r->cell);

    return rc;
}


/* what is filtered for is not read: it is in the query */

static void
cricket_search_known(cricket_search_hits_t *r)
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


static int
cricket_search_reply(cricket_search_hits_t *r)
{
    int                   rc;
    cricket_str_t         key;
    cricket_json_token_e  token;

    if (cricket_json_next(&r->json) != CRICKET_JSON_OBJECT) {
        return CRICKET_INVALID;
    }

    for ( ;; ) {
        token = cricket_json_next(&r->json);

        if (token == CRICKET_JSON_OBJECT_END) {
            break;
        }

        if (token != CRICKET_JSON_KEY) {
            return CRICKET_INVALID;
        }

        key = r->json.text;

        if (cricket_search_is(&key, "hits")) {
            rc = cricket_search_hits(r);

        } else if (cricket_search_is(&key, "_shards")) {
            rc = cricket_search_shards(r);

        } else {
            token = cricket_json_next(&r->json);
            r->in_time |= (token == CRICKET_JSON_FALSE
                           && cricket_search_is(&key, "timed_out"));
            rc = cricket_json_skip(&r->json, token);
        }

        if (rc != CRICKET_OK) {
            return rc;
        }
    }

    if (cricket_json_next(&r->json) != CRICKET_JSON_END
        || !r->in_time || !r->in_full)
    {
        return CRICKET_INVALID;
    }

    return CRICKET_OK;
}


static int
cricket_search_shards(cricket_search_hits_t *r)
{
    cricket_str_t         key;
    cricket_json_token_e  token;

    if (cricket_json_next(&r->json) != CRICKET_JSON_OBJECT) {
        return CRICKET_INVALID;
    }

    for ( ;; ) {
        token = cricket_json_next(&r->json);

        if (token == CRICKET_JSON_OBJECT_END) {
            return CRICKET_OK;
        }

        key = r->json.text;

        if (token == CRICKET_JSON_KEY) {
            token = cricket_json_next(&r->json);

            r->in_full |= (token == CRICKET_JSON_NUMBER
                           && cricket_search_is(&key, "failed")
                           && cricket_search_is(&r->json.text, "0"));

            if (cricket_json_skip(&r->json, token) == CRICKET_OK) {
                continue;
            }
        }

        return CRICKET_INVALID;
    }
}


/* the object that has the array of the same name; no array, no hits */

static int
cricket_search_hits(cricket_search_hits_t *r)
{
    int                   rc;
    cricket_json_token_e  token;

    if (cricket_json_next(&r->json) != CRICKET_JSON_OBJECT) {
        return CRICKET_INVALID;
    }

    for ( ;; ) {
        token = cricket_json_next(&r->json);

        if (token == CRICKET_JSON_OBJECT_END) {
            return CRICKET_OK;
        }

        if (token != CRICKET_JSON_KEY) {
            return CRICKET_INVALID;
        }

        if (cricket_search_is(&r->json.text, "hits")) {
            rc = cricket_search_array(r);

        } else {
            rc = cricket_json_skip(&r->json, cricket_json_next(&r->json));
        }

        if (rc != CRICKET_OK) {
            return rc;
        }
    }
}


static int
cricket_search_array(cricket_search_hits_t *r)
{
    int                   rc;
    cricket_json_token_e  token;

    if (r->n != 0 || cricket_json_next(&r->json) != CRICKET_JSON_ARRAY) {
        return CRICKET_INVALID;
    }

    for ( ;; ) {
        token = cricket_json_next(&r->json);

        if (token == CRICKET_JSON_ARRAY_END) {
            return CRICKET_OK;
        }

        if (token != CRICKET_JSON_OBJECT) {
            return CRICKET_INVALID;
        }

        rc = cricket_search_hit(r);

        if (rc != CRICKET_OK) {
            return rc;
        }
    }
}


static int
cricket_search_hit(cricket_search_hits_t *r)
{
    int                   rc;
    cricket_str_t         key;
    cricket_json_token_e  token;
    cricket_search_hit_t  hit;

    /* without the tags, an array of 1 KB */

    memset(&hit, 0, offsetof(cricket_search_hit_t, tags));

    hit.name = r->name;
    hit.type = r->type;

    for ( ;; ) {
        token = cricket_json_next(&r->json);

        if (token == CRICKET_JSON_OBJECT_END) {
            break;
        }

        if (token != CRICKET_JSON_KEY) {
            return CRICKET_INVALID;
        }

        key = r->json.text;

        if (cricket_search_is(&key, "fields")) {
            rc = cricket_search_fields(r, &hit);

        } else if (cricket_search_is(&key, "sort")) {
            rc = cricket_search_sort(r, &hit);

        } else {
            rc = cricket_json_skip(&r->json, cricket_json_next(&r->json));
        }

        if (rc != CRICKET_OK) {
            return rc;
        }
    }

    if (!hit.sorted || hit.name.text.len == 0 || hit.type.text.len == 0
        || hit.value.len == 0)
    {
        return CRICKET_INVALID;
    }

    r->n++;

    /* one hit more than the page has only tells that there is more */

    if (r->n > r->q->page) {
        return (r->q->kind == CRICKET_QUERY_METRICS
                && r->n == (size_t) r->q->page + 1) ? CRICKET_OK
                                                    : CRICKET_INVALID;
    }

    if (r->n == 1) {
        r->first = hit.time;
    }

    r->last.time = hit.time;
    r->last.seq_no = hit.seq_no;

    if (r->format == CRICKET_FORMAT_CSV) {
        return cricket_search_write_csv(r, &hit);
    }

    return cricket_search_write_json(r, &hit);
}


/* every field of "docvalue_fields" is an array of its values */

static int
cricket_search_fields(cricket_search_hits_t *r, cricket_search_hit_t *hit)
{
    size_t                n;
    cricket_str_t         key;
    cricket_json_token_e  token;

    if (cricket_json_next(&r->json) != CRICKET_JSON_OBJECT) {
        return CRICKET_INVALID;
    }

    for ( ;; ) {
        token = cricket_json_next(&r->json);

        if (token == CRICKET_JSON_OBJECT_END) {
            return CRICKET_OK;
        }

        if (token != CRICKET_JSON_KEY) {
            return CRICKET_INVALID;
        }

        key = r->json.text;

        if (cricket_json_next(&r->json) != CRICKET_JSON_ARRAY) {
            return CRICKET_INVALID;
        }

        for (n = 0; /* void */ ; n++) {
            token = cricket_json_next(&r->json);

            if (token == CRICKET_JSON_ARRAY_END) {
                break;
            }

            if (cricket_search_field(r, hit, &key, token, n) != CRICKET_OK) {
                return CRICKET_INVALID;
            }
        }
    }
}


/* the value number n of a field */

static int
cricket_search_field(cricket_search_hits_t *r, cricket_search_hit_t *hit,
    const cricket_str_t *key, cricket_json_token_e token, size_t n)
{
    cricket_search_text_t  *text;

    if (n == 0 && token == CRICKET_JSON_NUMBER
        && cricket_search_is(key, "value"))
    {
        hit->value = r->json.text;
        return CRICKET_OK;
    }

    if (token != CRICKET_JSON_STRING) {
        return CRICKET_INVALID;
    }

    if (n < CRICKET_TAGS && cricket_search_is(key, "tags")) {
        text = &hit->tags[n];
        hit->ntags = n + 1;

        if (memchr(r->json.text.data, '=', r->json.text.len) == NULL) {
            return CRICKET_INVALID;
        }

    } else if (n == 0 && cricket_search_is(key, "name")) {
        text = &hit->name;

    } else if (n == 0 && cricket_search_is(key, "type")) {
        text = &hit->type;

    } else {
        return CRICKET_INVALID;
    }

    text->text = r->json.text;
    text->escaped = r->json.escaped;

    return CRICKET_OK;
}


/* the array of milliseconds, nanoseconds and sequence number */

static int
cricket_search_sort(cricket_search_hits_t *r, cricket_search_hit_t *hit)
{
    size_t   i;
    int64_t  n[3];

    if (cricket_json_next(&r->json) != CRICKET_JSON_ARRAY) {
        return CRICKET_INVALID;
    }

    for (i = 0; i < 3; i++) {

        if (cricket_json_next(&r->json) != CRICKET_JSON_NUMBER
            || cricket_search_integer(&r->json.text, &n[i]) != CRICKET_OK)
        {
            return CRICKET_INVALID;
        }
    }

    if (cricket_json_next(&r->json) != CRICKET_JSON_ARRAY_END
        || n[1] < 0 || n[1] > 999999 || n[2] < 0
        || cricket_time_set(&hit->time, n[0], (uint32_t) n[1]) != CRICKET_OK)
    {
        return CRICKET_INVALID;
    }

    hit->seq_no = n[2];
    hit->sorted = 1;

    return CRICKET_OK;
}


/* the text of a JSON number that is whole and has at most 18 digits */

static int
cricket_search_integer(const cricket_str_t *text, int64_t *n)
{
    size_t   i;
    int64_t  value;

    i = (text->len != 0 && text->data[0] == '-');

    if (i == text->len || text->len - i > 18) {
        return CRICKET_INVALID;
    }

    value = 0;

    for ( /* void */ ; i < text->len; i++) {

        if (text->data[i] < '0' || text->data[i] > '9') {
            return CRICKET_INVALID;
        }

        value = value * 10 + (text->data[i] - '0');
    }

    *n = (text->data[0] == '-') ? -value : value;

    return CRICKET_OK;
}


static int
cricket_search_is(const cricket_str_t *text, const char *name)
{
    return text->len == strlen(name)
           && memcmp(text->data, name, text->len) == 0;
}


static int
cricket_search_write_json(cricket_search_hits_t *r,
    const cricket_search_hit_t *hit)
{
    cricket_buf_t  *b;

    b = r->out;

    if (r->format == CRICKET_FORMAT_JSON && r->n > 1) {
        cricket_buf_literal(b, ",\n");
    }

    cricket_buf_literal(b, "{\"name\":\"");
    cricket_buf_append(b, hit->name.text.data, hit->name.text.len);
    cricket_buf_literal(b, "\",\"type\":\"");
    cricket_buf_append(b, hit->type.text.data, hit->type.text.len);
    cricket_buf_literal(b, "\",\"value\":");

    if (cricket_search_write_value(r, &hit->value) != CRICKET_OK) {
        return CRICKET_INVALID;
    }

    cricket_buf_literal(b, ",\"timestamp\":\"");
    cricket_search_write_time(b, &hit->time);
    cricket_buf_literal(b, "\"");

    if (hit->ntags != 0) {
        cricket_buf_literal(b, ",\"tags\":");
        cricket_search_write_tags(b, hit);
    }

    cricket_buf_literal(b, "}");

    if (r->format == CRICKET_FORMAT_NDJSON) {
        cricket_buf_literal(b, "\n");
    }

    return CRICKET_OK;
}


/*
 * RFC 4180.  The tags are one cell, the JSON object that they are elsewhere:
 * their values may have any separator in them.
 */

static int
cricket_search_write_csv(cricket_search_hits_t *r,
    const cricket_search_hit_t *hit)
{
    int             rc;
    cricket_buf_t  *b;

    b = r->out;

    rc = cricket_search_write_text(r, &hit->name);

    if (rc != CRICKET_OK) {
        return rc;
    }

    cricket_buf_literal(b, ",");

    rc = cricket_search_write_text(r, &hit->type);

    if (rc != CRICKET_OK) {
        return rc;
    }

    cricket_buf_literal(b, ",");

    if (cricket_search_write_value(r, &hit->value) != CRICKET_OK) {
        return CRICKET_INVALID;
    }

    cricket_buf_literal(b, ",");
    cricket_search_write_time(b, &hit->time);
    cricket_buf_literal(b, ",");

    if (hit->ntags != 0) {
        r->cell.len = 0;
        cricket_search_write_tags(&r->cell, hit);

        if (r->cell.failed) {
            return CRICKET_ERROR;
        }

        cricket_search_write_cell(b, r->cell.data, r->cell.len);
    }

    cricket_buf_literal(b, "\r\n");

    return CRICKET_OK;
}


/*
 * "1.0" is 1, but "-0.0" stays: some readers take "-0" for the integer 0;
 * "1.0E10" is written anew; the rest is a JSON number as it is.
 */

static int
cricket_search_write_value(cricket_search_hits_t *r,
    const cricket_str_t *value)
{
    double                number;
    size_t                len;
    const unsigned char  *p;

    p = value->data;
    len = value->len;

    if (memchr(p, 'E', len) != NULL || memchr(p, 'e', len) != NULL) {

        if (cricket_json_double(value, &number) != CRICKET_OK) {
            return CRICKET_INVALID;
        }

        cricket_buf_double(r->out, number);

        return CRICKET_OK;
    }

    if (len > 2 && p[len - 2] == '.' && p[len - 1] == '0'
        && !cricket_search_is(value, "-0.0"))
    {
        len -= 2;
    }

    cricket_buf_append(r->out, p, len);

    return CRICKET_OK;
}


static void
cricket_search_write_time(cricket_buf_t *b, const cricket_time_t *t)
{
    unsigned char  *p;

    p = cricket_buf_reserve(b, CRICKET_TIME_LEN);

    if (p != NULL) {
        b->len += cricket_time_format(p, t);
    }
}


static void
cricket_search_write_tags(cricket_buf_t *b, const cricket_search_hit_t *hit)
{
    size_t                i, n;
    const unsigned char  *equal;
    const cricket_str_t  *text;

    for (i = 0; i < hit->ntags; i++) {
        text = &hit->tags[i].text;

        /* a key has no "=", a value may have some */

        equal = memchr(text->data, '=', text->len);
        n = equal - text->data;

        cricket_buf_cstr(b, (i == 0) ? "{\"" : ",\"");
        cricket_buf_append(b, text->data, n);
        cricket_buf_literal(b, "\":\"");
        cricket_buf_append(b, equal + 1, text->len - n - 1);
        cricket_buf_literal(b, "\"");
    }

    cricket_buf_literal(b, "}");
}


static int
cricket_search_write_text(cricket_search_hits_t *r,
    const cricket_search_text_t *text)
{
    ptrdiff_t       n;
    unsigned char  *p;

    if (!text->escaped) {
        cricket_search_write_cell(r->out, text->text.data, text->text.len);
        return CRICKET_OK;
    }

    r->cell.len = 0;
    p = cricket_buf_reserve(&r->cell, text->text.len);

    if (p == NULL) {
        return CRICKET_ERROR;
    }

    n = cricket_json_decode(&text->text, p);

    if (n < 0) {
        return CRICKET_INVALID;
    }

    cricket_search_write_cell(r->out, p, n);

    return CRICKET_OK;
}


static void
cricket_search_write_cell(cricket_buf_t *b, const unsigned char *p, size_t len)
{
    size_t  i, plain;

    for (i = 0; i < len; i++) {
        if (p[i] == '"' || p[i] == ',' || p[i] == '\r' || p[i] == '\n') {
            break;
        }
    }

    if (i == len) {
        cricket_buf_append(b, p, len);
        return;
    }

    cricket_buf_literal(b, "\"");

    for (plain = 0; i < len; i++) {

        if (p[i] == '"') {
            cricket_buf_append(b, p + plain, i + 1 - plain);
            plain = i;
        }
    }

    cricket_buf_append(b, p + plain, len - plain);
    cricket_buf_literal(b, "\"");
}


static int
cricket_search_read_aggs(const cricket_query_t *q, const unsigned char *data,
    size_t len, cricket_buf_t *out, cricket_buf_t *next)
{
    int           rc;
    cJSON        *root;
    const cJSON  *aggs, *buckets, *failed;

    if (cricket_search_json(data, len) != CRICKET_OK) {
        return CRICKET_INVALID;
    }

    /* cJSON does not say whether it was the text or malloc() that failed */

    errno = 0;

    root = cJSON_ParseWithLength((const char *) data, len);

    if (root == NULL) {
        return (errno == ENOMEM) ? CRICKET_ERROR : CRICKET_INVALID;
    }

    rc = CRICKET_INVALID;

    aggs = cricket_search_member(root, "aggregations");
    failed = cricket_search_member(cricket_search_member(root, "_shards"),
                                   "failed");

    if (!cJSON_IsFalse(cricket_search_member(root, "timed_out"))
        || !cJSON_IsNumber(failed) || failed->valuedouble != 0)
    {
        goto done;
    }

    if (q->kind == CRICKET_QUERY_STATS
        && q->interval.len == 0 && q->group_by.len == 0)
    {
        cricket_buf_literal(out, "{");
        rc = cricket_search_stats(q, aggs, out);
        cricket_buf_literal(out, "}");

        goto done;
    }

    buckets = cricket_search_member(cricket_search_member(aggs, "buckets"),
                                    "buckets");

    if (!cJSON_IsArray(buckets)) {
        goto done;
    }

    if (q->kind == CRICKET_QUERY_NAMES) {
        rc = cricket_search_names(q, buckets, out, next);

    } else {
        rc = cricket_search_buckets(q, buckets, out);
    }

done:

    cJSON_Delete(root);

    return rc;
}


/* cJSON takes what is not JSON, broken UTF-8 for one */

static int
cricket_search_json(const unsigned char *data, size_t len)
{
    cricket_json_t        json;
    cricket_json_token_e  token;

    cricket_json_init(&json, data, len);

    do {
        token = cricket_json_next(&json);

        if (token == CRICKET_JSON_ERROR) {
            return CRICKET_INVALID;
        }

    } while (token != CRICKET_JSON_END);

    return CRICKET_OK;
}


static const cJSON *
cricket_search_member(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}


static int
cricket_search_names(const cricket_query_t *q, const cJSON *buckets,
    cricket_buf_t *out, cricket_buf_t *next)
{
    size_t                    n;
    int64_t                   count;
    const cJSON              *bucket, *name;
    cricket_query_position_t  last;

    memset(&last, 0, sizeof(cricket_query_position_t));

    cricket_buf_literal(out, "{\"names\":[");

    n = 0;

    cJSON_ArrayForEach(bucket, buckets) {

        if (n++ == q->page) {
            cricket_query_next(q, &last, next);
            break;
        }

        name = cricket_search_member(cricket_search_member(bucket, "key"),
                                     "name");

        if (!cJSON_IsString(name)
            || cricket_search_count(cricket_search_member(bucket, "doc_count"),
                                    &count)
               != CRICKET_OK)
        {
            return CRICKET_INVALID;
        }

        last.name.data = (unsigned char *) name->valuestring;
        last.name.len = strlen(name->valuestring);

        if (last.name.len == 0 || last.name.len > CRICKET_NAME_LEN) {
            return CRICKET_INVALID;
        }

        cricket_buf_cstr(out, (n == 1) ? "{\"name\":" : ",\n{\"name\":");
        cricket_buf_json(out, last.name.data, last.name.len);
        cricket_buf_literal(out, ",\"count\":");
        cricket_buf_int(out, count);
        cricket_buf_literal(out, "}");
    }

    cricket_buf_literal(out, "]}");

    return CRICKET_OK;
}


/* a series, groups, or groups that each have a series */

static int
cricket_search_buckets(const cricket_query_t *q, const cJSON *buckets,
    cricket_buf_t *out)
{
    int           rc;
    size_t        i, n;
    const char   *group, *last;
    const cJSON  *bucket;

    rc = cricket_search_count_buckets(q, buckets, &n, out);

    if (rc != CRICKET_OK) {
        return rc;
    }

    cricket_buf_literal(out, "{");

    if (q->group_by.len != 0) {
        cricket_buf_literal(out, "\"group_by\":");
        cricket_buf_json(out, q->group_by.data, q->group_by.len);
        cricket_buf_literal(out, ",");
    }

    if (q->interval.len != 0) {
        cricket_buf_literal(out, "\"interval\":");
        cricket_buf_json(out, q->interval.data, q->interval.len);
        cricket_buf_literal(out, ",");
    }

    cricket_buf_cstr(out, q->group_by.len ? "\"groups\":[" : "\"buckets\":[");

    last = NULL;
    bucket = buckets->child;

    for (i = 0; i < n; i++) {

        if (q->group_by.len == 0) {
            cricket_buf_cstr(out, (i == 0) ? "{" : ",\n{");

        } else {
            group = cricket_search_group(q, bucket);

            if (last == NULL || strcmp(group, last) != 0) {

                if (q->interval.len != 0 && last != NULL) {
                    cricket_buf_literal(out, "]}");
                }

                cricket_buf_cstr(out, (i == 0) ? "{" : ",\n{");
                cricket_buf_literal(out, "\"value\":");
                cricket_buf_json(out, (const unsigned char *) group,
                                 strlen(group));

                if (q->interval.len != 0) {
                    cricket_buf_literal(out, ",\"interval\":");
                    cricket_buf_json(out, q->interval.data, q->interval.len);
                    cricket_buf_literal(out, ",\"buckets\":[{");

                } else {
                    cricket_buf_literal(out, ",");
                }

            } else {
                cricket_buf_literal(out, ",\n{");
            }

            last = group;
        }

        rc = cricket_search_bucket(q, bucket, out);

        if (rc != CRICKET_OK) {
            return rc;
        }

        cricket_buf_literal(out, "}");

        bucket = bucket->next;
    }

    if (q->group_by.len != 0 && q->interval.len != 0 && last != NULL) {
        cricket_buf_literal(out, "]}");
    }

    cricket_buf_literal(out, "]}");

    return CRICKET_OK;
}


/* the value of the bucket's tag; NULL if it is another tag, or no bucket */

static const char *
cricket_search_group(const cricket_query_t *q, const cJSON *bucket)
{
    const cJSON  *group;

    group = cricket_search_member(cricket_search_member(bucket, "key"),
                                  "group");

    if (!cJSON_IsString(group)
        || strncmp(group->valuestring, (const char *) q->group_by.data,
                   q->group_by.len)
           != 0
        || group->valuestring[q->group_by.len] != '=')
    {
        return NULL;
    }

    return group->valuestring + q->group_by.len + 1;
}


/* counts the buckets up to the first one of another tag's */

static int
cricket_search_count_buckets(const cricket_query_t *q, const cJSON *buckets,
    size_t *n, cricket_buf_t *out)
{
    size_t        groups;
    const char   *group, *last;
    const cJSON  *bucket;

    *n = 0;
    groups = 0;
    last = NULL;

    cJSON_ArrayForEach(bucket, buckets) {

        if (q->group_by.len != 0) {
            group = cricket_search_group(q, bucket);

            if (group == NULL) {
                break;
            }

            if (last == NULL || strcmp(group, last) != 0) {
                groups++;
            }

            last = group;
        }

        (*n)++;
    }

    if (groups > CRICKET_QUERY_GROUPS) {
        cricket_buf_literal(out, "group_by: more than 1000 groups");
        return CRICKET_DONE;
    }

    if (*n > CRICKET_QUERY_BUCKETS) {
        cricket_buf_literal(out, "interval: more than 10000 buckets");
        return CRICKET_DONE;
    }

    return CRICKET_OK;
}


static int
cricket_search_bucket(const cricket_query_t *q, const cJSON *bucket,
    cricket_buf_t *out)
{
    double          msec;
    const cJSON    *start;
    cricket_time_t  time;

    if (q->interval.len != 0) {
        start = cricket_search_member(cricket_search_member(bucket, "key"),
                                      "time");

        if (!cJSON_IsNumber(start)
            || fabs(start->valuedouble) > CRICKET_SEARCH_MAX)
        {
            return CRICKET_INVALID;
        }

        msec = start->valuedouble;

        /* the first bucket may begin before there are any instants */

        if (msec < CRICKET_SEARCH_FIRST) {
            msec = CRICKET_SEARCH_FIRST;
        }

        if (cricket_time_set(&time, (int64_t) msec, 0) != CRICKET_OK) {
            return CRICKET_INVALID;
        }

        cricket_buf_literal(out, "\"start\":\"");
        cricket_search_write_time(out, &time);
        cricket_buf_literal(out, "\",");
    }

    return cricket_search_stats(q, bucket, out);
}


static int
cricket_search_stats(const cricket_query_t *q, const cJSON *aggs,
    cricket_buf_t *out)
{
    double        sum, min, max, average;
    int64_t       count;
    const cJSON  *stats;

    stats = cricket_search_member(aggs, "stats");

    if (cricket_search_count(cricket_search_member(stats, "count"), &count)
        != CRICKET_OK)
    {
        return CRICKET_INVALID;
    }

    cricket_buf_literal(out, "\"count\":");
    cricket_buf_int(out, count);

    /* what is not finite is null, and is a string in the reply */

    sum = cricket_search_double(cricket_search_member(stats, "sum"));
    min = cricket_search_double(cricket_search_member(stats, "min"));
    max = cricket_search_double(cricket_search_member(stats, "max"));
    average = cricket_search_double(cricket_search_member(stats, "avg"));

    cricket_buf_literal(out, ",\"sum\":");
    cricket_buf_double(out, sum);
    cricket_buf_literal(out, ",\"min\":");
    cricket_buf_double(out, min);
    cricket_buf_literal(out, ",\"max\":");
    cricket_buf_double(out, max);
    cricket_buf_literal(out, ",\"average\":");
    cricket_buf_double(out, isfinite(sum) ? average : sum);

    if (q->npercentiles != 0) {
        return cricket_search_percentiles(q, aggs, min, max, out);
    }

    return CRICKET_OK;
}


static int
cricket_search_percentiles(const cricket_query_t *q, const cJSON *aggs,
    double min, double max, cricket_buf_t *out)
{
    double                             value;
    size_t                             i;
    const cJSON                       *values, *item, *key;
    const cricket_query_percentile_t  *percentile;

    values = cricket_search_member(cricket_search_member(aggs, "percentiles"),
                                   "values");

    if (!cJSON_IsArray(values)) {
        return CRICKET_INVALID;
    }

    cricket_buf_literal(out, ",\"percentiles\":{");

    for (i = 0; i < q->npercentiles; i++) {
        percentile = &q->percentiles[i];

        /* they are sorted in the reply */

        cJSON_ArrayForEach(item, values) {
            key = cricket_search_member(item, "key");

            if (cJSON_IsNumber(key) && key->valuedouble == percentile->value) {
                break;
            }
        }

        if (item == NULL) {
            return CRICKET_INVALID;
        }

        value = cricket_search_double(cricket_search_member(item, "value"));

        /* they are estimates, and may be an ulp outside of what there is */

        if (value < min) {
            value = min;

        } else if (value > max) {
            value = max;
        }

        cricket_buf_cstr(out, (i == 0) ? "\"" : ",\"");
        cricket_buf_append(out, percentile->text.data, percentile->text.len);
        cricket_buf_literal(out, "\":");
        cricket_buf_double(out, value);
    }

    cricket_buf_literal(out, "}");

    return CRICKET_OK;
}


static double
cricket_search_double(const cJSON *item)
{
    return cJSON_IsNumber(item) ? item->valuedouble : NAN;
}


static int
cricket_search_count(const cJSON *item, int64_t *n)
{
    if (!cJSON_IsNumber(item)
        || item->valuedouble < 0
        || item->valuedouble > CRICKET_SEARCH_MAX)
    {
        return CRICKET_INVALID;
    }

    *n = (int64_t) item->valuedouble;

    return CRICKET_OK;
}
