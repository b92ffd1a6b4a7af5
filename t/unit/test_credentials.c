
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include <stdlib.h>

#include "cricket_credentials.h"
#include "test.h"


static void test_good(void);
static void test_bad(void);
static void test_size(void);
static void test_secret(void);
static void test_wipe(void);


static void
test_good(void)
{
    int            rc;
    size_t         i, n;
    const char    *err;
    unsigned char  dst[CRICKET_CREDENTIALS_LEN];

    static const struct {
        const char  *text;
        const char  *value;
    } t[] = {
        { "me:secret", "Basic bWU6c2VjcmV0" },
        { "me:secret\n", "Basic bWU6c2VjcmV0" },
        { "me:secret\r\n", "Basic bWU6c2VjcmV0" },
        { "m:s", "Basic bTpz" },
        { "m:ss", "Basic bTpzcw==" },
        { "m:sss", "Basic bTpzc3M=" },
        { "m:a:b", "Basic bTphOmI=" },
        { "m: ", "Basic bTog" },
        { "m:\xfb\xff\xbf", "Basic bTr7/78=" },
        { "m:>>>???", "Basic bTo+Pj4/Pz8=" },
        { "ApiKey:x", "Basic QXBpS2V5Ong=" },
        { "ApiKeys a:x", "Basic QXBpS2V5cyBhOng=" },
        { "Basic me:secret", "Basic bWU6c2VjcmV0" },
        { "Basic ApiKey x:p", "Basic QXBpS2V5IHg6cA==" },
        { "Basic bWU6c2VjcmV0\n", "Basic bWU6c2VjcmV0" },
        { "basic bWU6c2VjcmV0", "Basic bWU6c2VjcmV0" },
        { "ApiKey aWQ6a2V5", "ApiKey aWQ6a2V5" },
        { "APIKEY aWQ6a2V5\r\n", "ApiKey aWQ6a2V5" },
        { "ApiKey id:key", "ApiKey aWQ6a2V5" },
        { "Bearer a.b-c_d~e+f/g==", "Bearer a.b-c_d~e+f/g==" },
        { "Bearer a:b", "Bearer a:b" }
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        rc = cricket_credentials_parse((const unsigned char *) t[i].text,
                                       strlen(t[i].text), dst, &n, &err);

        CHECK(rc == CRICKET_OK && err == NULL, "\"%s\" is taken", t[i].text);
        CHECK(rc == CRICKET_OK && n == strlen(t[i].value)
              && memcmp(dst, t[i].value, n) == 0, "\"%s\": its value",
              t[i].text);
    }
}


static void
test_bad(void)
{
    int            rc;
    size_t         i, n;
    const char    *err;
    unsigned char  dst[CRICKET_CREDENTIALS_LEN];

#define BAD(text, err)  { text, sizeof(text) - 1, err }

    static const struct {
        const char  *text;
        size_t       len;
        const char  *err;
    } t[] = {
        BAD("", "is empty"),
        BAD("\n", "is empty"),
        BAD("\r\n", "is empty"),
        BAD("\r", "more than one line"),
        BAD("\n\n", "more than one line"),
        BAD("me:a\nX-B: c", "more than one line"),
        BAD("me:a\n\n", "more than one line"),
        BAD("me:a\r", "more than one line"),
        BAD("me:a\rb", "more than one line"),
        BAD("\nme:a", "more than one line"),
        BAD("ApiKey a\r\nX-B: c\r\n", "more than one line"),
        BAD("me:a\0", "control character"),
        BAD("\0me:a", "control character"),
        BAD("ApiKey a\0b", "control character"),
        BAD("me:a\tb", "control character"),
        BAD("me:a\x7f", "control character"),
        BAD("\xef\xbb\xbfme:a", "byte order mark"),
        BAD("secret", "no colon"),
        BAD("aWQ6a2V5", "no colon"),
        BAD("ApiKey", "no colon"),
        BAD(":secret", "nothing before its colon"),
        BAD("me:", "nothing behind its colon"),
        BAD("Basic :secret", "nothing before its colon"),
        BAD("ApiKey id:", "nothing behind its colon"),
        BAD("Basic ", "nothing behind its first word"),
        BAD("ApiKey \n", "nothing behind its first word"),
        BAD("Bearer ", "nothing behind its first word"),
        BAD("ApiKey  a", "a space"),
        BAD("ApiKey a b", "a space"),
        BAD("ApiKey a ", "a space"),
        BAD("Bearer \xc3\xa9", "not ASCII")
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        rc = cricket_credentials_parse((const unsigned char *) t[i].text,
                                       t[i].len, dst, &n, &err);

        CHECK(rc == CRICKET_INVALID, "%zu: \"%s\" is not taken", i, t[i].text);
        CHECK(err && strstr(err, t[i].err), "%zu: because \"%s\"", i,
              err ? err : "");
        CHECK(err == NULL || strstr(err, "secret") == NULL, "%zu: no secret",
              i);
    }
}


/* each length in memory of its own, for the sanitizer to watch the ends */

static void
test_size(void)
{
    int             rc;
    size_t          len, n;
    const char     *err;
    unsigned char  *text, *dst;

    static const size_t  lens[] = { 3, 4, 5, 8190, 8191, 8192, 8193, 100000 };

    for (n = 0; n < sizeof(lens) / sizeof(lens[0]); n++) {
        len = lens[n];

        text = malloc(len);
        dst = malloc(CRICKET_CREDENTIALS_LEN);

        if (text == NULL || dst == NULL) {
            CHECK(0, "no memory");
            free(text);
            free(dst);
            return;
        }

        memset(text, 'x', len);
        text[1] = ':';

        rc = cricket_credentials_parse(text, len, dst, &(size_t) { 0 }, &err);

        CHECK(rc == (len <= 8192 ? CRICKET_OK : CRICKET_INVALID),
              "%zu bytes: %s", len, err ? err : "taken");
        CHECK(len <= 8192 || strstr(err, "larger than 8192 bytes"),
              "%zu bytes: why", len);

        free(text);
        free(dst);
    }

    rc = cricket_credentials_parse(NULL, 0, NULL, &len, &err);
    CHECK(rc == CRICKET_INVALID, "nothing at all");
}


static void
test_secret(void)
{
    size_t         i;
    cricket_str_t  secret;

    static const struct {
        const char  *value;
        const char  *secret;
    } t[] = {
        { "Basic abc=", "abc=" },
        { "ApiKey abc", "abc" },
        { "abc", "abc" },
        { "abc ", "abc " },
        { "", "" },
        { "Digest a b", "a b" }
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        secret = cricket_credentials_secret((const unsigned char *) t[i].value,
                                            strlen(t[i].value));
        CHECK(cricket_string_is(&secret, t[i].secret), "the secret of \"%s\"",
              t[i].value);
    }
}


static void
test_wipe(void)
{
    char  text[] = "secret!";

    cricket_credentials_wipe(text, 6);

    CHECK(memcmp(text, "\0\0\0\0\0\0!", 8) == 0, "wiped, and no more");
}


int
main(void)
{
    test_good();
    test_bad();
    test_size();
    test_secret();
    test_wipe();

    return test_done();
}
