
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Folds series into lines: rates, gaps, and several series as one. */


#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cricket_fold_private.h"


/* series of a group, on their way to a line */

typedef struct {
    size_t                   n;             /* series */
    size_t                  *first;         /* of each: its points begin, */
    size_t                  *end;           /* and end */
    size_t                  *next;
    double                  *values;
    cricket_result_point_t  *points;
    size_t                   npoints;
    size_t                   room;
    cricket_result_point_t  *line;
    size_t                   nline;
    size_t                   line_room;
    cricket_str_t           *ids;
} cricket_fold_work_t;


static int cricket_fold_order(cricket_fold_t *fold);
static int cricket_fold_groups(cricket_fold_t *fold, cricket_dict_t *groups);
static int cricket_fold_lines(cricket_fold_t *fold, cricket_result_t *result,
    const size_t *order);
static size_t *cricket_fold_sorted(const cricket_fold_t *fold,
    const cricket_dict_t *groups);
static int cricket_fold_compare(const void *one, const void *two);
static int cricket_fold_line(cricket_fold_t *fold, cricket_result_t *result,
    const size_t *members, size_t n, cricket_fold_work_t *work);
static int cricket_fold_expand(cricket_fold_t *fold,
    const cricket_fold_series_t *series, cricket_fold_work_t *work);
static int cricket_fold_push(cricket_fold_work_t *work, int64_t msec,
    double value);
static int64_t cricket_fold_after(const cricket_query_t *q, int64_t msec);
static int cricket_fold_merge(cricket_fold_t *fold, cricket_fold_work_t *work);
static size_t cricket_fold_at(const cricket_query_t *q,
    cricket_fold_work_t *work, int64_t now);
static int cricket_fold_put(cricket_fold_t *fold, cricket_fold_work_t *work,
    int64_t msec, double value);
static void cricket_fold_work_free(cricket_fold_work_t *work);


typedef struct {
    cricket_str_t            text;
    size_t                   group;
    size_t                   series;
} cricket_fold_place_t;


void
cricket_fold_init(cricket_fold_t *fold, cricket_query_t *q)
{
    memset(fold, 0, sizeof(cricket_fold_t));

    fold->q = q;
    fold->from = cricket_fold_from(q);

    cricket_dict_init(&fold->ids);
    cricket_buf_init(&fold->text, SIZE_MAX);
}


void
cricket_fold_free(cricket_fold_t *fold)
{
    cricket_dict_free(&fold->ids);
    cricket_buf_free(&fold->text);
    free(fold->series);
    free(fold->cells);
}


int64_t
cricket_fold_from(const cricket_query_t *q)
{
    int64_t  start, msec, width;

    start = cricket_time_msec(&q->start.time);
    width = q->lines.width;

    if (!q->lines.buckets || q->lines.whole) {
        return start;
    }

    if (width != 0) {
        msec = start % width;
        return start - msec - ((msec < 0) ? width : 0);
    }

    return cricket_zone_floor(q->zone, &q->step, q->start.time.sec) * 1000;
}


static int64_t
cricket_fold_after(const cricket_query_t *q, int64_t msec)
{
    if (q->lines.width != 0) {
        return msec + q->lines.width;
    }

    return cricket_zone_next(q->zone, &q->step, msec / 1000) * 1000;
}


int
cricket_fold_add(cricket_fold_t *fold, const cricket_str_t *id,
    const cricket_str_t *tags, const cricket_str_t *name)
{
    size_t                  i, size;
    cricket_fold_series_t  *series;

    if (fold->ids.n == CRICKET_FOLD_SERIES) {
        fold->excess = "more than 10000 series match, expected filters by "
                       "tags, or a shorter range";
        return CRICKET_DONE;
    }

    if (cricket_dict_add(&fold->ids, id->data, id->len, &i) != CRICKET_OK) {
        return CRICKET_ERROR;
    }

    if (i >= fold->nseries) {
        size = fold->nseries ? 2 * fold->nseries : 256;

        series = realloc(fold->series, size * sizeof(cricket_fold_series_t));
        if (series == NULL) {
            return CRICKET_ERROR;
        }

        fold->series = series;
        fold->nseries = size;
    }

    series = &fold->series[i];
    memset(series, 0, sizeof(cricket_fold_series_t));

    series->tags = fold->text.len;
    series->tags_len = tags->len;
    cricket_buf_append(&fold->text, tags->data, tags->len);

    series->name = fold->text.len;
    series->name_len = name->len;
    cricket_buf_append(&fold->text, name->data, name->len);

    return fold->text.failed ? CRICKET_ERROR : CRICKET_OK;
}


int
cricket_fold_point(cricket_fold_t *fold, const cricket_str_t *id,
    int64_t msec, double value)
{
    size_t                i, size;
    cricket_fold_cell_t  *cells;

    /* one that has come since the series were listed is for the next time */

    if (cricket_dict_find(&fold->ids, id->data, id->len, &i) != CRICKET_OK) {
        return CRICKET_OK;
    }

    if (fold->q->lines.cells + fold->ncells >= CRICKET_FOLD_CELLS) {
        fold->excess = "more than 400000 values of series to look at, expected "
                       "downsample with a longer interval, a shorter range, or "
                       "filters by tags";
        return CRICKET_DONE;
    }

    if (fold->ncells == fold->room) {
        size = fold->room ? 2 * fold->room : 1024;

        cells = realloc(fold->cells, size * sizeof(cricket_fold_cell_t));
        if (cells == NULL) {
            return CRICKET_ERROR;
        }

        fold->cells = cells;
        fold->room = size;
    }

    cells = &fold->cells[fold->ncells++];

    cells->point.msec = msec;
    cells->point.value = value;
    cells->series = i;

    return CRICKET_OK;
}


int
cricket_fold_write(cricket_fold_t *fold, cricket_result_t *result)
{
    int              rc;
    size_t          *order;
    cricket_dict_t   groups;

    cricket_dict_init(&groups);

    order = NULL;
    rc = cricket_fold_order(fold);

    if (rc == CRICKET_OK) {
        rc = cricket_fold_groups(fold, &groups);
    }

    if (rc == CRICKET_OK) {
        order = cricket_fold_sorted(fold, &groups);
        rc = (order == NULL) ? CRICKET_ERROR
                             : cricket_fold_lines(fold, result, order);
    }

    free(order);
    cricket_dict_free(&groups);

    if (fold->q->next != NULL) {
        fold->q->next->lines.cells = fold->q->lines.cells + fold->ncells;
        fold->q->next->lines.points = fold->q->lines.points;
    }

    return rc;
}


/* the cells of a series behind each other; within one, time stays in order */

static int
cricket_fold_order(cricket_fold_t *fold)
{
    size_t                  i, sum;
    cricket_fold_cell_t    *cells;
    cricket_fold_series_t  *series;

    cells = malloc((fold->ncells + 1) * sizeof(cricket_fold_cell_t));
    if (cells == NULL) {
        return CRICKET_ERROR;
    }

    for (i = 0; i < fold->ncells; i++) {
        fold->series[fold->cells[i].series].n++;
    }

    sum = 0;

    for (i = 0; i < fold->ids.n; i++) {
        series = &fold->series[i];
        series->first = sum;
        sum += series->n;
        series->n = 0;
    }

    for (i = 0; i < fold->ncells; i++) {
        series = &fold->series[fold->cells[i].series];
        cells[series->first + series->n++] = fold->cells[i];
    }

    free(fold->cells);

    fold->cells = cells;
    fold->room = fold->ncells + 1;

    return CRICKET_OK;
}


/* numbers the groups by what their series share */

static int
cricket_fold_groups(cricket_fold_t *fold, cricket_dict_t *groups)
{
    int                     rc;
    size_t                  i;
    unsigned                apart;
    cricket_str_t           text;
    cricket_buf_t           group;
    cricket_fold_series_t  *series;

    cricket_buf_init(&group, SIZE_MAX);

    apart = (fold->q->kind == CRICKET_QUERY_SERIES
             || fold->q->lines.fold.how == CRICKET_FOLD_NONE);

    for (i = 0; i < fold->ids.n; i++) {
        series = &fold->series[i];
        series->group = SIZE_MAX;

        text.data = fold->text.data + series->tags;
        text.len = series->tags_len;

        group.len = 0;
        rc = cricket_fold_tags_group(fold->q, &text, &group);

        if (rc != CRICKET_OK) {
            continue;
        }

        if (apart) {

            /* types may differ where the tags do not */

            cricket_dict_text(&fold->ids, i, &text);
            cricket_buf_append(&group, text.data, text.len);
        }

        if (group.failed
            || cricket_dict_add(groups, group.data, group.len, &series->group)
               != CRICKET_OK)
        {
            cricket_buf_free(&group);
            return CRICKET_ERROR;
        }
    }

    cricket_buf_free(&group);

    return CRICKET_OK;
}


/* series that are in a group, in the order of their groups' texts */

static size_t *
cricket_fold_sorted(const cricket_fold_t *fold, const cricket_dict_t *groups)
{
    size_t                 i, n, *order;
    cricket_fold_place_t  *places;

    order = malloc((fold->ids.n + 1) * sizeof(size_t));
    places = malloc((fold->ids.n + 1) * sizeof(cricket_fold_place_t));

    if (order == NULL || places == NULL) {
        free(order);
        free(places);
        return NULL;
    }

    n = 0;

    for (i = 0; i < fold->ids.n; i++) {

        if (fold->series[i].group == SIZE_MAX) {
            continue;
        }

        places[n].group = fold->series[i].group;
        places[n].series = i;
        cricket_dict_text(groups, places[n].group, &places[n].text);
        n++;
    }

    qsort(places, n, sizeof(cricket_fold_place_t), cricket_fold_compare);

    for (i = 0; i < n; i++) {
        order[i] = places[i].series;
    }

    order[n] = SIZE_MAX;

    free(places);

    return order;
}


static int
cricket_fold_compare(const void *one, const void *two)
{
    int                          rc;
    size_t                       n;
    const cricket_fold_place_t  *a = one;
    const cricket_fold_place_t  *b = two;

    n = (a->text.len < b->text.len) ? a->text.len : b->text.len;
    rc = (n != 0) ? memcmp(a->text.data, b->text.data, n) : 0;

    if (rc == 0) {
        rc = (a->text.len > b->text.len) - (a->text.len < b->text.len);
    }

    return (rc != 0) ? rc : (a->series > b->series) - (a->series < b->series);
}


static int
cricket_fold_lines(cricket_fold_t *fold, cricket_result_t *result,
    const size_t *order)
{
    int                  rc;
    size_t               i, n;
    cricket_fold_work_t  work;

    memset(&work, 0, sizeof(cricket_fold_work_t));

    n = fold->ids.n + 1;

    work.first = malloc(n * sizeof(size_t));
    work.end = malloc(n * sizeof(size_t));
    work.next = malloc(n * sizeof(size_t));
    work.values = malloc(n * sizeof(double));
    work.ids = malloc(n * sizeof(cricket_str_t));

    rc = (work.first != NULL && work.end != NULL && work.next != NULL
          && work.values != NULL && work.ids != NULL)
         ? CRICKET_OK : CRICKET_ERROR;

    for (i = 0; rc == CRICKET_OK && order[i] != SIZE_MAX; i += n) {

        n = 1;

        while (order[i + n] != SIZE_MAX
               && fold->series[order[i + n]].group
                  == fold->series[order[i]].group)
        {
            n++;
        }

        rc = cricket_fold_line(fold, result, order + i, n, &work);
    }

    cricket_fold_work_free(&work);

    return rc;
}


static void
cricket_fold_work_free(cricket_fold_work_t *work)
{
    free(work->first);
    free(work->end);
    free(work->next);
    free(work->values);
    free(work->points);
    free(work->line);
    free(work->ids);
}


static int
cricket_fold_line(cricket_fold_t *fold, cricket_result_t *result,
    const size_t *members, size_t n, cricket_fold_work_t *work)
{
    int                           rc;
    size_t                        i;
    cricket_str_t                 text;
    cricket_fold_tags_t           tags;
    cricket_result_line_t         line;
    const cricket_fold_series_t  *series;

    cricket_fold_tags_init(&tags);

    work->n = n;
    work->npoints = 0;
    work->nline = 0;

    rc = CRICKET_OK;

    for (i = 0; rc == CRICKET_OK && i < n; i++) {
        series = &fold->series[members[i]];

        text.data = fold->text.data + series->tags;
        text.len = series->tags_len;
        rc = cricket_fold_tags_add(&tags, &text);

        cricket_dict_text(&fold->ids, members[i], &work->ids[i]);

        work->first[i] = work->npoints;

        if (rc == CRICKET_OK) {
            rc = cricket_fold_expand(fold, series, work);
        }

        work->end[i] = work->npoints;
        work->next[i] = work->first[i];
    }

    if (rc == CRICKET_OK) {
        rc = cricket_fold_tags_sort(&tags);
    }

    if (rc == CRICKET_OK) {
        rc = cricket_fold_merge(fold, work);
    }

    if (rc == CRICKET_OK) {
        series = &fold->series[members[0]];

        line.name = fold->q->name;

        if (line.name.len == 0) {
            line.name.data = fold->text.data + series->name;
            line.name.len = series->name_len;
        }

        line.ntags = tags.ntags;
        line.tags = tags.tags;
        line.nkeys = tags.nkeys;
        line.keys = tags.keys;
        line.nids = n;
        line.ids = work->ids;
        line.n = work->nline;
        line.points = work->line;

        result->writer->line(result, &line);
    }

    cricket_fold_tags_free(&tags);

    return rc;
}


/* a series' points: with what its gaps are filled, as rates */

static int
cricket_fold_expand(cricket_fold_t *fold, const cricket_fold_series_t *series,
    cricket_fold_work_t *work)
{
    size_t                      first;
    double                      empty;
    int64_t                     msec, end;
    const cricket_query_t      *q;
    const cricket_fold_cell_t  *cell, *last;

    q = fold->q;
    cell = fold->cells + series->first;
    last = cell + series->n;
    first = work->npoints;

    msec = INT64_MAX;
    end = cricket_time_msec(&q->end.time);

    if (q->fill != CRICKET_FILL_NOT && q->lines.buckets && !q->lines.whole) {
        msec = fold->from;
    }

    empty = (q->fill == CRICKET_FILL_ZERO) ? 0 : NAN;

    while (cell < last || msec < end) {

        if (cell < last && cell->point.msec <= msec) {

            if (cell->point.msec == msec) {
                msec = cricket_fold_after(q, msec);
            }

            if (cricket_fold_push(work, cell->point.msec, cell->point.value)
                != CRICKET_OK)
            {
                return CRICKET_ERROR;
            }

            cell++;
            continue;
        }

        if (cricket_fold_push(work, msec, empty) != CRICKET_OK) {
            return CRICKET_ERROR;
        }

        msec = cricket_fold_after(q, msec);

        if (work->npoints > CRICKET_FOLD_CELLS) {
            fold->excess = "more than 400000 values with those that are filled "
                           "in, expected downsample with a longer interval, or "
                           "a shorter range";
            return CRICKET_DONE;
        }
    }

    if (q->lines.rate) {
        work->npoints = first + cricket_fold_rate(&q->lines,
                                                  work->points + first,
                                                  work->npoints - first);
    }

    return CRICKET_OK;
}


static int
cricket_fold_push(cricket_fold_work_t *work, int64_t msec, double value)
{
    size_t                   size;
    cricket_result_point_t  *points;

    if (work->npoints == work->room) {
        size = work->room ? 2 * work->room : 1024;

        points = realloc(work->points, size * sizeof(cricket_result_point_t));
        if (points == NULL) {
            return CRICKET_ERROR;
        }

        work->points = points;
        work->room = size;
    }

    points = &work->points[work->npoints++];

    points->msec = msec;
    points->value = value;

    return CRICKET_OK;
}


/* at each instant at which a series has a point */

static int
cricket_fold_merge(cricket_fold_t *fold, cricket_fold_work_t *work)
{
    int      rc;
    size_t   i, n, steps;
    int64_t  now, msec;

    steps = 0;

    for ( ;; ) {
        now = INT64_MAX;

        for (i = 0; i < work->n; i++) {

            if (work->next[i] == work->end[i]) {
                continue;
            }

            msec = work->points[work->next[i]].msec;
            now = (msec < now) ? msec : now;
        }

        if (now == INT64_MAX) {
            return CRICKET_OK;
        }

        steps += work->n;

        if (steps > CRICKET_FOLD_STEPS) {
            fold->excess = "too many series with too many instants, expected "
                           "downsample, or filters by tags";
            return CRICKET_DONE;
        }

        n = cricket_fold_at(fold->q, work, now);

        rc = cricket_fold_put(fold, work, now,
                              cricket_fold_value(&fold->q->lines.fold,
                                                 work->values, n));
        if (rc != CRICKET_OK) {
            return rc;
        }
    }
}


/* the values of all series at an instant, which they are moved behind */

static size_t
cricket_fold_at(const cricket_query_t *q, cricket_fold_work_t *work,
    int64_t now)
{
    size_t                         i, n;
    double                         value, part;
    const cricket_result_point_t  *point, *before;

    n = 0;

    for (i = 0; i < work->n; i++) {
        point = work->points + work->next[i];

        if (work->next[i] < work->end[i] && point->msec == now) {
            work->next[i]++;
            value = point->value;

        } else if (!q->lines.fold.gaps
                   || work->next[i] == work->first[i]
                   || work->next[i] == work->end[i])
        {
            continue;

        } else if (q->lines.rate) {

            /* which was of all the time up to its point */

            value = point[-1].value;

        } else {
            before = point - 1;
            part = (double) (now - before->msec)
                   / (double) (point->msec - before->msec);

            value = before->value + part * (point->value - before->value);
        }

        if (!isnan(value)) {
            work->values[n++] = value;
        }
    }

    return n;
}


/* without milliseconds, the last point of a second is that second's */

static int
cricket_fold_put(cricket_fold_t *fold, cricket_fold_work_t *work, int64_t msec,
    double value)
{
    size_t                   size;
    cricket_result_point_t  *line;

    if (!fold->q->lines.milliseconds) {
        msec -= (msec % 1000 + 1000) % 1000;

        if (work->nline != 0 && work->line[work->nline - 1].msec == msec) {
            work->line[work->nline - 1].value = value;
            return CRICKET_OK;
        }
    }

    if (fold->q->lines.points == CRICKET_FOLD_POINTS) {
        fold->excess = "the answer has more than 100000 points, expected "
                       "downsample with a longer interval, a shorter range, or "
                       "fewer groups";
        return CRICKET_DONE;
    }

    if (work->nline == work->line_room) {
        size = work->line_room ? 2 * work->line_room : 1024;

        line = realloc(work->line, size * sizeof(cricket_result_point_t));
        if (line == NULL) {
            return CRICKET_ERROR;
        }

        work->line = line;
        work->line_room = size;
    }

    fold->q->lines.points++;

    work->line[work->nline].msec = msec;
    work->line[work->nline++].value = value;

    return CRICKET_OK;
}
