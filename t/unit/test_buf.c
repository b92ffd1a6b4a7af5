
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include <math.h>
#include <stdlib.h>

#include "cricket_buf.h"
#include "cricket_json.h"
#include "cricket_utf8.h"
#include "test_buf.h"


static void test_append(void);
static void test_limit(void);
static void test_shown(void);
static void test_int(void);
static void test_double(void);
static void test_url(void);
static void test_json(void);
static void test_utf8(void);
static void test_quote(void);


static void
test_append(void)
{
    size_t          i;
    cricket_buf_t   b;
    unsigned char  *p;

    cricket_buf_init(&b, 1000000);

    CHECK(b.data == NULL && b.len == 0 && !b.failed, "starts empty");

    cricket_buf_append(&b, NULL, 0);
    cricket_buf_cstr(&b, "");

    CHECK(b.len == 0 && !b.failed, "appends nothing");

    cricket_buf_literal(&b, "abc");
    cricket_buf_cstr(&b, "de");
    cricket_buf_append(&b, "fgh", 1);

    CHECK(test_buf_is(&b, "abcdef"), "appends strings");

    p = cricket_buf_reserve(&b, 500000);

    CHECK(p == b.data + 6 && b.size >= 500006 && test_buf_is(&b, "abcdef"),
          "reserves");

    cricket_buf_free(&b);

    CHECK(b.data == NULL && b.len == 0 && b.size == 0 && b.max == 1000000,
          "freed, it is empty");

    for (i = 0; i < 100000; i++) {
        cricket_buf_append(&b, (i % 2) ? "b" : "a", 1);
    }

    for (i = 0; i < b.len && b.data[i] == ((i % 2) ? 'b' : 'a'); i++) {
        /* void */
    }

    CHECK(i == 100000, "grows");

    cricket_buf_free(&b);
}


static void
test_limit(void)
{
    int            bad;
    size_t         max;
    cricket_buf_t  b;

    bad = 0;

    for (max = 0; max < 1100; max++) {
        cricket_buf_init(&b, max);

        while (!b.failed) {
            cricket_buf_append(&b, "a", 1);
            bad += (b.size > max);
        }

        bad += (b.len != max);
        cricket_buf_free(&b);
        bad += b.failed;
    }

    CHECK(bad == 0, "holds max bytes and not one more");

    cricket_buf_init(&b, 300);
    cricket_buf_literal(&b, "abc");
    cricket_buf_reserve(&b, 298);

    CHECK(b.failed && b.len == 3 && memcmp(b.data, "abc", 3) == 0,
          "a failure leaves the contents");

    cricket_buf_literal(&b, "d");
    cricket_buf_int(&b, 1);

    CHECK(b.failed && b.len == 3 && cricket_buf_reserve(&b, 1) == NULL,
          "and later appends do nothing");

    cricket_buf_free(&b);

    cricket_buf_init(&b, 1000);
    cricket_buf_literal(&b, "abc");

    CHECK(cricket_buf_reserve(&b, (size_t) -1) == NULL && b.failed,
          "more than there can be");

    cricket_buf_free(&b);
}


static void
test_shown(void)
{
    size_t         i;
    cricket_buf_t  b;

    static const struct {
        const char  *text;
        size_t       max;
        const char  *shown;
    } cases[] = {
        { "", 4, "" },
        { "text/plain", 64, "text/plain" },
        { "abcd", 4, "abcd" },
        { "abcde", 4, "abcd..." },
        { "abc\xc3\xa9", 4, "abc\xc3\xa9" },
        { "abc\xc3\xa9" "e", 4, "abc\xc3\xa9..." },
        { "a\nb\x7f" "c\xc2\x85" "d", 64, "a?b?c?d" },
        { "\xc2\xa0", 64, "\xc2\xa0" },
        { "\xff\xc3", 64, "??" }
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        cricket_buf_init(&b, 1000);
        cricket_buf_shown(&b, (const unsigned char *) cases[i].text,
                          strlen(cases[i].text), cases[i].max);

        CHECK(test_buf_is(&b, cases[i].shown), "shown, case %zu", i);

        cricket_buf_free(&b);
    }
}


static void
test_int(void)
{
    size_t         i;
    cricket_buf_t  b;

    static const struct {
        int64_t      n;
        const char  *text;
    } t[] = {
        { 0, "0" },
        { 7, "7" },
        { -7, "-7" },
        { 1234567890, "1234567890" },
        { INT64_MAX, "9223372036854775807" },
        { INT64_MIN, "-9223372036854775808" },
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        cricket_buf_init(&b, 100);
        cricket_buf_int(&b, t[i].n);
        CHECK(test_buf_is(&b, t[i].text), "integer %s", t[i].text);
        cricket_buf_free(&b);
    }
}


static void
test_double(void)
{
    int            i, bad;
    size_t         n;
    double         value, back;
    uint64_t       bits;
    cricket_buf_t  b;
    cricket_str_t  text;

    const struct {
        double       value;
        const char  *text;
    } t[] = {
        { 0, "0" },
        { -0.0, "-0" },
        { 1, "1" },
        { -1, "-1" },
        { 0.1, "0.1" },
        { 1.5, "1.5" },
        { 0.1 + 0.2, "0.30000000000000004" },
        { 1e14, "100000000000000" },
        { 999999999999999, "999999999999999" },
        { 1e15, "1e+15" },
        { 1e300, "1e+300" },
        { 1e-7, "1e-07" },
        { 9007199254740993.0, "9007199254740992" },
        { 1.7976931348623157e308, "1.7976931348623157e+308" },
        { 4.9406564584124654e-324, "4.94065645841247e-324" },
        { NAN, "null" },
        { INFINITY, "null" },
        { -INFINITY, "null" },
    };

    for (n = 0; n < sizeof(t) / sizeof(t[0]); n++) {
        cricket_buf_init(&b, 100);
        cricket_buf_double(&b, t[n].value);
        CHECK(test_buf_is(&b, t[n].text), "double %s", t[n].text);
        cricket_buf_free(&b);
    }

    /* any double reads back as itself */

    bad = 0;
    bits = 88172645463325252u;

    for (i = 0; i < 100000; i++) {
        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;

        memcpy(&value, &bits, sizeof(value));

        if (i % 2) {
            value = (double) (int64_t) (bits >> 20) / 1000;
        }

        if (!isfinite(value)) {
            continue;
        }

        cricket_buf_init(&b, CRICKET_NUMBER_LEN);
        cricket_buf_double(&b, value);

        text.data = b.data;
        text.len = b.len;

        if (b.failed || cricket_json_double(&text, &back) != CRICKET_OK
            || memcmp(&back, &value, sizeof(value)) != 0)
        {
            bad++;
        }

        cricket_buf_free(&b);
    }

    CHECK(bad == 0, "doubles read back");
}


static void
test_url(void)
{
    cricket_buf_t  b;

    cricket_buf_init(&b, 100);
    cricket_buf_url(&b, TEXT("aZ09-._~ /:?&=+%<\0\n\303\244\377"), ":/");

    CHECK(test_buf_is(&b, "aZ09-._~%20/:%3F%26%3D%2B%25%3C%00%0A%C3%A4%FF"),
          "a part of a URL: %.*s", (int) b.len, (char *) b.data);

    b.len = 0;
    cricket_buf_url(&b, TEXT("a/b:c"), "");

    CHECK(test_buf_is(&b, "a%2Fb%3Ac"), "nothing else is plain");

    b.len = 0;
    cricket_buf_url(&b, TEXT("a%b"
                             "0123456789012345678901234567890123456789"), "");

    CHECK(b.failed, "no room for what it might become");

    cricket_buf_free(&b);
}


static void
test_json(void)
{
    int             c, bad;
    size_t          i;
    unsigned char   byte, back[16];
    cricket_buf_t   b;
    cricket_json_t  json;

    static const struct {
        const char  *text;
        const char  *json;
    } t[] = {
        { "", "\"\"" },
        { "abc", "\"abc\"" },
        { "a\"b\\c/", "\"a\\\"b\\\\c/\"" },
        { "\n\r\t", "\"\\n\\r\\t\"" },
        { "\x01\x1f\x7f", "\"\\u0001\\u001f\x7f\"" },
        { "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80",
          "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"" },
        { "\xff", "\"\xef\xbf\xbd\"" },
        { "a\xc3", "\"a\xef\xbf\xbd\"" },
        { "\xe2\x82x", "\"\xef\xbf\xbd\xef\xbf\xbdx\"" },
        { "\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        cricket_buf_init(&b, 100);
        cricket_buf_json(&b, (const unsigned char *) t[i].text,
                         strlen(t[i].text));
        CHECK(test_buf_is(&b, t[i].json), "as JSON: %s", t[i].json);
        cricket_buf_free(&b);
    }

    cricket_buf_init(&b, 100);
    cricket_buf_json(&b, NULL, 0);
    cricket_buf_json(&b, TEXT("a\0b"));
    CHECK(test_buf_is(&b, "\"\"\"a\\u0000b\""), "nothing, and a zero");
    cricket_buf_free(&b);

    bad = 0;

    for (c = 0; c < 256; c++) {
        byte = (unsigned char) c;

        cricket_buf_init(&b, 100);
        cricket_buf_json(&b, &byte, 1);
        cricket_json_init(&json, b.data, b.len);

        if (cricket_json_next(&json) != CRICKET_JSON_STRING
            || cricket_json_decode(&json.text, back) < 1
            || (c < 0x80 && back[0] != c)
            || cricket_json_next(&json) != CRICKET_JSON_END)
        {
            bad++;
        }

        cricket_buf_free(&b);
    }

    CHECK(bad == 0, "each byte can be read again");
}


/* every code point, encoded by the definition, and every sequence near it */

static void
test_utf8(void)
{
    int            bad;
    size_t         n, len;
    uint32_t       c;
    unsigned char  p[4];

    bad = 0;

    for (c = 0; c < 0x200000; c++) {

        if (c < 0x80) {
            p[0] = (unsigned char) c;
            n = 1;

        } else if (c < 0x800) {
            p[0] = (unsigned char) (0xc0 | c >> 6);
            p[1] = (unsigned char) (0x80 | (c & 0x3f));
            n = 2;

        } else if (c < 0x10000) {
            p[0] = (unsigned char) (0xe0 | c >> 12);
            p[1] = (unsigned char) (0x80 | (c >> 6 & 0x3f));
            p[2] = (unsigned char) (0x80 | (c & 0x3f));
            n = 3;

        } else {
            p[0] = (unsigned char) (0xf0 | c >> 18);
            p[1] = (unsigned char) (0x80 | (c >> 12 & 0x3f));
            p[2] = (unsigned char) (0x80 | (c >> 6 & 0x3f));
            p[3] = (unsigned char) (0x80 | (c & 0x3f));
            n = 4;
        }

        len = cricket_utf8_length(p, n);

        if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) {
            bad += (len != 0);

        } else {
            bad += (len != n);
        }

        bad += (cricket_utf8_length(p, n - 1) != 0);

        if (n > 1) {
            p[n - 1] ^= 0x80;
            bad += (cricket_utf8_length(p, n) != 0);
            p[n - 1] ^= 0xc0;
            bad += (cricket_utf8_length(p, n) != 0);
        }
    }

    CHECK(bad == 0, "code points");

    /* overlong forms */

    bad = 0;

    for (c = 0; c < 0x10000; c++) {
        p[0] = 0xf0;
        p[1] = (unsigned char) (0x80 | c >> 12);
        p[2] = (unsigned char) (0x80 | (c >> 6 & 0x3f));
        p[3] = (unsigned char) (0x80 | (c & 0x3f));
        bad += (cricket_utf8_length(p, 4) != 0);

        if (c < 0x800) {
            p[1] = 0xe0;
            bad += (cricket_utf8_length(p + 1, 3) != 0);
        }

        if (c < 0x80) {
            p[2] = (unsigned char) (0xc0 | c >> 6);
            bad += (cricket_utf8_length(p + 2, 2) != 0);
        }
    }

    CHECK(bad == 0, "overlong forms");
}


static void
test_quote(void)
{
    size_t         i, k, n, size, bad;
    unsigned char  out[64], all[256];

    static const struct {
        const char  *in;
        const char  *out;
    } cases[] = {
        { "", "" },
        { "plain text, 'so' <b>", "plain text, 'so' <b>" },
        { "a\nb\r\tc", "a\\x0Ab\\x0D\\x09c" },
        { "\"q\" \\", "\\x22q\\x22 \\x5C" },
        { "\x1b[31m\x7f", "\\x1B[31m\\x7F" },
        { "\xc3\xa9 \xe2\x82\xac \xf0\x9f\xa6\x97",
          "\xc3\xa9 \xe2\x82\xac \xf0\x9f\xa6\x97" },
        { "\xc3 \xff \xe2\x82", "\\xC3 \\xFF \\xE2\\x82" },
        { "\xc2\x85 \xe2\x80\xa8 \xe2\x80\xae",
          "\\xC2\\x85 \\xE2\\x80\\xA8 \\xE2\\x80\\xAE" },
        { NULL, NULL }
    };

    for (i = 0; cases[i].in; i++) {
        n = cricket_utf8_quote(out, sizeof(out),
                               (const unsigned char *) cases[i].in,
                               strlen(cases[i].in));
        CHECK(n == strlen(cases[i].out)
              && memcmp(out, cases[i].out, n) == 0, cases[i].in);
    }

    n = cricket_utf8_quote(out, 16, (const unsigned char *) "0123456789abcdef",
                           16);
    CHECK(n == 16 && memcmp(out, "0123456789abcdef", 16) == 0, "just fits");

    n = cricket_utf8_quote(out, 16, (const unsigned char *)
                           "0123456789abcdefg", 17);
    CHECK(n == 16 && memcmp(out, "0123456789abc...", 16) == 0, "is cut");

    n = cricket_utf8_quote(out, 16, (const unsigned char *)
                           "0123456789a\xe2\x82\xac__", 16);
    CHECK(n == 16 && memcmp(out, "0123456789a\xe2\x82\xac__", 16) == 0,
          "a character at the end");

    n = cricket_utf8_quote(out, 16, (const unsigned char *)
                           "0123456789a\xe2\x82\xac___", 17);
    CHECK(n == 14 && memcmp(out, "0123456789a...", 14) == 0,
          "is cut before a character");

    n = cricket_utf8_quote(out, 16, (const unsigned char *)
                           "0123456789a\n___", 15);
    CHECK(n == 14 && memcmp(out, "0123456789a...", 14) == 0,
          "is cut before an escape");

    bad = 0;

    for (i = 0; i < sizeof(all); i++) {
        all[i] = (unsigned char) i;
    }

    for (i = 0; i < sizeof(all); i++) {

        for (size = 16; size < sizeof(out); size++) {
            memset(out, 1, sizeof(out));
            n = cricket_utf8_quote(out, size, all + i, sizeof(all) - i);
            bad += (n > size || memchr(out, '\n', sizeof(out)) != NULL);

            for (k = size; k < sizeof(out); k++) {
                bad += (out[k] != 1);
            }
        }
    }

    CHECK(bad == 0, "never more than there is room for");
}


/* what is printed is what printf() prints with as few digits as will do */

static void
test_double_digits(void)
{
    char           text[64];
    double         value;
    size_t         i, bad;
    uint64_t       bits, state;
    unsigned       precision;
    cricket_buf_t  b;

    cricket_buf_init(&b, 64);

    state = 1;
    bad = 0;

    for (i = 0; i < 200000; i++) {
        state = state * 6364136223846793005ull + 1442695040888963407ull;
        bits = state >> 11;

        switch (i % 4) {

        case 0: /* of some decimals */
            value = (double) (bits % 1000000000)
                    / (double [5]) { 10, 100, 1000, 1e6, 1e9 }[i / 4 % 5];
            break;

        case 1: /* and one bit beside it */
            value = nextafter((double) (bits % 1000000) / 1000, 0);
            break;

        case 2:
            value = (double) bits / 1e3 * (i % 8 < 4 ? 1 : -1);
            break;

        default:
            memcpy(&value, &state, sizeof(double));
            break;
        }

        if (!isfinite(value) || value == 0
            || (fabs(value) < 1e15 && value == (double) (int64_t) value))
        {
            continue;
        }

        for (precision = 15; precision < 18; precision++) {
            snprintf(text, sizeof(text), "%.*g", precision, value);

            if (strtod(text, NULL) == value) {
                break;
            }
        }

        b.len = 0;
        cricket_buf_double(&b, value);

        if (b.len != strlen(text) || memcmp(b.data, text, b.len) != 0) {
            bad++;
            printf("# %s: %.*s\n", text, (int) b.len, (char *) b.data);
        }
    }

    CHECK(bad == 0, "doubles that are printed otherwise: %zu", bad);

    cricket_buf_free(&b);
}


int
main(void)
{
    test_append();
    test_limit();
    test_shown();
    test_int();
    test_double();
    test_url();
    test_json();
    test_utf8();
    test_quote();

    test_double_digits();

    return test_done();
}
