-- SPDX-License-Identifier: BSD-2-Clause

-- For wrk: sends the HTTP requests of a file in turn, each of them behind a
-- line with its length, and says in a line of JSON what came of them.

local requests = {}
local last = 0

function init(args)
    local file = assert(io.open(args[1], "rb"))

    for length in function() return file:read("*n", "*l") end do
        requests[#requests + 1] = file:read(length)
    end

    file:close()
end

function request()
    last = last % #requests + 1
    return requests[last]
end

function done(summary, latency)
    local errors = summary.errors

    io.write(string.format(
        '\n{"requests":%d,"seconds":%.6f,"bytes":%.0f,"p50":%.6f,"p99":%.6f,' ..
        '"connect":%d,"read":%d,"write":%d,"status":%d,"timeout":%d}\n',
        summary.requests, summary.duration / 1e6, summary.bytes,
        latency:percentile(50) / 1e6, latency:percentile(99) / 1e6,
        errors.connect, errors.read, errors.write, errors.status,
        errors.timeout))
end
