
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include "cricket_verdict.h"
#include "test.h"


static void test_table(void);
static void test_item(void);
static void test_all(void);


static const cricket_str_t  test_none = { 0, NULL };


static void
test_table(void)
{
    size_t             i;
    cricket_verdict_e  verdict;

    static const struct {
        cricket_verdict_about_e  about;
        unsigned                 status;
        int                      own;
        cricket_verdict_e        verdict;
    } t[] = {
        { CRICKET_VERDICT_BULK, 200, 0, CRICKET_VERDICT_DONE },
        { CRICKET_VERDICT_BULK, 100, 0, CRICKET_VERDICT_UNKNOWN },
        { CRICKET_VERDICT_BULK, 201, 0, CRICKET_VERDICT_UNKNOWN },
        { CRICKET_VERDICT_BULK, 202, 0, CRICKET_VERDICT_UNKNOWN },
        { CRICKET_VERDICT_BULK, 204, 0, CRICKET_VERDICT_UNKNOWN },
        { CRICKET_VERDICT_BULK, 302, 0, CRICKET_VERDICT_CLUSTER },
        { CRICKET_VERDICT_BULK, 400, 1, CRICKET_VERDICT_CLUSTER },
        { CRICKET_VERDICT_BULK, 401, 0, CRICKET_VERDICT_CLUSTER },
        { CRICKET_VERDICT_BULK, 403, 0, CRICKET_VERDICT_CLUSTER },
        { CRICKET_VERDICT_BULK, 404, 0, CRICKET_VERDICT_ABSENT },
        { CRICKET_VERDICT_BULK, 408, 0, CRICKET_VERDICT_UNKNOWN },
        { CRICKET_VERDICT_BULK, 408, 1, CRICKET_VERDICT_UNKNOWN },
        { CRICKET_VERDICT_BULK, 413, 0, CRICKET_VERDICT_TOO_LARGE },
        { CRICKET_VERDICT_BULK, 429, 0, CRICKET_VERDICT_UNKNOWN },
        { CRICKET_VERDICT_BULK, 429, 1, CRICKET_VERDICT_AGAIN },
        { CRICKET_VERDICT_BULK, 500, 1, CRICKET_VERDICT_UNKNOWN },
        { CRICKET_VERDICT_BULK, 502, 0, CRICKET_VERDICT_UNKNOWN },
        { CRICKET_VERDICT_BULK, 503, 0, CRICKET_VERDICT_UNKNOWN },
        { CRICKET_VERDICT_BULK, 503, 1, CRICKET_VERDICT_AGAIN },
        { CRICKET_VERDICT_BULK, 504, 1, CRICKET_VERDICT_UNKNOWN },
        { CRICKET_VERDICT_BULK, 599, 0, CRICKET_VERDICT_UNKNOWN },
        { CRICKET_VERDICT_INDEX, 200, 0, CRICKET_VERDICT_DONE },
        { CRICKET_VERDICT_INDEX, 204, 0, CRICKET_VERDICT_AGAIN },
        { CRICKET_VERDICT_INDEX, 302, 0, CRICKET_VERDICT_AGAIN },
        { CRICKET_VERDICT_INDEX, 401, 1, CRICKET_VERDICT_CLUSTER },
        { CRICKET_VERDICT_INDEX, 403, 0, CRICKET_VERDICT_CLUSTER },
        { CRICKET_VERDICT_INDEX, 404, 1, CRICKET_VERDICT_ABSENT },
        { CRICKET_VERDICT_INDEX, 429, 1, CRICKET_VERDICT_AGAIN },
        { CRICKET_VERDICT_INDEX, 503, 0, CRICKET_VERDICT_AGAIN },
        { CRICKET_VERDICT_INDEX, 0, 0, CRICKET_VERDICT_NONSENSE },
        { CRICKET_VERDICT_BULK, 99, 0, CRICKET_VERDICT_NONSENSE },
        { CRICKET_VERDICT_BULK, 600, 0, CRICKET_VERDICT_NONSENSE }
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        verdict = cricket_verdict(t[i].about, t[i].status, &test_none,
                                  t[i].own);

        CHECK(verdict == t[i].verdict, "about %d, status %u, own %d: %d",
              t[i].about, t[i].status, t[i].own, verdict);
    }
}


static void
test_item(void)
{
    size_t             i;
    cricket_str_t      type;
    cricket_verdict_e  verdict;

    static const struct {
        unsigned           status;
        const char        *type;
        cricket_verdict_e  verdict;
    } t[] = {
        { 201, "", CRICKET_VERDICT_DONE },
        { 200, "", CRICKET_VERDICT_CLUSTER },
        { 202, "", CRICKET_VERDICT_NONSENSE },
        { 302, "", CRICKET_VERDICT_NONSENSE },
        { 400, "mapper_parsing_exception", CRICKET_VERDICT_DATAPOINT },
        { 400, "document_parsing_exception", CRICKET_VERDICT_DATAPOINT },
        { 400, "strict_dynamic_mapping_exception", CRICKET_VERDICT_DATAPOINT },
        { 400, "mapper_parsing_exceptio", CRICKET_VERDICT_CLUSTER },
        { 400, "mapper_parsing_exceptions", CRICKET_VERDICT_CLUSTER },
        { 400, "Mapper_parsing_exception", CRICKET_VERDICT_CLUSTER },
        { 400, "illegal_argument_exception", CRICKET_VERDICT_CLUSTER },
        { 400, "", CRICKET_VERDICT_CLUSTER },
        { 403, "mapper_parsing_exception", CRICKET_VERDICT_CLUSTER },
        { 404, "index_not_found_exception", CRICKET_VERDICT_ABSENT },
        { 409, "version_conflict_engine_exception", CRICKET_VERDICT_EXISTS },
        { 429, "es_rejected_execution_exception", CRICKET_VERDICT_AGAIN },
        { 500, "exception", CRICKET_VERDICT_UNKNOWN },
        { 503, "unavailable_shards_exception", CRICKET_VERDICT_AGAIN },
        { 504, "", CRICKET_VERDICT_UNKNOWN }
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        type.data = (unsigned char *) t[i].type;
        type.len = strlen(t[i].type);

        verdict = cricket_verdict(CRICKET_VERDICT_ITEM, t[i].status, &type, 1);

        CHECK(verdict == t[i].verdict, "an item, status %u, '%s': %d",
              t[i].status, t[i].type, verdict);
    }
}


/* nothing but what is known by name is stored, or a datapoint's fault */

static void
test_all(void)
{
    int                      own;
    unsigned                 status, wrong;
    cricket_verdict_e        verdict;
    cricket_verdict_about_e  about;

    wrong = 0;

    for (about = CRICKET_VERDICT_ITEM; about <= CRICKET_VERDICT_INDEX; about++)
    {
        for (status = 100; status < 600; status++) {
            for (own = 0; own < 2; own++) {

                verdict = cricket_verdict(about, status, &test_none, own);

                wrong += (verdict == CRICKET_VERDICT_DONE
                          && status != ((about == CRICKET_VERDICT_ITEM)
                                        ? 201 : 200));
                wrong += (verdict == CRICKET_VERDICT_DATAPOINT);
                wrong += (verdict == CRICKET_VERDICT_NONSENSE
                          && about != CRICKET_VERDICT_ITEM);
            }
        }
    }

    CHECK(wrong == 0, "every status has its verdict, %u have a wrong one",
          wrong);
}


int
main(void)
{
    test_table();
    test_item();
    test_all();

    return test_done();
}
