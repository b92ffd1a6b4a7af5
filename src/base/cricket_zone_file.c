
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Reads what tzdata says of a zone: RFC 8536, and the rules of POSIX's TZ. */


#include <stdio.h>
#include <stdlib.h>

#include "cricket_time.h"
#include "cricket_zone_private.h"


#define CRICKET_ZONE_FOLDER  "/usr/share/zoneinfo/"
#define CRICKET_ZONE_FILE    65536
#define CRICKET_ZONE_HEAD    44
#define CRICKET_ZONE_DAY     86400

/* an offset of local time, or of a rule, from another */
#define CRICKET_ZONE_OFFSET  (26 * 3600)


typedef struct {
    const unsigned char   *pos;
    const unsigned char   *last;
} cricket_zone_text_t;


static int cricket_zone_fixed(const cricket_str_t *name,
    cricket_zone_t **zone);
static int cricket_zone_is_name(const cricket_str_t *name);
static int cricket_zone_read(const unsigned char *p, size_t len,
    cricket_zone_t **zone);
static int cricket_zone_table(cricket_zone_t *zone, const unsigned char *p,
    size_t n, size_t types);
static int cricket_zone_footer(cricket_zone_t *zone,
    cricket_zone_text_t *text);
static int cricket_zone_footer_name(cricket_zone_text_t *text);
static int cricket_zone_footer_time(cricket_zone_text_t *text, int64_t *sec);
static int cricket_zone_footer_number(cricket_zone_text_t *text, int max,
    int *n);
static int cricket_zone_footer_rule(cricket_zone_text_t *text,
    cricket_zone_rule_t *rule);
static int cricket_zone_next_is(cricket_zone_text_t *text, unsigned char c);
static int64_t cricket_zone_rule_local(const cricket_zone_rule_t *rule,
    int year);
static int64_t cricket_zone_number(const unsigned char *p, size_t n);


int
cricket_zone_open(const cricket_str_t *name, cricket_zone_t **zone)
{
    int             rc;
    FILE           *file;
    char            path[sizeof(CRICKET_ZONE_FOLDER) + CRICKET_ZONE_LEN];
    size_t          n;
    unsigned char  *data;

    *zone = NULL;

    if (name->len != 0 && (name->data[0] == '+' || name->data[0] == '-')) {
        return cricket_zone_fixed(name, zone);
    }

    if (!cricket_zone_is_name(name)) {
        return CRICKET_INVALID;
    }

    (void) snprintf(path, sizeof(path), "%s%.*s", CRICKET_ZONE_FOLDER,
                    (int) name->len, (const char *) name->data);

    data = malloc(CRICKET_ZONE_FILE);
    if (data == NULL) {
        return CRICKET_ERROR;
    }

    file = fopen(path, "rb");
    if (file == NULL) {
        free(data);
        return CRICKET_INVALID;
    }

    n = fread(data, 1, CRICKET_ZONE_FILE, file);

    (void) fclose(file);

    rc = (n < CRICKET_ZONE_FILE) ? cricket_zone_read(data, n, zone)
                                 : CRICKET_INVALID;
    free(data);

    return rc;
}


void
cricket_zone_free(cricket_zone_t *zone)
{
    free(zone);
}


/* "+05:30" */

static int
cricket_zone_fixed(const cricket_str_t *name, cricket_zone_t **zone)
{
    size_t                i;
    const unsigned char  *p;

    p = name->data;

    if (name->len != 6 || p[3] != ':') {
        return CRICKET_INVALID;
    }

    for (i = 1; i < 6; i++) {
        if (i != 3 && (p[i] < '0' || p[i] > '9')) {
            return CRICKET_INVALID;
        }
    }

    if (p[4] > '5' || (p[1] - '0') * 10 + p[2] - '0' > 17) {
        return CRICKET_INVALID;
    }

    *zone = calloc(1, sizeof(cricket_zone_t));
    if (*zone == NULL) {
        return CRICKET_ERROR;
    }

    (*zone)->last = (((p[1] - '0') * 10 + p[2] - '0') * 60
                     + (p[4] - '0') * 10 + p[5] - '0') * 60;

    if (p[0] == '-') {
        (*zone)->last = -(*zone)->last;
    }

    return CRICKET_OK;
}


/*
 * The names of zones begin with a capital letter; "posix/..." and the like,
 * which Elasticsearch does not know, do not.
 */

static int
cricket_zone_is_name(const cricket_str_t *name)
{
    size_t         i;
    unsigned char  c;

    if (name->len == 0 || name->len > CRICKET_ZONE_LEN
        || name->data[0] < 'A' || name->data[0] > 'Z'
        || cricket_string_is(name, "Factory"))
    {
        return 0;
    }

    for (i = 0; i < name->len; i++) {
        c = name->data[i];

        if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')
              || (c >= '0' && c <= '9') || c == '_' || c == '+' || c == '-'
              || (c == '/' && name->data[i - 1] != '/')))
        {
            return 0;
        }
    }

    return name->data[name->len - 1] != '/';
}


/*
 * The second part has 64 bits for a time: the first, for programs that know no
 * more than 32, is passed over.
 */

static int
cricket_zone_read(const unsigned char *p, size_t len, cricket_zone_t **zone)
{
    size_t                isut, isstd, leap, n, types, chars, size, wide;
    cricket_zone_text_t   text;
    const unsigned char  *last;

    last = p + len;

    for (wide = 4; /* void */ ; wide = 8) {

        if (last - p < CRICKET_ZONE_HEAD || memcmp(p, "TZif", 4) != 0
            || p[4] < '2')
        {
            return CRICKET_INVALID;
        }

        isut = (size_t) cricket_zone_number(p + 20, 4);
        isstd = (size_t) cricket_zone_number(p + 24, 4);
        leap = (size_t) cricket_zone_number(p + 28, 4);
        n = (size_t) cricket_zone_number(p + 32, 4);
        types = (size_t) cricket_zone_number(p + 36, 4);
        chars = (size_t) cricket_zone_number(p + 40, 4);

        p += CRICKET_ZONE_HEAD;

        if ((isut | isstd | leap | n | types | chars) > CRICKET_ZONE_FILE
            || types == 0)
        {
            return CRICKET_INVALID;
        }

        size = n * (wide + 1) + types * 6 + chars + leap * (wide + 4) + isstd
               + isut;

        if ((size_t) (last - p) < size) {
            return CRICKET_INVALID;
        }

        if (wide == 8) {
            break;
        }

        p += size;
    }

    *zone = calloc(1, sizeof(cricket_zone_t)
                      + n * sizeof(cricket_zone_change_t));
    if (*zone == NULL) {
        return CRICKET_ERROR;
    }

    text.pos = p + size;
    text.last = last;

    if (cricket_zone_table(*zone, p, n, types) != CRICKET_OK
        || cricket_zone_footer(*zone, &text) != CRICKET_OK)
    {
        free(*zone);
        *zone = NULL;

        return CRICKET_INVALID;
    }

    return CRICKET_OK;
}


static int
cricket_zone_table(cricket_zone_t *zone, const unsigned char *p, size_t n,
    size_t types)
{
    size_t                  i, type;
    const unsigned char    *indices, *records;
    cricket_zone_change_t  *change;

    indices = p + n * 8;
    records = indices + n;

    zone->n = n;
    zone->first = cricket_zone_number(records, 4);
    zone->last = zone->first;

    for (i = 0; i < n; i++) {
        type = indices[i];
        change = &zone->changes[i];

        if (type >= types) {
            return CRICKET_INVALID;
        }

        change->sec = cricket_zone_number(p + i * 8, 8);
        change->offset = cricket_zone_number(records + type * 6, 4);

        if ((i != 0 && change->sec <= change[-1].sec)
            || change->offset > CRICKET_ZONE_OFFSET
            || change->offset < -CRICKET_ZONE_OFFSET)
        {
            return CRICKET_INVALID;
        }

        zone->last = change->offset;
    }

    return CRICKET_OK;
}


/* "\nCET-1CEST,M3.5.0,M10.5.0/3\n" */

static int
cricket_zone_footer(cricket_zone_t *zone, cricket_zone_text_t *text)
{
    int64_t  sec;

    if (!cricket_zone_next_is(text, '\n')) {
        return CRICKET_INVALID;
    }

    if (cricket_zone_next_is(text, '\n')) {
        return CRICKET_OK;
    }

    if (cricket_zone_footer_name(text) != CRICKET_OK
        || cricket_zone_footer_time(text, &sec) != CRICKET_OK)
    {
        return CRICKET_INVALID;
    }

    /* POSIX counts what is west */

    zone->last = -sec;

    if (cricket_zone_next_is(text, '\n')) {
        return CRICKET_OK;
    }

    zone->summer = 1;
    zone->last_summer = zone->last + 3600;

    if (cricket_zone_footer_name(text) != CRICKET_OK) {
        return CRICKET_INVALID;
    }

    if (text->pos < text->last && *text->pos != ',') {

        if (cricket_zone_footer_time(text, &sec) != CRICKET_OK) {
            return CRICKET_INVALID;
        }

        zone->last_summer = -sec;
    }

    if (cricket_zone_footer_rule(text, &zone->begins) != CRICKET_OK
        || cricket_zone_footer_rule(text, &zone->ends) != CRICKET_OK
        || !cricket_zone_next_is(text, '\n'))
    {
        return CRICKET_INVALID;
    }

    return CRICKET_OK;
}


/* "CET" or "<+03>" */

static int
cricket_zone_footer_name(cricket_zone_text_t *text)
{
    unsigned char         c;
    const unsigned char  *start;

    if (cricket_zone_next_is(text, '<')) {

        while (text->pos < text->last && *text->pos != '\n') {
            if (*text->pos++ == '>') {
                return CRICKET_OK;
            }
        }

        return CRICKET_INVALID;
    }

    start = text->pos;

    while (text->pos < text->last) {
        c = *text->pos | 0x20;

        if (c < 'a' || c > 'z') {
            break;
        }

        text->pos++;
    }

    return (text->pos - start >= 3) ? CRICKET_OK : CRICKET_INVALID;
}


/* "[+-]HH[:MM[:SS]]" */

static int
cricket_zone_footer_time(cricket_zone_text_t *text, int64_t *sec)
{
    int  n, minus, unit;

    minus = cricket_zone_next_is(text, '-');

    if (!minus) {
        (void) cricket_zone_next_is(text, '+');
    }

    if (cricket_zone_footer_number(text, 167, &n) != CRICKET_OK) {
        return CRICKET_INVALID;
    }

    *sec = (int64_t) n * 3600;

    for (unit = 60; unit != 0; unit /= 60) {

        if (!cricket_zone_next_is(text, ':')) {
            break;
        }

        if (cricket_zone_footer_number(text, 59, &n) != CRICKET_OK) {
            return CRICKET_INVALID;
        }

        *sec += (int64_t) n * unit;
    }

    if (minus) {
        *sec = -*sec;
    }

    return CRICKET_OK;
}


static int
cricket_zone_footer_number(cricket_zone_text_t *text, int max, int *n)
{
    const unsigned char  *start;

    *n = 0;
    start = text->pos;

    while (text->pos < text->last && *text->pos >= '0' && *text->pos <= '9') {
        *n = *n * 10 + (*text->pos++ - '0');

        if (*n > max) {
            return CRICKET_INVALID;
        }
    }

    return (text->pos > start) ? CRICKET_OK : CRICKET_INVALID;
}


/* ",M3.5.0/2", ",J60/2" or ",59" */

static int
cricket_zone_footer_rule(cricket_zone_text_t *text, cricket_zone_rule_t *rule)
{
    if (!cricket_zone_next_is(text, ',')) {
        return CRICKET_INVALID;
    }

    rule->time = 7200;
    rule->kind = 'n';

    if (cricket_zone_next_is(text, 'M')) {
        rule->kind = 'M';

        if (cricket_zone_footer_number(text, 12, &rule->month) != CRICKET_OK
            || !cricket_zone_next_is(text, '.')
            || cricket_zone_footer_number(text, 5, &rule->week) != CRICKET_OK
            || !cricket_zone_next_is(text, '.')
            || cricket_zone_footer_number(text, 6, &rule->day) != CRICKET_OK
            || rule->month == 0 || rule->week == 0)
        {
            return CRICKET_INVALID;
        }

    } else {

        if (cricket_zone_next_is(text, 'J')) {
            rule->kind = 'J';
        }

        if (cricket_zone_footer_number(text, 365, &rule->day) != CRICKET_OK) {
            return CRICKET_INVALID;
        }
    }

    return cricket_zone_next_is(text, '/')
           ? cricket_zone_footer_time(text, &rule->time) : CRICKET_OK;
}


static int
cricket_zone_next_is(cricket_zone_text_t *text, unsigned char c)
{
    if (text->pos == text->last || *text->pos != c) {
        return 0;
    }

    text->pos++;

    return 1;
}


int64_t
cricket_zone_rule_offset(const cricket_zone_t *zone, int64_t sec)
{
    int      year, month, day;
    int64_t  local, begins, ends;

    local = sec + zone->last;

    cricket_time_civil((local - ((local % CRICKET_ZONE_DAY + CRICKET_ZONE_DAY)
                                 % CRICKET_ZONE_DAY)) / CRICKET_ZONE_DAY,
                       &year, &month, &day);

    begins = cricket_zone_rule_local(&zone->begins, year) - zone->last;
    ends = cricket_zone_rule_local(&zone->ends, year) - zone->last_summer;

    if (begins < ends) {
        return (sec >= begins && sec < ends) ? zone->last_summer : zone->last;
    }

    return (sec >= ends && sec < begins) ? zone->last : zone->last_summer;
}


int64_t
cricket_zone_change(const cricket_zone_t *zone, int64_t sec)
{
    int      year, month, day, i;
    size_t   low, high, mid;
    int64_t  at, found;

    low = 0;
    high = zone->n;

    while (low < high) {
        mid = (low + high) / 2;

        if (zone->changes[mid].sec <= sec) {
            low = mid + 1;

        } else {
            high = mid;
        }
    }

    if (low < zone->n) {
        return zone->changes[low].sec;
    }

    found = INT64_MAX;

    if (!zone->summer) {
        return found;
    }

    cricket_time_civil(sec / CRICKET_ZONE_DAY, &year, &month, &day);

    for (i = -1; i <= 1; i++) {
        at = cricket_zone_rule_local(&zone->begins, year + i) - zone->last;

        if (at > sec && at < found) {
            found = at;
        }

        at = cricket_zone_rule_local(&zone->ends, year + i)
             - zone->last_summer;

        if (at > sec && at < found) {
            found = at;
        }
    }

    return found;
}


/* the local time of a rule in a year, as seconds */

static int64_t
cricket_zone_rule_local(const cricket_zone_rule_t *rule, int year)
{
    int  days, month, weekday, leap;

    leap = (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));

    switch (rule->kind) {

    case 'M':
        days = cricket_time_days(year, rule->month, 1);

        /* 1970 began on a Thursday */

        weekday = ((days + 4) % 7 + 7) % 7;
        days += (rule->day - weekday + 7) % 7 + (rule->week - 1) * 7;

        month = rule->month % 12 + 1;

        if (days >= cricket_time_days(year + (month == 1), month, 1)) {
            days -= 7;
        }

        break;

    case 'J':

        /* February 29 is not counted */

        days = cricket_time_days(year, 1, 1) + rule->day - 1
               + (leap && rule->day >= 60);
        break;

    default: /* 'n' */
        days = cricket_time_days(year, 1, 1) + rule->day;
    }

    return (int64_t) days * CRICKET_ZONE_DAY + rule->time;
}


/* big-endian and signed, of 4 or 8 bytes */

static int64_t
cricket_zone_number(const unsigned char *p, size_t n)
{
    size_t    i;
    uint64_t  value;

    value = (p[0] & 0x80) ? UINT64_MAX : 0;

    for (i = 0; i < n; i++) {
        value = value << 8 | p[i];
    }

    return (int64_t) value;
}
