
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include "cricket_trouble.h"
#include "test.h"


static void test_verify(void);
static void test_alert(void);
static void test_reply(void);


static void
test_verify(void)
{
    long               code;
    size_t             i;
    cricket_trouble_e  trouble;

    static const struct {
        long               code;
        cricket_trouble_e  trouble;
    } t[] = {
        { 2, CRICKET_TROUBLE_UNTRUSTED },
        { 3, CRICKET_TROUBLE_CRL },
        { 7, CRICKET_TROUBLE_UNTRUSTED },
        { 8, CRICKET_TROUBLE_CRL },
        { 9, CRICKET_TROUBLE_EARLY },
        { 10, CRICKET_TROUBLE_EXPIRED },
        { 11, CRICKET_TROUBLE_CRL },
        { 12, CRICKET_TROUBLE_CRL },
        { 18, CRICKET_TROUBLE_SELF_SIGNED },
        { 19, CRICKET_TROUBLE_UNTRUSTED },
        { 20, CRICKET_TROUBLE_UNTRUSTED },
        { 21, CRICKET_TROUBLE_UNTRUSTED },
        { 22, CRICKET_TROUBLE_DEPTH },
        { 23, CRICKET_TROUBLE_REVOKED },
        { 24, CRICKET_TROUBLE_INVALID },
        { 27, CRICKET_TROUBLE_UNTRUSTED },
        { 33, CRICKET_TROUBLE_CRL },
        { 62, CRICKET_TROUBLE_NAME },
        { 64, CRICKET_TROUBLE_NAME },
        { 66, CRICKET_TROUBLE_INVALID },
        { -1, CRICKET_TROUBLE_INVALID }
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        trouble = cricket_trouble_verify(t[i].code);
        CHECK(trouble == t[i].trouble, "verify %ld: %d", t[i].code, trouble);
    }

    for (code = 1; code < 128; code++) {
        trouble = cricket_trouble_verify(code);

        if (trouble == CRICKET_TROUBLE_NONE
            || trouble > CRICKET_TROUBLE_INVALID)
        {
            break;
        }
    }

    CHECK(code == 128, "no code is none, or of something else: %ld", code);
}


static void
test_alert(void)
{
    size_t             i;
    unsigned           alert;
    cricket_trouble_e  trouble;

    static const struct {
        unsigned           alert;
        unsigned           asked;
        unsigned           shown;
        cricket_trouble_e  trouble;
    } t[] = {
        { 10, 0, 0, CRICKET_TROUBLE_HANDSHAKE },
        { 40, 0, 0, CRICKET_TROUBLE_CIPHER },
        { 40, 0, 1, CRICKET_TROUBLE_CIPHER },
        { 40, 1, 0, CRICKET_TROUBLE_CLIENT_NONE },
        { 42, 0, 0, CRICKET_TROUBLE_HANDSHAKE },
        { 42, 1, 0, CRICKET_TROUBLE_CLIENT_NONE },
        { 42, 0, 1, CRICKET_TROUBLE_CLIENT_REFUSED },
        { 44, 0, 1, CRICKET_TROUBLE_CLIENT_REFUSED },
        { 45, 0, 1, CRICKET_TROUBLE_CLIENT_REFUSED },
        { 46, 0, 1, CRICKET_TROUBLE_CLIENT_REFUSED },
        { 48, 0, 1, CRICKET_TROUBLE_CLIENT_REFUSED },
        { 48, 0, 0, CRICKET_TROUBLE_HANDSHAKE },
        { 49, 0, 1, CRICKET_TROUBLE_CLIENT_REFUSED },
        { 70, 0, 0, CRICKET_TROUBLE_VERSION },
        { 71, 0, 0, CRICKET_TROUBLE_CIPHER },
        { 80, 1, 0, CRICKET_TROUBLE_HANDSHAKE },
        { 112, 0, 0, CRICKET_TROUBLE_UNKNOWN_NAME },
        { 116, 1, 0, CRICKET_TROUBLE_CLIENT_NONE },
        { 116, 0, 1, CRICKET_TROUBLE_CLIENT_REFUSED }
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        trouble = cricket_trouble_alert(t[i].alert, t[i].asked, t[i].shown);
        CHECK(trouble == t[i].trouble, "alert %u, %u %u: %d", t[i].alert,
              t[i].asked, t[i].shown, trouble);
    }

    for (alert = 0; alert < 256; alert++) {

        if (cricket_trouble_alert(alert, 0, 0) < CRICKET_TROUBLE_VERSION) {
            break;
        }
    }

    CHECK(alert == 256, "no alert is none, or of something else: %u", alert);
}


static void
test_reply(void)
{
    size_t             i, len;
    unsigned char      page[4096];
    cricket_trouble_e  trouble;

    static const char  words[] = "The plain HTTP request was sent to HTTPS "
                                 "port";

    static const struct {
        const char         *page;
        cricket_trouble_e   trouble;
    } t[] = {
        { "<title>400 The plain HTTP request was sent to HTTPS port</title>",
          CRICKET_TROUBLE_TLS },
        { "<title>400 No required SSL certificate was sent</title>",
          CRICKET_TROUBLE_CLIENT_NONE },
        { "<title>400 The SSL certificate error</title>",
          CRICKET_TROUBLE_CLIENT_REFUSED },
        { "Reason: You're speaking plain HTTP to an SSL-enabled server port.",
          CRICKET_TROUBLE_TLS },
        { "Client sent an HTTP request to an HTTPS server.\n",
          CRICKET_TROUBLE_TLS },
        { "<title>400 Bad Request</title>", CRICKET_TROUBLE_NONE },
        { "{\"error\":{},\"status\":400}", CRICKET_TROUBLE_NONE },
        { "", CRICKET_TROUBLE_NONE }
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        trouble = cricket_trouble_reply((const unsigned char *) t[i].page,
                                        strlen(t[i].page));
        CHECK(trouble == t[i].trouble, "%s: %d", t[i].page, trouble);
    }

    CHECK(cricket_trouble_reply(NULL, 0) == CRICKET_TROUBLE_NONE, "nothing");

    len = sizeof(words) - 1;

    CHECK(cricket_trouble_reply(TEXT(words)) == CRICKET_TROUBLE_TLS, "whole");
    CHECK(cricket_trouble_reply((const unsigned char *) words, len - 1)
          == CRICKET_TROUBLE_NONE, "a byte less");

    memset(page, ' ', sizeof(page));
    memcpy(page + 1024 - len, words, len);
    CHECK(cricket_trouble_reply(page, sizeof(page)) == CRICKET_TROUBLE_TLS,
          "as far as is looked");

    memset(page, ' ', sizeof(page));
    memcpy(page + 1025 - len, words, len);
    CHECK(cricket_trouble_reply(page, sizeof(page)) == CRICKET_TROUBLE_NONE,
          "no further");
}


int
main(void)
{
    test_verify();
    test_alert();
    test_reply();

    return test_done();
}
