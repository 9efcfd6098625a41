-- What wrk sends: one lead a request, each with an id of its own.
-- Arguments after `--`: a file with the body, in which 32 times `f` stands for the id, and what tells runs apart.

local threads = 0

function setup(thread)
  -- Not a local of this file, which each thread has anew.
  thread:set("place", threads)
  threads = threads + 1
end

function init(args)
  local file = assert(io.open(args[1], "rb"))
  body = file:read("*a")
  file:close()
  run, count = tonumber(args[2]), 0
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  wrk.headers["Accept"] = "application/json"
end

function request()
  count = count + 1
  local id = string.format("%08x%08x%016x", run, place, count)
  return wrk.format(nil, nil, nil, (body:gsub(("f"):rep(32), id)))
end

function done(summary, latency)
  local errors = summary.errors
  local wrong = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format("load %d %d %d %d %d %d\n", summary.requests, summary.duration, wrong,
    latency:percentile(50), latency:percentile(99), latency.max))
end
