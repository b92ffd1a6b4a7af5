
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Time zones: local time, and buckets of it. */


#include "cricket_time.h"
#include "cricket_zone_private.h"


#define CRICKET_ZONE_DAY  86400


static int64_t cricket_zone_midnight(const cricket_zone_step_t *step,
    int64_t local, int ahead);
static int64_t cricket_zone_round(const cricket_zone_t *zone, int64_t local,
    int64_t sec);
static int64_t cricket_zone_down(int64_t value, int64_t step);


int64_t
cricket_zone_offset(const cricket_zone_t *zone, int64_t sec)
{
    size_t  low, high, mid;

    if (zone == NULL) {
        return 0;
    }

    if (zone->n == 0 || sec >= zone->changes[zone->n - 1].sec) {

        return zone->summer ? cricket_zone_rule_offset(zone, sec)
                            : zone->last;
    }

    /* the last change that is not after it */

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

    return (low == 0) ? zone->first : zone->changes[low - 1].offset;
}


int64_t
cricket_zone_instant(const cricket_zone_t *zone, int64_t local)
{
    int64_t  before, after, sec;

    before = cricket_zone_offset(zone, local - CRICKET_ZONE_DAY);
    after = cricket_zone_offset(zone, local + CRICKET_ZONE_DAY);

    sec = local - before;

    if (before == after || cricket_zone_offset(zone, sec) == before) {
        return sec;
    }

    sec = local - after;

    if (cricket_zone_offset(zone, sec) == after) {
        return sec;
    }

    return cricket_zone_change(zone, local - CRICKET_ZONE_DAY - before);
}


int64_t
cricket_zone_floor(const cricket_zone_t *zone, const cricket_zone_step_t *step,
    int64_t sec)
{
    int64_t  local;

    local = sec + cricket_zone_offset(zone, sec);

    if (step->unit != 's') {
        return cricket_zone_instant(zone, cricket_zone_midnight(step, local,
                                                                0));
    }

    return cricket_zone_round(zone, cricket_zone_down(local, step->seconds),
                              sec);
}


int64_t
cricket_zone_next(const cricket_zone_t *zone, const cricket_zone_step_t *step,
    int64_t start)
{
    int64_t  local, next, change;

    local = start + cricket_zone_offset(zone, start);

    if (step->unit != 's') {
        return cricket_zone_instant(zone, cricket_zone_midnight(step, local,
                                                                1));
    }

    local = cricket_zone_down(local, step->seconds) + step->seconds;
    next = local - cricket_zone_offset(zone, start);

    if (zone == NULL) {
        return next;
    }

    change = cricket_zone_change(zone, start);

    if (next < change) {
        return next;
    }

    /* a change may begin a bucket of its own */

    next = cricket_zone_floor(zone, step, change);

    return (next > start) ? next : cricket_zone_instant(zone, local);
}


/* the local midnight that begins a unit, or the next one */

static int64_t
cricket_zone_midnight(const cricket_zone_step_t *step, int64_t local,
    int ahead)
{
    int      year, month, day;
    int64_t  days;

    days = cricket_zone_down(local, CRICKET_ZONE_DAY) / CRICKET_ZONE_DAY;

    switch (step->unit) {

    case 'd':
        return (days + ahead) * CRICKET_ZONE_DAY;

    case 'w':

        /* 1970 began on a Thursday */

        days = cricket_zone_down(days + 3, 7) - 3;

        return (days + 7 * ahead) * CRICKET_ZONE_DAY;
    }

    cricket_time_civil(days, &year, &month, &day);

    switch (step->unit) {

    case 'M':
        month += ahead;
        break;

    case 'q':
        month = (month - 1) / 3 * 3 + 1 + 3 * ahead;
        break;

    default: /* 'y' */
        month = 1;
        year += ahead;
    }

    if (month > 12) {
        month -= 12;
        year++;
    }

    return (int64_t) cricket_time_days(year, month, 1) * CRICKET_ZONE_DAY;
}


/* the last instant of a local time that is not after sec */

static int64_t
cricket_zone_round(const cricket_zone_t *zone, int64_t local, int64_t sec)
{
    int64_t  instant, again;

    instant = cricket_zone_instant(zone, local);

    if (zone == NULL) {
        return instant;
    }

    again = local - cricket_zone_offset(zone, sec);

    if (again > instant && again <= sec
        && again + cricket_zone_offset(zone, again) == local)
    {
        return again;
    }

    return instant;
}


static int64_t
cricket_zone_down(int64_t value, int64_t step)
{
    int64_t  rest;

    rest = value % step;

    return value - ((rest < 0) ? rest + step : rest);
}
