
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include "cricket_protobuf.h"
#include "test_wire.h"


/* what is in a message, as text; "!" and the message if it is broken */

static char *
text(const unsigned char *data, size_t len)
{
    int                       rc;
    size_t                    n;
    unsigned                  again;
    cricket_protobuf_t        pb;
    cricket_protobuf_field_t  f;

    static char  out[4096];

    cricket_protobuf_init(&pb, data, len);

    n = 0;
    out[0] = '\0';

    for (again = 0; again < 1000; /* void */) {
        rc = cricket_protobuf_next(&pb, &f);

        if (rc == CRICKET_AGAIN) {
            again++;
            continue;
        }

        if (rc == CRICKET_DONE) {
            return out;
        }

        if (rc == CRICKET_INVALID) {
            snprintf(out + n, sizeof(out) - n, "!%zu %s",
                     (size_t) (pb.pos - (len ? data : pb.pos)), pb.error);
            return out;
        }

        switch (f.key & 7) {

        case CRICKET_PROTOBUF_BYTES:
            n += snprintf(out + n, sizeof(out) - n, "%u'%.*s' ", f.key >> 3,
                          (int) f.bytes.len, (const char *) f.bytes.data);
            break;

        default:
            n += snprintf(out + n, sizeof(out) - n, "%u%c%llu ", f.key >> 3,
                          "vx   f"[f.key & 7], (unsigned long long) f.value);
            break;
        }
    }

    return "for ever";
}


static void
check(const char *what, const unsigned char *data, size_t len,
    const char *expected)
{
    char           *got;
    unsigned char  *copy;

    copy = malloc(len ? len : 1);
    memcpy(copy, len ? data : copy, len);

    got = text(copy, len);
    CHECK(strcmp(got, expected) == 0, "%s: %s", what, got);

    free(copy);
}


static void
test_fields(void)
{
    cricket_buf_t  b;

    static const char  *same[] = {
        "", "1v0 ", "1v150 ", "1v18446744073709551615 ", "536870911v1 ",
        "16v1 2047v1 2048v1 ", "3f4294967295 ", "1x18446744073709551615 ",
        "2'testing' ", "2'' 2'' ", "3v1 1v2 2'b' 1v3 "
    };

    size_t  i;

    for (i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
        wire(&b, same[i], WIRE_AS_IS);
        check(same[i], b.data, b.len, same[i]);
        cricket_buf_free(&b);
    }

    wire(&b, "1(2v1 3'x' 4(5d1 6f1) 7[v1 v2]) 8v9", WIRE_AS_IS);
    check("groups are passed over", b.data, b.len, "8v9 ");
    cricket_buf_free(&b);

    wire(&b, "1()1()2()", WIRE_AS_IS);
    check("so are empty ones", b.data, b.len, "");
    cricket_buf_free(&b);

    wire(&b, "1(1(1(1(1(1(1(1(1(1(1(1(1(1(1(1()))))))))))))))) 2v1",
         WIRE_AS_IS);
    check("16 of them", b.data, b.len, "2v1 ");
    cricket_buf_free(&b);

    wire(&b, "1(1(1(1(1(1(1(1(1(1(1(1(1(1(1(1(1())))))))))))))))))",
         WIRE_AS_IS);
    check("17", b.data, b.len, "!16 groups are nested too deep");
    cricket_buf_free(&b);

    /* a tag may have more bytes than it needs */

    check("overlong", TEXT("\x88\x80\x80\x00\x01"), "1v1 ");
}


static void
test_broken(void)
{
    check("field 0", TEXT("\x00\x01"), "!0 no field has that number");
    check("field 0 of one more byte", TEXT("\x82\x00\x01"),
          "!0 no field has that number");
    check("field 2^29", TEXT("\x80\x80\x80\x80\x10\x01"),
          "!0 no field has that number");
    check("the last field", TEXT("\xf8\xff\xff\xff\x0f\x01"),
          "536870911v1 ");
    check("wire type 6", TEXT("\x0e\x01"), "!0 no field is encoded so");
    check("wire type 7", TEXT("\x0f\x01"), "!0 no field is encoded so");
    check("no number", TEXT("\x08"), "!0 ends inside a number");
    check("half a number", TEXT("\x08\x80"), "!0 ends inside a number");
    check("10 bytes", TEXT("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
          "1v18446744073709551615 ");
    check("65 bits", TEXT("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"),
          "!0 a number of more than 64 bits");
    check("11 bytes",
          TEXT("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x81\x00"),
          "!0 a number of more than 64 bits");
    check("7 of 8", TEXT("\x09\x01\x02\x03\x04\x05\x06\x07"),
          "!0 ends inside a number");
    check("3 of 4", TEXT("\x0d\x01\x02\x03"), "!0 ends inside a number");
    check("no length", TEXT("\x0a"), "!0 ends inside a number");
    check("a length too many", TEXT("\x0a\x02x"),
          "!0 a field is longer than what it is in");
    check("a length of 2^64 - 1",
          TEXT("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
          "!0 a field is longer than what it is in");
    check("behind a field", TEXT("\x08\x01\x0a\x02x"),
          "1v1 !2 a field is longer than what it is in");
    check("a group without end", TEXT("\x0b\x08\x01"),
          "!3 ends inside a group");
    check("an end without group", TEXT("\x0c"),
          "!0 a group ends that did not begin");
    check("another group's end", TEXT("\x0b\x14"),
          "!1 a group ends that did not begin");
    check("half a group's field", TEXT("\x0b\x0a\x05x\x0c"),
          "!1 a field is longer than what it is in");
}


/* the numbers of a list; "!" if it is broken */

static void
list(const char *message, unsigned depth, cricket_protobuf_wire_e wire_type,
    const char *expected)
{
    int                        rc;
    char                       out[256];
    size_t                     n;
    uint64_t                   value;
    cricket_buf_t              b;
    cricket_protobuf_t         pb;
    cricket_protobuf_list_t    l;
    cricket_protobuf_parts_t   parts;

    wire(&b, message, WIRE_AS_IS);

    cricket_protobuf_init(&pb, b.data, b.len);
    cricket_protobuf_parts_init(&parts, &pb);

    for (n = 0; n < depth; n++) {
        cricket_protobuf_parts_enter(&parts, 1);
    }

    cricket_protobuf_list_init(&l, &parts, 2, wire_type);

    n = 0;
    out[0] = '\0';

    while ((rc = cricket_protobuf_list_next(&l, &value)) == CRICKET_OK
           || rc == CRICKET_AGAIN)
    {
        if (rc == CRICKET_OK) {
            n += snprintf(out + n, sizeof(out) - n, "%llu ",
                          (unsigned long long) value);
        }
    }

    if (rc == CRICKET_INVALID) {
        snprintf(out + n, sizeof(out) - n, "!%s",
                 cricket_protobuf_parts_broken(&l.parts)->error);
    }

    CHECK(strcmp(out, expected) == 0, "list of \"%s\": %s", message, out);

    cricket_buf_free(&b);
}


static void
test_lists(void)
{
    list("", 0, CRICKET_PROTOBUF_VARINT, "");
    list("2v1 2v2 2v300", 0, CRICKET_PROTOBUF_VARINT, "1 2 300 ");
    list("2[v1 v2 v300]", 0, CRICKET_PROTOBUF_VARINT, "1 2 300 ");
    list("2v1 2[v2 v3] 3v9 2[] 2v4 1[v7]", 0, CRICKET_PROTOBUF_VARINT,
         "1 2 3 4 ");
    list("2x1 2[x2 x3] 2v9", 0, CRICKET_PROTOBUF_FIXED64, "1 2 3 ");
    list("2f1 2[f2 f3] 2x9", 0, CRICKET_PROTOBUF_FIXED32, "1 2 3 ");
    list("2[f2]", 0, CRICKET_PROTOBUF_FIXED64, "!ends inside a number");
    list("2v7 2'^80'", 0, CRICKET_PROTOBUF_VARINT, "7 !ends inside a number");

    /* in parts of parts */

    list("1{2v1 2[v2]} 2v9 1{} 1{3v1} 1{2[v3 v4]}", 1,
         CRICKET_PROTOBUF_VARINT, "1 2 3 4 ");
    list("1{1{2v1} 1{1{2v8}}} 1{2v9} 1{1{2[v2] 3v1 2v3}}", 2,
         CRICKET_PROTOBUF_VARINT, "1 2 3 ");
    list("1{1{2v1}} 1{1'^08'}", 2, CRICKET_PROTOBUF_VARINT,
         "1 !ends inside a number");
    list("1{1{1{2v1}} 1{1{2v2}}}1{1{1{2v3}}}", 3, CRICKET_PROTOBUF_VARINT,
         "1 2 3 ");
}


static void
test_numbers(void)
{
    CHECK(cricket_protobuf_zigzag(0) == 0, "0");
    CHECK(cricket_protobuf_zigzag(1) == -1, "-1");
    CHECK(cricket_protobuf_zigzag(2) == 1, "1");
    CHECK(cricket_protobuf_zigzag(UINT64_MAX - 1) == INT64_MAX, "the most");
    CHECK(cricket_protobuf_zigzag(UINT64_MAX) == INT64_MIN, "the least");
    CHECK(cricket_protobuf_double(0x4035800000000000ull) == 21.5, "21.5");
}


int
main(void)
{
    test_fields();
    test_broken();
    test_lists();
    test_numbers();

    return test_done();
}
