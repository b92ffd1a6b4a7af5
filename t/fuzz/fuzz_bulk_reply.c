
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include <cjson/cJSON.h>

#include "cricket_bulk.h"
#include "fuzz.h"


/*
 * The first byte of an input is the number of documents, the rest the reply.
 * What is accepted must have the items and statuses that cJSON finds in it, and
 * in slices it must read as it does whole.
 */

typedef struct {
    size_t   n;
    size_t   calls;
    size_t   next;
} fuzz_calls_t;


static int fuzz_read(const uint8_t *data, size_t size, unsigned char *verdicts,
    size_t n, size_t slice, fuzz_calls_t *calls, const char **err);
static void fuzz_item(void *data, size_t index, const cricket_item_t *item);
static void fuzz_same(const uint8_t *data, size_t size,
    const unsigned char *verdicts, size_t n);
static void fuzz_own(const uint8_t *data, size_t size);


static volatile unsigned  fuzz_sum;


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int             rc;
    size_t          i, n, others;
    const char     *err, *sliced_err;
    fuzz_calls_t    calls, sliced_calls;
    unsigned char  *verdicts, *sliced;

    if (size == 0) {
        return 0;
    }

    n = *data++;
    size--;

    verdicts = malloc(n ? n : 1);
    sliced = malloc(n ? n : 1);
    FUZZ_CHECK(verdicts != NULL && sliced != NULL);

    rc = fuzz_read(data, size, verdicts, n, (size_t) -1, &calls, &err);

    FUZZ_CHECK(fuzz_read(data, size, sliced, n, 1 + n % 16, &sliced_calls,
                         &sliced_err)
               == rc);
    FUZZ_CHECK(sliced_err == err && sliced_calls.calls == calls.calls
               && sliced_calls.next == calls.next
               && memcmp(sliced, verdicts, n) == 0);

    if (rc == CRICKET_OK) {
        others = 0;

        for (i = 0; i < n; i++) {
            FUZZ_CHECK(verdicts[i] < CRICKET_VERDICT_NONSENSE);
            others += (verdicts[i] != CRICKET_VERDICT_DONE);
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
    free(sliced);

    if (cricket_bulk_own(data, size, 503)) {
        FUZZ_CHECK(!cricket_bulk_own(data, size, 429));

        /* cJSON resolves escapes in keys */

        if (memchr(data, '\\', size) == NULL) {
            fuzz_own(data, size);
        }
    }

    return 0;
}


static int
fuzz_read(const uint8_t *data, size_t size, unsigned char *verdicts, size_t n,
    size_t slice, fuzz_calls_t *calls, const char **err)
{
    int                   rc;
    cricket_bulk_reply_t  reply;

    memset(verdicts, 0xa5, n ? n : 1);

    memset(calls, 0, sizeof(fuzz_calls_t));
    calls->n = n;

    cricket_bulk_reply_init(&reply, data, size, verdicts, n);
    reply.handler = fuzz_item;
    reply.data = calls;

    do {
        rc = cricket_bulk_reply_next(&reply, slice);
        FUZZ_CHECK(rc != CRICKET_AGAIN || slice != (size_t) -1);
    } while (rc == CRICKET_AGAIN);

    *err = reply.err;

    return rc;
}


static void
fuzz_item(void *data, size_t index, const cricket_item_t *item)
{
    size_t         i;
    fuzz_calls_t  *calls;

    calls = data;

    FUZZ_CHECK(index < calls->n && index >= calls->next);
    FUZZ_CHECK(item->verdict != CRICKET_VERDICT_DONE);
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

        FUZZ_CHECK((verdicts[i] == CRICKET_VERDICT_DONE)
                   == (status == 201));
        FUZZ_CHECK((verdicts[i] == CRICKET_VERDICT_EXISTS) == (status == 409));
        FUZZ_CHECK((verdicts[i] == CRICKET_VERDICT_AGAIN)
                   == (status == 429 || status == 503));
        i++;
    }

    cJSON_Delete(root);
}


static void
fuzz_own(const uint8_t *data, size_t size)
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
