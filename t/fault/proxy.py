#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause

"""A TCP proxy that resets connections at random moments.

    proxy.py LISTEN TARGET

are ports on the loopback address. It is told what to do by lines on its
standard input, and ends with it:

    chance P      from now on each piece of data that passes is with this
                  probability the last: only a part of it goes on, between
                  nothing and all, then both ends are reset, at once or a
                  little later
    busy P        and with this one, a reply is swallowed, and the client told
                  in the proxy's own words that the server is busy (503)
    count         prints how many connections were reset while sending and
                  while receiving, and how many replies were swallowed
"""

import asyncio
import random
import socket
import struct
import sys

BUSY = (b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 5\r\n"
        b"Connection: close\r\n\r\nbusy\n")
PIECE = 8192
LATER = 0.03


class Proxy:

    def __init__(self, target):
        self.target = target
        self.chance = 0
        self.busy = 0
        self.resets = {"sending": 0, "receiving": 0}
        self.swallowed = 0

    async def connection(self, reader, writer):
        try:
            back, forth = await asyncio.open_connection("127.0.0.1",
                                                        self.target)
        except OSError:
            writer.transport.abort()
            return

        ends = writer, forth
        tasks = [asyncio.ensure_future(self.relay(reader, forth, "sending")),
                 asyncio.ensure_future(self.relay(back, writer, "receiving"))]
        done, _ = await asyncio.wait(tasks,
                                     return_when=asyncio.FIRST_COMPLETED)
        reset = any(task.result() for task in done)

        for task in tasks:
            task.cancel()
        for end in ends:
            if reset:
                end.get_extra_info("socket").setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER,
                    struct.pack("ii", 1, 0))
                end.transport.abort()
            else:
                end.close()

    async def relay(self, reader, writer, way):
        """Whether the connection is to be reset."""
        try:
            while data := await reader.read(PIECE):
                if (way == "receiving" and data.startswith(b"HTTP/1.1 200")
                        and random.random() < self.busy):
                    self.swallowed += 1
                    writer.write(BUSY)
                    await writer.drain()
                    return False
                last = random.random() < self.chance
                if last:
                    data = data[:random.randint(0, len(data))]
                writer.write(data)
                await writer.drain()
                if last:
                    self.resets[way] += 1
                    await asyncio.sleep(random.choice(
                        (0, random.uniform(0, LATER))))
                    return True
        except OSError:
            pass
        return False

    async def serve(self, port):
        loop = asyncio.get_running_loop()
        lines = asyncio.StreamReader()
        await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
        await asyncio.start_server(self.connection, "127.0.0.1", port)
        print("ready", flush=True)

        while line := await lines.readline():
            words = line.decode().split()
            if words[0] == "chance":
                self.chance = float(words[1])
            elif words[0] == "busy":
                self.busy = float(words[1])
            elif words[0] == "count":
                print(self.resets["sending"], self.resets["receiving"],
                      self.swallowed, flush=True)


asyncio.run(Proxy(int(sys.argv[2])).serve(int(sys.argv[1])))
