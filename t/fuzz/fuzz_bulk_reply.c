
/*
 * Copyright (C) Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include <cjson/cJSON.h>

#include "cricket_bulk.h"
#include "fuzz.h"


/*
 * The first byte of an input is the number of documents, the rest the reply.
 * What is accepted must have the items and statuses that cJSON finds in it.
 */

typedef struct {
    size_t   n;
    size_t   calls;
    size_t   next;
} fuzz_calls_t;


static void fuzz_item(void *data, size_t index, const cricket_item_t *item);
static void fuzz_same(const uint8_t *data, size_t size,
    const unsigned char *verdicts, size_t n);
static void fuzz_refused(const uint8_t *data, size_t size);


static volatile unsigned  fuzz_sum;


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int             rc;
    size_t          i, n, others;
    const char     *err;
    fuzz_calls_t    calls;
    unsigned char  *verdicts;

    if (size == 0) {
        return 0;
    }

    n = *data++;
    size--;

    verdicts = malloc(n ? n : 1);
    FUZZ_CHECK(verdicts != NULL);
    memset(verdicts, 0xa5, n ? n : 1);

    memset(&calls, 0, sizeof(fuzz_calls_t));
    calls.n = n;
    err = NULL;

    rc = cricket_bulk_read(data, size, verdicts, n, fuzz_item, &calls, &err);

    if (rc == CRICKET_OK) {
        others = 0;

        for (i = 0; i < n; i++) {
            FUZZ_CHECK(verdicts[i] <= CRICKET_ITEM_INVALID);
            others += (verdicts[i] != CRICKET_ITEM_STORED);
        }

        FUZZ_CHECK(calls.calls == others);

        /* cJSON resolves escapes in keys; the reader of replies needn't */

        if (memchr(data, '\\', size) == NULL) {
            fuzz_same(data, size, verdicts, n);
        }

    } else {
        FUZZ_CHECK(rc == CRICKET_INVALID && err != NULL && *err != '\0');
    }

    free(verdicts);

    if (cricket_bulk_refused(data, size, 503)) {
        FUZZ_CHECK(!cricket_bulk_refused(data, size, 429));

        /* cJSON resolves escapes in keys */

        if (memchr(data, '\\', size) == NULL) {
            fuzz_refused(data, size);
        }
    }

    return 0;
}


static void
fuzz_item(void *data, size_t index, const cricket_item_t *item)
{
    size_t         i;
    fuzz_calls_t  *calls;

    calls = data;

    FUZZ_CHECK(index < calls->n && index >= calls->next);
    FUZZ_CHECK(item->verdict != CRICKET_ITEM_STORED);
    FUZZ_CHECK(item->status == 200
               || (item->status >= 400 && item->status <= 599));

    /* touches each byte, for the sanitizer */

    for (i = 0; i < item->type.len; i++) {
        fuzz_sum += item->type.data[i];
    }

    for (i = 0; i < item->reason.len; i++) {
        fuzz_sum += item->reason.data[i];
    }

    calls->calls++;
    calls->next = index + 1;
}


static void
fuzz_same(const uint8_t *data, size_t size, const unsigned char *verdicts,
    size_t n)
{
    int     status;
    cJSON  *root, *items, *item;
    size_t  i;

    root = cJSON_ParseWithLength((const char *) data, size);

    if (root == NULL) {

        /* a number too long for cJSON */

        return;
    }

    items = cJSON_GetObjectItemCaseSensitive(root, "items");

    FUZZ_CHECK(cJSON_IsArray(items));
    FUZZ_CHECK((size_t) cJSON_GetArraySize(items) == n);

    i = 0;

    cJSON_ArrayForEach(item, items) {
        FUZZ_CHECK(cJSON_GetArraySize(item) == 1);

        status = cJSON_GetObjectItemCaseSensitive(item->child, "status")
                 ->valueint;

        FUZZ_CHECK((verdicts[i] == CRICKET_ITEM_STORED)
                   == (status == 201));
        FUZZ_CHECK((verdicts[i] == CRICKET_ITEM_EXISTS) == (status == 409));
        FUZZ_CHECK((verdicts[i] == CRICKET_ITEM_RETRY)
                   == (status == 429 || status == 503));
        i++;
    }

    cJSON_Delete(root);
}


static void
fuzz_refused(const uint8_t *data, size_t size)
{
    cJSON   *root, *member;
    size_t   errors, statuses;

    root = cJSON_ParseWithLength((const char *) data, size);

    if (root == NULL) {
        return;
    }

    errors = 0;
    statuses = 0;

    cJSON_ArrayForEach(member, root) {
        errors += strcmp(member->string, "error") == 0
                  && (cJSON_IsObject(member) || cJSON_IsString(member));
        statuses += strcmp(member->string, "status") == 0
                    && cJSON_IsNumber(member) && member->valueint == 503;
    }

    FUZZ_CHECK(errors != 0 && statuses != 0);

    cJSON_Delete(root);
}
