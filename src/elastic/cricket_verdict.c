
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* What a status means: the table of all verdicts. */


#include <string.h>

#include "cricket_verdict.h"


typedef struct {
    cricket_verdict_about_e  about;
    unsigned                 first;     /* statuses */
    unsigned                 last;
    const char              *type;      /* of the error; NULL: any */
    enum { ANY, OWN }        words;     /* whose */
    cricket_verdict_e        verdict;
} cricket_verdict_row_t;


/* the first row that fits */

static const cricket_verdict_row_t  cricket_verdict_table[] = {

    /* 200: a pipeline dropped it ("noop"), or it was no create any more */

    { CRICKET_VERDICT_ITEM, 201, 201, NULL, ANY, CRICKET_VERDICT_DONE },
    { CRICKET_VERDICT_ITEM, 200, 200, NULL, ANY, CRICKET_VERDICT_CLUSTER },
    { CRICKET_VERDICT_ITEM, 100, 399, NULL, ANY, CRICKET_VERDICT_NONSENSE },

    /* what is not about the document its sender must not throw away */

    { CRICKET_VERDICT_ITEM, 400, 400, "mapper_parsing_exception",
                                            ANY, CRICKET_VERDICT_DATAPOINT },
    { CRICKET_VERDICT_ITEM, 400, 400, "document_parsing_exception",
                                            ANY, CRICKET_VERDICT_DATAPOINT },
    { CRICKET_VERDICT_ITEM, 400, 400, "strict_dynamic_mapping_exception",
                                            ANY, CRICKET_VERDICT_DATAPOINT },

    { CRICKET_VERDICT_ITEM, 404, 404, NULL, ANY, CRICKET_VERDICT_ABSENT },
    { CRICKET_VERDICT_ITEM, 409, 409, NULL, ANY, CRICKET_VERDICT_EXISTS },
    { CRICKET_VERDICT_ITEM, 429, 429, NULL, ANY, CRICKET_VERDICT_AGAIN },
    { CRICKET_VERDICT_ITEM, 503, 503, NULL, ANY, CRICKET_VERDICT_AGAIN },
    { CRICKET_VERDICT_ITEM, 400, 499, NULL, ANY, CRICKET_VERDICT_CLUSTER },
    { CRICKET_VERDICT_ITEM, 500, 599, NULL, ANY, CRICKET_VERDICT_UNKNOWN },

    /* something between may have kept it, or passed it on */

    { CRICKET_VERDICT_BULK, 200, 200, NULL, ANY, CRICKET_VERDICT_DONE },
    { CRICKET_VERDICT_BULK, 100, 299, NULL, ANY, CRICKET_VERDICT_UNKNOWN },

    { CRICKET_VERDICT_BULK, 404, 404, NULL, ANY, CRICKET_VERDICT_ABSENT },
    { CRICKET_VERDICT_BULK, 408, 408, NULL, ANY, CRICKET_VERDICT_UNKNOWN },
    { CRICKET_VERDICT_BULK, 413, 413, NULL, ANY, CRICKET_VERDICT_TOO_LARGE },
    { CRICKET_VERDICT_BULK, 429, 429, NULL, OWN, CRICKET_VERDICT_AGAIN },
    { CRICKET_VERDICT_BULK, 429, 429, NULL, ANY, CRICKET_VERDICT_UNKNOWN },
    { CRICKET_VERDICT_BULK, 503, 503, NULL, OWN, CRICKET_VERDICT_AGAIN },
    { CRICKET_VERDICT_BULK, 300, 499, NULL, ANY, CRICKET_VERDICT_CLUSTER },
    { CRICKET_VERDICT_BULK, 500, 599, NULL, ANY, CRICKET_VERDICT_UNKNOWN },

    /* taken for a yes, a bulk could make an index of another shape */

    { CRICKET_VERDICT_INDEX, 200, 200, NULL, ANY, CRICKET_VERDICT_DONE },
    { CRICKET_VERDICT_INDEX, 401, 401, NULL, ANY, CRICKET_VERDICT_CLUSTER },
    { CRICKET_VERDICT_INDEX, 403, 403, NULL, ANY, CRICKET_VERDICT_CLUSTER },
    { CRICKET_VERDICT_INDEX, 404, 404, NULL, ANY, CRICKET_VERDICT_ABSENT },
    { CRICKET_VERDICT_INDEX, 100, 599, NULL, ANY, CRICKET_VERDICT_AGAIN }
};


cricket_verdict_e
cricket_verdict(cricket_verdict_about_e about, unsigned status,
    const cricket_str_t *type, int own)
{
    size_t                        i;
    const cricket_verdict_row_t  *row;

    for (i = 0;
         i < sizeof(cricket_verdict_table) / sizeof(cricket_verdict_table[0]);
         i++)
    {
        row = &cricket_verdict_table[i];

        if (row->about != about || status < row->first || status > row->last
            || (row->words == OWN && !own))
        {
            continue;
        }

        if (row->type == NULL
            || (type->len == strlen(row->type)
                && memcmp(type->data, row->type, type->len) == 0))
        {
            return row->verdict;
        }
    }

    return CRICKET_VERDICT_NONSENSE;
}
