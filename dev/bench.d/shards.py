# SPDX-License-Identifier: BSD-2-Clause

"""For dev/bench: cells that write to indices of one, two and three shards, and
with an earlier version of Cricket to one of its own."""

import os

from servers import TOP, children_of, make_index, start_nginx

SHARDS = (1, 2, 3)
LOADS = ((1, 256), (100, 64), (1000, 4))


def index_of(rival):
    return "bench-" + rival


def make(node, rival, before):
    """Anew what the rival writes to."""
    if rival == "before":
        make_index(node, index_of(rival), program=os.path.join(
            before, "objs", "cricket"))
    else:
        make_index(node, index_of(rival), "--shards", rival.split("-")[1])


def start_before(before, ports, work):
    """The earlier version, whose tree this is, built; its worker."""
    nginx = start_nginx("before", ports["BEFORE"], work, ports,
                        os.path.join(before, "objs"))
    return children_of(nginx.pid)[0]


def shards(base, ports, files, before):
    """The cells, of a class of dev/bench's that BASE is; files has for a size
    and a path what is posted there."""
    cells = []

    for size, connections in LOADS:
        rivals = {"shards-%d" % n: (ports["SHARDS"], files(size, "/%d" % n))
                  for n in SHARDS}
        if before:
            rivals["before"] = ports["BEFORE"], files(size, "/v1/metrics")

        cells.append(base("shards-%d-%d" % (size, connections), connections,
                          rivals, size))

    return cells
