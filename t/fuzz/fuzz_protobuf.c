
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include "cricket_protobuf.h"
#include "fuzz.h"


/*
 * A message and all that it may have inside: every field lies in it, each call
 * makes a step, and it ends.
 */

static void
fuzz_message(const uint8_t *data, size_t size, unsigned depth)
{
    int                       rc;
    size_t                    steps;
    const unsigned char      *before;
    cricket_protobuf_t        pb;
    cricket_protobuf_field_t  f;

    cricket_protobuf_init(&pb, data, size);

    for (steps = 0; /* void */ ; steps++) {
        before = pb.pos;

        rc = cricket_protobuf_next(&pb, &f);

        if (rc == CRICKET_DONE) {
            FUZZ_CHECK(pb.pos == pb.last);
            return;
        }

        if (rc == CRICKET_INVALID) {
            FUZZ_CHECK(pb.error != NULL && pb.pos == before);
            return;
        }

        FUZZ_CHECK(rc == CRICKET_OK || rc == CRICKET_AGAIN);
        FUZZ_CHECK(pb.pos > before && pb.pos <= pb.last && steps < size);

        if (rc == CRICKET_OK && (f.key & 7) == CRICKET_PROTOBUF_BYTES) {
            FUZZ_CHECK(f.bytes.data > data
                       && f.bytes.data + f.bytes.len <= data + size);

            if (depth != 0) {
                fuzz_message(f.bytes.data, f.bytes.len, depth - 1);
            }
        }
    }
}


static void
fuzz_list(const uint8_t *data, size_t size, unsigned depth,
    cricket_protobuf_wire_e wire)
{
    int                       rc;
    size_t                    steps;
    uint64_t                  value;
    cricket_protobuf_t        pb;
    cricket_protobuf_list_t   list;
    cricket_protobuf_parts_t  parts;

    cricket_protobuf_init(&pb, data, size);
    cricket_protobuf_parts_init(&parts, &pb);

    while (depth-- != 0) {
        cricket_protobuf_parts_enter(&parts, 1);
    }

    cricket_protobuf_list_init(&list, &parts, 2, wire);

    for (steps = 0; /* void */ ; steps++) {
        rc = cricket_protobuf_list_next(&list, &value);

        if (rc == CRICKET_DONE || rc == CRICKET_INVALID) {
            break;
        }

        FUZZ_CHECK(steps < 8 * size + 8);
    }

    if (rc == CRICKET_INVALID) {
        FUZZ_CHECK(cricket_protobuf_parts_broken(&list.parts)->error != NULL);
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_message(data, size, 5);

    fuzz_list(data, size, 0, CRICKET_PROTOBUF_VARINT);
    fuzz_list(data, size, 1, CRICKET_PROTOBUF_FIXED64);
    fuzz_list(data, size, 2, CRICKET_PROTOBUF_FIXED32);
    fuzz_list(data, size, 3, CRICKET_PROTOBUF_VARINT);

    return 0;
}
