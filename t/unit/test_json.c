
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include <math.h>
#include <stdlib.h>

#include "cricket_json.h"
#include "test.h"


typedef struct {
    const char     *text;
    size_t          len;
    size_t          pos;
    const char     *error;
} test_bad_t;


static cricket_json_token_e test_read(cricket_json_t *json,
    const unsigned char *data, size_t len, char *tokens);
static void test_slices(const unsigned char *data, size_t len);
static void test_accepted(void);
static void test_rejected(void);
static void test_utf8(void);
static void test_depth(void);
static void test_truncated(void);
static void test_text(void);
static void test_skip(void);
static void test_decode(void);
static void test_cmp(void);
static void test_double(void);
static void test_integer(void);
static void test_long_double(void);


/* no token that cannot be cut is longer */
#define TEST_LONGEST  (sizeof("-Infinity") - 1)


static unsigned  test_sliced;


/* reads all and writes a letter a token; sliced, it must be the same */

static cricket_json_token_e
test_read(cricket_json_t *json, const unsigned char *data, size_t len,
    char *tokens)
{
    char                 *p;
    cricket_json_token_e  token;

    static const char  letters[] = "!.{}[]ks1tfn";

    p = tokens;

    cricket_json_init(json, data, len);

    do {
        token = cricket_json_next(json);
        *p++ = letters[token];
    } while (token != CRICKET_JSON_ERROR && token != CRICKET_JSON_END);

    *p = '\0';

    test_slices(data, len);

    return token;
}


/* a reader that is interrupted every so many bytes is held against another */

static void
test_slices(const unsigned char *data, size_t len)
{
    size_t                n;
    cricket_json_t        whole, sliced;
    cricket_json_token_e  one, two;
    const unsigned char  *pos;

    for (n = 1; n < 12; n++) {
        cricket_json_init(&whole, data, len);
        cricket_json_init(&sliced, data, len);

        pos = sliced.pos;
        cricket_json_limit(&sliced, n);

        do {
            one = cricket_json_next(&whole);
            two = cricket_json_next(&sliced);

            while (two == CRICKET_JSON_AGAIN && sliced.pos > pos) {

                if ((size_t) (sliced.pos - pos) > n + TEST_LONGEST) {
                    break;
                }

                test_sliced++;

                pos = sliced.pos;
                cricket_json_limit(&sliced, n);

                two = cricket_json_next(&sliced);
            }

            if (one != two
                || whole.pos != sliced.pos
                || whole.value != sliced.value
                || whole.depth != sliced.depth
                || whole.error != sliced.error
                || ((one == CRICKET_JSON_KEY || one == CRICKET_JSON_STRING)
                    && (whole.escaped != sliced.escaped
                        || whole.plain != sliced.plain))
                || (one != CRICKET_JSON_ERROR
                    && (whole.text.data != sliced.text.data
                        || whole.text.len != sliced.text.len)))
            {
                CHECK(0, "\"%.*s\" in slices of %zu", (int) len,
                      (const char *) data, n);
                return;
            }

        } while (one != CRICKET_JSON_ERROR && one != CRICKET_JSON_END);
    }
}


/* the cases of JSONTestSuite's files, in literals of our own, and some more */

static void
test_accepted(void)
{
    char            tokens[512];
    size_t          i;
    cricket_json_t  json;

    static const struct {
        const char  *text;
        const char  *tokens;
    } good[] = {
        { "null", "n." },
        { "true", "t." },
        { " false ", "f." },
        { "0", "1." },
        { "-0", "1." },
        { "-1", "1." },
        { "10", "1." },
        { "1.5", "1." },
        { "0.0", "1." },
        { "-0.0e-0", "1." },
        { "0e1", "1." },
        { "0e+1", "1." },
        { "1E400", "1." },
        { "123E-07", "1." },
        { "123456789012345678901234567890.1234567890", "1." },
        { "\"\"", "s." },
        { "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\uD83d\\uDe00\"", "s." },
        { "\"\\ud800\"", "s." },
        { "\"\\udc00\\ud800\"", "s." },
        { "\"\x7f\"", "s." },
        { "\"//\"", "s." },
        { "\"\xc3\xa4\"", "s." },
        { "\"\xef\xbb\xbf\"", "s." },
        { "\"\xef\xbf\xbf\"", "s." },
        { "\"\xf4\x8f\xbf\xbf\"", "s." },
        { "\"\xe2\x80\xa8\xe2\x80\xa9\"", "s." },
        { "\"abcdefghijklmnopqrstuvwxyz\xc3\xa4""bcdefghi\\u0041jkl\"", "s." },
        { "[]", "[]." },
        { "[ ]", "[]." },
        { "{}", "{}." },
        { " { } ", "{}." },
        { "[[]]", "[[]]." },
        { "[\"\"]", "[s]." },
        { "[1,\"a\" , null,true\t,\r\nfalse]", "[1sntf]." },
        { "[1]\n", "[1]." },
        { "{\"\":0}", "{k1}." },
        { "{\"a\":1,\"a\":1}", "{k1k1}." },
        { "{\"a\" : [ {\"b\":{}} , [ ] ] ,\"c\":\"d\"}", "{k[{k{}}[]]ks}." },
        { "\t\n\r [\t\n\r 1\t\n\r ,\t\n\r 2\t\n\r ]\t\n\r ", "[11]." },

        { " 42 ", "1." },
        { "-0.1", "1." },
        { "-123", "1." },
        { "20e1", "1." },
        { "1E22", "1." },
        { "1E-2", "1." },
        { "1E+2", "1." },
        { "123e65", "1." },
        { "123.456e78", "1." },
        { "-0.00000000000000000000000000000000000000000000000001", "1." },
        { "\" \"", "s." },
        { "\"\\u0060\\u012a\\u12AB\"", "s." },
        { "\"\\u0012\\u000a\\u005C\\u0022\"", "s." },
        { "\"\\uFFFF\\u2028\"", "s." },
        { "\"\\uDBFF\\uDFFF\\uD801\\udc37\"", "s." },
        { "\"\\\\u0000\\\\a\\\"\"", "s." },
        { "\"a/*b*/c/*d//e\"", "s." },
        { "\"\xe2\x82\xac\xf0\x9d\x84\x9e\"", "s." },
        { "\"\xf0\x9b\xbf\xbf\"", "s." },
        { "[[] ]", "[[]]." },
        { " [1]", "[1]." },
        { "[2] ", "[1]." },
        { "[1\n]", "[1]." },
        { "[1,null,null,null,2]", "[1nnn1]." },
        { "{\"a\":\"b\",\"a\":\"b\"}", "{ksks}." },
        { "{\n\"a\":\"b\"\n}", "{ks}." },
        { " \t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t[]"
          "", "[]." },
        { "{\"a\"\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r:0}",
          "{k1}." },
        { "[1,\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n"
          "\n\n2]", "[11]." },
        { "[11111111111111111111.22222222222222222222e333333333333333333333]",
          "[1]." },
        { "{\"a\\u0000b\":42}", "{k1}." },
        { "{\"min\":-1.0e+28,\"max\":1.0e+28}", "{k1k1}." },
    };

    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        (void) test_read(&json, (const unsigned char *) good[i].text,
                         strlen(good[i].text), tokens);

        CHECK(strcmp(tokens, good[i].tokens) == 0, "accepted: %s",
              good[i].text);
    }

    CHECK(cricket_json_next(&json) == CRICKET_JSON_END
          && cricket_json_next(&json) == CRICKET_JSON_END, "ends for good");
}


static void
test_rejected(void)
{
    char            tokens[512];
    size_t          i;
    test_bad_t     *t;
    cricket_json_t  json;

#define BAD(s, pos, error)  { s, sizeof(s) - 1, pos, error }

    static test_bad_t  bad[] = {
        BAD("", 0, "expected a value"),
        BAD(" ", 1, "expected a value"),
        BAD("\0", 0, "expected a value"),
        BAD("\xef\xbb\xbf[]", 0, "a byte order mark"),
        BAD("[\xef\xbb\xbf]", 1, "expected a value"),
        BAD("\xff\xfe[\0]\0", 0, "expected a value"),
        BAD("\f[]", 0, "expected a value"),
        BAD("\v[]", 0, "expected a value"),
        BAD("\xc2\xa0[]", 0, "expected a value"),
        BAD("\xe2\x81\xa0[]", 0, "expected a value"),

        BAD("nul", 0, "expected a value"),
        BAD("nulL", 0, "expected a value"),
        BAD("Null", 0, "expected a value"),
        BAD("TRUE", 0, "expected a value"),
        BAD("tru", 0, "expected a value"),
        BAD("fals", 0, "expected a value"),
        BAD("truth", 0, "expected a value"),
        BAD("nullx", 4, "a second value after the first"),
        BAD("NaN", 0, "expected a value"),
        BAD("-NaN", 1, "expected a digit"),
        BAD("Infinity", 0, "expected a value"),
        BAD("-Infinity", 1, "expected a digit"),
        BAD("undefined", 0, "expected a value"),

        BAD("-", 1, "expected a digit"),
        BAD("--1", 1, "expected a digit"),
        BAD("- 1", 1, "expected a digit"),
        BAD("+1", 0, "expected a value"),
        BAD(".5", 0, "expected a value"),
        BAD("-.5", 1, "expected a digit"),
        BAD("01", 1, "number begins with 0"),
        BAD("-012", 2, "number begins with 0"),
        BAD("00", 1, "number begins with 0"),
        BAD("1.", 2, "expected a digit"),
        BAD("1.e1", 2, "expected a digit"),
        BAD("1.x", 2, "expected a digit"),
        BAD("1e", 2, "expected a digit"),
        BAD("1e+", 3, "expected a digit"),
        BAD("1eE2", 2, "expected a digit"),
        BAD("1e1.5", 3, "a second value after the first"),
        BAD("1e1e1", 3, "a second value after the first"),
        BAD("1.2.3", 3, "a second value after the first"),
        BAD("0x1", 1, "a second value after the first"),
        BAD("1_000", 1, "a second value after the first"),
        BAD("[1 000]", 3, "expected a comma or ]"),
        BAD("\xef\xbc\x91", 0, "expected a value"),

        BAD("\"", 1, "ends inside a string"),
        BAD("\"abc", 4, "ends inside a string"),
        BAD("\"abcdefghijkl", 13, "ends inside a string"),
        BAD("\"\\", 2, "ends inside a string"),
        BAD("\"\\\"", 3, "ends inside a string"),
        BAD("\"\\u", 3, "ends inside a string"),
        BAD("\"\\u123", 6, "ends inside a string"),
        BAD("\"\\u123\"", 6, "expected a hexadecimal digit"),
        BAD("\"\\u00G0\"", 5, "expected a hexadecimal digit"),
        BAD("\"\\u 041\"", 3, "expected a hexadecimal digit"),
        BAD("\"\\U0041\"", 2, "unknown escape in a string"),
        BAD("\"\\x41\"", 2, "unknown escape in a string"),
        BAD("\"\\a\"", 2, "unknown escape in a string"),
        BAD("\"\\'\"", 2, "unknown escape in a string"),
        BAD("\"\\\0\"", 2, "unknown escape in a string"),
        BAD("\"\\\xc3\xa4\"", 2, "unknown escape in a string"),
        BAD("\"a\nb\"", 2, "raw control character in a string"),
        BAD("\"a\tb\"", 2, "raw control character in a string"),
        BAD("\"a\0b\"", 2, "raw control character in a string"),
        BAD("\"\x1f\"", 1, "raw control character in a string"),
        BAD("\"abcdefgh\x1fijklmnopqrst\"", 9,
            "raw control character in a string"),
        BAD("\"abcdefghijklmnopqrstuvwx\xff""abcdefgh\"", 25, "broken UTF-8"),
        BAD("'a'", 0, "expected a value"),
        BAD("a", 0, "expected a value"),
        BAD("\"a\"x", 3, "a second value after the first"),

        BAD("[", 1, "expected a value"),
        BAD("[1", 2, "ends inside an array"),
        BAD("[1,", 3, "expected a value"),
        BAD("[1,]", 3, "expected a value"),
        BAD("[,1]", 1, "expected a value"),
        BAD("[,]", 1, "expected a value"),
        BAD("[1,,2]", 3, "expected a value"),
        BAD("[1 2]", 3, "expected a comma or ]"),
        BAD("[1;2]", 2, "expected a comma or ]"),
        BAD("[1}", 2, "expected a comma or ]"),
        BAD("[}", 1, "expected a value"),
        BAD("[1:2]", 2, "expected a comma or ]"),
        BAD("[\"a\":1]", 4, "expected a comma or ]"),
        BAD("]", 0, "expected a value"),
        BAD("[]]", 2, "a second value after the first"),
        BAD("[][]", 2, "a second value after the first"),
        BAD("1 2", 2, "a second value after the first"),
        BAD("1,", 1, "a second value after the first"),
        BAD("[1]\0", 3, "a second value after the first"),

        BAD("{", 1, "ends inside an object"),
        BAD("}", 0, "expected a value"),
        BAD("{]", 1, "expected a key in quotes"),
        BAD("{1:1}", 1, "expected a key in quotes"),
        BAD("{a:1}", 1, "expected a key in quotes"),
        BAD("{'a':1}", 1, "expected a key in quotes"),
        BAD("{,}", 1, "expected a key in quotes"),
        BAD("{null:1}", 1, "expected a key in quotes"),
        BAD("{\"a\"", 4, "ends inside an object"),
        BAD("{\"a\"}", 4, "expected a colon after a key"),
        BAD("{\"a\",1}", 4, "expected a colon after a key"),
        BAD("{\"a\" 1}", 5, "expected a colon after a key"),
        BAD("{\"a\":", 5, "expected a value"),
        BAD("{\"a\":}", 5, "expected a value"),
        BAD("{\"a\"::1}", 5, "expected a value"),
        BAD("{\"a\":1", 6, "ends inside an object"),
        BAD("{\"a\":1,", 7, "ends inside an object"),
        BAD("{\"a\":1,}", 7, "expected a key in quotes"),
        BAD("{\"a\":1 \"b\":2}", 7, "expected a comma or }"),
        BAD("{\"a\":1]", 6, "expected a comma or }"),
        BAD("{\"a\":1}}", 7, "a second value after the first"),
        BAD("{\"a\":1}//", 7, "a second value after the first"),
        BAD("{\"a\":/**/1}", 5, "expected a value"),
        BAD("{\"a\n\":1}", 3, "raw control character in a string"),

        BAD("++1", 0, "expected a value"),
        BAD("+Inf", 0, "expected a value"),
        BAD("Inf", 0, "expected a value"),
        BAD(".-1", 0, "expected a value"),
        BAD(".2e-3", 0, "expected a value"),
        BAD("-foo", 1, "expected a digit"),
        BAD("-1x", 2, "a second value after the first"),
        BAD("-2.", 3, "expected a digit"),
        BAD("-1.0.", 4, "a second value after the first"),
        BAD("0.1.2", 3, "a second value after the first"),
        BAD("0.3e", 4, "expected a digit"),
        BAD("0.3e+", 5, "expected a digit"),
        BAD("0.e1", 2, "expected a digit"),
        BAD("0E", 2, "expected a digit"),
        BAD("0E+", 3, "expected a digit"),
        BAD("0e", 2, "expected a digit"),
        BAD("0e+-1", 3, "expected a digit"),
        BAD("1.0e", 4, "expected a digit"),
        BAD("1.0e-", 5, "expected a digit"),
        BAD("2.e3", 2, "expected a digit"),
        BAD("2.e+3", 2, "expected a digit"),
        BAD("2.e-3", 2, "expected a digit"),
        BAD("9.e+", 2, "expected a digit"),
        BAD("1ea", 2, "expected a digit"),
        BAD("1e\xe5", 2, "expected a digit"),
        BAD("0x42", 1, "a second value after the first"),
        BAD("1.2a-3", 3, "a second value after the first"),
        BAD("1.8H-308", 3, "a second value after the first"),
        BAD("-123.123foo", 8, "a second value after the first"),
        BAD("123\0", 3, "a second value after the first"),
        BAD("2@", 1, "a second value after the first"),
        BAD("[1+2]", 2, "expected a comma or ]"),
        BAD("[0\xe5]", 2, "expected a comma or ]"),
        BAD("[123\xe5]", 4, "expected a comma or ]"),
        BAD("[1e1\xe5]", 4, "expected a comma or ]"),

        BAD("\"\\uD800\\\"", 9, "ends inside a string"),
        BAD("\"\\\\\\\"", 5, "ends inside a string"),
        BAD("\"\\uD800\\u\"", 9, "expected a hexadecimal digit"),
        BAD("\"\\uD800\\u1\"", 10, "expected a hexadecimal digit"),
        BAD("\"\\uD800\\u1x\"", 10, "expected a hexadecimal digit"),
        BAD("\"\\uD834\\uDd\"", 11, "expected a hexadecimal digit"),
        BAD("\"\\u00A\"", 6, "expected a hexadecimal digit"),
        BAD("\"\\uqqqq\"", 3, "expected a hexadecimal digit"),
        BAD("\"\\u\xe5\"", 3, "expected a hexadecimal digit"),
        BAD("\"\\uD800\\uD800\\x\"", 14, "unknown escape in a string"),
        BAD("\"\\\t\"", 2, "unknown escape in a string"),
        BAD("\"\\\xe5\"", 2, "unknown escape in a string"),
        BAD("\"\xe5\"", 1, "broken UTF-8"),

        BAD("[,", 1, "expected a value"),
        BAD("['", 1, "expected a value"),
        BAD("[*]", 1, "expected a value"),
        BAD("[x", 1, "expected a value"),
        BAD("[\f]", 1, "expected a value"),
        BAD("[\0]", 1, "expected a value"),
        BAD("[\xff]", 1, "expected a value"),
        BAD("[a\xe5]", 1, "expected a value"),
        BAD("[\xc3\xa9]", 1, "expected a value"),
        BAD("[<null>]", 1, "expected a value"),
        BAD("[True]", 1, "expected a value"),
        BAD("[nul]", 1, "expected a value"),
        BAD("[tru]", 1, "expected a value"),
        BAD("[fals]", 1, "expected a value"),
        BAD("[false, nul", 8, "expected a value"),
        BAD("[true, fals", 7, "expected a value"),
        BAD("[-]", 2, "expected a digit"),
        BAD("[\\n]", 1, "expected a value"),
        BAD("[\\u0020\"a\"]", 1, "expected a value"),
        BAD("[   , \"\"]", 4, "expected a value"),
        BAD("[\"x\",,]", 5, "expected a value"),
        BAD("[1,,]", 3, "expected a value"),
        BAD("[\"a\",\n4\n,1,", 11, "expected a value"),
        BAD("[1,\n1\n,1", 8, "ends inside an array"),
        BAD("[\"x\"", 4, "ends inside an array"),
        BAD("[{}", 3, "ends inside an array"),
        BAD("[{", 2, "ends inside an object"),
        BAD("[{\"\":[{\"\":", 10, "expected a value"),
        BAD("[1 true]", 3, "expected a comma or ]"),
        BAD("[3[4]]", 2, "expected a comma or ]"),
        BAD("[\"a\"\f]", 4, "expected a comma or ]"),
        BAD("[\"\va\"]", 2, "raw control character in a string"),
        BAD("[\"a", 3, "ends inside a string"),
        BAD("[\"a]", 4, "ends inside a string"),
        BAD("[\"\\{[\"\\{", 3, "unknown escape in a string"),
        BAD("[\"\"],", 4, "a second value after the first"),
        BAD("[1]x", 3, "a second value after the first"),
        BAD("1]", 1, "a second value after the first"),

        BAD("{,", 1, "expected a key in quotes"),
        BAD("{[", 1, "expected a key in quotes"),
        BAD("{[:1}", 1, "expected a key in quotes"),
        BAD("{:\"b\"}", 1, "expected a key in quotes"),
        BAD("{'a'", 1, "expected a key in quotes"),
        BAD("{9999E9999:1}", 1, "expected a key in quotes"),
        BAD("{null:null,null:null}", 1, "expected a key in quotes"),
        BAD("{\xf0\x9f\x87\xa8}", 1, "expected a key in quotes"),
        BAD("{\"a\" b}", 5, "expected a colon after a key"),
        BAD("{\"a\" \"b\"}", 5, "expected a colon after a key"),
        BAD("{ \"foo\" : \"bar\", \"a\" }", 21, "expected a colon after a key"),
        BAD("{\"id\":0,,,}", 8, "expected a key in quotes"),
        BAD("{\"a\":1,,\"c\":1}", 7, "expected a key in quotes"),
        BAD("{\"a\":\"a\" 123}", 9, "expected a comma or }"),
        BAD("{\"a", 3, "ends inside a string"),
        BAD("{\"a\":\"a", 7, "ends inside a string"),
        BAD("{\"\":", 4, "expected a value"),
        BAD("{\"x\":true,", 10, "ends inside an object"),
        BAD("{\"\xb9\":\"0\",}", 2, "broken UTF-8"),
        BAD("{}}", 2, "a second value after the first"),
        BAD("{\"a\":1}#", 7, "a second value after the first"),
        BAD("{\"a\":1}/", 7, "a second value after the first"),
        BAD("{\"a\":1}/**/", 7, "a second value after the first"),
        BAD("{\"a\":true} \"x\"", 11, "a second value after the first"),

        BAD("\xef\xbb\xbf", 0, "a byte order mark"),
        BAD("\xef\xbb{}", 0, "expected a value"),
        BAD("\xe5", 0, "expected a value"),
        BAD("\xc3\xa5", 0, "expected a value"),
        BAD("a\xc3\xa5", 0, "expected a value"),
        BAD("*", 0, "expected a value"),
        BAD("<.>", 0, "expected a value"),
    };

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        t = &bad[i];

        (void) test_read(&json, (const unsigned char *) t->text, t->len,
                         tokens);

        CHECK(tokens[strlen(tokens) - 1] == '!' && json.error != NULL
              && strcmp(json.error, t->error) == 0
              && json.pos == json.start + t->pos,
              "rejected: %s: %s at %d", t->text,
              json.error ? json.error : "", (int) (json.pos - json.start));
    }

    CHECK(cricket_json_next(&json) == CRICKET_JSON_ERROR
          && cricket_json_next(&json) == CRICKET_JSON_ERROR,
          "an error is for good");

    CHECK(test_read(&json, NULL, 0, tokens) == CRICKET_JSON_ERROR,
          "no text at all");
}


static void
test_utf8(void)
{
    char            tokens[16], text[32];
    size_t          i, len;
    cricket_json_t  json;

    static const char  *good[] = {
        "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
        "\xef\xbf\xbe", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"
    };

    static const char  *bad[] = {
        "\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2\x7f", "\xc2\xc0",
        "\xe0\x9f\xbf", "\xe0\xa0", "\xed\xa0\x80", "\xed\xbf\xbf",
        "\xe1\x80\x7f", "\xf0\x8f\xbf\xbf", "\xf0\x90\x80", "\xf0\x90\x80\xc0",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xf8\x88\x80\x80\x80", "\xfe",
        "\xff"
    };

    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        len = snprintf(text, sizeof(text), "\"%s\"", good[i]);

        CHECK(test_read(&json, (unsigned char *) text, len, tokens)
              == CRICKET_JSON_END && !json.plain, "UTF-8 %d", (int) i);
    }

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        len = snprintf(text, sizeof(text), "\"%s\"", bad[i]);

        CHECK(test_read(&json, (unsigned char *) text, len, tokens)
              == CRICKET_JSON_ERROR
              && strcmp(json.error, "broken UTF-8") == 0
              && json.pos == json.start + 1, "not UTF-8 %d", (int) i);
    }
}


static void
test_depth(void)
{
    int             i;
    char            tokens[512], text[512], *p;
    cricket_json_t  json;

    memset(text, '[', CRICKET_JSON_MAX_DEPTH);
    memset(text + CRICKET_JSON_MAX_DEPTH, ']', CRICKET_JSON_MAX_DEPTH);

    CHECK(test_read(&json, (unsigned char *) text,
                    2 * CRICKET_JSON_MAX_DEPTH, tokens) == CRICKET_JSON_END,
          "64 arrays deep");

    memset(text, '[', CRICKET_JSON_MAX_DEPTH + 1);

    CHECK(test_read(&json, (unsigned char *) text, CRICKET_JSON_MAX_DEPTH + 1,
                    tokens) == CRICKET_JSON_ERROR
          && strcmp(json.error, "nested deeper than 64 levels") == 0
          && json.pos == json.start + CRICKET_JSON_MAX_DEPTH,
          "65 arrays deep");

    p = text;

    for (i = 0; i < CRICKET_JSON_MAX_DEPTH / 2; i++) {
        p = stpcpy(p, "{\"\":[");
    }

    for (i = 0; i < CRICKET_JSON_MAX_DEPTH / 2; i++) {
        p = stpcpy(p, "]}");
    }

    CHECK(test_read(&json, (unsigned char *) text, p - text, tokens)
          == CRICKET_JSON_END, "64 objects and arrays in turn");

    p[-2] = '}';

    CHECK(test_read(&json, (unsigned char *) text, p - text, tokens)
          == CRICKET_JSON_ERROR && json.pos == json.start + (p - text) - 2,
          "a wrong bracket at the outermost array");
}


/* a copy that ends where the memory ends lets the sanitizer see a byte more */

static void
test_truncated(void)
{
    int             bad;
    char            tokens[64];
    size_t          n;
    unsigned char  *copy;
    cricket_json_t  json;

    static const char  text[] = "{\"ab\\u00e4\":[-1.5e+3,true,false,null,"
                                "\"\xe2\x82\xac\xf0\x9f\x98\x80 and so on\"]}";

    bad = 0;

    for (n = 0; n < sizeof(text) - 1; n++) {
        copy = malloc(n ? n : 1);
        if (copy == NULL) {
            bad++;
            break;
        }

        memcpy(copy, text, n);

        if (test_read(&json, copy, n, tokens) != CRICKET_JSON_ERROR) {
            bad++;
        }

        free(copy);
    }

    CHECK(bad == 0, "cut short anywhere is an error");
    CHECK(test_read(&json, TEXT(text), tokens) == CRICKET_JSON_END, "whole");
}


static void
test_text(void)
{
    cricket_json_t  json;

    cricket_json_init(&json, TEXT(" {\"k\\n\" : [ \"v \" , -1.50e3 , \"\"]}"));

    (void) cricket_json_next(&json);

    CHECK(cricket_json_next(&json) == CRICKET_JSON_KEY && json.text.len == 3
          && memcmp(json.text.data, "k\\n", 3) == 0 && json.escaped
          && !json.plain, "text of a key");

    (void) cricket_json_next(&json);

    CHECK(cricket_json_next(&json) == CRICKET_JSON_STRING
          && json.text.len == 2 && memcmp(json.text.data, "v ", 2) == 0
          && !json.escaped && json.plain, "text of a string");

    CHECK(cricket_json_next(&json) == CRICKET_JSON_NUMBER
          && json.text.len == 7
          && memcmp(json.text.data, "-1.50e3", 7) == 0, "text of a number");

    CHECK(cricket_json_next(&json) == CRICKET_JSON_STRING
          && json.text.len == 0, "text of an empty string");

    cricket_json_init(&json, TEXT("\"abcdefgh\x7f\""));

    CHECK(cricket_json_next(&json) == CRICKET_JSON_STRING && !json.plain
          && !json.escaped, "U+007F is not plain");

    cricket_json_init(&json, TEXT("\"abc\x7f""efghijkl\""));

    CHECK(cricket_json_next(&json) == CRICKET_JSON_STRING && !json.plain,
          "nor is it among eight bytes");
}


static void
test_skip(void)
{
    cricket_json_t        json;
    cricket_json_token_e  token;

    cricket_json_init(&json, TEXT("[{\"a\":[1,{}]},[],2]"));

    (void) cricket_json_next(&json);

    token = cricket_json_next(&json);
    CHECK(token == CRICKET_JSON_OBJECT
          && cricket_json_skip(&json, token) == CRICKET_OK, "skip an object");

    token = cricket_json_next(&json);
    CHECK(token == CRICKET_JSON_ARRAY
          && cricket_json_skip(&json, token) == CRICKET_OK, "skip an array");

    token = cricket_json_next(&json);
    CHECK(token == CRICKET_JSON_NUMBER
          && cricket_json_skip(&json, token) == CRICKET_OK, "skip a number");

    CHECK(cricket_json_next(&json) == CRICKET_JSON_ARRAY_END
          && cricket_json_next(&json) == CRICKET_JSON_END, "nothing is left");

    cricket_json_init(&json, TEXT("[{\"a\":[1,}]"));
    token = cricket_json_next(&json);

    CHECK(cricket_json_skip(&json, token) == CRICKET_INVALID, "skip an error");
    CHECK(cricket_json_skip(&json, CRICKET_JSON_ERROR) == CRICKET_INVALID,
          "skip the error itself");
}


static void
test_decode(void)
{
    size_t         i;
    ptrdiff_t      n;
    cricket_str_t  text;
    unsigned char  dst[64];

    static const struct {
        const char  *text;
        const char  *decoded;
        ptrdiff_t    len;
    } t[] = {
        { "", "", 0 },
        { "plain", "plain", 5 },
        { "\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t", 8 },
        { "\\u0041\\u007f", "A\x7f", 2 },
        { "a\\u0000b", "a\0b", 3 },
        { "\\u0080\\u07ff", "\xc2\x80\xdf\xbf", 4 },
        { "\\u0800\\uFfFf", "\xe0\xa0\x80\xef\xbf\xbf", 6 },
        { "\\ud7ff\\ue000", "\xed\x9f\xbf\xee\x80\x80", 6 },
        { "\\ud800\\udc00", "\xf0\x90\x80\x80", 4 },
        { "\\uDBFF\\uDFFF", "\xf4\x8f\xbf\xbf", 4 },
        { "\\ud83d\\ude00!", "\xf0\x9f\x98\x80!", 5 },
        { "\\\\u0041", "\\u0041", 6 },
        { "\xe2\x82\xac", "\xe2\x82\xac", 3 },
        { "\\ud800", NULL, -1 },
        { "\\udc00", NULL, -1 },
        { "\\ud800x", NULL, -1 },
        { "\\ud800\\n12345", NULL, -1 },
        { "\\ud800\\ud800", NULL, -1 },
        { "\\ud800\\u0041", NULL, -1 },
        { "\\ud800\\ue000", NULL, -1 },
        { "a\\udfff\\ud800", NULL, -1 },
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        text.data = (const unsigned char *) t[i].text;
        text.len = strlen(t[i].text);

        n = cricket_json_decode(&text, dst);

        CHECK(n == t[i].len
              && (n == -1 || memcmp(dst, t[i].decoded, n) == 0),
              "decode %s", t[i].text);
    }
}


/* in the order of what they are without escapes */

static void
test_cmp(void)
{
    int            rc;
    size_t         i, j, n;
    cricket_str_t  one, two;

    static const char  *t[] = {
        "", "a", "a\\\"", "a#", "a/b", "a\\/c", "aA", "a\\u0041b", "a\\\\",
        "ab", "\\u00e9", "\xc3\xa9" "a", "\xef\xbd\x9e", "\\uff5ea",
        "\\ud83e\\udd80", "\xf0\x9f\xa6\x80" "a"
    };

    n = sizeof(t) / sizeof(t[0]);

    for (i = 0; i < n; i++) {
        for (j = 0; j < n; j++) {
            one.data = (const unsigned char *) t[i];
            one.len = strlen(t[i]);
            two.data = (const unsigned char *) t[j];
            two.len = strlen(t[j]);

            rc = cricket_json_cmp(&one, &two);

            CHECK((i < j && rc < 0) || (i == j && rc == 0)
                  || (i > j && rc > 0), "%s to %s: %d", t[i], t[j], rc);
        }
    }

    one.data = (const unsigned char *) "\\u00e9\\ud83e\\udd80";
    one.len = 18;
    two.data = (const unsigned char *) "\xc3\xa9\xf0\x9f\xa6\x80";
    two.len = 6;

    CHECK(cricket_json_cmp(&one, &two) == 0, "one text, escaped or not");

    /* which a reader would have refused */

    one.data = (const unsigned char *) "\\ud83e";
    one.len = 6;

    CHECK(cricket_json_cmp(&one, &two) != 0
          && cricket_json_cmp(&one, &one) == 0, "half a pair");
}


static void
test_double(void)
{
    int            rc;
    size_t         i;
    double         value, expected;
    cricket_str_t  text;

    static const char  *t[] = {
        "0", "-0", "0.0", "-0e10", "0e99999999999999999999", "-0.0e-400",
        "1", "-1", "42.5", "0.1", "0.3", "1.1e-7", "123456789.125",
        "9007199254740992", "9007199254740993", "9007199254740994.5",
        "-9007199254740991e22", "9007199254740991e-22", "1e22", "1e23",
        "1e-22", "1e-23", "123e25", "12345678901234567890", "1e+0", "1E-0",
        "100000000000000000000000000000000000000000000",
        "0.000000000000000000000000000000000000000000001",
        "3.141592653589793238462643383279502884197169399375105820974944592307",
        "2.2250738585072011e-308", "2.2250738585072012e-308",
        "2.2250738585072014e-308", "4.9406564584124654e-324", "5e-324",
        "2.4703282292062327e-324", "2.4703282292062328e-324", "1e-400",
        "-1e-400", "1e-99999999999999999999", "1.7976931348623157e308",
        "1.7976931348623158e308", "179769313486231580793e288", "0.5e-323",
        "8.5e22", "1.5e-22", "6929495644600919.5", "3.7455744005952583e15",
        "1448997445238699", "6.02214076e23", "0.1e1", "10e-1", "1000e-25",
        "0.00001e27", "1.0000000000000002", "7.2057594037927933e16"
    };

    static const char  *large[] = {
        "1e309", "-1e309", "1e400", "1.7976931348623159e308", "1e99999999999",
        "1e999999999999999999999999999999999999", "0.001e312",
        "17976931348623159e292", "179769313486231580794e288"
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        text.data = (const unsigned char *) t[i];
        text.len = strlen(t[i]);

        expected = strtod(t[i], NULL);
        value = 77;

        rc = cricket_json_double(&text, &value);

        CHECK(rc == CRICKET_OK && memcmp(&value, &expected, sizeof(value)) == 0,
              "%s is %.17g", t[i], value);
    }

    for (i = 0; i < sizeof(large) / sizeof(large[0]); i++) {
        text.data = (const unsigned char *) large[i];
        text.len = strlen(large[i]);

        CHECK(cricket_json_double(&text, &value) == CRICKET_INVALID,
              "%s is too large", large[i]);
    }
}


static void
test_integer(void)
{
    size_t         i;
    int64_t        value;
    cricket_str_t  text;

    static const struct {
        const char  *text;
        int64_t      value;
    } t[] = {
        { "0", 0 }, { "-0", 0 }, { "7", 7 }, { "-1", -1 },
        { "253402300799999", INT64_C(253402300799999) },
        { "999999999999999999", INT64_C(999999999999999999) },
        { "-999999999999999999", INT64_C(-999999999999999999) }
    };

    static const char  *wrong[] = {
        "1000000000000000000", "-1000000000000000000", "1.5", "1.0", "1e3"
    };

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        text.data = (const unsigned char *) t[i].text;
        text.len = strlen(t[i].text);

        CHECK(cricket_json_integer(&text, &value) == CRICKET_OK
              && value == t[i].value, "%s is whole", t[i].text);
    }

    for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        text.data = (const unsigned char *) wrong[i];
        text.len = strlen(wrong[i]);

        CHECK(cricket_json_integer(&text, &value) == CRICKET_INVALID,
              "%s is not, or too long", wrong[i]);
    }
}


/* numbers longer than the buffer they are converted in */

static void
test_long_double(void)
{
    int            i, digit, rest;
    double         value, expected;
    cricket_str_t  text;

    static char  buf[20000];

    text.data = (unsigned char *) buf;

    /* half of the least double, as long as a middle of two can be */

    (void) snprintf(buf, sizeof(buf), "%.1074f", 4.9406564584124654e-324);

    for (i = 2, rest = 0; i < 2 + 1075; i++) {
        digit = rest * 10 + ((i < 2 + 1074) ? buf[i] - '0' : 0);
        buf[i] = (char) ('0' + digit / 2);
        rest = digit % 2;
    }

    CHECK(rest == 0 && buf[i - 1] == '5', "half of the least double is exact");

    memset(buf + i, '0', sizeof(buf) - i);
    text.len = i;

    CHECK(cricket_json_double(&text, &value) == CRICKET_OK && value == 0,
          "half of the least double is 0, which is even");

    text.len = sizeof(buf);

    CHECK(cricket_json_double(&text, &value) == CRICKET_OK && value == 0,
          "the same, 20,000 bytes long");

    buf[sizeof(buf) - 1] = '1';

    CHECK(cricket_json_double(&text, &value) == CRICKET_OK
          && value == 4.9406564584124654e-324,
          "more than half of it, by the last digit");

    /* 2^53 + 1, the middle of two doubles, to which even is 2^53 */

    memset(buf, '0', sizeof(buf));
    memcpy(buf, "9007199254740993.", 17);
    text.len = 10000;

    CHECK(cricket_json_double(&text, &value) == CRICKET_OK
          && value == 9007199254740992.0, "a middle, 10,000 digits long");

    buf[9999] = '1';

    CHECK(cricket_json_double(&text, &value) == CRICKET_OK
          && value == 9007199254740994.0, "the same and a 1 at the far end");

    buf[9999] = '0';
    memcpy(buf + 10000, "e-5", 3);
    text.len = 10003;
    buf[text.len] = '\0';
    expected = strtod(buf, NULL);

    CHECK(cricket_json_double(&text, &value) == CRICKET_OK
          && value == expected, "the same with an exponent");

    /* digits before the point that are not kept still count */

    memset(buf, '1', 1000);
    memcpy(buf + 1000, ".5e-995", 8);
    text.len = 1007;
    expected = strtod(buf, NULL);

    CHECK(cricket_json_double(&text, &value) == CRICKET_OK
          && value == expected, "1,000 digits and an exponent of -995");

    memset(buf, '1', 310);
    text.len = 310;

    CHECK(cricket_json_double(&text, &value) == CRICKET_INVALID,
          "310 digits are too large");

    memset(buf, '0', sizeof(buf));
    buf[1] = '.';
    memcpy(buf + 10000, "25e10000", 9);
    text.len = 10008;

    CHECK(cricket_json_double(&text, &value) == CRICKET_OK && value == 25,
          "10,000 zeros and an exponent to match");

    memcpy(buf + 10000, "25e10400", 9);

    CHECK(cricket_json_double(&text, &value) == CRICKET_INVALID,
          "10,000 zeros and too large an exponent");

    buf[0] = '-';
    buf[1] = '0';
    buf[2] = '.';
    buf[10000] = '\0';
    text.len = 10000;

    CHECK(cricket_json_double(&text, &value) == CRICKET_OK && value == 0
          && signbit(value), "a long negative zero");
}


int
main(void)
{
    test_accepted();
    test_rejected();
    test_utf8();
    test_depth();
    test_truncated();
    test_text();
    test_skip();
    test_decode();
    test_cmp();
    test_double();
    test_integer();
    test_long_double();

    CHECK(test_sliced > 5000, "all were read in slices as well");

    return test_done();
}
