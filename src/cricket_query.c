
/*
 * Copyright (C) Cricket authors
 */


#include <stdlib.h>
#include <string.h>

#include "cricket_json.h"
#include "cricket_query_private.h"
#include "cricket_utf8.h"


/* kinds of requests, as bits */
#define CRICKET_ON_POST      (1 << CRICKET_QUERY_POST)
#define CRICKET_ON_METRICS   (1 << CRICKET_QUERY_METRICS)
#define CRICKET_ON_STATS     (1 << CRICKET_QUERY_STATS)
#define CRICKET_ON_NAMES     (1 << CRICKET_QUERY_NAMES)
#define CRICKET_ON_EXPORT    (1 << CRICKET_QUERY_EXPORT)
#define CRICKET_ON_DATA      (CRICKET_ON_METRICS | CRICKET_ON_EXPORT)
#define CRICKET_ON_RANGE     (CRICKET_ON_DATA | CRICKET_ON_STATS)
#define CRICKET_ON_PAGES     (CRICKET_ON_METRICS | CRICKET_ON_NAMES)

#define CRICKET_FNV_BASIS    0xcbf29ce484222325
#define CRICKET_FNV_PRIME    0x100000001b3

/* a cursor: its version, a checksum, and a position */
#define CRICKET_CURSOR       1
#define CRICKET_CURSOR_HEAD  (1 + 8)
#define CRICKET_CURSOR_TIME  (8 + 4 + 8)
#define CRICKET_CURSOR_LEN   (CRICKET_CURSOR_HEAD + CRICKET_NAME_LEN)

#define CRICKET_INTERVAL_MAX    (36500LL * 86400)
#define CRICKET_PERCENTILE_LEN  16
#define CRICKET_MESSAGE_NAME    64      /* of a name that the client chose */


/* stores arg->value; returns NULL or what is wrong with it */
typedef const char *(*cricket_query_handler_pt)(cricket_query_t *q,
    cricket_query_arg_t *arg);


struct cricket_query_param_s {
    cricket_str_t                 name;
    cricket_query_handler_pt      handler;
    size_t                        offset;       /* of the field to set */
    size_t                        max;          /* length of the value */
    unsigned                      kinds;        /* that have it */
    unsigned                      required;     /* kinds that must have it */

    unsigned                      prefix:1;     /* name is how it begins */
    unsigned                      view:1;       /* not a filter */
};


typedef struct {
    cricket_str_t                 type;
    cricket_str_t                 subtype;
    unsigned                      q;            /* thousandths */
} cricket_media_range_t;


static const char *cricket_query_text(cricket_query_t *q,
    cricket_query_arg_t *arg);
static const char *cricket_query_tag(cricket_query_t *q,
    cricket_query_arg_t *arg);
static const char *cricket_query_key(cricket_query_t *q,
    cricket_query_arg_t *arg);
static const char *cricket_query_time(cricket_query_t *q,
    cricket_query_arg_t *arg);
static const char *cricket_query_limit(cricket_query_t *q,
    cricket_query_arg_t *arg);
static const char *cricket_query_interval(cricket_query_t *q,
    cricket_query_arg_t *arg);
static const char *cricket_query_percentiles(cricket_query_t *q,
    cricket_query_arg_t *arg);
static const char *cricket_query_format_name(cricket_query_t *q,
    cricket_query_arg_t *arg);
static const char *cricket_query_export_format(cricket_query_t *q,
    cricket_query_arg_t *arg);
static const char *cricket_query_partial(cricket_query_t *q,
    cricket_query_arg_t *arg);
static const char *cricket_query_wait(cricket_query_t *q,
    cricket_query_arg_t *arg);

static int cricket_query_arg(cricket_query_t *q, const unsigned char *p,
    size_t len, cricket_buf_t *err);
static int cricket_query_whole(cricket_query_t *q, cricket_buf_t *err);
static const char *cricket_query_decode(cricket_query_t *q,
    const unsigned char *p, size_t len, cricket_str_t *s);
static const char *cricket_query_relative(const cricket_query_t *q,
    const cricket_str_t *s, cricket_time_t *t);
static const char *cricket_query_epoch(const cricket_str_t *s,
    cricket_time_t *t);
static int cricket_query_number(const unsigned char *p, size_t len,
    int64_t *n);
static int cricket_query_seconds(unsigned char unit);
static int cricket_query_equal(const cricket_str_t *s, const char *text);
static void cricket_query_fail(cricket_buf_t *err, const cricket_str_t *name,
    const char *message);
static void cricket_query_encode(cricket_buf_t *b, const cricket_str_t *s);

static const char *cricket_cursor_read(cricket_query_t *q);
static uint64_t cricket_cursor_check(const cricket_query_t *q,
    const unsigned char *p, size_t len);
static uint64_t cricket_cursor_hash(uint64_t hash, const unsigned char *p,
    size_t len);
static uint64_t cricket_cursor_get(const unsigned char *p, size_t n);
static unsigned char *cricket_cursor_put(unsigned char *p, uint64_t value,
    size_t n);
static void cricket_base64url_encode(cricket_buf_t *b, const unsigned char *p,
    size_t len);
static int cricket_base64url_decode(unsigned char *dst, size_t size,
    const cricket_str_t *s, size_t *len);

static int cricket_media_next(const unsigned char **pos,
    const unsigned char *last, cricket_media_range_t *range);
static void cricket_media_trim(cricket_str_t *s);
static int cricket_media_weight(const cricket_str_t *s, unsigned *q);
static int cricket_media_match(const cricket_media_range_t *range,
    const char *type, const char *subtype);
static int cricket_media_equal(const cricket_str_t *s, const char *text);


/* every parameter there is */

static const cricket_query_param_t  cricket_query_params[] = {

    { cricket_string("name"), cricket_query_text,
      offsetof(cricket_query_t, name), CRICKET_NAME_LEN,
      CRICKET_ON_RANGE, CRICKET_ON_STATS, 0, 0 },

    { cricket_string("timestamp"), cricket_query_time,
      offsetof(cricket_query_t, timestamp), 0,
      CRICKET_ON_METRICS, 0, 0, 0 },

    { cricket_string("type"), cricket_query_text,
      offsetof(cricket_query_t, type), CRICKET_TYPE_LEN,
      CRICKET_ON_RANGE, 0, 0, 0 },

    { cricket_string("tag."), cricket_query_tag,
      0, CRICKET_TAG_VALUE_LEN,
      CRICKET_ON_RANGE, 0, 1, 0 },

    { cricket_string("start"), cricket_query_time,
      offsetof(cricket_query_t, start), 0,
      CRICKET_ON_RANGE, CRICKET_ON_STATS, 0, 0 },

    { cricket_string("end"), cricket_query_time,
      offsetof(cricket_query_t, end), 0,
      CRICKET_ON_RANGE, CRICKET_ON_STATS, 0, 0 },

    { cricket_string("prefix"), cricket_query_text,
      offsetof(cricket_query_t, prefix), CRICKET_NAME_LEN,
      CRICKET_ON_NAMES, 0, 0, 0 },

    { cricket_string("group_by"), cricket_query_key,
      offsetof(cricket_query_t, group_by), CRICKET_TAG_KEY_LEN,
      CRICKET_ON_STATS, 0, 0, 0 },

    { cricket_string("interval"), cricket_query_interval,
      offsetof(cricket_query_t, interval), 0,
      CRICKET_ON_STATS, 0, 0, 0 },

    { cricket_string("percentiles"), cricket_query_percentiles,
      0, 0,
      CRICKET_ON_STATS, 0, 0, 0 },

    { cricket_string("limit"), cricket_query_limit,
      0, 0,
      CRICKET_ON_PAGES, 0, 0, 1 },

    { cricket_string("cursor"), cricket_query_text,
      offsetof(cricket_query_t, cursor), CRICKET_CURSOR_LEN * 2,
      CRICKET_ON_PAGES, 0, 0, 1 },

    { cricket_string("format"), cricket_query_format_name,
      0, 0,
      CRICKET_ON_METRICS, 0, 0, 1 },

    { cricket_string("format"), cricket_query_export_format,
      0, 0,
      CRICKET_ON_EXPORT, 0, 0, 1 },

    { cricket_string("accept_partial"), cricket_query_partial,
      0, 0,
      CRICKET_ON_POST, 0, 0, 1 },

    { cricket_string("refresh"), cricket_query_wait,
      0, 0,
      CRICKET_ON_POST, 0, 0, 1 }
};


#define CRICKET_QUERY_PARAMS                                                  \
    (sizeof(cricket_query_params) / sizeof(cricket_query_params[0]))


/* in the order of preference */

static const struct {
    const char                   *type;
    const char                   *subtype;
    cricket_format_e              format;
} cricket_query_media[] = {
    { "application", "json", CRICKET_FORMAT_JSON },
    { "application", "x-ndjson", CRICKET_FORMAT_NDJSON },
    { "text", "csv", CRICKET_FORMAT_CSV }
};


#define CRICKET_QUERY_MEDIA                                                   \
    (sizeof(cricket_query_media) / sizeof(cricket_query_media[0]))


cricket_query_t *
cricket_query_parse(cricket_query_e kind, const unsigned char *args,
    size_t len, const cricket_time_t *now, cricket_buf_t *err)
{
    size_t                n, size;
    cricket_query_t      *q;
    const unsigned char  *p, *last, *end;

    /* the decoded text, the name in a cursor, three times in full */

    if (len > (SIZE_MAX - sizeof(cricket_query_t)) / 4) {
        return NULL;
    }

    size = sizeof(cricket_query_t) + 2 * len + 3 * CRICKET_TIME_LEN;

    q = calloc(1, size);
    if (q == NULL) {
        return NULL;
    }

    q->kind = kind;
    q->now = *now;
    q->limit = CRICKET_QUERY_LIMIT;
    q->pos = (unsigned char *) (q + 1);

    if (kind == CRICKET_QUERY_EXPORT) {
        q->format = CRICKET_FORMAT_NDJSON;
    }

    p = args;
    last = args + len;

    while (p < last) {
        end = memchr(p, '&', last - p);
        n = (end != NULL) ? (size_t) (end - p) : (size_t) (last - p);

        if (n != 0 && cricket_query_arg(q, p, n, err) != CRICKET_OK) {
            cricket_query_free(q);
            return NULL;
        }

        p += (end != NULL) ? n + 1 : n;
    }

    if (cricket_query_whole(q, err) != CRICKET_OK) {
        cricket_query_free(q);
        return NULL;
    }

    q->page = (kind == CRICKET_QUERY_EXPORT) ? CRICKET_QUERY_PAGE : q->limit;

    return q;
}


void
cricket_query_free(cricket_query_t *q)
{
    free(q);
}


int
cricket_query_accept_partial(const cricket_query_t *q)
{
    return q->accept_partial;
}


int
cricket_query_refresh(const cricket_query_t *q)
{
    return q->refresh;
}


cricket_format_e
cricket_query_format(const cricket_query_t *q, const unsigned char *accept,
    size_t len)
{
    int                     match, exact[CRICKET_QUERY_MEDIA];
    size_t                  i, best;
    unsigned                weight[CRICKET_QUERY_MEDIA];
    const unsigned char    *last;
    cricket_media_range_t   range;

    if (q->format_set
        || (q->kind != CRICKET_QUERY_METRICS
            && q->kind != CRICKET_QUERY_EXPORT))
    {
        return q->format;
    }

    memset(exact, 0, sizeof(exact));
    memset(weight, 0, sizeof(weight));

    last = accept + len;

    while (cricket_media_next(&accept, last, &range) == CRICKET_OK) {

        for (i = 0; i < CRICKET_QUERY_MEDIA; i++) {
            match = cricket_media_match(&range, cricket_query_media[i].type,
                                        cricket_query_media[i].subtype);

            /* what names a type more closely overrides the rest */

            if (match > exact[i]
                || (match != 0 && match == exact[i] && range.q > weight[i]))
            {
                exact[i] = match;
                weight[i] = range.q;
            }
        }
    }

    best = CRICKET_QUERY_MEDIA;

    for (i = 0; i < CRICKET_QUERY_MEDIA; i++) {

        if (weight[i] == 0
            || (q->kind == CRICKET_QUERY_EXPORT
                && cricket_query_media[i].format == CRICKET_FORMAT_JSON))
        {
            continue;
        }

        if (best == CRICKET_QUERY_MEDIA
            || weight[i] > weight[best]
            || (weight[i] == weight[best] && exact[i] > exact[best]))
        {
            best = i;
        }
    }

    return (best == CRICKET_QUERY_MEDIA) ? q->format
                                         : cricket_query_media[best].format;
}


void
cricket_query_next(const cricket_query_t *q,
    const cricket_query_position_t *after, cricket_buf_t *b)
{
    size_t                      i;
    uint64_t                    check;
    unsigned char               cursor[CRICKET_CURSOR_LEN], *p;
    const cricket_query_arg_t  *arg;

    for (i = 0; i < q->nargs; i++) {
        arg = &q->args[i];

        if (arg->value.data == q->cursor.data) {
            continue;
        }

        cricket_query_encode(b, &arg->name);
        cricket_buf_literal(b, "=");
        cricket_query_encode(b, &arg->value);
        cricket_buf_literal(b, "&");
    }

    p = cursor + CRICKET_CURSOR_HEAD;

    if (q->kind == CRICKET_QUERY_NAMES) {
        memcpy(p, after->name.data, after->name.len);
        p += after->name.len;

    } else {
        p = cricket_cursor_put(p, (uint64_t) after->time.sec, 8);
        p = cricket_cursor_put(p, after->time.nsec, 4);
        p = cricket_cursor_put(p, (uint64_t) after->seq_no, 8);
    }

    check = cricket_cursor_check(q, cursor + CRICKET_CURSOR_HEAD,
                                 p - cursor - CRICKET_CURSOR_HEAD);

    cursor[0] = CRICKET_CURSOR;
    (void) cricket_cursor_put(cursor + 1, check, 8);

    cricket_buf_literal(b, "cursor=");
    cricket_base64url_encode(b, cursor, p - cursor);
}


/* reads one NAME=VALUE */

static int
cricket_query_arg(cricket_query_t *q, const unsigned char *p, size_t len,
    cricket_buf_t *err)
{
    size_t                        i, n;
    cricket_str_t                 name, value;
    const char                   *message;
    const unsigned char          *equal;
    cricket_query_arg_t          *arg;
    const cricket_query_param_t  *param;

    equal = memchr(p, '=', len);
    n = (equal != NULL) ? (size_t) (equal - p) : len;

    message = cricket_query_decode(q, p, n, &name);

    if (message != NULL) {
        cricket_query_fail(err, &name, message);
        return CRICKET_INVALID;
    }

    param = NULL;

    for (i = 0; i < CRICKET_QUERY_PARAMS; i++) {
        param = &cricket_query_params[i];

        if ((param->kinds & (1u << q->kind))
            && (param->prefix ? name.len >= param->name.len
                              : name.len == param->name.len)
            && memcmp(name.data, param->name.data, param->name.len) == 0)
        {
            break;
        }
    }

    if (i == CRICKET_QUERY_PARAMS) {
        cricket_query_fail(err, &name, "unknown parameter");
        return CRICKET_INVALID;
    }

    for (i = 0; i < q->nargs; i++) {

        if (q->args[i].name.len == name.len
            && memcmp(q->args[i].name.data, name.data, name.len) == 0)
        {
            cricket_query_fail(err, &name, "given more than once");
            return CRICKET_INVALID;
        }
    }

    if (q->nargs == CRICKET_QUERY_ARGS) {
        cricket_query_fail(err, &name, "one parameter too many");
        return CRICKET_INVALID;
    }

    /* "=" joins name and value, so that a tag is one string, "KEY=VALUE" */

    *q->pos++ = '=';
    value.len = 0;

    if (n < len) {
        message = cricket_query_decode(q, p + n + 1, len - n - 1, &value);

        if (message != NULL) {
            cricket_query_fail(err, &name, message);
            return CRICKET_INVALID;
        }
    }

    if (value.len == 0) {
        cricket_query_fail(err, &name, "empty");
        return CRICKET_INVALID;
    }

    if (param->max != 0 && value.len > param->max) {
        cricket_query_fail(err, &name, "longer than ");
        cricket_buf_int(err, param->max);
        cricket_buf_literal(err, " bytes");
        return CRICKET_INVALID;
    }

    arg = &q->args[q->nargs++];

    arg->param = param;
    arg->name = name;
    arg->value = value;

    message = param->handler(q, arg);

    if (message != NULL) {
        cricket_query_fail(err, &name, message);
        return CRICKET_INVALID;
    }

    return CRICKET_OK;
}


/* what can be told only when all parameters are there */

static int
cricket_query_whole(cricket_query_t *q, cricket_buf_t *err)
{
    size_t                        i, j;
    const char                   *message;
    const cricket_query_param_t  *param;

    static const cricket_str_t  start = cricket_string("start");
    static const cricket_str_t  cursor = cricket_string("cursor");

    for (i = 0; i < CRICKET_QUERY_PARAMS; i++) {
        param = &cricket_query_params[i];

        if (!(param->required & (1u << q->kind))) {
            continue;
        }

        for (j = 0; j < q->nargs; j++) {
            if (q->args[j].param == param) {
                break;
            }
        }

        if (j == q->nargs) {
            cricket_query_fail(err, &param->name, "missing");
            return CRICKET_INVALID;
        }
    }

    if (q->start.set && q->end.set
        && cricket_time_cmp(&q->start.time, &q->end.time) > 0)
    {
        cricket_query_fail(err, &start, "after end");
        return CRICKET_INVALID;
    }

    if (q->cursor.len != 0) {
        message = cricket_cursor_read(q);

        if (message != NULL) {
            cricket_query_fail(err, &cursor, message);
            return CRICKET_INVALID;
        }
    }

    return CRICKET_OK;
}


static const char *
cricket_query_text(cricket_query_t *q, cricket_query_arg_t *arg)
{
    char  *base;

    base = (char *) q;

    *(cricket_str_t *) (base + arg->param->offset) = arg->value;

    return NULL;
}


static const char *
cricket_query_tag(cricket_query_t *q, cricket_query_arg_t *arg)
{
    cricket_str_t        tag;
    const char          *message;
    cricket_query_arg_t  key;

    key = *arg;
    key.value.data = arg->name.data + arg->param->name.len;
    key.value.len = arg->name.len - arg->param->name.len;

    if (key.value.len == 0 || key.value.len > CRICKET_TAG_KEY_LEN) {
        return "expected a key of 1 to 256 bytes after \"tag.\"";
    }

    message = cricket_query_key(NULL, &key);

    if (message != NULL) {
        return message;
    }

    if (q->ntags == CRICKET_TAGS) {
        return "more tags than a datapoint has";
    }

    tag.data = key.value.data;
    tag.len = key.value.len + 1 + arg->value.len;

    q->tags[q->ntags++] = tag;

    return NULL;
}


/* the key of a tag; without q it is only verified */

static const char *
cricket_query_key(cricket_query_t *q, cricket_query_arg_t *arg)
{
    size_t         i;
    unsigned char  c;

    for (i = 0; i < arg->value.len; i++) {
        c = arg->value.data[i];

        if ((c >= 'a' && c <= 'z')
            || (c >= 'A' && c <= 'Z')
            || (c >= '0' && c <= '9')
            || c == '_' || c == '.' || c == '/' || c == '-')
        {
            continue;
        }

        return "a key has only A-Z a-z 0-9 _ . / -";
    }

    return (q != NULL) ? cricket_query_text(q, arg) : NULL;
}


static const char *
cricket_query_time(cricket_query_t *q, cricket_query_arg_t *arg)
{
    char                  *base;
    cricket_str_t          text;
    const char            *message;
    cricket_query_time_t  *time;

    base = (char *) q;
    time = (cricket_query_time_t *) (base + arg->param->offset);
    text = arg->value;

    if (text.len >= 3 && memcmp(text.data, "now", 3) == 0) {
        message = cricket_query_relative(q, &text, &time->time);

    } else if (memchr(text.data, '-', text.len) == NULL) {
        message = cricket_query_epoch(&text, &time->time);

    } else if (memchr(text.data, ' ', text.len) != NULL) {
        message = "not RFC 3339 (a \"+\" is written as %2B)";

    } else if (cricket_time_parse(text.data, text.len, &time->time, &message)
               == CRICKET_OK)
    {
        message = NULL;
    }

    if (message != NULL) {
        return message;
    }

    time->set = 1;

    arg->value.data = q->pos;
    arg->value.len = cricket_time_format(q->pos, &time->time);
    q->pos += arg->value.len;

    return NULL;
}


static const char *
cricket_query_relative(const cricket_query_t *q, const cricket_str_t *s,
    cricket_time_t *t)
{
    int             unit;
    int64_t         n;
    unsigned char   sign;
    cricket_time_t  sum;

    static const char  expected[] =
        "expected now, or now-N or now+N (%2B) with s, m, h, d or w";

    *t = q->now;

    if (s->len == 3) {
        return NULL;
    }

    sign = s->data[3];

    if (s->len < 6 || (sign != '-' && sign != '+')) {
        return expected;
    }

    unit = cricket_query_seconds(s->data[s->len - 1]);

    if (unit == 0
        || cricket_query_number(s->data + 4, s->len - 5, &n) != CRICKET_OK)
    {
        return expected;
    }

    n *= unit;

    sum = q->now;
    sum.sec += (sign == '-') ? -n : n;

    /* sec is far from the ends of its type: n has at most 9 digits */

    if (cricket_time_set(t, cricket_time_msec(&sum), cricket_time_nanos(&sum))
        != CRICKET_OK)
    {
        return "outside the years 0001 to 9999";
    }

    return NULL;
}


/*
 * Ten digits are seconds of the years 2001 to 2286, thirteen are milliseconds
 * of the same years, and 0 is 0 either way; any other number may be a typo.
 */

static const char *
cricket_query_epoch(const cricket_str_t *s, cricket_time_t *t)
{
    size_t   i;
    int64_t  n;

    static const char  expected[] =
        "expected RFC 3339, epoch seconds (10 digits) or milliseconds (13), "
        "or a relative time such as now-1h";

    n = 0;

    for (i = 0; i < s->len; i++) {

        if (i == 13 || s->data[i] < '0' || s->data[i] > '9') {
            return expected;
        }

        n = n * 10 + (s->data[i] - '0');
    }

    if (s->len == 10) {
        n *= 1000;

    } else if (s->len != 13 && !(s->len == 1 && n == 0)) {
        return expected;
    }

    if (s->len > 1 && s->data[0] == '0') {
        return expected;
    }

    return (cricket_time_set(t, n, 0) == CRICKET_OK) ? NULL : expected;
}


static const char *
cricket_query_limit(cricket_query_t *q, cricket_query_arg_t *arg)
{
    int64_t  n;

    if (cricket_query_number(arg->value.data, arg->value.len, &n) != CRICKET_OK
        || n > CRICKET_QUERY_LIMIT)
    {
        return "expected a whole number from 1 to 1000";
    }

    q->limit = (unsigned) n;

    return NULL;
}


static const char *
cricket_query_interval(cricket_query_t *q, cricket_query_arg_t *arg)
{
    int            unit;
    int64_t        n;
    cricket_str_t  s;

    s = arg->value;
    unit = cricket_query_seconds(s.data[s.len - 1]);

    if (unit == 0 || s.data[s.len - 1] == 'w'
        || cricket_query_number(s.data, s.len - 1, &n) != CRICKET_OK
        || n * unit > CRICKET_INTERVAL_MAX)
    {
        return "expected a whole number and s, m, h or d, from 1s to 36500d";
    }

    q->interval = s;
    q->seconds = n * unit;

    return NULL;
}


static const char *
cricket_query_percentiles(cricket_query_t *q, cricket_query_arg_t *arg)
{
    size_t                       i, digits;
    cricket_query_percentile_t  *last;
    const unsigned char         *p, *end, *dot;

    static const char  expected[] =
        "expected numbers from 0 to 100, such as 50,95,99.9";

    p = arg->value.data;
    end = p + arg->value.len;

    for ( ;; ) {

        if (q->npercentiles == CRICKET_QUERY_PERCENTILES) {
            return "more than 20";
        }

        last = &q->percentiles[q->npercentiles];
        last->text.data = p;
        dot = NULL;
        digits = 0;

        while (p < end && *p != ',') {

            if (*p == '.' && dot == NULL && digits != 0) {
                dot = p;
                digits = 0;

            } else if (*p >= '0' && *p <= '9') {
                digits++;

            } else {
                return expected;
            }

            p++;
        }

        last->text.len = p - last->text.data;

        if (digits == 0
            || last->text.len > CRICKET_PERCENTILE_LEN
            || (last->text.data[0] == '0' && last->text.len > 1
                && last->text.data[1] != '.')
            || cricket_json_double(&last->text, &last->value) != CRICKET_OK
            || last->value > 100)
        {
            return expected;
        }

        for (i = 0; i < q->npercentiles; i++) {
            if (q->percentiles[i].value == last->value) {
                return "the same number twice";
            }
        }

        q->npercentiles++;

        if (p == end) {
            return NULL;
        }

        p++;
    }
}


static const char *
cricket_query_format_name(cricket_query_t *q, cricket_query_arg_t *arg)
{
    if (cricket_query_equal(&arg->value, "json")) {
        q->format = CRICKET_FORMAT_JSON;

    } else if (cricket_query_export_format(q, arg) != NULL) {
        return "expected json, ndjson or csv";
    }

    q->format_set = 1;

    return NULL;
}


static const char *
cricket_query_export_format(cricket_query_t *q, cricket_query_arg_t *arg)
{
    if (cricket_query_equal(&arg->value, "ndjson")) {
        q->format = CRICKET_FORMAT_NDJSON;

    } else if (cricket_query_equal(&arg->value, "csv")) {
        q->format = CRICKET_FORMAT_CSV;

    } else {
        return "expected ndjson or csv";
    }

    q->format_set = 1;

    return NULL;
}


static const char *
cricket_query_partial(cricket_query_t *q, cricket_query_arg_t *arg)
{
    if (cricket_query_equal(&arg->value, "true")) {
        q->accept_partial = 1;

    } else if (!cricket_query_equal(&arg->value, "false")) {
        return "expected true or false";
    }

    return NULL;
}


static const char *
cricket_query_wait(cricket_query_t *q, cricket_query_arg_t *arg)
{
    if (cricket_query_equal(&arg->value, "wait_for")) {
        q->refresh = 1;

    } else if (!cricket_query_equal(&arg->value, "false")) {
        return "expected wait_for or false";
    }

    return NULL;
}


/*
 * Decodes into the free space behind the query.  What was decoded up to an
 * error is in s as well, so that a message can name the parameter.
 */

static const char *
cricket_query_decode(cricket_query_t *q, const unsigned char *p, size_t len,
    cricket_str_t *s)
{
    size_t                i, n;
    unsigned char         c, digit;
    const char           *message;
    const unsigned char  *last;

    s->data = q->pos;
    last = p + len;
    message = NULL;

    while (p < last && message == NULL) {
        c = *p++;

        if (c == '+') {
            c = ' ';

        } else if (c == '%') {
            c = 0;

            for (i = 0; i < 2; i++) {
                digit = (p < last) ? *p++ : 0;

                if (digit >= '0' && digit <= '9') {
                    digit -= '0';

                } else if ((digit | 0x20) >= 'a' && (digit | 0x20) <= 'f') {
                    digit = (digit | 0x20) - 'a' + 10;

                } else {
                    message = "\"%\" without two hexadecimal digits";
                    break;
                }

                c = (unsigned char) (c << 4 | digit);
            }

            if (message != NULL) {
                break;
            }
        }

        if (c < 0x20 || c == 0x7f) {
            message = "a control character";
            break;
        }

        *q->pos++ = c;
    }

    s->len = q->pos - s->data;

    for (i = 0; i < s->len && message == NULL; i += n) {
        n = cricket_utf8_length(s->data + i, s->len - i);

        if (n == 0) {
            message = "not UTF-8";

        } else if (s->data[i] == 0xc2 && s->data[i + 1] <= 0x9f) {
            message = "a control character";
        }
    }

    return message;
}


/* reads all of 1 to 9 digits without a leading zero */

static int
cricket_query_number(const unsigned char *p, size_t len, int64_t *n)
{
    size_t  i;

    if (len == 0 || len > 9 || p[0] == '0') {
        return CRICKET_INVALID;
    }

    *n = 0;

    for (i = 0; i < len; i++) {

        if (p[i] < '0' || p[i] > '9') {
            return CRICKET_INVALID;
        }

        *n = *n * 10 + (p[i] - '0');
    }

    return CRICKET_OK;
}


static int
cricket_query_seconds(unsigned char unit)
{
    switch (unit) {

    case 's':
        return 1;

    case 'm':
        return 60;

    case 'h':
        return 3600;

    case 'd':
        return 86400;

    case 'w':
        return 604800;
    }

    return 0;
}


static int
cricket_query_equal(const cricket_str_t *s, const char *text)
{
    return s->len == strlen(text) && memcmp(s->data, text, s->len) == 0;
}


/* the name is the client's: cut short, and only what can be printed */

static void
cricket_query_fail(cricket_buf_t *err, const cricket_str_t *name,
    const char *message)
{
    size_t  i, n;

    for (i = 0; i < name->len; i += n) {

        if (i >= CRICKET_MESSAGE_NAME) {
            cricket_buf_literal(err, "...");
            break;
        }

        n = cricket_utf8_length(name->data + i, name->len - i);

        if (n == 0
            || (name->data[i] == 0xc2 && name->data[i + 1] <= 0x9f))
        {
            cricket_buf_literal(err, "?");
            n = (n == 0) ? 1 : n;

        } else {
            cricket_buf_append(err, name->data + i, n);
        }
    }

    if (name->len == 0) {
        cricket_buf_literal(err, "\"\"");
    }

    cricket_buf_literal(err, ": ");
    cricket_buf_cstr(err, message);
}


/* all but what is harmless in a query, in a header, and between < and > */

static void
cricket_query_encode(cricket_buf_t *b, const cricket_str_t *s)
{
    size_t                i;
    unsigned char         c, *p;

    static const unsigned char  hex[] = "0123456789ABCDEF";

    p = cricket_buf_reserve(b, 3 * s->len);

    if (p == NULL) {
        return;
    }

    for (i = 0; i < s->len; i++) {
        c = s->data[i];

        if ((c >= 'a' && c <= 'z')
            || (c >= 'A' && c <= 'Z')
            || (c >= '0' && c <= '9')
            || (c != '\0' && memchr("-._~:/", c, 6) != NULL))
        {
            *p++ = c;
            continue;
        }

        *p++ = '%';
        *p++ = hex[c >> 4];
        *p++ = hex[c & 0xf];
    }

    b->len = p - b->data;
}


/*
 * A cursor holds where its page begins, and nothing that is kept secret: one
 * that is made up begins elsewhere.  The checksum binds it to the filters and
 * finds what was damaged on the way.
 */

static const char *
cricket_cursor_read(cricket_query_t *q)
{
    size_t                i, n, len;
    uint64_t              nsec;
    unsigned char         cursor[CRICKET_CURSOR_LEN], *p;
    cricket_time_t        time;

    static const char  malformed[] = "not one that a Link header gave";

    if (cricket_base64url_decode(cursor, sizeof(cursor), &q->cursor, &len)
        != CRICKET_OK
        || len <= CRICKET_CURSOR_HEAD
        || cursor[0] != CRICKET_CURSOR)
    {
        return malformed;
    }

    p = cursor + CRICKET_CURSOR_HEAD;
    len -= CRICKET_CURSOR_HEAD;

    if (cricket_cursor_get(cursor + 1, 8) != cricket_cursor_check(q, p, len)) {
        return "of other parameters, or damaged";
    }

    if (q->kind == CRICKET_QUERY_NAMES) {

        for (i = 0; i < len; i += n) {
            n = cricket_utf8_length(p + i, len - i);

            if (n == 0) {
                return malformed;
            }
        }

        memcpy(q->pos, p, len);

        q->after.name.data = q->pos;
        q->after.name.len = len;
        q->after_set = 1;

        q->pos += len;

        return NULL;
    }

    if (len != CRICKET_CURSOR_TIME) {
        return malformed;
    }

    nsec = cricket_cursor_get(p + 8, 4);

    q->after.time.sec = (int64_t) cricket_cursor_get(p, 8);
    q->after.time.nsec = (uint32_t) nsec;
    q->after.seq_no = (int64_t) cricket_cursor_get(p + 12, 8);

    /* a second of its own range keeps the milliseconds from overflowing */

    if (nsec > 999999999
        || q->after.seq_no < 0
        || q->after.time.sec < INT64_MIN / 1000 + 1
        || q->after.time.sec > INT64_MAX / 1000 - 1
        || cricket_time_set(&time, cricket_time_msec(&q->after.time),
                            cricket_time_nanos(&q->after.time))
           != CRICKET_OK)
    {
        return malformed;
    }

    q->after_set = 1;

    return NULL;
}


/* of the kind, the filters in whatever order, and the position */

static uint64_t
cricket_cursor_check(const cricket_query_t *q, const unsigned char *p,
    size_t len)
{
    size_t                      i;
    uint64_t                    hash, sum;
    unsigned char               kind;
    const cricket_query_arg_t  *arg;

    sum = 0;

    for (i = 0; i < q->nargs; i++) {
        arg = &q->args[i];

        if (!arg->param->view) {
            hash = cricket_cursor_hash(CRICKET_FNV_BASIS, arg->name.data,
                                       arg->name.len);
            hash = cricket_cursor_hash(hash, (unsigned char *) "=", 1);
            sum += cricket_cursor_hash(hash, arg->value.data, arg->value.len);
        }
    }

    kind = (unsigned char) q->kind;

    hash = cricket_cursor_hash(CRICKET_FNV_BASIS ^ sum, &kind, 1);

    return cricket_cursor_hash(hash, p, len);
}


/* FNV-1a */

static uint64_t
cricket_cursor_hash(uint64_t hash, const unsigned char *p, size_t len)
{
    size_t  i;

    for (i = 0; i < len; i++) {
        hash = (hash ^ p[i]) * CRICKET_FNV_PRIME;
    }

    return hash;
}


/* big-endian */

static uint64_t
cricket_cursor_get(const unsigned char *p, size_t n)
{
    size_t    i;
    uint64_t  value;

    value = 0;

    for (i = 0; i < n; i++) {
        value = value << 8 | p[i];
    }

    return value;
}


static unsigned char *
cricket_cursor_put(unsigned char *p, uint64_t value, size_t n)
{
    size_t  i;

    for (i = n; i != 0; i--) {
        p[i - 1] = (unsigned char) value;
        value >>= 8;
    }

    return p + n;
}


/* RFC 4648, section 5, without padding */

static void
cricket_base64url_encode(cricket_buf_t *b, const unsigned char *p, size_t len)
{
    size_t          i, n, bits;
    uint32_t        word;
    unsigned char  *dst;

    static const unsigned char  alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    n = (len * 8 + 5) / 6;

    dst = cricket_buf_reserve(b, n);

    if (dst == NULL) {
        return;
    }

    word = 0;
    bits = 0;

    for (i = 0; i < len; i++) {
        word = word << 8 | p[i];

        for (bits += 8; bits >= 6; bits -= 6) {
            *dst++ = alphabet[word >> (bits - 6) & 0x3f];
        }
    }

    if (bits != 0) {
        *dst++ = alphabet[word << (6 - bits) & 0x3f];
    }

    b->len += n;
}


/* one text a value: the bits left over must be 0 */

static int
cricket_base64url_decode(unsigned char *dst, size_t size,
    const cricket_str_t *s, size_t *len)
{
    size_t         i, n, bits;
    uint32_t       word;
    unsigned char  c;

    n = 0;
    word = 0;
    bits = 0;

    for (i = 0; i < s->len; i++) {
        c = s->data[i];

        if (c >= 'A' && c <= 'Z') {
            c -= 'A';

        } else if (c >= 'a' && c <= 'z') {
            c -= 'a' - 26;

        } else if (c >= '0' && c <= '9') {
            c += 52 - '0';

        } else if (c == '-') {
            c = 62;

        } else if (c == '_') {
            c = 63;

        } else {
            return CRICKET_INVALID;
        }

        word = word << 6 | c;
        bits += 6;

        if (bits >= 8) {

            if (n == size) {
                return CRICKET_INVALID;
            }

            bits -= 8;
            dst[n++] = (unsigned char) (word >> bits);
            word &= (1u << bits) - 1;
        }
    }

    if (bits >= 6 || word != 0) {
        return CRICKET_INVALID;
    }

    *len = n;

    return CRICKET_OK;
}


/*
 * Reads the next element of an Accept header; one that is not a media range
 * with a proper weight is passed over, as if it were not there.
 */

static int
cricket_media_next(const unsigned char **pos, const unsigned char *last,
    cricket_media_range_t *range)
{
    int                   quoted, valid;
    size_t                n;
    cricket_str_t         part;
    const unsigned char  *p, *slash;

    p = *pos;

    while (p < last) {
        range->q = 1000;
        range->type.len = 0;
        valid = 1;

        for (n = 0; p < last; n++) {
            part.data = p;
            quoted = 0;

            while (p < last && (quoted || (*p != ',' && *p != ';'))) {

                if (*p == '"') {
                    quoted = !quoted;

                } else if (*p == '\\' && quoted && last - p > 1) {
                    p++;
                }

                p++;
            }

            part.len = p - part.data;
            cricket_media_trim(&part);

            if (n == 0) {
                slash = part.len ? memchr(part.data, '/', part.len) : NULL;

                if (slash != NULL) {
                    range->type.data = part.data;
                    range->type.len = slash - part.data;
                    range->subtype.data = slash + 1;
                    range->subtype.len = part.len - range->type.len - 1;
                }

            } else if (part.len > 1 && (part.data[0] | 0x20) == 'q'
                       && part.data[1] == '=')
            {
                part.data += 2;
                part.len -= 2;
                valid = cricket_media_weight(&part, &range->q) == CRICKET_OK;
            }

            if (p < last && *p++ == ',') {
                break;
            }
        }

        if (valid && range->type.len != 0) {
            *pos = p;
            return CRICKET_OK;
        }
    }

    *pos = p;

    return CRICKET_DONE;
}


static void
cricket_media_trim(cricket_str_t *s)
{
    while (s->len != 0 && (s->data[0] == ' ' || s->data[0] == '\t')) {
        s->data++;
        s->len--;
    }

    while (s->len != 0
           && (s->data[s->len - 1] == ' ' || s->data[s->len - 1] == '\t'))
    {
        s->len--;
    }
}


/* RFC 9110, section 12.4.2: 0 to 1 with at most three digits */

static int
cricket_media_weight(const cricket_str_t *s, unsigned *q)
{
    size_t    i;
    unsigned  n, unit;

    if (s->len == 0 || s->len > 5
        || (s->data[0] != '0' && s->data[0] != '1')
        || (s->len > 1 && s->data[1] != '.'))
    {
        return CRICKET_INVALID;
    }

    n = (s->data[0] - '0') * 1000;
    unit = 100;

    for (i = 2; i < s->len; i++) {

        if (s->data[i] < '0' || s->data[i] > '9') {
            return CRICKET_INVALID;
        }

        n += (s->data[i] - '0') * unit;
        unit /= 10;
    }

    if (n > 1000) {
        return CRICKET_INVALID;
    }

    *q = n;

    return CRICKET_OK;
}


/* returns how closely the range names the type, 0 if it doesn't */

static int
cricket_media_match(const cricket_media_range_t *range, const char *type,
    const char *subtype)
{
    if (cricket_media_equal(&range->type, type)) {

        if (cricket_media_equal(&range->subtype, subtype)) {
            return 3;
        }

        return cricket_media_equal(&range->subtype, "*") ? 2 : 0;
    }

    return cricket_media_equal(&range->type, "*")
           && cricket_media_equal(&range->subtype, "*");
}


/* text is in lower case */

static int
cricket_media_equal(const cricket_str_t *s, const char *text)
{
    size_t         i;
    unsigned char  c;

    if (s->len != strlen(text)) {
        return 0;
    }

    for (i = 0; i < s->len; i++) {
        c = s->data[i];

        if (c >= 'A' && c <= 'Z') {
            c |= 0x20;
        }

        if (c != (unsigned char) text[i]) {
            return 0;
        }
    }

    return 1;
}
