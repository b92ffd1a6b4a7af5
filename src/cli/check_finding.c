
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* The findings of cricket --check: kept, sorted, printed. */


#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cricket_check.h"


#define CRICKET_CHECK_MAX       1000
#define CRICKET_CHECK_MAX_TEXT  4096
#define CRICKET_CHECK_MAX_NAMES 1048576

/* names of indices in one line, and in JSON */
#define CRICKET_CHECK_SHOWN     3
#define CRICKET_CHECK_LISTED    100


static cricket_check_finding_t *cricket_check_same(
    cricket_check_findings_t *found, cricket_check_level_e level,
    cricket_check_subject_e subject, const char *what, const char *fix);
static cricket_check_finding_t *cricket_check_new(
    cricket_check_findings_t *found);
static int cricket_check_is(const cricket_buf_t *b, const char *text);
static int cricket_check_compare(const void *one, const void *two);
static void cricket_check_text(cricket_check_t *check,
    const cricket_check_finding_t *finding, cricket_buf_t *b);
static void cricket_check_json(cricket_check_t *check,
    const cricket_check_finding_t *finding, cricket_buf_t *b);
static void cricket_check_where(const cricket_check_finding_t *finding,
    cricket_buf_t *b);
static void cricket_check_fix(cricket_check_t *check,
    const cricket_check_finding_t *finding, cricket_buf_t *b);
static void cricket_check_count(size_t n, const char *what, cricket_buf_t *b);
static void cricket_check_total(const size_t *levels, int complete,
    cricket_buf_t *b);


static const char  *cricket_check_levels[] = { "error", "warning", "note" };

static const char  *cricket_check_subjects[] = {
    "durability", "health", "index", "blocks", "mapping", "aliases",
    "pipeline", "template", "documents", "disk", "shards", "clock", "replicas",
    "limits", "refresh", "version", "nginx", "partition", "privilege"
};


void
cricket_check_found(cricket_check_t *check, cricket_check_level_e level,
    cricket_check_subject_e subject, const char *index, const char *fix,
    const char *fmt, ...)
{
    va_list                   args;
    char                      text[CRICKET_CHECK_MAX_TEXT];
    char                      clean[CRICKET_CHECK_MAX_TEXT];
    cricket_check_finding_t  *finding;

    va_start(args, fmt);
    (void) vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);

    cricket_error_clean(clean, sizeof(clean), text);

    if (fix == NULL) {
        fix = "";
    }

    finding = cricket_check_same(&check->found, level, subject, clean, fix);

    if (finding == NULL) {
        finding = cricket_check_new(&check->found);

        if (finding == NULL) {
            return;
        }

        finding->level = level;
        finding->subject = subject;

        cricket_buf_cstr(&finding->what, clean);
        cricket_buf_cstr(&finding->fix, fix);
    }

    if (index) {
        cricket_buf_append(&finding->indices, index, strlen(index) + 1);
        finding->nindices++;
    }

    if (finding->what.failed || finding->fix.failed || finding->indices.failed)
    {
        check->found.failed = 1;
    }
}


static cricket_check_finding_t *
cricket_check_same(cricket_check_findings_t *found,
    cricket_check_level_e level, cricket_check_subject_e subject,
    const char *what, const char *fix)
{
    size_t                    i;
    cricket_check_finding_t  *finding;

    for (i = 0; i < found->n; i++) {
        finding = &found->list[i];

        if (finding->level == level && finding->subject == subject
            && cricket_check_is(&finding->what, what)
            && cricket_check_is(&finding->fix, fix))
        {
            return finding;
        }
    }

    return NULL;
}


static cricket_check_finding_t *
cricket_check_new(cricket_check_findings_t *found)
{
    size_t                    size;
    cricket_check_finding_t  *list, *finding;

    if (found->n == CRICKET_CHECK_MAX) {
        found->cut = 1;
        return NULL;
    }

    if (found->n == found->size) {
        size = found->size ? found->size * 2 : 16;

        list = realloc(found->list, size * sizeof(cricket_check_finding_t));
        if (list == NULL) {
            found->failed = 1;
            return NULL;
        }

        found->list = list;
        found->size = size;
    }

    finding = &found->list[found->n++];

    memset(finding, 0, sizeof(cricket_check_finding_t));

    cricket_buf_init(&finding->what, CRICKET_CHECK_MAX_TEXT);
    cricket_buf_init(&finding->fix, CRICKET_CHECK_MAX_TEXT);
    cricket_buf_init(&finding->indices, CRICKET_CHECK_MAX_NAMES);

    return finding;
}


static int
cricket_check_is(const cricket_buf_t *b, const char *text)
{
    return b->len == strlen(text)
           && (b->len == 0 || memcmp(b->data, text, b->len) == 0);
}


cricket_exit_e
cricket_check_print(cricket_check_t *check, int complete)
{
    size_t                     i, levels[CRICKET_CHECK_NOTE + 1];
    cricket_buf_t              b;
    cricket_check_findings_t  *found;

    found = &check->found;

    memset(levels, 0, sizeof(levels));

    if (found->n) {
        qsort(found->list, found->n, sizeof(cricket_check_finding_t),
              cricket_check_compare);
    }

    for (i = 0; i < found->n; i++) {
        levels[found->list[i].level]++;
    }

    cricket_buf_init(&b, SIZE_MAX / 4);

    if (check->init.cli->json) {
        cricket_check_total(levels, complete, &b);
    }

    for (i = 0; i < found->n; i++) {

        if (check->init.cli->json) {
            cricket_buf_cstr(&b, i ? "," : "");
            cricket_check_json(check, &found->list[i], &b);

        } else {
            cricket_check_text(check, &found->list[i], &b);
        }
    }

    if (check->init.cli->json) {
        cricket_buf_literal(&b, "]}\n");

    } else if (found->n == 0) {
        cricket_buf_cstr(&b, complete ? "all is well\n" : "");

    } else {
        cricket_check_count(levels[CRICKET_CHECK_ERROR], "error", &b);
        cricket_buf_literal(&b, ", ");
        cricket_check_count(levels[CRICKET_CHECK_WARNING], "warning", &b);
        cricket_buf_literal(&b, ", ");
        cricket_check_count(levels[CRICKET_CHECK_NOTE], "note", &b);
        cricket_buf_cstr(&b, found->cut ? ", and more\n" : "\n");
    }

    if (b.failed || found->failed) {
        cricket_error("no memory");
        cricket_buf_free(&b);
        return CRICKET_EXIT_LOCAL;
    }

    if (b.len) {
        (void) fwrite(b.data, 1, b.len, stdout);
    }

    cricket_buf_free(&b);

    return (levels[CRICKET_CHECK_ERROR] || levels[CRICKET_CHECK_WARNING])
           ? CRICKET_EXIT_FOUND : CRICKET_EXIT_OK;
}


/* those that are equal stay in the order in which they were found */

static int
cricket_check_compare(const void *one, const void *two)
{
    const cricket_check_finding_t  *a = one;
    const cricket_check_finding_t  *b = two;

    if (a->level != b->level) {
        return a->level < b->level ? -1 : 1;
    }

    if (a->subject != b->subject) {
        return a->subject < b->subject ? -1 : 1;
    }

    /* qsort() is not stable */

    if (a->what.len && b->what.len) {
        return strncmp((char *) a->what.data, (char *) b->what.data,
                       a->what.len < b->what.len ? a->what.len : b->what.len);
    }

    return 0;
}


static void
cricket_check_text(cricket_check_t *check,
    const cricket_check_finding_t *finding, cricket_buf_t *b)
{
    cricket_buf_cstr(b, cricket_check_levels[finding->level]);
    cricket_buf_literal(b, ": ");

    if (finding->nindices) {
        cricket_check_where(finding, b);
        cricket_buf_literal(b, ": ");
    }

    cricket_buf_append(b, finding->what.data, finding->what.len);
    cricket_buf_literal(b, "\n");

    if (finding->fix.len) {
        cricket_buf_literal(b, "  ");
        cricket_check_fix(check, finding, b);
        cricket_buf_literal(b, "\n");
    }
}


static void
cricket_check_json(cricket_check_t *check,
    const cricket_check_finding_t *finding, cricket_buf_t *b)
{
    size_t         i, len;
    const char    *name;
    cricket_buf_t  fix;

    cricket_buf_literal(b, "{\"level\":\"");
    cricket_buf_cstr(b, cricket_check_levels[finding->level]);
    cricket_buf_literal(b, "\",\"subject\":\"");
    cricket_buf_cstr(b, cricket_check_subjects[finding->subject]);
    cricket_buf_literal(b, "\",\"what\":");
    cricket_buf_json(b, finding->what.data, finding->what.len);

    if (finding->nindices) {
        cricket_buf_literal(b, ",\"indices\":[");

        name = (char *) finding->indices.data;

        for (i = 0; i < finding->nindices && i < CRICKET_CHECK_LISTED; i++) {
            len = strlen(name);

            cricket_buf_cstr(b, i ? "," : "");
            cricket_buf_json(b, (unsigned char *) name, len);

            name += len + 1;
        }

        cricket_buf_literal(b, "],\"count\":");
        cricket_buf_int(b, finding->nindices);
    }

    if (finding->fix.len) {
        cricket_buf_init(&fix, CRICKET_CHECK_MAX_NAMES);
        cricket_check_fix(check, finding, &fix);

        cricket_buf_literal(b, ",\"fix\":");
        cricket_buf_json(b, fix.data, fix.len);

        b->failed |= fix.failed;
        cricket_buf_free(&fix);
    }

    cricket_buf_literal(b, "}");
}


static void
cricket_check_where(const cricket_check_finding_t *finding, cricket_buf_t *b)
{
    size_t       i, shown;
    const char  *name;

    shown = (finding->nindices > CRICKET_CHECK_SHOWN)
            ? 1 : finding->nindices;

    cricket_buf_cstr(b, finding->nindices == 1 ? "index " : "indices ");

    name = (char *) finding->indices.data;

    for (i = 0; i < shown; i++) {
        cricket_buf_cstr(b, i ? ", " : "");
        cricket_buf_cstr(b, name);
        name += strlen(name) + 1;
    }

    if (finding->nindices > shown) {
        cricket_buf_literal(b, " and ");
        cricket_buf_int(b, finding->nindices - shown);
        cricket_buf_literal(b, " others");
    }
}


/* with a list of the names, as Elasticsearch takes it in a path */

static void
cricket_check_fix(cricket_check_t *check,
    const cricket_check_finding_t *finding, cricket_buf_t *b)
{
    size_t       i;
    const char  *name, *p, *last;

    static const char  word[] = "INDEX";

    p = (char *) finding->fix.data;
    last = p + finding->fix.len;

    while (p < last) {

        if (finding->nindices == 0
            || (size_t) (last - p) < sizeof(word) - 1
            || memcmp(p, word, sizeof(word) - 1) != 0)
        {
            cricket_buf_append(b, p++, 1);
            continue;
        }

        p += sizeof(word) - 1;

        if (finding->nindices > CRICKET_CHECK_SHOWN) {
            cricket_buf_cstr(b, check->init.all);
            continue;
        }

        name = (char *) finding->indices.data;

        for (i = 0; i < finding->nindices; i++) {
            cricket_buf_cstr(b, i ? "," : "");
            cricket_buf_cstr(b, name);
            name += strlen(name) + 1;
        }
    }
}


static void
cricket_check_count(size_t n, const char *what, cricket_buf_t *b)
{
    cricket_buf_int(b, n);
    cricket_buf_literal(b, " ");
    cricket_buf_cstr(b, what);
    cricket_buf_cstr(b, n == 1 ? "" : "s");
}


static void
cricket_check_total(const size_t *levels, int complete, cricket_buf_t *b)
{
    size_t  i;
    int     well;

    well = complete && levels[CRICKET_CHECK_ERROR] == 0
           && levels[CRICKET_CHECK_WARNING] == 0;

    cricket_buf_literal(b, "{\"ok\":");
    cricket_buf_cstr(b, well ? "true" : "false");
    cricket_buf_literal(b, ",\"complete\":");
    cricket_buf_cstr(b, complete ? "true" : "false");

    for (i = 0; i <= CRICKET_CHECK_NOTE; i++) {
        cricket_buf_literal(b, ",\"");
        cricket_buf_cstr(b, cricket_check_levels[i]);
        cricket_buf_literal(b, "s\":");
        cricket_buf_int(b, levels[i]);
    }

    cricket_buf_literal(b, ",\"findings\":[");
}


void
cricket_check_free(cricket_check_findings_t *found)
{
    size_t  i;

    for (i = 0; i < found->n; i++) {
        cricket_buf_free(&found->list[i].what);
        cricket_buf_free(&found->list[i].fix);
        cricket_buf_free(&found->list[i].indices);
    }

    free(found->list);
}
