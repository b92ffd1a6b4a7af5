# SPDX-License-Identifier: BSD-2-Clause

"""For dev/bench: cells that write to indices of one, two and three shards, and
with an earlier version of Cricket to one of its own."""

import os

from servers import ask, children_of, make_index, start_nginx

SHARDS = (1, 2, 3)
LOADS = ((1, 256), (100, 64), (1000, 4))


def start_before(before, ports, work):
    """The earlier version, whose tree this is, built; its worker."""
    nginx = start_nginx("before", ports["BEFORE"], work, ports,
                        os.path.join(before, "objs"))
    return children_of(nginx.pid)[0]


def shards(base, ports, files, before, wanted):
    """The cells, of a class of dev/bench's that BASE is; files has for a size
    and a path what is posted there."""

    class Shards(base):
        def empty(self, rival, node):
            index = "bench-" + rival
            ask(node, "DELETE", "/" + index)

            if rival == "before":
                make_index(node, index, program=os.path.join(before, "objs",
                                                             "cricket"))
            else:
                make_index(node, index, "--shards", rival.split("-")[1])
            return index

    cells = []

    for size, connections in LOADS:
        name = "shards-%d-%d" % (size, connections)
        if not wanted(name):
            continue

        rivals = {"shards-%d" % n: (ports["SHARDS"], files(size, "/%d" % n))
                  for n in SHARDS}
        if before:
            rivals["before"] = ports["BEFORE"], files(size, "/v1/metrics")

        cells.append(Shards(name, connections, rivals, size))

    return cells
