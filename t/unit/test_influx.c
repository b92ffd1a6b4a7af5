
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include "cricket_influx.h"
#include "test_reader.h"


#define MAX       1000
#define NS        1
#define US        1000
#define MS        1000000
#define S         UINT64_C(1000000000)
#define M         UINT64_C(60000000000)
#define H         UINT64_C(3600000000000)

#define TEN(s)       s s s s s s s s s s
#define HUNDRED(s)   TEN(TEN(s))
#define NAME512      TEN(TEN("abcde")) "abcdefghijkl"
#define VALUE1024    HUNDRED("abcdefghij") "abcdefghijklmnopqrstuvwx"

#define NOW          TEST_READER_NOW


/* what is read, and what it is to be: an error is "!place: message" */

typedef struct {
    const char       *body;
    uint64_t          precision;
    const char       *read;
} test_body_t;


static void test_table(void);
static void test_long(void);
static void test_tags(void);
static void test_most(void);
static void test_slices(void);
static void test_truncated(void);
static void test_zeros(void);
static void test_is(const unsigned char *data, size_t len, uint64_t precision,
    const char *read, const char *what);


static const test_body_t  test_bodies[] = {

    /* nothing */
    { "", NS, "." },
    { "\n", NS, "." },
    { "\r\n \t\r\n\n", NS, "." },
    { "# a comment, with=1 9", NS, "." },
    { " # another\n#\n", NS, "." },

    /* names */
    { "m value=1 1", NS, "m 1 1970-01-01T00:00:00.000000001Z\n." },
    { "m f=1 1", NS, "m_f 1 1970-01-01T00:00:00.000000001Z\n." },
    { "m f=1,value=2,g=3 0", S, "m_f 1 1970-01-01T00:00:00Z\n"
      "m 2 1970-01-01T00:00:00Z\nm_g 3 1970-01-01T00:00:00Z\n." },
    { "m Value=1 0", S, "m_Value 1 1970-01-01T00:00:00Z\n." },
    { "my\\ m\\,x f\\ 1\\,\\==1 0", S,
      "my m,x_f 1,= 1 1970-01-01T00:00:00Z\n." },
    { "a=b\\=c f=1 0", S, "a=b\\\\=c_f 1 1970-01-01T00:00:00Z\n." },
    { "C:\\x\"y\" f\"\\z=1 0", S,
      "C:\\\\x\\\"y\\\"_f\\\"\\\\z 1 1970-01-01T00:00:00Z\n." },
    { "a\\\\,t=1 f=1 0", S, "a\\\\,t=1_f 1 1970-01-01T00:00:00Z\n." },
    { "a\\", S, "!line 1: measurement \"a\\\": no fields\n." },
    { "a\\\n", S, "!line 1: measurement \"a\\\": no fields\n." },
    { "\303\244\342\202\254,t=\360\237\246\227 \303\266=1 0", S,
      "\303\244\342\202\254_\303\266 1 1970-01-01T00:00:00Z "
      "t=\360\237\246\227\n." },
    { "m,t=1 #f=1 0", S, "m_#f 1 1970-01-01T00:00:00Z t=1\n." },

    /* tags */
    { "m,b=2,a=1 f=1 0", S, "m_f 1 1970-01-01T00:00:00Z b=2 a=1\n." },
    { "m,t=a\\ b\\,c\\=d f=1 0", S,
      "m_f 1 1970-01-01T00:00:00Z t=a b,c=d\n." },
    { "m,t=C:\\dir\\,u,A.b-c/d_9=x f=1 0", S,
      "m_f 1 1970-01-01T00:00:00Z t=C:\\\\dir,u A.b-c/d_9=x\n." },
    { "m,t=\"q\\x\",u=\\  f=1 0", S,
      "m_f 1 1970-01-01T00:00:00Z t=\\\"q\\\\x\\\" u= \n." },

    /* numbers */
    { "m a=1,b=-1,c=1.5,d=-0.5,e=1e3,f=1E-3,g=1.5e+3 0", S,
      "m_a 1 1970-01-01T00:00:00Z\nm_b -1 1970-01-01T00:00:00Z\n"
      "m_c 1.5 1970-01-01T00:00:00Z\nm_d -0.5 1970-01-01T00:00:00Z\n"
      "m_e 1e3 1970-01-01T00:00:00Z\nm_f 1E-3 1970-01-01T00:00:00Z\n"
      "m_g 1.5e+3 1970-01-01T00:00:00Z\n." },
    { "m a=.5,b=1.,c=-.5,d=007,e=-00.50,f=1.e3,g=00,h=-0 0", S,
      "m_a 0.5 1970-01-01T00:00:00Z\nm_b 1 1970-01-01T00:00:00Z\n"
      "m_c -0.5 1970-01-01T00:00:00Z\nm_d 7 1970-01-01T00:00:00Z\n"
      "m_e -0.50 1970-01-01T00:00:00Z\nm_f 1e3 1970-01-01T00:00:00Z\n"
      "m_g 0 1970-01-01T00:00:00Z\nm_h -0 1970-01-01T00:00:00Z\n." },
    { "m a=9223372036854775807i,b=-9223372036854775808i,"
      "c=18446744073709551615u,d=0u,e=-0i,f=007i,g=-007i 0", S,
      "m_a 9223372036854775807 1970-01-01T00:00:00Z\n"
      "m_b -9223372036854775808 1970-01-01T00:00:00Z\n"
      "m_c 18446744073709551615 1970-01-01T00:00:00Z\n"
      "m_d 0 1970-01-01T00:00:00Z\nm_e 0 1970-01-01T00:00:00Z\n"
      "m_f 7 1970-01-01T00:00:00Z\nm_g -7 1970-01-01T00:00:00Z\n." },
    { "m a=9223372036854775808i,b=-9223372036854775809i,"
      "c=18446744073709551616u,d=99999999999999999999999u,e=1 0", S,
      "!line 1: field \"a\": beyond the range of a signed integer of 64 bits\n"
      "!line 1: field \"b\": beyond the range of a signed integer of 64 bits\n"
      "!line 1: field \"c\": beyond the range of an unsigned integer of 64 "
      "bits\n"
      "!line 1: field \"d\": beyond the range of an unsigned integer of 64 "
      "bits\nm_e 1 1970-01-01T00:00:00Z\n." },
    { "m a=1.7976931348623157e308,b=1e309,c=1e-400 0", S,
      "m_a 1.7976931348623157e308 1970-01-01T00:00:00Z\n"
      "!line 1: field \"b\": beyond the range of a double\n"
      "m_c 1e-400 1970-01-01T00:00:00Z\n." },

    /* booleans */
    { "m a=t,b=T,c=true,d=True,e=TRUE,f=f,g=F,h=false,i=False,j=FALSE 0", S,
      "m_a 1 1970-01-01T00:00:00Z\nm_b 1 1970-01-01T00:00:00Z\n"
      "m_c 1 1970-01-01T00:00:00Z\nm_d 1 1970-01-01T00:00:00Z\n"
      "m_e 1 1970-01-01T00:00:00Z\nm_f 0 1970-01-01T00:00:00Z\n"
      "m_g 0 1970-01-01T00:00:00Z\nm_h 0 1970-01-01T00:00:00Z\n"
      "m_i 0 1970-01-01T00:00:00Z\nm_j 0 1970-01-01T00:00:00Z\n." },

    /* strings */
    { "m s=\"x\" 0", S, ".1" },
    { "m s=\"\",a=1 0", S, "m_a 1 1970-01-01T00:00:00Z\n.1" },
    { "m s=\"a, b=2 \\\" \\\\\",a=1,t=\"\\\\\\\"\" 0", S,
      "m_a 1 1970-01-01T00:00:00Z\n.2" },
    { "m s=\"C:\\x\",a=1 0\nm b=x", S, "m_a 1 1970-01-01T00:00:00Z\n"
      "!line 2: field \"b\": expected a number, an integer such as 1i or 1u, "
      "a boolean, or a string in quotes\n.1" },
    { "m s=\"two\nlines\r\n#\",a=1 0\nm b=x,c=\"\n\" 0\nm d=y", S,
      "m_a 1 1970-01-01T00:00:00Z\n"
      "!line 4: field \"b\": expected a number, an integer such as 1i or 1u, "
      "a boolean, or a string in quotes\n"
      "!line 6: field \"d\": expected a number, an integer such as 1i or 1u, "
      "a boolean, or a string in quotes\n.2" },
    { "m s=\"x\"y,a=1 0\nm b=2 0", S,
      "!line 1: field \"s\": text behind the closing quote\n"
      "m_b 2 1970-01-01T00:00:00Z\n." },
    { "m a=1,s=\"x 0\nm b=2 0", S,
      "!line 1: field \"s\": a string without its closing quote\n"
      "m_b 2 1970-01-01T00:00:00Z\n." },
    { "m a=\"\\", S, "!line 1: field \"a\": a string without its closing "
      "quote\n." },

    /* times */
    { "m a=1", NS, "m_a 1 " NOW "\n." },
    { "m a=1 \nm,t=1  a=2  \r\n", NS, "m_a 1 " NOW "\nm_a 2 " NOW " t=1\n." },
    { "m a=1 1483224590123456789", NS,
      "m_a 1 2016-12-31T22:49:50.123456789Z\n." },
    { "m a=1 1483224590123456", US, "m_a 1 2016-12-31T22:49:50.123456Z\n." },
    { "m a=1 1483224590123", MS, "m_a 1 2016-12-31T22:49:50.123Z\n." },
    { "m a=1 1483224590", S, "m_a 1 2016-12-31T22:49:50Z\n." },
    { "m a=1 24720409", M, "m_a 1 2016-12-31T22:49:00Z\n." },
    { "m a=1 412006", H, "m_a 1 2016-12-31T22:00:00Z\n." },
    { "m a=1 -1", NS, "m_a 1 1969-12-31T23:59:59.999999999Z\n." },
    { "m a=1 -1", US, "m_a 1 1969-12-31T23:59:59.999999Z\n." },
    { "m a=1 -1000000", NS, "m_a 1 1969-12-31T23:59:59.999Z\n." },
    { "m a=1 -1000001", NS, "m_a 1 1969-12-31T23:59:59.998999999Z\n." },
    { "m a=1 9223372036854775807", NS,
      "m_a 1 2262-04-11T23:47:16.854775807Z\n." },
    { "m a=1 -9223372036854775808", NS,
      "m_a 1 1677-09-21T00:12:43.145224192Z\n." },
    { "m a=1 9223372036854775808", NS, "!line 1: time "
      "\"9223372036854775808\": beyond the range of an integer of 64 bits\n." },
    { "m a=1 253402300799", S, "m_a 1 9999-12-31T23:59:59Z\n." },
    { "m a=1 253402300800", S, "!line 1: time \"253402300800\": outside the "
      "years 0001 to 9999; is its precision another one?\n." },
    { "m a=1 -62135596800", S, "m_a 1 0001-01-01T00:00:00Z\n." },
    { "m a=1 -62135596801", S, "!line 1: time \"-62135596801\": outside the "
      "years 0001 to 9999; is its precision another one?\n." },
    { "m a=1 9223372036854775807", H, "!line 1: time \"9223372036854775807\": "
      "outside the years 0001 to 9999; is its precision another one?\n." },
    { "m a=1 -9223372036854775808", H, "!line 1: time "
      "\"-9223372036854775808\": outside the years 0001 to 9999; is its "
      "precision another one?\n." },
    { "m a=1 00000000000000000000000000000000001", S,
      "m_a 1 1970-01-01T00:00:01Z\n." },
    { "m a=1 1.5\nm a=1 x\nm a=1 -\nm a=1 +1\nm a=1 1e3\nm a=2 0", S,
      "!line 1: time \"1.5\": expected an integer\n"
      "!line 2: time \"x\": expected an integer\n"
      "!line 3: time \"-\": expected an integer\n"
      "!line 4: time \"+1\": expected an integer\n"
      "!line 5: time \"1e3\": expected an integer\n"
      "m_a 2 1970-01-01T00:00:00Z\n." },
    { "m a=1 0 0\nm a=2 0 \t", S, "!line 1: text behind the time\n"
      "m_a 2 1970-01-01T00:00:00Z\n." },

    /* ends of lines */
    { "m a=1 0\r\nm a=2\r\n\r\n# c\r\nm s=\"x\"\r\nm a=3 0\r", S,
      "m_a 1 1970-01-01T00:00:00Z\nm_a 2 " NOW "\n"
      "m_a 3 1970-01-01T00:00:00Z\n.1" },
    { "m a=1\r 0", S, "!line 1: field \"a\": expected a number, an integer "
      "such as 1i or 1u, a boolean, or a string in quotes\n." },

    /* what is no line */
    { "m", NS, "!line 1: measurement \"m\": no fields\n." },
    { "m\nm a=1", NS, "!line 1: measurement \"m\": no fields\n"
      "m_a 1 " NOW "\n." },
    { "m ", NS, "!line 1: no fields\n." },
    { "m \r\n", NS, "!line 1: no fields\n." },
    { ",t=1 a=1", NS, "!line 1: no measurement\n." },
    { "=1 a=1", NS, "=1_a 1 " NOW "\n." },
    { "m, a=1", NS, "!line 1: a comma without a tag\n." },
    { "m,t a=1", NS, "!line 1: tag \"t\": no value\n." },
    { "m,t= a=1", NS, "!line 1: tag \"t\": no value\n." },
    { "m,t=1,u=2", NS, "!line 1: tag \"u\": no fields behind it\n." },
    { "m,t=1,u=2\r\n", NS, "!line 1: tag \"u\": no fields behind it\n." },
    { "m,=1 a=1", NS, "!line 1: tag \"\": not a key of 1 to 256 bytes of A-Z "
      "a-z 0-9 _ . / -\n." },
    { "m,t=a=b a=1", NS, "!line 1: tag \"t\": \"=\" in the value, expected "
      "\"\\=\"\n." },
    { "m a", NS, "!line 1: field \"a\": no value\n." },
    { "m a 1", NS, "!line 1: field \"a\": no value\n." },
    { "m a= 1", NS, "!line 1: field \"a\": no value\n." },
    { "m a=,b=1", NS, "!line 1: field \"a\": no value\n." },
    { "m a=1,", NS, "!line 1: a field without a name\n." },
    { "m a=1,,b=1", NS, "!line 1: a field without a name\n." },
    { "m =1", NS, "!line 1: a field without a name\n." },
    { "m a=1,b", NS, "!line 1: field \"b\": no value\n." },
    { "m a=1, b=2", NS, "!line 1: a field without a name\n." },

    /* values that are none */
    { "m a=NaN,b=inf,c=+1,d=1i5,e=1.5i,f=-1u,g=1e3i,h=i,j=.,k=-,l=1e,m=tRUE,"
      "n=--1,o='x',p=1..2,q=0x1,r=1\\,s=2 0", S,
#define EXPECTED  ": expected a number, an integer such as 1i or 1u, a "      \
                  "boolean, or a string in quotes\n"
      "!line 1: field \"a\"" EXPECTED "!line 1: field \"b\"" EXPECTED
      "!line 1: field \"c\"" EXPECTED "!line 1: field \"d\"" EXPECTED
      "!line 1: field \"e\"" EXPECTED "!line 1: field \"f\"" EXPECTED
      "!line 1: field \"g\"" EXPECTED "!line 1: field \"h\"" EXPECTED
      "!line 1: field \"j\"" EXPECTED "!line 1: field \"k\"" EXPECTED
      "!line 1: field \"l\"" EXPECTED "!line 1: field \"m\"" EXPECTED
      "!line 1: field \"n\"" EXPECTED "!line 1: field \"o\"" EXPECTED
      "!line 1: field \"p\"" EXPECTED "!line 1: field \"q\"" EXPECTED
      "!line 1: field \"r\"" EXPECTED
      "m_s 2 1970-01-01T00:00:00Z\n." },

    /* what a datapoint cannot have, and its line is read to its end all the
       same: a string in it goes over lines */
    { "m,t\\ 1=x s=\"\nm a=1 0\n\" 0\nm a=2 0", S,
      "!line 1: tag \"t\\ 1\": not a key of 1 to 256 bytes of A-Z a-z 0-9 _ . "
      "/ -\nm_a 2 1970-01-01T00:00:00Z\n." },
    { "m,t=1,u=2,t=3 a=1", NS, "!line 1: tag \"t\": repeated\n." },
    { "m,t=a\tb a=1", NS, "!line 1: tag \"t\": a control character\n." },
    { "m,t=\377 a=1", NS, "!line 1: tag \"t\": not UTF-8\n." },
    { "m\001,t=1 a=1", NS, "!line 1: measurement \"m?\": a control "
      "character\n." },
    { "m\355\240\200 a=1", NS, "!line 1: measurement \"m???\": not UTF-8\n." },
    { "m a\302\205=1,b=2", NS, "!line 1: field \"a?\": a control character\n"
      "m_b 2 " NOW "\n." },
    { "m,\303\244=1 a=1", NS, "!line 1: tag \"\303\244\": not a key of 1 to "
      "256 bytes of A-Z a-z 0-9 _ . / -\n." },

    /* the first error of a line is told, and counts once */
    { "m,\303\244=1,t= a=x,b 0", NS, "!line 1: tag \"\303\244\": not a key of "
      "1 to 256 bytes of A-Z a-z 0-9 _ . / -\n." },

    /* what it is that is none of it */
    { "\037\213\010\000", NS, "=at byte 0: gzip data, expected line protocol; "
      "packed once, it is sent with the header Content-Encoding: gzip" },
    { "{\"database\":\"sd\",\"points\":[{\"measurement\":\"m\"}]}", NS,
      "!line 1: tag \"\"points\":[{\"measurement\":\"m\"}]}\": no value\n." },

    /* as clients send it */
    { "mem,dc=eu\\ 1,host=web-1 used_percent=5.225472413722137,"
      "used=1320816640i 1795626588000000000\n"
      "weather,dc=eu\\ 1,host=web-1,loc=k\\ 1,ok=yes temp=21.5,n=7i,u=8i,"
      "good=true,s=\"some text\" 1795626588000000000\n", NS,
      "mem_used_percent 5.225472413722137 2026-11-25T17:09:48Z dc=eu 1 "
      "host=web-1\n"
      "mem_used 1320816640 2026-11-25T17:09:48Z dc=eu 1 host=web-1\n"
      "weather_temp 21.5 2026-11-25T17:09:48Z dc=eu 1 host=web-1 loc=k 1 "
      "ok=yes\n"
      "weather_n 7 2026-11-25T17:09:48Z dc=eu 1 host=web-1 loc=k 1 ok=yes\n"
      "weather_u 8 2026-11-25T17:09:48Z dc=eu 1 host=web-1 loc=k 1 ok=yes\n"
      "weather_good 1 2026-11-25T17:09:48Z dc=eu 1 host=web-1 loc=k 1 ok=yes\n"
      ".1" },
    { "cpu value=1.0", MS, "cpu 1.0 " NOW "\n." },

    { NULL, 0, NULL }
};


static void
test_is(const unsigned char *data, size_t len, uint64_t precision,
    const char *read, const char *what)
{
    cricket_buf_t  b;

    cricket_buf_init(&b, 1 << 24);

    test_reader_read(&b, &cricket_influx, data, len, precision, MAX, 0);

    if (!CHECK(b.len == strlen(read) && memcmp(b.data, read, b.len) == 0, "%s",
               what))
    {
        fprintf(stderr, "# %.*s\n", (int) b.len, (char *) b.data);
    }

    cricket_buf_free(&b);
}


static void
test_table(void)
{
    const test_body_t  *body;

    for (body = test_bodies; body->body; body++) {
        test_is((const unsigned char *) body->body, strlen(body->body),
                body->precision, body->read, body->body);
    }
}


static void
test_long(void)
{
    test_is(TEXT(NAME512 " value=1 0"), S,
            NAME512 " 1 1970-01-01T00:00:00Z\n.", "a long measurement");
    test_is(TEXT(NAME512 "x value=1 0"), S,
            "!line 1: measurement \"abcdeabcdeabcdeabcdeabcdeabcdeabcdeabcdeabc"
            "deabcdeabcdeabcde...\": longer than 512 bytes\n.",
            "one too long");
    test_is(TEXT(NAME512 " f=1,value=2 0"), S,
            "!line 1: field \"f\": its name, with the measurement's, longer "
            "than 512 bytes\n" NAME512 " 2 1970-01-01T00:00:00Z\n.",
            "no room for a field's name");
    test_is(TEXT(HUNDRED("abcde") "abcdefghij f=1,gh=2 0"), S,
            HUNDRED("abcde") "abcdefghij_f 1 1970-01-01T00:00:00Z\n"
            "!line 1: field \"gh\": longer than 1 bytes\n.",
            "room for one byte of it");
    test_is(TEXT(HUNDRED("\"\\\"\\\"") "\"\"\"\"\"\"\"\"\"\" \"=1 0"), S,
            HUNDRED("\\\"\\\\\\\"\\\\\\\"")
            "\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"_\\\" "
            "1 1970-01-01T00:00:00Z\n.", "the longest as JSON text");
    test_is(TEXT("m,t=" VALUE1024 " f=1 0"), S,
            "m_f 1 1970-01-01T00:00:00Z t=" VALUE1024 "\n.", "a long value");
    test_is(TEXT("m,t=" VALUE1024 "x f=1 0"), S,
            "!line 1: tag \"t\": longer than 1024 bytes\n.", "one too long");
    test_is(TEXT("m,t=" HUNDRED("\\ \\ \\ \\ \\ \\ \\ \\ \\ \\ ")
                 "abcdefghijklmnopqrstuvwx f=1 0"), S,
            "m_f 1 1970-01-01T00:00:00Z t=" HUNDRED("          ")
            "abcdefghijklmnopqrstuvwx\n.", "a long value, by its escapes");
    test_is(TEXT("m," TEN("abcdefghijklmnopqrstuvwxy") "abcdef=1 f=1 0"), S,
            "m_f 1 1970-01-01T00:00:00Z " TEN("abcdefghijklmnopqrstuvwxy")
            "abcdef=1\n.", "a long key");
    test_is(TEXT("m," TEN("abcdefghijklmnopqrstuvwxy") "abcdefg=1 f=1 0"), S,
            "!line 1: tag \"abcdefghijklmnopqrstuvwxyabcdefghijklmnopqrstuvwxya"
            "bcdefghij...\": not a key of 1 to 256 bytes of A-Z a-z 0-9 _ . / "
            "-\n.", "one too long");
    test_is(TEXT("m f=" HUNDRED("1234567890") "123456789012345678901234 0"), S,
            "!line 1: field \"f\": beyond the range of a double\n.",
            "a long number");
    test_is(TEXT("m f=0." HUNDRED("1234567890") "1234567890123456789012 0"), S,
            "m_f 0." HUNDRED("1234567890") "1234567890123456789012 "
            "1970-01-01T00:00:00Z\n.", "another");
    test_is(TEXT("m f=-." HUNDRED("1234567890") "1234567890123456789012 0"), S,
            "m_f -0." HUNDRED("1234567890") "1234567890123456789012 "
            "1970-01-01T00:00:00Z\n.", "the longest written anew");
    test_is(TEXT("m f=0." HUNDRED("1234567890") "12345678901234567890123 0"), S,
            "!line 1: field \"f\": a number of more than 1024 characters\n.",
            "one too long");
}


static void
test_tags(void)
{
    size_t         i;
    cricket_buf_t  body, read;

    cricket_buf_init(&body, 1 << 20);
    cricket_buf_init(&read, 1 << 20);

    cricket_buf_literal(&body, "m");
    cricket_buf_literal(&read, "m_f 1 1970-01-01T00:00:00Z");

    /* each as long as JSON text can be */

    for (i = 0; i < CRICKET_TAGS; i++) {
        cricket_buf_literal(&body, ",k");
        cricket_buf_int(&body, i);
        cricket_buf_literal(&body, "=" HUNDRED("\"\"\"\"\"\"\"\"\"\"")
                            "\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"");
        cricket_buf_literal(&read, " k");
        cricket_buf_int(&read, i);
        cricket_buf_literal(&read, "="
                            HUNDRED(TEN("\\\"")) TEN("\\\"\\\"")
                            "\\\"\\\"\\\"\\\"");
    }

    i = body.len;

    cricket_buf_literal(&body, " f=1 0");
    cricket_buf_append(&read, "\n.", 3);

    test_is(body.data, body.len, S, (char *) read.data, "as many as there may "
            "be, as long as they may be");

    body.len = i;

    cricket_buf_literal(&body, ",x=1 f=1 0");

    test_is(body.data, body.len, S, "!line 1: more than 40 tags\n.",
            "one too many");

    cricket_buf_free(&body);
    cricket_buf_free(&read);
}


/* of datapoints, right or wrong */

static void
test_most(void)
{
    cricket_buf_t  b;

    cricket_buf_init(&b, 1 << 20);

    test_reader_read(&b, &cricket_influx,
                     TEXT("m a=1,s=\"x\",b=2\nm c=x"), NS, 3, 0);

    CHECK(test_buf_is(&b, "m_a 1 " NOW "\nm_b 2 " NOW "\n"
                    "!line 2: field \"c\"" EXPECTED ".1"),
          "as many as allowed");

    b.len = 0;
    test_reader_read(&b, &cricket_influx, TEXT("m a=1,b=2\nm c=x"), NS, 2, 0);

    CHECK(test_buf_is(&b, "m_a 1 " NOW "\nm_b 2 " NOW "\n"
                    "=more than 2 datapoints"), "one more");

    b.len = 0;
    test_reader_read(&b, &cricket_influx, TEXT("m a=1,b=2\nm"), NS, 2, 0);

    CHECK(test_buf_is(&b, "m_a 1 " NOW "\nm_b 2 " NOW "\n"
                    "=more than 2 datapoints"), "a wrong line more");

    cricket_buf_free(&b);
}


/* what is read is the same, however it is sliced */

static void
test_slices(void)
{
    size_t              n, len, bad;
    cricket_buf_t       one, two;
    const test_body_t  *body;

    cricket_buf_init(&one, 1 << 20);
    cricket_buf_init(&two, 1 << 20);

    for (body = test_bodies; body->body; body++) {
        len = strlen(body->body);
        bad = 0;

        one.len = 0;
        test_reader_read(&one, &cricket_influx,
                         (const unsigned char *) body->body, len,
                         body->precision, MAX, 0);

        for (n = 1; n < len + 200; n += (n < len + 2) ? 1 : 31) {
            two.len = 0;
            test_reader_read(&two, &cricket_influx,
                             (const unsigned char *) body->body, len,
                             body->precision, MAX, n);

            if (one.len != two.len || memcmp(one.data, two.data, one.len)) {
                bad = n;
            }
        }

        CHECK(bad == 0, "in slices: %s", body->body);
    }

    cricket_buf_free(&one);
    cricket_buf_free(&two);
}


/* cut at any byte, it is read to its end, and not beyond */

static void
test_truncated(void)
{
    size_t              len, n, bad;
    cricket_buf_t       b;
    const test_body_t  *body;

    cricket_buf_init(&b, 1 << 20);

    for (body = test_bodies; body->body; body++) {
        bad = 0;
        len = strlen(body->body);

        for (n = 0; n < len; n++) {
            b.len = 0;
            test_reader_read(&b, &cricket_influx,
                             (const unsigned char *) body->body, n,
                             body->precision, MAX, 1 + n % 3);

            if (b.len == 0
                || (memchr(b.data, '.', b.len) == NULL && b.data[0] != '='))
            {
                bad = n + 1;
            }
        }

        CHECK(bad == 0, "cut: %s", body->body);
    }

    cricket_buf_free(&b);
}


static void
test_zeros(void)
{
    test_is(TEXT("m\000 a=1\nm\000,t=1 b=\0001"), NS,
            "!line 1: measurement \"m?\": a control character\n"
            "!line 2: measurement \"m?\": a control character\n.",
            "zeros in a body");
}


int
main(void)
{
    test_table();
    test_long();
    test_tags();
    test_most();
    test_slices();
    test_truncated();
    test_zeros();

    return test_done();
}
